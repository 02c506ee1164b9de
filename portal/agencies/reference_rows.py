"""Territory and agencies as the files in ``reference/`` name them, ready to become rows.

Codes of provinces, communes, ministries and provinces' agencies are official (QĐ 20/2020/QĐ-TTg and the statistics
office). Codes below them follow patterns of our own in ``local_agencies.csv``; see docs/assumptions.md.
"""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from portal.agencies import titles
from portal.core.identifiers import tax_check_digit
from portal.core.text import fold, nfc, vietnamese_order

REFERENCE = Path(__file__).parent / "reference"


@dataclass(frozen=True, slots=True)
class UnitRow:
    """An administrative unit: the columns of its row, its parent's code and, for a province, its agency code."""

    values: dict[str, Any]
    parent: str
    agency_code: str

    @property
    def code(self) -> str:
        """The statistics office's code."""
        return str(self.values["code"])

    @property
    def in_a_sentence(self) -> str:
        """The full name with its kind in small letters: ``phường Cửa Nam``."""
        full_name = str(self.values["full_name"])
        return full_name[0].lower() + full_name[1:]

    @property
    def in_english(self) -> str:
        """The name with its English kind: ``Cửa Nam ward``, ``Hà Nội city``."""
        return titles.of_unit(self.in_a_sentence)


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """An agency: the columns of its row and the codes of what it refers to."""

    values: dict[str, Any]
    parent: str = ""
    unit: str = ""
    successor: str = ""
    desk: str = ""
    desk_en: str = ""

    @property
    def code(self) -> str:
        """The agency code."""
        return str(self.values["code"])


def units() -> list[UnitRow]:
    """The provinces, then the communes."""
    rows = [
        UnitRow(
            values={
                "code": line["code"],
                "name": line["name"],
                "full_name": line["full_name"],
                "folded_name": fold(line["full_name"]),
                "sort_key": vietnamese_order(line["name"]),
                "level": line["level"],
                "kind": line["kind"],
                "valid_from": _day(line["valid_from"]),
            },
            parent=line["parent"],
            agency_code=line["agency_code"],
        )
        for line in _lines("administrative_units.csv")
    ]
    return sorted(rows, key=lambda row: bool(row.parent))


def agencies(territory: list[UnitRow], *, with_demo_accounts: bool) -> list[AgencyRow]:
    """Ministries and other national agencies, then those of every province and commune; parents come first.

    ``with_demo_accounts`` gives each a made-up tax code and account, so that receipts of a demonstration are complete.
    """
    national = sorted(_national(), key=lambda row: bool(row.parent or row.successor))
    rows = [*national, *_local(territory)]
    if with_demo_accounts:
        for row in rows:
            row.values.update(_demo_account(row.code))
    return rows


def _national() -> Iterator[AgencyRow]:
    for line in _lines("national_agencies.csv"):
        values: dict[str, Any] = {
            name: line[name] for name in ("code", "name", "short_name", "name_en", "level", "branch")
        }
        values |= {
            "valid_from": _day(line["valid_from"]),
            "valid_to": _day(line["valid_to"]),
            "works_on_saturday": False,
        }
        yield AgencyRow(values, parent=line["parent"], successor=line["successor"])


def _local(territory: list[UnitRow]) -> Iterator[AgencyRow]:
    by_code = {unit.code: unit for unit in territory}
    patterns = list(_lines("local_agencies.csv"))
    for level in ("province", "commune"):
        for unit in territory:
            if unit.values["level"] != level:
                continue
            province = by_code[unit.parent] if unit.parent else unit
            words = {
                "h": province.agency_code,
                "commune": unit.code,
                "unit": unit.in_a_sentence,
                "unit_en": unit.in_english,
                "province": province.in_a_sentence,
                "province_en": province.in_english,
            }
            for pattern in patterns:
                if pattern["for"] == level:
                    yield _local_agency(pattern, unit, words)


def _local_agency(pattern: dict[str, str], unit: UnitRow, words: dict[str, str]) -> AgencyRow:
    values: dict[str, Any] = {name: pattern[name].format(**words) for name in ("code", "name", "short_name", "name_en")}
    values |= {
        "level": str(unit.values["level"]),
        "branch": pattern["branch"],
        "valid_from": unit.values["valid_from"],
        "valid_to": None,
        "works_on_saturday": pattern["works_on_saturday"] == "yes",
    }
    return AgencyRow(
        values,
        parent=pattern["parent"].format(**words),
        unit=unit.code,
        desk=pattern["desk"].format(**words),
        desk_en=pattern["desk_en"].format(**words),
    )


def _demo_account(code: str) -> dict[str, str]:
    """A made-up tax code (beginning 99, which is not issued) and a treasury account that says what it is."""
    account = f"DEMO-{code}"[:30]
    if code.isdigit():  # a state enterprise's agency code is its tax code
        return {"tax_code": code, "treasury_account": account}
    number = zlib.crc32(code.encode()) % 10_000_000
    while (digit := tax_check_digit(f"99{number:07d}")) is None:
        number = (number + 1) % 10_000_000
    return {"tax_code": f"99{number:07d}{digit}", "treasury_account": account}


def _lines(name: str) -> Iterator[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            yield {key: nfc(value).strip() for key, value in line.items()}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
