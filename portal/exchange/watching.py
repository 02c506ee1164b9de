"""The calls of a partner's system as they come in (theo dõi lời gọi), while somebody looks on the page of its exchange.

Nothing is kept but the last sixty calls of a system that is watched, for an hour, in the cache; and of each no more
than what was asked for and what was answered. A system that nobody watches costs a look at the cache once a second.
"""

import time as clock
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.utils import timezone

WATCHED_SECONDS = 600
KEPT_CALLS, KEPT_SECONDS = 50, 3600
KEPT_UNPROVEN = 10
"""Of the calls that only claim to be the system's own: whoever knows the name of its key must not fill the page."""
GLANCE_SECONDS = 1.0
"""For so long a process believes what it last read of who is watched."""

PROVEN_PLACES = range(KEPT_CALLS)
UNPROVEN_PLACES = range(KEPT_CALLS, KEPT_CALLS + KEPT_UNPROVEN)

caller: ContextVar[int | None] = ContextVar("caller", default=None)
"""The system that the request at hand was found to come from, by its id."""

is_claimed: ContextVar[bool] = ContextVar("is_claimed", default=False)
"""Whether it only says that it comes from that system, as with a wrong password."""

is_named: ContextVar[bool] = ContextVar("is_named", default=False)
"""Whether it says so by what anybody may know, as the name of an account, and not by a session that is over."""

refused: ContextVar[str] = ContextVar("refused", default="")
"""The code of an answer that refuses in the wire format, whose status is always 200."""

asked: ContextVar[str] = ContextVar("asked", default="")
"""What it asks for, where its address does not say: the service of the wire format."""

_glances: dict[int, tuple[bool, float]] = {}


@dataclass(frozen=True, slots=True)
class Call:
    """One call: what was asked for, whether it went well, the code and the words of the answer."""

    at: datetime
    what: str
    is_good: bool
    code: str
    words: str


def forget_glances() -> None:
    """Look anew at who is watched."""
    _glances.clear()


def begin() -> None:
    """Forget what the last request of this thread was."""
    caller.set(None)
    is_claimed.set(False)
    is_named.set(False)
    refused.set("")
    asked.set("")


def claim(client_id: int | None, *, by_name: bool = True) -> None:
    """Say whose the request at hand would be, had it proved it: its engineer sees why it did not.

    `by_name` says that it claims so by what anybody may know.
    """
    caller.set(client_id)
    is_claimed.set(client_id is not None)
    is_named.set(by_name)


def watch(client_id: int) -> None:
    """Have the calls of a system noted for the next ten minutes."""
    cache.set(_key(client_id, "watched"), True, WATCHED_SECONDS)


def is_watched(client_id: int) -> bool:
    """Whether somebody looks; a process asks at most once a second."""
    seen, until = _glances.get(client_id, (False, 0.0))
    if clock.monotonic() < until:
        return seen
    seen = bool(cache.get(_key(client_id, "watched")))
    _glances[client_id] = (seen, clock.monotonic() + GLANCE_SECONDS)
    return seen


def note(client_id: int, *, what: str, is_good: bool, code: str, words: str, is_proven: bool = True) -> None:
    """Keep one call; each has a place of its own, so that none is lost among sixty at once."""
    call = Call(timezone.now(), what[:120], is_good, code[:60], words[:300])
    ring, places = ("count", PROVEN_PLACES) if is_proven else ("unproven", UNPROVEN_PLACES)
    try:
        cache.add(_key(client_id, ring), 0, None)
        place = places[cache.incr(_key(client_id, ring)) % len(places)]
        cache.set(_key(client_id, str(place)), asdict(call), KEPT_SECONDS)
    except ValueError:
        return  # the cache is away: nothing is seen for a while


def calls(client_id: int) -> list[Call]:
    """What was noted, newest first."""
    places = (*PROVEN_PLACES, *UNPROVEN_PLACES)
    found: dict[str, Any] = cache.get_many([_key(client_id, str(place)) for place in places])
    return sorted((Call(**told) for told in found.values()), key=lambda call: call.at, reverse=True)


def _key(client_id: int, name: str) -> str:
    return f"calls:{client_id}:{name}"
