"""Turning the answers of a form, whatever their shape, into rows an official can read."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.sandbox.casework.national_data import Field, form_of, unit_name

LABELS = {
    "full_name": "Họ và tên",
    "personal_id": "Số định danh",
    "organisation_name": "Tên tổ chức",
    "tax_code": "Mã số thuế",
    "birth_date": "Ngày sinh",
    "gender": "Giới tính",
    "phone": "Điện thoại",
    "email": "Thư điện tử",
    "address": "Địa chỉ",
    "tech_id": "TechID",
    "name": "Tên tổ chức",
}
_UNKNOWN = Field("")
_CODE = re.compile(r"\d\.\d{6}")


def form_for(procedure_code: str) -> Mapping[str, Field]:
    """The fields of a procedure's form by key; empty where this agency has no such form."""
    return form_of(procedure_code) if _CODE.fullmatch(procedure_code) else {}


def rows_of(value: Any, label: str = "", form: Mapping[str, Field] | None = None) -> list[tuple[str, str]]:
    """Return (label, text) pairs; nested answers carry their path as label, lists of {label, value} keep theirs."""
    return _rows(value, label, Field("", parts=dict(form or {})))


def _rows(value: Any, label: str, known: Field) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        if "label" in value and "value" in value:
            return _rows(value["value"], str(value["label"]), _UNKNOWN)
        if known.kind in {"address", "place"} and "commune_code" in value:
            return [(label, address_text(value))]
        rows = []
        for name, item in value.items():
            part = known.parts.get(name, _UNKNOWN)
            own = part.label or LABELS.get(name, str(name))
            rows += _rows(item, f"{label} › {own}" if label else own, part)
        return rows
    if isinstance(value, list):
        if all(not isinstance(item, dict | list) for item in value):
            return [(label, ", ".join(text_of(item, known) for item in value))]
        numbered = [(f"{label} {number}".strip(), item) for number, item in enumerate(value, start=1)]
        labelled = all(isinstance(item, dict) and "label" in item for item in value)
        return [row for name, item in numbered for row in _rows(item, label if labelled else name, known)]
    return [(label, text_of(value, known))]


def address_text(value: Mapping[str, Any]) -> str:
    """A place from the small to the large; empty for what is no place."""
    units = [unit_name(str(value[name])) for name in ("commune_code", "province_code") if value.get(name)]
    former = [f"(trên giấy tờ: {value['old_unit_text']})"] if value.get("old_unit_text") else []
    return " ".join([", ".join([str(value["line"])] * bool(value.get("line")) + units), *former])


def text_of(value: Any, known: Field = _UNKNOWN) -> str:
    """One answer as words; a value of a list, a day and a place by what people call them."""
    if value is None or value == "":
        return "(để trống)"
    if isinstance(value, bool):
        return "Có" if value else "Không"
    text = str(value)
    if known.kind in {"province", "commune"}:
        return unit_name(text)
    if known.kind == "date":
        return day_text(text)
    return known.values.get(text, text)


def day_text(text: Any) -> str:
    """dd/mm/yyyy of an ISO date; anything else as it came."""
    try:
        return f"{date.fromisoformat(str(text)):%d/%m/%Y}"
    except ValueError:
        return str(text or "")
