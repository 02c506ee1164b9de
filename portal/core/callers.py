"""From where a request comes, as far as it can be known."""

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """Return the caller's address; behind proxies, the one that the outermost proxy of ours saw.

    Each of the PORTAL_TRUSTED_PROXIES proxies appends the address it saw to X-Forwarded-For; what stands further left
    was sent by the caller and proves nothing.
    """
    direct = str(request.META.get("REMOTE_ADDR") or "")
    if not settings.TRUSTED_PROXIES:
        return direct
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    return seen[-settings.TRUSTED_PROXIES] if len(seen) >= settings.TRUSTED_PROXIES else direct
