"""How often somebody tries, in vain or at all: counted in the cache, open when the cache is away.

By the caller's address, or by the account as well: who has many addresses has one account.
"""

import hashlib

import structlog
from django.core.cache import cache
from django.http import HttpRequest

from portal.core.callers import client_ip
from portal.core.errors import TooManyRequestsError

log = structlog.get_logger(__name__)


def refuse_after(request: HttpRequest, what: str, *, tries: int, seconds: int, account: int | None = None) -> None:
    """Raise TooManyRequestsError where the caller tried this in vain too often."""
    if any((cache.get(key) or 0) >= tries for key in _keys(request, what, account)):
        raise TooManyRequestsError(retry_after_seconds=seconds)


def note_failure(request: HttpRequest, what: str, *, seconds: int, account: int | None = None) -> None:
    """Count a try in vain."""
    for key in _keys(request, what, account):
        _count(key, what, seconds)


def is_one_too_many(request: HttpRequest, what: str, *, most: int, seconds: int, account: int | None = None) -> bool:
    """Count a call, by account where one is given, or else by address; whether it was one more than `most`.

    Twenty desks of a one-stop centre share an address, and each works at her own pace.
    """
    key = _keys(request, what, account)[-1]
    return _count(key, what, seconds) > most


def _count(key: str, what: str, seconds: int) -> int:
    try:
        cache.add(key, 0, seconds)
        return int(cache.incr(key))
    except ValueError:  # the key fell out between the two calls, or the cache is away: no reason to turn people away
        log.warning("tries.uncounted", what=what)
        return 0


def _keys(request: HttpRequest, what: str, account: int | None) -> list[str]:
    return [_key(request, what), *([f"tries:{what}:account:{account}"] if account is not None else [])]


def _key(request: HttpRequest, what: str) -> str:
    return f"tries:{what}:" + hashlib.sha256(client_ip(request).encode()).hexdigest()
