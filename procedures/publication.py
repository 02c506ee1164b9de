"""The edition of the catalogue: new with every publication; everything cached from the catalogue hangs on it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from redis.exceptions import RedisError

KEY = "procedures:edition"
SEEN_KEY = "procedures:newest-change"
LIFETIME_SECONDS = 7 * 24 * 3600


def edition() -> str:
    """The current edition; a new one when the cache has forgotten it, so that nothing older is ever served.

    Raises what the cache raises when it does not answer: then nothing may be taken from a cache.
    """
    value = cache.get(KEY)
    if value is None:
        value = uuid.uuid4().hex
        if not cache.add(KEY, value, LIFETIME_SECONDS):
            value = cache.get(KEY) or value
    return value


def announce() -> None:
    """Make a new edition once the publishing transaction is committed."""
    transaction.on_commit(_renew, robust=True)


def _renew() -> None:
    global _glance
    cache.set(KEY, uuid.uuid4().hex, LIFETIME_SECONDS)
    _glance = (None, 0.0)


def catch_up(newest: str) -> bool:
    """Make a new edition where what is published is another than at the last call; whether it did.

    `newest` names what is published: the newest change, what leaves none (procedures.changes.mark), and who takes it in
    (procedures.competence.mark).

    An announcement that met a cache which was away is lost, and what processes keep would stay as old as their edition:
    a sweep makes up for it.
    """
    if cache.get(SEEN_KEY) == newest:
        return False
    _renew()
    cache.set(SEEN_KEY, newest, LIFETIME_SECONDS)
    return True


_glance: tuple[str | None, float] = (None, 0.0)
"""The edition this process saw last, and until when it need not look again."""


def edition_or_none() -> str | None:
    """The current edition, or None while the cache does not answer: then nothing is taken from a cache.

    A process looks at most once in CATALOGUE_GLANCE_SECONDS: the look costs more than all the rest of a kept page, and
    so long may another process show what was published before.
    """
    global _glance
    seen, until = _glance
    now = time.monotonic()
    if seen is not None and now < until:
        return seen
    try:
        seen = edition()
    except RedisError:
        seen = None
    _glance = (seen, now + settings.CATALOGUE_GLANCE_SECONDS)
    return seen


_remembered: dict[str, Any] = {}


def remembered(key: str, make: Callable[[], Any]) -> Any:
    """What ``make`` returns, kept in this process for one edition of the catalogue; made anew while that is unknown."""
    current = edition_or_none()
    if current is None:
        return make()
    if _remembered.get("edition") != current:
        _remembered.clear()
        _remembered["edition"] = current
    if key not in _remembered:
        value = make()
        if _remembered.get("edition") != current:
            return value
        _remembered[key] = value
    return _remembered[key]
