"""The four clocks of one dossier from its rows: events as their source dated them, and when messages arrived."""

from datetime import datetime

from django.db.models import F

from dossiers import clocks
from dossiers.clocks import Move, Split
from dossiers.consequences import PARTNER_HEARS
from dossiers.models import Dossier, DossierEvent
from portal.agencies.calendars import work_calendar
from portal.exchange import services as exchange


def of(dossier: Dossier, now: datetime) -> Split | None:
    """Split a dossier's elapsed working time; None for a draft. Two queries, and one more for another system's."""
    if dossier.agency is None:
        return None
    return clocks.split(moves(dossier, now), now=now, calendar=work_calendar(dossier.agency))


def moves(dossier: Dossier, now: datetime) -> list[Move]:
    """The changes of state with both of their times."""
    events = dossier.events.exclude(to_state="").exclude(from_state=F("to_state"))
    rows = list(
        events.order_by("occurred_at", "sequence").only(
            "sequence", "name", "to_state", "source", "occurred_at", "received_at"
        )
    )
    arrivals = exchange.arrivals(dossier.code or "") if dossier.handled_by_id is not None else {}
    return [Move(row.to_state, row.occurred_at, _known_at(dossier, row, arrivals, now)) for row in rows]


def _known_at(dossier: Dossier, event: DossierEvent, arrivals: dict[str, datetime | None], now: datetime) -> datetime:
    if event.source.startswith("client:"):
        return event.received_at
    if event.name in PARTNER_HEARS:
        number = f"{dossier.code}.{event.sequence}"
        if number in arrivals:
            return arrivals[number] or now
    return event.occurred_at
