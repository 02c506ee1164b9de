"""How a state change is made: one table, one event row, one set of consequences. Every service ends here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers import at_hand, common_limit, consequences, deadlines, delegated, lifecycle, local_terms, stages
from dossiers.event_names import ENDS_PROPOSAL, OF_STAGES
from dossiers.lifecycle import BEFORE_DECISION, CLOCK_STOPPED, FINISHED_STATES, DossierState
from dossiers.models import Dossier, DossierEvent, DraftState
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.calendars import work_calendar
from portal.core import rows, writes
from portal.core.errors import TransitionError
from portal.core.statements import Statement

S = DossierState
PEOPLE = frozenset(
    {
        ActorKind.CITIZEN,
        ActorKind.DESK,
        ActorKind.AGENCY,
        ActorKind.LEADER,
        ActorKind.DELEGATE,
        ActorKind.CONSULTED,
    }
)
FAST_CLOCK = timedelta(minutes=5)
"""How far ahead of ours a partner's clock may be and still tell the order of what it reports."""
WAITING = frozenset({S.AWAITING_SUPPLEMENT, S.AWAITING_PAYMENT, S.CONSULTING})
"""States that lead back to the one before them."""
ANSWERS = frozenset({"answer_consultation", "cancel_consultation"})
"""Steps that end one question to another agency; the dossier goes on with the last one."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """When and where something happened, as its source tells it; the default is here and now."""

    occurred_at: datetime | None = None
    source: str = "portal"
    reference: str = ""
    """The source's own id of the event: a replay with the same one changes nothing."""
    data: Mapping[str, Any] = field(default_factory=dict)
    is_new: bool = False
    """The caller has the row and saw that there is no such event yet."""


HERE_AND_NOW = Occasion()


_KNOWN = Statement(
    f"SELECT id FROM {DossierEvent._meta.db_table}"  # noqa: S608 - the name of a table
    " WHERE dossier_id = ANY(%s::bigint[]) AND source = %s AND source_reference = ANY(%s::text[])"
)


def replayed(dossier: Dossier, occasion: Occasion) -> DossierEvent | None:
    """Return the event this occasion already made, if it did."""
    if not occasion.reference or occasion.is_new:
        return None
    known = known_events([dossier], source=occasion.source, references=[occasion.reference])
    return known.get((dossier.pk, occasion.reference))


def known_events(
    dossiers: Iterable[Dossier], *, source: str, references: Sequence[str]
) -> dict[tuple[int, str], DossierEvent]:
    """The events that a source already reported of locked dossiers, by dossier and reference."""
    # asked at every push, and nearly always answered with nothing
    found = _KNOWN.rows([[dossier.pk for dossier in dossiers], source, list(references)])
    events = DossierEvent.objects.filter(pk__in=[row[0] for row in found]) if found else ()
    return {(event.dossier_id, event.source_reference): event for event in events}


MOVED = (
    "state",
    "resume_state",
    "state_occurred_at",
    "last_sequence",
    "accepted_at",
    "counted_from",
    "intake_due_at",
    "due_at",
    "original_due_at",
    "is_without_time_limit",
    "clock_stopped_at",
    "proposed_at",
    "finished_at",
    "returned_at",
    "assignee",
    "updated_at",
)
"""What a step changes; the frozen filing is written once, when it is submitted."""
WHOLE = tuple(field.name for field in Dossier._meta.concrete_fields if not field.primary_key)


def apply(
    dossier: Dossier,
    name: str,
    *,
    actor: Actor,
    reason: str = "",
    occasion: Occasion = HERE_AND_NOW,
    data: Mapping[str, Any] | None = None,
    due_at: datetime | None = None,
) -> DossierEvent:
    """Take one step of the table on a locked dossier and return its event.

    `due_at` is the appointment that a partner's system fixed itself; letters and notices written here name it.

    Raises TransitionError when the table forbids it, and for a step of somebody here on a dossier that another system
    reported: nobody there would hear of it, and its next report would undo it. Mail, PDF and HTTP happen later, from
    rows written here.
    """
    if dossier.is_reported and actor.kind in PEOPLE:
        raise TransitionError(_("Hồ sơ này nộp ở hệ thống riêng của cơ quan. Hãy làm bước này ở nơi đã nộp."))
    now = timezone.now()
    occurred_at = min(occasion.occurred_at or now, now)
    transition = lifecycle.check(name, state=dossier.state, actor=actor.kind, reason=reason)
    if actor.kind == ActorKind.DELEGATE:
        data = {**(data or {}), **delegated.require(dossier, actor)}
    before = S(dossier.state)
    after = before if transition.stays else transition.target or _state_before(dossier, name)
    if not transition.stays:
        stops_clock = (
            after in CLOCK_STOPPED or bool((data or {}).get("stops_clock")) or _draft_waits(dossier, before, after)
        )
        _move(dossier, before, after, occurred_at, stops_clock=stops_clock, after_supplement=name == "supplement")
        if due_at is not None and due_at > occurred_at:
            dossier.due_at, dossier.is_without_time_limit = due_at, False
    if name == "accept":
        # the receipt (form 01) may be drawn later, when the day has moved
        data = {**(data or {}), "due_at": dossier.due_at.isoformat() if dossier.due_at else ""}
    if began := stages.begun(dossier, name, before, after, occurred_at):
        data = {**(data or {}), **began}
    if name == "propose":
        dossier.proposed_at = occurred_at
    elif transition.event in ENDS_PROPOSAL:
        dossier.proposed_at = None
    event = record(
        dossier,
        transition.event,
        actor=actor,
        reason=reason,
        occasion=Occasion(occurred_at, occasion.source, occasion.reference, {**occasion.data, **(data or {})}),
        from_state=before,
        to_state=after,
        is_public=transition.event not in OF_STAGES,
    )
    writes.update(dossier, WHOLE if before == S.DRAFT else MOVED)
    stages.keep(dossier, event)
    consequences.follow(dossier, event, actor=actor)
    return event


def record(
    dossier: Dossier,
    event_name: str,
    *,
    actor: Actor,
    reason: str = "",
    occasion: Occasion = HERE_AND_NOW,
    from_state: str = "",
    to_state: str = "",
    is_public: bool = True,
) -> DossierEvent:
    """Append an event to a locked dossier; the caller saves the dossier (its last_sequence moved)."""
    now = timezone.now()
    dossier.last_sequence += 1
    event = rows.fresh(
        DossierEvent,
        id=dossier.next_event_ids[0] if dossier.next_event_ids else None,
        dossier=dossier,
        sequence=dossier.last_sequence,
        name=event_name,
        from_state=from_state,
        to_state=to_state,
        actor_kind=actor.kind,
        actor_user=actor.user,
        actor_agency=actor.agency,
        actor_name=actor.name,
        source=occasion.source,
        source_reference=occasion.reference,
        occurred_at=occasion.occurred_at or now,
        received_at=now,
        reason=reason,
        data=dict(occasion.data),
        is_public=is_public,
        partner_id=dossier.handled_by_id or dossier.source_id,
    )
    writes.insert(event, needs_id=True)
    dossier.next_event_ids, dossier.newest_event = dossier.next_event_ids[1:], event
    return event


def _state_before(dossier: Dossier, name: str) -> DossierState:
    """The state a step leads back to: 5 to 1 or 4, 6 to before 6, 7 to before 7, an end or a wrong step likewise."""
    if name == "refuse_withdrawal":
        asked = dossier.events.filter(name="dossier.withdrawal_requested").latest()
        before = S(asked.from_state)
        paid_meanwhile = before == S.AWAITING_PAYMENT and not dossier.obligations.filter(state="due").exists()
        # a consultation ended with the request: nobody waits for its answer any more
        return S(dossier.resume_state) if paid_meanwhile or before == S.CONSULTING else before
    if name in ANSWERS and dossier.consultations.filter(ended_at__isnull=True).exists():
        return S.CONSULTING  # other agencies are still asked
    if name in {"reopen", "revert"}:
        at_work = dossier.events.filter(from_state__in=[S.SUBMITTED, S.ACCEPTED, S.PROCESSING])
        last = at_work.exclude(from_state=F("to_state")).order_by("-sequence").first()
        return S(last.from_state) if last is not None else S.SUBMITTED
    return S(dossier.resume_state)


def last_move(dossier: Dossier) -> DossierEvent | None:
    """The event that brought the dossier into its state."""
    events: list[DossierEvent] | None = at_hand.of(dossier, at_hand.EVENTS)
    if events is not None:
        return next((event for event in reversed(events) if event.to_state not in {"", event.from_state}), None)
    moves = dossier.events.exclude(to_state="").exclude(from_state=F("to_state"))
    return moves.order_by("-sequence").first()


def _draft_waits(dossier: Dossier, before: DossierState, after: DossierState) -> bool:
    """Whether the work goes on while the applicant looks at the draft of the result: that time stays hers."""
    stands = dossier.clock_stopped_at is not None and {before, after} <= BEFORE_DECISION
    return stands and dossier.draft_checks.filter(state=DraftState.OPEN).exists()


def _move(
    dossier: Dossier,
    before: DossierState,
    after: DossierState,
    at: datetime,
    *,
    stops_clock: bool,
    after_supplement: bool = False,
) -> None:
    """Set the state and the times that follow from it."""
    dossier.state = after
    if not before == after == S.CONSULTING:  # one more, or one fewer, of the agencies that are asked
        dossier.state_occurred_at = at
    if after in WAITING and before in {S.SUBMITTED, S.ACCEPTED, S.PROCESSING}:
        # a supplement during processing resumes processing; before acceptance the desk looks at it afresh
        resumes_processing = after in {S.AWAITING_SUPPLEMENT, S.CONSULTING} and before == S.ACCEPTED
        dossier.resume_state = S.PROCESSING if resumes_processing else before
    if after == S.ACCEPTED and before == S.SUBMITTED:
        _set_due_date(dossier, at)
    if stops_clock and dossier.clock_stopped_at is None:
        dossier.clock_stopped_at = at
    elif dossier.clock_stopped_at is not None and not stops_clock:
        # also where the dossier ends: the time it waited for the citizen makes nobody late
        _resume_clock(dossier, at, after_supplement=after_supplement)
    if after in FINISHED_STATES and dossier.finished_at is None:
        dossier.finished_at = at
    if after == S.RETURNED:
        dossier.returned_at = at


def _set_due_date(dossier: Dossier, accepted_at: datetime) -> None:
    if dossier.agency is None:
        return
    calendar = work_calendar(dossier.agency)
    version = dossier.rules
    dossier.accepted_at = accepted_at
    dossier.counted_from = calendar.counted_from(accepted_at, version.intake_cutoff if version else None)
    dossier.due_at = common_limit.first_due_at(calendar, dossier, accepted_at)
    dossier.is_without_time_limit = dossier.due_at is None


def _resume_clock(dossier: Dossier, at: datetime, *, after_supplement: bool) -> None:
    stopped_at, dossier.clock_stopped_at = dossier.clock_stopped_at, None
    resume_clock(dossier, stopped_at, at, after_supplement=after_supplement)


def resume_clock(
    dossier: Dossier, stopped_at: datetime | None, at: datetime, *, after_supplement: bool = False
) -> None:
    """Move what is due by the time between two moments in which the agency's time did not run."""
    if dossier.agency is None or stopped_at is None:
        return
    calendar = work_calendar(dossier.agency)
    if dossier.state == S.SUBMITTED:
        dossier.intake_due_at = deadlines.intake_due_at(calendar, at)
    terms = local_terms.timing(dossier)
    restarts = after_supplement and deadlines.restarts(terms)
    first, promised = dossier.original_due_at, dossier.due_at
    dossier.due_at, dossier.original_due_at = (
        deadlines.resumed_due_at(
            calendar,
            terms,
            due=due,
            stopped_at=stopped_at,
            resumed_at=at,
            after_supplement=after_supplement,
        )
        for due in (promised, first)
    )
    if restarts and first is not None:
        # the new limit takes the place of the first day, and no letter's later day (form 04) is taken back
        dossier.original_due_at = None
        if promised is not None and dossier.due_at is not None and promised > dossier.due_at:
            dossier.original_due_at, dossier.due_at = dossier.due_at, promised


def is_late_report(dossier: Dossier, name: str, actor: Actor, occasion: Occasion) -> bool:
    """Whether a partner reports something older than what set the current state: kept, but it moves nothing.

    Nothing is older than a filing that nobody has taken yet: what the table forbids then has overtaken its
    predecessors, or is told by a clock that is slow, and has to come again. A clock that is far ahead tells no order:
    after the end of a dossier nothing but what came before it can be left to tell, and that is never another end.
    """
    at, since = occasion.occurred_at, dossier.state_occurred_at
    if actor.kind != ActorKind.PARTNER or dossier.state == S.SUBMITTED or at is None or since is None:
        return False
    ends = lifecycle.TRANSITIONS[name].target in FINISHED_STATES
    return at < since or (dossier.state in FINISHED_STATES and not ends and at > timezone.now() + FAST_CLOCK)
