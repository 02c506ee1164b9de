"""The four clocks of one dossier from its rows: events as their source dated them, and when messages arrived."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db.models import F, Q, QuerySet

from dossiers import at_hand, clocks
from dossiers.clocks import Move, Split
from dossiers.consequences import PARTNER_HEARS
from dossiers.event_names import CLOCK_RUNS, DRAFT_ANSWERED, DRAFT_SENT
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, DossierEvent
from portal.agencies.calendars import work_calendar
from portal.exchange import services as exchange

AT_THE_DESK = frozenset({"dossier.processing_started", "dossier.reverted"})


def of(dossier: Dossier, now: datetime) -> Split | None:
    """Split a dossier's elapsed working time; None for a draft. Two queries, and one more for another system's."""
    if dossier.agency is None:
        return None
    return clocks.split(moves(dossier, now), now=now, calendar=work_calendar(dossier.agency))


def of_many(dossiers: Sequence[Dossier], now: datetime) -> dict[int, Split]:
    """The same for many dossiers by their ids: two queries however many they are, and the agencies' calendars."""
    events: dict[int, list[DossierEvent]] = {}
    for row in _changes(DossierEvent.objects.filter(dossier__in=[dossier.pk for dossier in dossiers])):
        events.setdefault(row.dossier_id, []).append(row)
    handed_on = [dossier.code or "" for dossier in dossiers if dossier.handled_by_id is not None]
    arrivals = exchange.arrivals_of_many(handed_on) if handed_on else {}
    agencies = {dossier.agency_id: dossier.agency for dossier in dossiers if dossier.agency is not None}
    calendars = {pk: work_calendar(agency) for pk, agency in agencies.items()}
    return {
        dossier.pk: clocks.split(
            [_move(dossier, row, arrivals, now) for row in _turns(events.get(dossier.pk, ()))],
            now=now,
            calendar=calendars[dossier.agency_id],
        )
        for dossier in dossiers
        if dossier.agency is not None
    }


def moves(dossier: Dossier, now: datetime) -> list[Move]:
    """The changes of state with both of their times."""
    arrivals = exchange.arrivals(dossier.code or "") if dossier.handled_by_id is not None else {}
    events: list[DossierEvent] | None = at_hand.of(dossier, at_hand.EVENTS)
    changes = _changes(dossier.events.all()) if events is None else _changes_among(events)
    return [_move(dossier, row, arrivals, now) for row in _turns(changes)]


def _changes_among(events: Iterable[DossierEvent]) -> list[DossierEvent]:
    """The same as _changes, of events that were read."""
    of_drafts = {DRAFT_SENT, *DRAFT_ANSWERED}
    changed = [row for row in events if row.to_state and (row.name in of_drafts or row.from_state != row.to_state)]
    return sorted(changed, key=lambda row: (row.occurred_at, row.sequence))


def _changes(events: "QuerySet[DossierEvent]") -> "QuerySet[DossierEvent]":
    of_drafts = Q(name__in=[DRAFT_SENT, *DRAFT_ANSWERED])  # the state stays, the turn passes
    changed = events.exclude(to_state="").filter(of_drafts | ~Q(from_state=F("to_state")))
    return changed.order_by("occurred_at", "sequence").only(
        "dossier_id", "sequence", "name", "to_state", "source", "occurred_at", "received_at", "data"
    )


def _turns(changes: Iterable[DossierEvent]) -> Iterator[DossierEvent]:
    """Without the steps that an official takes at her desk while the applicant looks at the draft: it is her turn."""
    has_draft = False
    for event in changes:
        if has_draft and event.name in AT_THE_DESK:
            continue
        has_draft = _stops_for_draft(event)
        yield event


def _stops_for_draft(event: DossierEvent) -> bool:
    return event.name == DRAFT_SENT and not event.data.get(CLOCK_RUNS)


def _move(dossier: Dossier, event: DossierEvent, arrivals: dict[str, datetime | None], now: datetime) -> Move:
    """The first draft that lies before the applicant is her time, as a supplement is."""
    state = DossierState.AWAITING_SUPPLEMENT if _stops_for_draft(event) else event.to_state
    return Move(state, event.occurred_at, _known_at(dossier, event, arrivals, now))


def _known_at(dossier: Dossier, event: DossierEvent, arrivals: dict[str, datetime | None], now: datetime) -> datetime:
    if event.source.startswith("client:"):
        return event.received_at
    if event.name in PARTNER_HEARS:
        number = f"{dossier.code}.{event.sequence}"
        if number in arrivals:
            return arrivals[number] or now
    return event.occurred_at
