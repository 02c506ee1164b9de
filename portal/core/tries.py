"""How often somebody tries, in vain or at all: counted in the cache by address, open when the cache is away."""

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


def is_one_too_many(request: HttpRequest, what: str, *, most: int, seconds: int) -> bool:
    """Count a call from the caller's address; whether there were more than `most` of them in `seconds`."""
    key = _key(request, what)
    try:
        cache.add(key, 0, seconds)
        return bool(cache.incr(key) > most)
    except ValueError:  # as above: counting is no reason to turn people away
        log.warning("tries.uncounted", what=what)
        return False


def _key(request: HttpRequest, what: str) -> str:
    return f"tries:{what}:" + hashlib.sha256(client_ip(request).encode()).hexdigest()
