"""How long whoever has a dossier in hand may keep it (thời hạn của bước đang làm), by the rows of agencies.StepLimit.

A step begins with the hand-over that brought the dossier there, and is measured in office hours of the agency. While
its clock stands still nobody has it in hand; what comes back begins anew (docs/assumptions.md). The nearest agency's
row holds, and of one agency's the one that names the procedure.
"""

import time as clock
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Max, OuterRef, Q, Subquery
from django.utils import timezone

from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, DossierEvent
from portal.agencies.calendars import work_calendar
from portal.agencies.models import Agency, HandStep, StepLimit
from portal.agencies.scopes import within
from portal.core import keyset

S = DossierState
HAND_OVERS = frozenset(
    {
        "dossier.accepted",
        "dossier.assigned",
        "dossier.processing_started",
        "dossier.proposed",
        "dossier.sent_back",
        "dossier.supplemented",
        "dossier.paid",
        "dossier.consultation_answered",
        "dossier.consultation_cancelled",
        "dossier.draft_confirmed",
        "dossier.draft_disputed",
        "dossier.draft_lapsed",
        "dossier.withdrawal_refused",
        "dossier.reverted",
        "dossier.reopened",
    }
)
"""Events after which somebody of the agency has it in hand anew."""
IN_HAND = Q(
    source__isnull=True, handled_by__isnull=True, state__in=[S.ACCEPTED, S.PROCESSING], clock_stopped_at__isnull=True
)
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class InHand:
    """The step that a dossier is in, since when, how many office hours it may take and until when that is."""

    step: HandStep
    since: datetime
    hours: int
    due_at: datetime
    legal_basis: str


def step_of(dossier: Dossier) -> HandStep | None:
    """Whose hands it is in: waiting to be given to somebody, worked on, or before the leader; None in nobody's here."""
    if not dossier.is_decided_here or dossier.clock_stopped_at is not None:
        return None
    if dossier.state == S.ACCEPTED and dossier.assignee_id is None:
        return HandStep.ASSIGN
    if dossier.state == S.PROCESSING and dossier.proposed_at is not None:
        return HandStep.SIGN
    return HandStep.WORK if dossier.state in {S.ACCEPTED, S.PROCESSING} else None


_known: tuple[float, list[StepLimit]] = (0.0, [])
"""All rows, with the moment until which they are good: they change a few times a year and every workbench asks."""


def _kept() -> list[StepLimit]:
    global _known
    if clock.monotonic() >= _known[0]:
        rows = list(StepLimit.objects.select_related("agency"))
        _known = (clock.monotonic() + settings.CALENDAR_KEPT_SECONDS, rows)
    return _known[1]


def forget() -> None:
    """What this process knows is out of date."""
    global _known
    _known = (0.0, [])


class Limits:
    """The limits in force on a day, for many dossiers."""

    def __init__(self, on: date, agency: Agency | None = None) -> None:
        line = {"", *agency.line_codes} if agency is not None else None
        self.rows = [
            row
            for row in _kept()
            if row.valid_from <= on
            and (row.valid_to is None or row.valid_to >= on)
            and (line is None or (row.agency.code if row.agency else "") in line)
        ]

    def of(self, agency: Agency, procedure_code: str, step: HandStep) -> StepLimit | None:
        """The row that holds; None where the step has no limit."""
        depths = {code: depth for depth, code in enumerate(agency.line_codes, start=1)}
        fits = [
            ((depths.get(row.agency.code, 0) if row.agency else 0, bool(row.procedure_code), row.valid_from), row)
            for row in self.rows
            if row.step == step
            and row.procedure_code in {"", procedure_code}
            and (row.agency is None or row.agency.code in depths)
        ]
        return max(fits, key=lambda fit: fit[0])[1] if fits else None

    def in_hand(self, dossier: Dossier, since: datetime | None) -> InHand | None:
        """The step that a dossier is in, given when it came there; None where nothing limits it."""
        step = step_of(dossier)
        if step is None or since is None or dossier.agency is None:
            return None
        row = self.of(dossier.agency, dossier.procedure_code, step)
        due_at = self.due_at(dossier, step, since)
        return InHand(step, since, row.hours, due_at, row.legal_basis) if row is not None and due_at else None

    def due_at(self, dossier: Dossier, step: HandStep, since: datetime) -> datetime | None:
        """When a step ends that began at this moment; None where nothing limits it."""
        row = self.of(dossier.agency, dossier.procedure_code, step) if dossier.agency else None
        if row is None or dossier.agency is None:
            return None
        return work_calendar(dossier.agency).add_working_time(since, timedelta(hours=row.hours))


def of(dossier: Dossier) -> InHand | None:
    """The step that one dossier is in now."""
    if step_of(dossier) is None or dossier.agency is None:
        return None
    limits = Limits(timezone.localdate(), dossier.agency)
    if not limits.rows:
        return None
    came = dossier.events.filter(name__in=HAND_OVERS).aggregate(at=Max("occurred_at"))
    return limits.in_hand(dossier, came["at"])


def running(now: datetime, *, ahead: timedelta, left_out: tuple[str, ...]) -> Iterator[list[tuple[Dossier, InHand]]]:
    """Dossiers of the back office in a step that a row limits and that may end within `ahead`, some hundred at a time.

    `left_out` are columns that stay in the database.
    """
    limits = Limits(timezone.localdate(now))
    if not limits.rows:
        return
    shortest = timedelta(hours=min(row.hours for row in limits.rows))
    came = DossierEvent.objects.filter(dossier=OuterRef("pk"), name__in=HAND_OVERS).order_by("-occurred_at")
    # so much office time has not passed before so much time has; nobody had it in hand before its state began
    rows = Dossier.objects.filter(IN_HAND, state_occurred_at__lte=now - max(shortest - ahead, timedelta(0)))
    if all(row.agency for row in limits.rows):
        rows = rows.filter(within(sorted({row.agency.path for row in limits.rows if row.agency})))
    if all(row.procedure_code for row in limits.rows):
        rows = rows.filter(procedure_code__in={row.procedure_code for row in limits.rows})
    rows = (
        rows.annotate(in_hand_since=Subquery(came.values("occurred_at")[:1]))
        .select_related("agency__parent", "assignee")
        .defer(*left_out)
        .order_by("pk")
    )
    for piece in keyset.in_pieces(rows, behind=lambda last: Q(pk__gt=last.pk), size=AT_ONCE):
        found = ((dossier, limits.in_hand(dossier, dossier.in_hand_since)) for dossier in piece)
        yield [(dossier, in_hand) for dossier, in_hand in found if in_hand is not None]
