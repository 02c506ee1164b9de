"""Turning the answers of a form, whatever their shape, into rows an official can read."""

from typing import Any

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
}


def rows_of(value: Any, label: str = "") -> list[tuple[str, str]]:
    """Return (label, text) pairs; nested answers carry their path as label, lists of {label, value} keep theirs."""
    if isinstance(value, dict):
        if "label" in value and "value" in value:
            return rows_of(value["value"], str(value["label"]))
        return [
            row
            for name, item in value.items()
            for row in rows_of(item, f"{label} › {_label(name)}" if label else _label(name))
        ]
    if isinstance(value, list):
        if all(not isinstance(item, dict | list) for item in value):
            return [(label, ", ".join(_text(item) for item in value))]
        numbered = [(f"{label} {number}".strip(), item) for number, item in enumerate(value, start=1)]
        labelled = all(isinstance(item, dict) and "label" in item for item in value)
        return [row for name, item in numbered for row in rows_of(item, label if labelled else name)]
    return [(label, _text(value))]


def _label(name: str) -> str:
    return LABELS.get(name, str(name))


def _text(value: Any) -> str:
    if value is None or value == "":
        return "(để trống)"
    if isinstance(value, bool):
        return "Có" if value else "Không"
    return str(value)
