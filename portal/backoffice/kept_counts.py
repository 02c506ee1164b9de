"""Counts of many dossiers, kept for a minute (số liệu giữ một phút); who shows them says when they were counted."""

from collections.abc import Callable
from typing import TypeVar

import structlog
from django.core.cache import cache

log = structlog.get_logger(__name__)

KEPT_SECONDS = 60
KEPT_FROM_ROWS = 20_000
"""Counts over at least so many rows are kept so long; fewer are counted each time."""

Counts = TypeVar("Counts")


def kept(key: str, count: Callable[[], Counts], *, size: Callable[[Counts], int]) -> Counts:
    """Count at most once a minute where that is much work; with the cache away, each time.

    `size` says how many rows were counted. Counts of another shape need another key: two releases share the cache.
    """
    try:
        known: Counts | None = cache.get(key)
    except Exception as error:
        log.warning("kept_counts.cache_away", error=type(error).__name__)
        return count()
    if known is not None:
        return known
    counted = count()
    if size(counted) >= KEPT_FROM_ROWS:
        try:
            cache.set(key, counted, KEPT_SECONDS)
        except Exception as error:
            log.warning("kept_counts.cache_away", error=type(error).__name__)
    return counted
