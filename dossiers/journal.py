"""The journal of a partner's system (nhật ký sự kiện): every event of its dossiers, by a number that only grows.

A system that was away a week asks from where it stopped and has missed nothing. Numbers are given when the journal is
read, under a lock of that system's own, to events that are committed by then: one that is committed later gets a later
number, whatever its id. Writing an event costs nothing for it, and no event is ever deleted.
"""

from dataclasses import dataclass

from django.db import connection, transaction

from dossiers import access
from dossiers.models import DossierEvent
from portal.agencies.actors import Actor
from portal.agencies.models import ApiClient

LOCK = 7_310_002
"""First half of the advisory lock; the second is the system's id."""
NUMBERED_AT_ONCE = 5_000

_TABLE = DossierEvent._meta.db_table
_GIVE_NUMBERS = f"""
    WITH base AS (SELECT COALESCE(max(journal_number), 0) AS last FROM {_TABLE}
                  WHERE partner_id = %(client)s AND journal_number IS NOT NULL),
         fresh AS (SELECT id, row_number() OVER (ORDER BY id) AS place FROM (
                     SELECT id FROM {_TABLE}
                     WHERE partner_id = %(client)s AND journal_number IS NULL AND is_public
                     ORDER BY id LIMIT %(most)s) AS next)
    UPDATE {_TABLE} AS event SET journal_number = base.last + fresh.place
    FROM base, fresh WHERE event.id = fresh.id
"""  # noqa: S608 - the name of a table of ours


@dataclass(frozen=True, slots=True)
class Page:
    """Events in the order of their numbers; from `cursor` the journal goes on."""

    events: list[DossierEvent]
    cursor: int
    has_more: bool


def read(client: ApiClient, *, after: int, size: int, without_own: bool = False) -> Page:
    """The events of a system's dossiers that follow a number, of dossiers that are still its to see.

    `without_own` leaves out what the system reported itself.
    """
    found = _following(client, after, size, without_own=without_own)
    if len(found) <= size:
        is_last = _number(client) < NUMBERED_AT_ONCE
        last = max(after, _last(client))  # before the page is read: what is numbered in between is not passed over
        found = _following(client, after, size, without_own=without_own)
        if len(found) <= size:
            newest = found[-1].journal_number if found else None
            return Page(found, max(last, newest or 0), has_more=not is_last)
    events = found[:size]
    return Page(events, events[-1].journal_number or after, has_more=True)


def _following(client: ApiClient, after: int, size: int, *, without_own: bool) -> list[DossierEvent]:
    mine = access.visible_to(Actor.partner(client))
    events = DossierEvent.objects.filter(partner=client, journal_number__gt=after, dossier__in=mine)
    if without_own:
        events = events.exclude(source=client.event_source)
    return list(events.select_related("dossier__agency").only(*_TOLD).order_by("journal_number")[: size + 1])


_TOLD = (
    *(field.name for field in DossierEvent._meta.concrete_fields),
    "dossier__code",
    "dossier__agency__code",
)


def _number(client: ApiClient) -> int:
    """Give numbers to events that have none yet; return to how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, client.pk])
        cursor.execute(_GIVE_NUMBERS, {"client": client.pk, "most": NUMBERED_AT_ONCE})
        return int(cursor.rowcount)


def _last(client: ApiClient) -> int:
    numbers = DossierEvent.objects.filter(partner=client, journal_number__isnull=False).order_by("-journal_number")
    return numbers.values_list("journal_number", flat=True).first() or 0
