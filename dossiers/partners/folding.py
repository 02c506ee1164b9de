"""The state of a reported dossier as a fold over what its source told, in the source's order. Pure.

However late, often or mixed up the reports arrive, the fold over the same set of them is the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from dossiers.lifecycle import CLOCK_STOPPED, FINISHED_STATES, STATE_OF_NATIONAL_STATUS, DossierState

S = DossierState

RANK = {status: rank for rank, status in enumerate((1, 2, 4, 6, 5, 7, 3, 11, 8, 9, 10))}
"""Order of statuses told for the same second: a decision comes after the work it ends."""


@dataclass(frozen=True, slots=True)
class Report:
    """A status and when it began at its source."""

    status: int
    at: datetime

    @property
    def position(self) -> tuple[datetime, int]:
        """Where the report stands among the others."""
        return self.at, RANK[self.status]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the reports so far amount to."""

    status: int = 0
    at: datetime | None = None
    accepted_at: datetime | None = None
    clock_stopped_at: datetime | None = None
    finished_at: datetime | None = None
    returned_at: datetime | None = None

    def is_before(self, report: Report) -> bool:
        """Whether a report moves this standing on: it is not older than what set it."""
        return self.at is None or report.position >= (self.at, RANK.get(self.status, 0))


def step(standing: Standing, report: Report) -> Standing:
    """The standing after a report that comes after all of those before it."""
    state = STATE_OF_NATIONAL_STATUS[report.status]
    is_finished, is_stopped = state in FINISHED_STATES, state in CLOCK_STOPPED
    works_on = state in {S.ACCEPTED, S.PROCESSING}
    return replace(
        standing,
        status=report.status,
        at=report.at,
        accepted_at=standing.accepted_at or (report.at if works_on else None),
        clock_stopped_at=(standing.clock_stopped_at or report.at) if is_stopped else None,
        finished_at=(standing.finished_at or report.at) if is_finished else None,
        returned_at=(standing.returned_at or report.at) if state == S.RETURNED else None,
    )


def fold(reports: Iterable[Report]) -> Standing:
    """The standing after all reports, in the source's order."""
    standing = Standing()
    for report in sorted(set(reports), key=lambda report: report.position):
        standing = step(standing, report)
    return standing
