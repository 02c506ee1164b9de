"""What the portal holds of a system's dossiers, as both sides can compare it: digests by day, agency and status.

A group's digest is the SHA-256 of its dossiers' codes, sorted by their bytes and joined by line feeds. Two sides with
the same groups have the same dossiers in the same states, and say so in a few lines.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import TruncDate

from dossiers import access
from dossiers.lifecycle import NATIONAL_STATUS, OPEN_STATES, DossierState
from dossiers.models import Dossier, DossierQuerySet
from dossiers.partners.wire_moments import HERE
from portal.agencies.actors import Actor
from portal.agencies.models import ApiClient
from portal.exchange.models import OutboxMessage

ALIKE = {10: 9, 11: 3}
"""Decided and handed over count as one: which side hands over is no difference. 11 is 3 of old clients."""

GroupKey = tuple[str, str, int]
"""Day (ISO), code of the agency, status."""


@dataclass(frozen=True, slots=True)
class Group:
    """How many dossiers, and which."""

    count: int
    digest: str


def alike(status: int) -> int:
    """The status as it is compared."""
    return ALIKE.get(status, status)


def status_of(dossier: Dossier) -> int:
    """A dossier's status as it is compared."""
    return alike(NATIONAL_STATUS.get(DossierState(dossier.state), 0))


def held(client: ApiClient) -> DossierQuerySet:
    """The dossiers both sides should have: those it reported, and those of which it was told."""
    told = OutboxMessage.objects.filter(client=client, subject=OuterRef("code"))
    return access.visible_to(Actor.partner(client)).filter(Q(source=client) | Exists(told))


def within(found: DossierQuerySet, since: date, until: date) -> DossierQuerySet:
    """Those filed on these days, by Vietnam's clock."""
    return found.filter(submitted_at__gte=_start(since), submitted_at__lt=_start(until + timedelta(days=1)))


def days_with_open(client: ApiClient, since: date, until: date) -> set[date]:
    """The days among these on which a dossier was filed that is still open here."""
    still_open = within(held(client), since, until).filter(state__in=sorted(OPEN_STATES)).order_by()
    days = still_open.values_list(TruncDate("submitted_at", tzinfo=HERE), flat=True).distinct()
    return {day for day in days if day is not None}


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=HERE)


def digest_of(codes: Iterable[str]) -> str:
    """The digest of a group."""
    lines = sorted(code.encode() for code in codes)
    return hashlib.sha256(b"\n".join(lines)).hexdigest()


def groups(client: ApiClient, since: date, until: date) -> dict[GroupKey, Group]:
    """All groups of dossiers filed on these days."""
    codes: dict[GroupKey, list[str]] = {}
    rows = within(held(client), since, until).order_by().values_list("submitted_at", "agency__code", "state", "code")
    for submitted_at, agency, state, code in rows.iterator(chunk_size=5000):
        if submitted_at is None or code is None:
            continue  # a draft; none of a system's dossiers is one
        key = submitted_at.astimezone(HERE).date().isoformat(), agency, alike(NATIONAL_STATUS[DossierState(state)])
        codes.setdefault(key, []).append(code)
    return {key: Group(len(found), digest_of(found)) for key, found in codes.items()}


def members(client: ApiClient, day: date, agencies: Iterable[str]) -> dict[str, int]:
    """The dossiers of a day at these agencies, each with its status."""
    rows = within(held(client), day, day).filter(agency__code__in=list(agencies)).order_by()
    return {
        code or "": alike(NATIONAL_STATUS[DossierState(state)]) for code, state in rows.values_list("code", "state")
    }
