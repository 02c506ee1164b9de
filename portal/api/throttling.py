"""How often a partner's system may call: a window of a minute, counted in the cache, open when the cache is away."""

import hashlib
import time
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from portal.api.authentication import MachineAccess
from portal.core.callers import client_ip
from portal.core.errors import TooManyRequestsError

if TYPE_CHECKING:
    # Django REST framework reads its settings, which name this module, while it defines APIView
    from rest_framework.views import APIView

WINDOW_SECONDS = 60
SHARE_EVERY = (50, 1.0)
"""Calls and seconds after which a process adds what it counted to the common count: exact to a few calls."""
CACHE_REST_SECONDS = 5


@dataclass(slots=True)
class _Count:
    window: int
    common: int = 0
    own: int = 0
    shared_at: float = 0.0


@dataclass
class WindowCounter:
    """Counts calls by name; the common count lies in the cache, a failing cache leaves each process its own."""

    counts: dict[str, _Count] = field(default_factory=dict)
    guard: Lock = field(default_factory=Lock)
    cache_rests_until: float = 0.0

    def add(self, name: str) -> tuple[int, int]:
        """Count one call; return the calls of this window so far and the seconds until the next one."""
        now = time.time()
        window = int(now // WINDOW_SECONDS)
        with self.guard:
            count = self.counts.get(name)
            if count is None or count.window != window:
                if len(self.counts) > 10_000:
                    self.counts.clear()
                count = self.counts[name] = _Count(window)
            count.own += 1
            calls, seconds = SHARE_EVERY
            is_due = count.own >= calls or now - count.shared_at > seconds
            if is_due and now >= self.cache_rests_until:
                self._share(name, count, now)
            return count.common + count.own, WINDOW_SECONDS - int(now % WINDOW_SECONDS)

    def _share(self, name: str, count: _Count, now: float) -> None:
        key = f"api:calls:{name}:{count.window}"
        try:
            try:
                count.common = cache.incr(key, count.own)
            except ValueError:  # the first of this window, or the cache is away
                cache.add(key, 0, timeout=2 * WINDOW_SECONDS)
                count.common = cache.incr(key, count.own)
        except ValueError:  # the cache is away; each process counts for itself until it is back
            self.cache_rests_until = now + CACHE_REST_SECONDS
            return
        count.own, count.shared_at = 0, now


counter = WindowCounter()


class ClientThrottle(BaseThrottle):
    """At most API_RATE_PER_MINUTE calls a minute and system, API_OPEN_RATE_PER_MINUTE for callers who are nobody.

    What is left is told in RateLimit headers.
    """

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Count the call; raises TooManyRequestsError when there were too many."""
        if isinstance(request.auth, MachineAccess):
            limit = settings.API_RATE_PER_MINUTE
            calls, reset = counter.add(str(request.auth.client.pk))
        else:
            # an open view: counted by network address, of which only a digest is kept, and that for two minutes
            limit = settings.API_OPEN_RATE_PER_MINUTE
            caller = hashlib.sha256(f"{settings.SECRET_KEY}{client_ip(request._request)}".encode()).hexdigest()[:24]
            calls, reset = counter.add(f"open:{caller}")
        told: Any = request._request  # the middleware writes it into the headers
        told.rate_limit = (limit, max(limit - calls, 0), reset)
        if calls > limit:
            raise TooManyRequestsError(retry_after_seconds=reset)
        return True
