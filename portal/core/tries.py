"""How often somebody tries in vain: counted in the cache by address, open when the cache is away."""

import hashlib

import structlog
from django.core.cache import cache
from django.http import HttpRequest

from portal.core.callers import client_ip
from portal.core.errors import TooManyRequestsError

log = structlog.get_logger(__name__)


def refuse_after(request: HttpRequest, what: str, *, tries: int, seconds: int) -> None:
    """Raise TooManyRequestsError where the caller's address tried this in vain too often."""
    if (cache.get(_key(request, what)) or 0) >= tries:
        raise TooManyRequestsError(retry_after_seconds=seconds)


def note_failure(request: HttpRequest, what: str, *, seconds: int) -> None:
    """Count a try in vain."""
    key = _key(request, what)
    try:
        cache.add(key, 0, seconds)
        cache.incr(key)
    except ValueError:  # the key fell out between the two calls, or the cache is away
        log.warning("tries.uncounted", what=what)


def _key(request: HttpRequest, what: str) -> str:
    return f"tries:{what}:" + hashlib.sha256(client_ip(request).encode()).hexdigest()
