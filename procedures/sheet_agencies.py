"""The agencies that a sheet names, in the reader's language and with who has their tasks today (cơ quan kế thừa)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portal.agencies import successors, titles
from portal.core.language import is_english, pair_text
from procedures.models import ProcedureVersion

ROLES = ("competent", "executing", "authorized", "coordinating")
Named = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Agencies:
    """The agencies of a sheet in words."""

    competent: str
    roles: list[tuple[str, str]]
    """Who does what besides deciding, and where papers are handed in."""
    issuer: str


def of(version: ProcedureVersion) -> Agencies:
    """Every agency that a version names: as its decision calls it, with the heir of one that ended beside it."""
    sheet = version.sheet
    published: Mapping[str, list[Mapping[str, Any]]] = sheet.get("agencies") or {}
    issuer = version.issuer_code, version.issuer_name
    rows = [issuer, *(_named(row) for role in ROLES for row in published.get(role) or ())]
    words = titles.in_readers_language(rows)
    heirs = successors.heirs_of(code for code, _name in rows) if published else {}
    for named, title in words.items():
        if (heir := heirs.get(named[0])) is not None:
            words[named] = heir.beside(title)
    roles = {
        "executing": _("Thực hiện"),
        "authorized": _("Được ủy quyền"),
        "coordinating": _("Phối hợp"),
    }
    lines = [(title, _listed(published[role], words)) for role, title in roles.items() if published.get(role)]
    if address := sheet.get("receiving_address"):
        lines.append((_("Nơi tiếp nhận"), str(address)))
    return Agencies(_competent(sheet, words, has_heirs=bool(heirs)), lines, words[issuer])


def _competent(sheet: Mapping[str, Any], words: Mapping[Named, str], *, has_heirs: bool) -> str:
    """Who decides; where a record names agencies in Vietnamese only, by their English names as far as there are any."""
    text, agencies = sheet.get("competent") or {}, sheet.get("agencies") or {}
    rows = agencies.get("competent") or agencies.get("executing")
    if not rows or not (has_heirs or (is_english() and not text.get("en"))):
        return pair_text(text)
    return _listed(rows, words)


def _listed(rows: Iterable[Mapping[str, Any]], words: Mapping[Named, str]) -> str:
    return "; ".join(dict.fromkeys(words[_named(row)] for row in rows))


def _named(row: Mapping[str, Any]) -> Named:
    return row.get("code", ""), row.get("name") or row.get("code", "")
