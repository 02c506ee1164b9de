"""What every agency's system knows of the State's forms: names of fields, values and places (danh mục dùng chung).

Read as files of the national reference data beside this package; a system outside imports no app of the portal.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_ROOT = Path(__file__).resolve().parents[3]
_FORMS = _ROOT / "procedures" / "reference"
_UNITS = _ROOT / "portal" / "agencies" / "reference" / "administrative_units.csv"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNIT_KINDS = {"province", "commune"}


@dataclass(frozen=True)
class Field:
    """One field of a form: its name to a reader, and what its values and its parts are called."""

    label: str
    kind: str = ""
    values: dict[str, str] = field(default_factory=dict)
    parts: "dict[str, Field]" = field(default_factory=dict)


PLACE = {
    "province_code": Field("Tỉnh, thành phố", "province"),
    "commune_code": Field("Xã, phường, đặc khu", "commune"),
    "line": Field("Số nhà, đường, thôn, tổ dân phố"),
    "old_unit_text": Field("Tên đơn vị cũ ghi trên giấy tờ"),
}


@cache
def form_of(procedure_code: str) -> dict[str, Field]:
    """The fields of a national procedure's form by key; empty for a procedure that has none here."""
    path = _FORMS / "procedures" / f"{procedure_code}.yaml"
    if not path.is_file():  # procedure codes come from outside; the caller has checked their shape
        return {}
    pages = (_read(path).get("form") or {}).get("pages") or ()
    return {key: known for page in pages for group in page["groups"] for key, known in _of_group(group)}


@cache
def unit_name(code: str) -> str:
    """The full name of a province or commune, or the code itself where nobody knows it."""
    return _units().get(code, code)


def _of_group(group: dict[str, Any]) -> Iterable[tuple[str, Field]]:
    used = _groups().get(group.get("use_group"), {})
    prefix = f"{group['prefix']}_" if group.get("prefix") else ""
    override = group.get("override") or {}
    for item in group.get("fields") or used.get("fields") or ():
        yield prefix + item["key"], _field(item | override.get(item["key"], {}))


def _field(item: dict[str, Any]) -> Field:
    parts = item.get("fields") or (_groups()["person"]["fields"] if item["type"] == "person" else ())
    values = {str(value["value"]): value["vi"] for value in _lists().get(item.get("choices"), {}).get("items", ())}
    known = PLACE if item["type"] in {"address", "place"} else {part["key"]: _field(part) for part in parts}
    return Field(item["label"]["vi"], item["type"], values, known)


@cache
def _groups() -> dict[str, Any]:
    return _read(_FORMS / "field_groups.yaml")


@cache
def _lists() -> dict[str, Any]:
    return _read(_FORMS / "value_lists.yaml")


@cache
def _units() -> dict[str, str]:
    with _UNITS.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["full_name"] for row in csv.DictReader(file) if row["level"] in _UNIT_KINDS}


def _read(path: Path) -> dict[str, Any]:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 -- the safe loader, in C
