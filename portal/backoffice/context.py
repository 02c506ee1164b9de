"""What the frame of every back office page shows."""

from typing import Any

from django.http import HttpRequest

from portal.backoffice.officials import official_of


def frame(request: HttpRequest) -> dict[str, Any]:
    """The official at work, for the menu; nothing outside the back office."""
    match = request.resolver_match
    user = getattr(request, "user", None)
    if match is None or "admin" not in match.namespaces or user is None or not user.is_authenticated:
        return {}
    return {"official": official_of(request)}
