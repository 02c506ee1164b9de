"""Four clocks of a dossier (bốn đồng hồ): whose time the elapsed working time was. Pure but for the calendar given.

Every working second from the filing to its end, or to now, is counted once: for the agency that decides, for the
applicant (papers, payment), for another agency that was asked, or for the transport of news between two systems. The
four always add up to the whole, so "late" can say why: in one province 61 % of what looked overdue was late news.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from dossiers.lifecycle import FINISHED_STATES, DossierState
from portal.core.calendar import WorkCalendar

S = DossierState


class Clock(models.TextChoices):
    """Whose time it was."""

    AGENCY = "agency", _("Cơ quan giải quyết")
    APPLICANT = "applicant", _("Người nộp")
    OTHER_AGENCY = "other_agency", _("Cơ quan khác")
    TRANSPORT = "transport", _("Đường truyền")


CLOCK_OF_STATE = {
    S.AWAITING_SUPPLEMENT: Clock.APPLICANT,
    S.AWAITING_PAYMENT: Clock.APPLICANT,
    S.CONSULTING: Clock.OTHER_AGENCY,
}
"""The agency's in every other open state; a withdrawal, too, waits for the agency."""


class Move(NamedTuple):
    """One change of state: when it happened at its source, and when the side whose turn it became heard of it."""

    state: str
    occurred_at: datetime
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Split:
    """Working seconds by clock, and the whole; the parts always add up to it."""

    seconds: dict[Clock, int]

    @property
    def whole(self) -> int:
        """All working seconds."""
        return sum(self.seconds.values())

    def percent(self, clock: Clock) -> int:
        """A clock's share of the whole, rounded down; 0 of nothing."""
        return 100 * self.seconds[clock] // self.whole if self.whole else 0

    def rows(self) -> list[tuple[Clock, int, int]]:
        """Each clock that ran with its seconds and its share in per cent, for tables."""
        return [(clock, self.seconds[clock], self.percent(clock)) for clock in Clock if self.seconds[clock]]

    def longest(self) -> Clock:
        """The clock that took most of the time; the agency's where two are alike."""
        return max(Clock, key=lambda clock: (self.seconds[clock], clock == Clock.AGENCY))


def split(moves: Iterable[Move], *, now: datetime, calendar: WorkCalendar) -> Split:
    """Split the working time from the first move to the end, or to `now`, among the four clocks.

    Moves are taken in the order of their source. News that travels counts as transport only while it makes somebody
    wait: when a turn passes to another side, or when the end is told late.
    """
    seconds = dict.fromkeys(Clock, 0)
    for start, end, clock in spans(moves, now=now):
        seconds[clock] += calendar.working_seconds_between(start, end)
    return Split(seconds)


def spans(moves: Iterable[Move], *, now: datetime) -> list[tuple[datetime, datetime, Clock]]:
    """The stretches of time of each clock, in order, without gap or overlap from the first move to the end or now."""
    ordered = sorted(moves, key=lambda move: move.occurred_at)
    found: list[tuple[datetime, datetime, Clock]] = []
    holder: Clock | None = None
    for number, move in enumerate(ordered):
        last = number + 1 == len(ordered)
        begins = min(move.occurred_at, now)
        ends = now if last else min(ordered[number + 1].occurred_at, now)
        is_end = S(move.state) in FINISHED_STATES
        turn = None if is_end else CLOCK_OF_STATE.get(S(move.state), Clock.AGENCY)
        arrives = min(max(move.known_at, begins), ends) if turn != holder or number == 0 else begins
        _add(found, begins, arrives, Clock.TRANSPORT)
        if turn is not None:
            _add(found, arrives, ends, turn)
        elif not last and S(ordered[number + 1].state) not in FINISHED_STATES:
            _add(found, arrives, ends, Clock.AGENCY)  # it was opened again: the time it lay closed is the agency's
        holder = turn
    return found


def _add(found: list[tuple[datetime, datetime, Clock]], start: datetime, end: datetime, clock: Clock) -> None:
    if end <= start:
        return
    if found and found[-1][2] == clock and found[-1][1] == start:
        found[-1] = (found[-1][0], end, clock)
    else:
        found.append((start, end, clock))
