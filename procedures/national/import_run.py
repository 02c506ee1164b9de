"""One import of the national catalogue: what it saw and did so far, and the lines of its report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from portal.agencies.models import AdministrativeUnit, Agency, AgencyLevel
from procedures.models import Field, NationalRecord

NEW, CHANGED, UNCHANGED, BESIDE, SKIPPED, CLOSED, REOPENED = (
    "new", "changed", "unchanged", "beside_pack", "skipped", "closed", "reopened",
)  # fmt: skip

STAYS_CLOSED = "stays_closed"
"""Of a problem: the record is in, and the procedure stays closed because an official closed it."""
BESIDE_CHANGED = "beside_changed"
"""Of a problem: the record changed, and what is published beside it stays until an official changes it."""
FLAW = "flaw"
"""Of a problem: the record is in, without this part or with it as it was."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the report."""

    place: str
    code: str
    kind: str
    """``skipped``: not imported; ``flaw``: imported without this part; ``changed``: a new version; ``stays_closed``;
    ``beside_changed``: the portal's own version stays."""
    field: str
    reason: str
    changes: tuple[str, ...] = ()
    """Of a record that changed: every change in words, ``part, place: before → after``."""


@dataclass(slots=True)
class Run:
    """One import: what it did so far, and what it saw."""

    today: date = field(default_factory=timezone.localdate)
    counts: Counter[str] = field(default_factory=Counter)
    seen: dict[str, str] = field(default_factory=dict)
    """Digest by code of every record that named itself, good or bad."""
    unread: set[str] = field(default_factory=set)
    """Codes of records that are no JSON and tell at least that."""
    nameless: int = 0
    hiding: int = 0
    """Places where the source breaks off, or where a broken record has others in it: these were not seen."""
    known: dict[str, str] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    provinces: dict[str, str] = field(default_factory=dict)
    issuers: dict[str, str] = field(default_factory=dict)
    """Names of ministries and what ranks with them, by code."""

    def prepare(self) -> None:
        """Read what every batch needs: known digests, fields, and names of ministries, and codes of provinces."""
        rows = NationalRecord.objects.values_list("procedure__code", "content_sha256")
        self.known = dict(rows.iterator(chunk_size=2_000))
        self.fields = {each.code: each for each in Field.objects.all()}
        self.issuers = dict(Agency.objects.filter(level=AgencyLevel.MINISTRY).values_list("code", "name"))
        units = AdministrativeUnit.objects.filter(level="province").prefetch_related("agencies")
        self.provinces = {
            agency.code: unit.code for unit in units for agency in unit.agencies.all() if agency.code.startswith("H")
        }
