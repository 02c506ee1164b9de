"""What the page's frame shows of messages."""

from django.http import HttpRequest

from portal.notifications import services

_KEPT_AS = "_unread_messages"


def unread(request: HttpRequest) -> int:
    """How many messages the reader has not opened; asked once a request, 0 for visitors."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return 0
    if not hasattr(request, _KEPT_AS):
        setattr(request, _KEPT_AS, services.unread_count(user))
    return int(getattr(request, _KEPT_AS))
