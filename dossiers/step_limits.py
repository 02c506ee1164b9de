"""How long whoever has a dossier in hand may keep it (thời hạn của bước đang làm), by the rows of agencies.StepLimit.

A step begins with the hand-over that brought the dossier there, and is measured in office hours of the agency. While
its clock stands still nobody has it in hand; what comes back begins anew (docs/assumptions.md). The nearest agency's
row holds, and of one agency's the one that names the procedure. A stage of an internal process that has a limit of its
own (dossiers.stages) goes by that.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from dossiers import at_hand, stages
from dossiers.event_names import CLOCK_RUNS, DRAFT_SENT, ENDS_PROPOSAL, OF_STAGES
from dossiers.lifecycle import CLOCK_STOPPED, DossierState
from dossiers.models import Alert, Dossier, DossierEvent, DossierQuerySet
from portal.agencies.actors import ActorKind
from portal.agencies.calendars import work_calendar
from portal.agencies.models import Agency, HandStep, StepLimit
from portal.agencies.models.dated import is_in_force
from portal.agencies.processes import Stage
from portal.agencies.processes import read as read_stages
from portal.agencies.scopes import within
from portal.core import keyset
from portal.core.calendar import WorkCalendar
from portal.core.kept_rows import KeptRows

S = DossierState
HAND_OVERS = frozenset(
    {
        "dossier.accepted",
        "dossier.assigned",
        "dossier.processing_started",
        "dossier.proposed",
        "dossier.sent_back",
        "dossier.supplemented",
        "dossier.supplement_lapsed",
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
STAGE_BEGINS = (HAND_OVERS | OF_STAGES) - {"dossier.assigned", "dossier.proposed"}
"""Events after which the stage that a dossier is in begins anew; giving it to a colleague gives no more time."""
TAKES = frozenset({"dossier.processing_started", "dossier.proposed"})
"""Events by which a specialist who does it has the dossier from then on."""
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
    legal_basis: str = ""
    stage: Stage | None = None
    """The stage of the internal process whose own limit it is; `hours` is of no meaning then."""


def step_of(dossier: Dossier) -> HandStep | None:
    """Whose hands it is in: waiting to be given to somebody, worked on, or before the leader; None in nobody's here."""
    if not dossier.is_decided_here or dossier.clock_stopped_at is not None:
        return None
    if dossier.state not in {S.ACCEPTED, S.PROCESSING}:
        return None
    if dossier.proposed_at is not None:
        return HandStep.SIGN
    return HandStep.ASSIGN if dossier.assignee_id is None else HandStep.WORK


_kept = KeptRows(lambda: StepLimit.objects.select_related("agency"))
forget = _kept.forget


class Limits:
    """All limits, for many dossiers: found along the line of an agency, however many agencies have written some."""

    def __init__(self) -> None:
        self.rows = _kept.all()
        self._found: dict[tuple[str, str, str], list[StepLimit]] = defaultdict(list)
        for row in self.rows:
            self._found[row.agency.code if row.agency else "", row.step, row.procedure_code].append(row)

    def of(self, agency: Agency, procedure_code: str, step: HandStep, on: date) -> StepLimit | None:
        """The row that holds for a step that began on this day; None where it has no limit."""
        for place in (*reversed(agency.line_codes), ""):
            for code in (procedure_code, ""):
                fits = [row for row in self._found.get((place, step, code), ()) if is_in_force(row, on)]
                if fits:
                    return max(fits, key=lambda row: row.valid_from)
        return None

    def in_hand(self, dossier: Dossier, since: datetime | None) -> InHand | None:
        """The step that a dossier is in, given when it came there; None where nothing limits it."""
        step = step_of(dossier)
        if step == HandStep.SIGN:
            since = dossier.proposed_at  # giving it to another specialist gives the leader no more time
        if step is None or since is None or dossier.agency is None:
            return None
        row = self.of(dossier.agency, dossier.procedure_code, step, timezone.localdate(since))
        return InHand(step, since, row.hours, _ends(dossier.agency, since, row), row.legal_basis) if row else None

    def due_at(self, dossier: Dossier, step: HandStep, since: datetime) -> datetime | None:
        """When a step ends that began at this moment; None where nothing limits it."""
        agency = dossier.agency
        row = self.of(agency, dossier.procedure_code, step, timezone.localdate(since)) if agency else None
        return _ends(agency, since, row) if agency is not None and row is not None else None


def _ends(agency: Agency, since: datetime, row: StepLimit) -> datetime:
    return work_calendar(agency).add_working_time(since, timedelta(hours=row.hours))


def followed(
    events: Iterable[DossierEvent],
) -> Iterator[tuple[DossierEvent, HandStep | None, datetime | None]]:
    """Each event of a dossier with the step that it was in before it, and since when; None while nobody here had it."""
    is_here = is_assigned = is_proposed = False
    since: datetime | None = None
    for event in events:
        step = HandStep.SIGN if is_proposed else HandStep.WORK if is_assigned else HandStep.ASSIGN
        yield event, step if is_here and since is not None else None, since
        if event.to_state:
            is_here = event.to_state in {S.ACCEPTED, S.PROCESSING}
        if event.name == "dossier.assigned" or (event.name in OF_STAGES and "official" in event.data):
            is_assigned = bool(event.data.get("official"))
        elif event.name in TAKES and event.actor_kind == ActorKind.AGENCY:
            is_assigned = True
        if event.name == "dossier.proposed":
            is_proposed = True
        elif event.name in ENDS_PROPOSAL:
            is_proposed = False
        stands = event.to_state in CLOCK_STOPPED or bool(event.data.get("stops_clock"))
        if stands or (event.name == DRAFT_SENT and not event.data.get(CLOCK_RUNS)):
            since = None
        elif event.name in HAND_OVERS and not (event.name == "dossier.assigned" and is_proposed):
            since = event.occurred_at


def of(dossier: Dossier) -> InHand | None:
    """The step that one dossier is in now."""
    if step_of(dossier) is None or dossier.agency is None:
        return None
    if (own := _by_stage(dossier)) is not None:
        return own
    limits = Limits()
    if not limits.rows:
        return None
    return limits.in_hand(dossier, _last(dossier, HAND_OVERS))


def _by_stage(dossier: Dossier) -> InHand | None:
    """The same by the own limit of the stage that it is in; None where that has none, and before the leader."""
    course = stages.of(dossier) if dossier.proposed_at is None and dossier.state == S.PROCESSING else None
    if course is None or course.current is None or course.current.limit is None:
        return None
    return _in_stage(dossier, course.current, _last(dossier, STAGE_BEGINS))


def _in_stage(dossier: Dossier, stage: Stage | None, since: datetime | None) -> InHand | None:
    ends = stages.ends_at(stage, dossier.agency, since) if stage is not None and since is not None else None
    return InHand(HandStep.WORK, since, 0, ends, stage=stage) if since is not None and ends is not None else None


def _last(dossier: Dossier, names: Iterable[str]) -> datetime | None:
    events: list[DossierEvent] | None = at_hand.of(dossier, at_hand.EVENTS)
    if events is not None:
        return max((event.occurred_at for event in events if event.name in names), default=None)
    found: datetime | None = dossier.events.filter(name__in=names).aggregate(at=Max("occurred_at"))["at"]
    return found


def running(
    now: datetime, *, ahead: timedelta, forgets_after: timedelta, said_last: tuple[str, ...], left_out: tuple[str, ...]
) -> Iterator[list[tuple[Dossier, InHand]]]:
    """Dossiers of the back office in a step that a row limits and that may end within `ahead`, some hundred at a time.

    Without those of which the last warning was given (`said_last`: rules) and those that came into this step so long
    ago that it is no news. `left_out` are columns that stay in the database.
    """
    limits = Limits()
    if not limits.rows:
        return
    shortest = timedelta(hours=min(row.hours for row in limits.rows))
    # so much office time has not passed before so much time has; nobody had it in hand before its state began
    rows = Dossier.objects.filter(IN_HAND, state_occurred_at__lte=now - max(shortest - ahead, timedelta(0)))
    if all(row.agency for row in limits.rows):
        paths = {row.agency.path for row in limits.rows if row.agency}
        above = [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]
        rows = rows.filter(agency__in=Agency.objects.filter(within(sorted(above), "path")).values("pk"))
    if all(row.procedure_code for row in limits.rows):
        rows = rows.filter(procedure_code__in={row.procedure_code for row in limits.rows})
    # a stage with a limit of its own is no business of these rows
    rows = rows.filter(Q(stage__due_at__isnull=True) | Q(proposed_at__isnull=False) | ~Q(state=S.PROCESSING))
    watched = _watched(rows, HAND_OVERS, now - forgets_after, said_last).defer(*left_out)
    for piece in keyset.in_pieces(watched, behind=lambda last: Q(pk__gt=last.pk), size=AT_ONCE):
        found = ((dossier, limits.in_hand(dossier, dossier.in_hand_since)) for dossier in piece)
        yield [(dossier, in_hand) for dossier, in_hand in found if in_hand is not None]


def running_stages(
    now: datetime, *, ahead: timedelta, forgets_after: timedelta, said_last: tuple[str, ...], left_out: tuple[str, ...]
) -> Iterator[list[tuple[Dossier, InHand]]]:
    """The same of dossiers in a stage with a limit of its own."""
    # twice as far ahead: an agency may work fewer hours a day than most; a stage never ends before its row says so
    until = WorkCalendar.national().add_working_time(now, 2 * ahead)
    rows = Dossier.objects.filter(IN_HAND, state=S.PROCESSING, proposed_at__isnull=True, stage__due_at__lte=until)
    watched = _watched(rows, STAGE_BEGINS, now - forgets_after, said_last).select_related("stage").defer(*left_out)
    for piece in keyset.in_pieces(watched, behind=lambda last: Q(pk__gt=last.pk), size=AT_ONCE):
        found = ((dossier, _in_stage(dossier, _stage_of(dossier), dossier.in_hand_since)) for dossier in piece)
        yield [(dossier, in_hand) for dossier, in_hand in found if in_hand is not None]


def _stage_of(dossier: Dossier) -> Stage | None:
    return stages.Course(read_stages(dossier.stage.stages), dossier.stage.position).current


def _watched(rows: DossierQuerySet, begins: Iterable[str], since: datetime, said_last: tuple[str, ...]) -> Any:
    """With when each came into its step, without those of which the last warning was given or that are no news."""
    came = DossierEvent.objects.filter(dossier=OuterRef("pk"), name__in=begins).order_by("-occurred_at")
    said = Alert.objects.filter(dossier=OuterRef("pk"), rule__in=said_last, limit_at__gte=OuterRef("in_hand_since"))
    return (
        rows.annotate(in_hand_since=Coalesce("proposed_at", Subquery(came.values("occurred_at")[:1])))
        .exclude(Exists(said))
        .filter(in_hand_since__gte=since)
        .select_related("agency__parent", "assignee")
        .order_by("pk")
    )
