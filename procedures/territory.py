"""Provinces, communes and agencies for forms and sheet: lists to choose from, and codes for what a person typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from portal.agencies.models import AdministrativeUnit, Agency, UnitLevel
from portal.core.text import clean_line, fold
from procedures import publication

KINDS = ("xa", "phuong", "dac khu", "thi tran")
"""First words of commune names, folded; people leave them out."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A province or commune to choose from."""

    code: str
    full_name: str
    folded: str

    @property
    def bare(self) -> str:
        """The folded name without its kind: ``phuong tan dinh`` → ``tan dinh``."""
        for kind in KINDS:
            if self.folded.startswith(f"{kind} "):
                return self.folded.removeprefix(f"{kind} ")
        return self.folded


class UnitList(NamedTuple):
    """Units in the order people look for them, and their full names by code."""

    units: list[Unit]
    names: dict[str, str]


class Territory:
    """Reads of the territory, each list read once; make one for each request."""

    def __init__(self, on: date | None = None) -> None:
        self.on = on or timezone.localdate()
        self._lists: dict[str, UnitList] = {}
        self._names: dict[str, str] = {}
        self._agencies: dict[str, str] = {}

    def _units(self, key: str, **filters: object) -> UnitList:
        if key not in self._lists:
            self._lists[key] = publication.remembered(f"units:{self.on}:{key}", lambda: self._read_units(filters))
            self._names.update(self._lists[key].names)
        return self._lists[key]

    def _read_units(self, filters: dict[str, object]) -> UnitList:
        rows = AdministrativeUnit.objects.valid_on(self.on).filter(**filters).order_by("sort_key", "folded_name")
        names = dict(rows.values_list("code", "full_name"))
        return UnitList([Unit(code, name, fold(name)) for code, name in names.items()], names)

    def _provinces(self) -> UnitList:
        return self._units("", level=UnitLevel.PROVINCE)

    def _communes(self, province_code: str) -> UnitList:
        return self._units(province_code, level=UnitLevel.COMMUNE, parent__code=province_code)

    def provinces(self) -> list[Unit]:
        """All provinces and cities in the order people look for them."""
        return self._provinces().units

    def communes(self, province_code: str) -> list[Unit]:
        """The communes of a province; empty for an unknown one."""
        return self._communes(province_code).units if province_code else []

    def communes_by_province(self) -> dict[str, list[str]]:
        """The codes of all communes in force by province, in one read."""
        rows = AdministrativeUnit.objects.valid_on(self.on).filter(level=UnitLevel.COMMUNE).order_by("code")
        found: dict[str, list[str]] = {}
        for province_code, code in rows.values_list("parent__code", "code"):
            found.setdefault(province_code, []).append(code)
        return found

    def agency_codes(self, routing: dict[str, str]) -> list[str]:
        """The codes of the agencies in force of a level and branch."""
        return list(Agency.objects.valid_on(self.on).filter(**routing).order_by("code").values_list("code", flat=True))

    def is_province(self, code: str) -> bool:
        """Whether a code is one of a province in force."""
        return code in self._provinces().names

    def is_commune_of(self, code: str, province_code: str) -> bool:
        """Whether a commune lies in the province."""
        return bool(province_code) and code in self._communes(province_code).names

    def find_communes(self, province_code: str, typed: str) -> list[Unit]:
        """Communes of a province that what was typed can mean: one when it is clear, several when it is not."""
        text = fold(clean_line(typed))
        units = self.communes(province_code)
        for fits in (
            lambda unit: unit.code == text or unit.folded == text,
            lambda unit: unit.bare == text,
            lambda unit: len(text) >= 3 and text in unit.folded,
        ):
            if found := [unit for unit in units if fits(unit)]:
                return found
        return []

    def name(self, code: str) -> str:
        """The full name of a unit, former ones included; the code itself when it is unknown."""
        self.learn([code])
        return self._names.get(code, code)

    def learn(self, codes: Iterable[str]) -> None:
        """Read the names of several units at once."""
        missing = {code for code in codes if code and code not in self._names}
        if missing:
            self._names.update(AdministrativeUnit.objects.filter(code__in=missing).values_list("code", "full_name"))
            self._names.update({code: code for code in missing if code not in self._names})

    def agency_name(self, code: str) -> str:
        """The name of an agency; the code itself when it is unknown."""
        if code and code not in self._agencies:
            self._agencies[code] = Agency.objects.filter(code=code).values_list("name", flat=True).first() or code
        return self._agencies.get(code, code)

    def find_agencies(self, typed: str, routing: dict[str, str], *, limit: int = 20) -> list[tuple[str, str]]:
        """Agencies in force that what was typed can mean, as (code, name); ``routing`` narrows level and branch."""
        text = clean_line(typed)
        rows = Agency.objects.valid_on(self.on).order_by("code")
        for key in ("level", "branch"):
            if routing.get(key):
                rows = rows.filter(**{key: routing[key]})
        if exact := list(rows.filter(Q(code=text.upper()) | Q(name__iexact=text)).values_list("code", "name")[:limit]):
            return exact
        with_marks = rows
        for word in text.split()[:12]:
            with_marks = with_marks.filter(name__icontains=word)
        if found := list(with_marks.values_list("code", "name")[:limit]):
            return found
        wanted = fold(text).split()
        pairs = rows.values_list("code", "name").iterator(chunk_size=2000)
        alike = (pair for pair in pairs if all(word in fold(pair[1]) for word in wanted))
        found = sorted(islice(alike, limit), key=lambda pair: fold(pair[1]) != fold(text))
        same = [pair for pair in found if fold(pair[1]) == fold(text)]
        return same or found
