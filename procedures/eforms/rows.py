"""Buttons that change the page without judging it: add or remove a row, take an address over, look again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from procedures.eforms.controls import html_name, row_count
from procedures.eforms.definition import Field, Page

ADD, REMOVE, REFRESH, SAME = "_add", "_remove", "_refresh", "_same"
COUNT = "count"


def is_action(data: Mapping[str, Any]) -> bool:
    """Whether a post only changes rows or conditions."""
    return any(name in data for name in (ADD, REMOVE, REFRESH, SAME))


def changed_by(page: Page, data: Mapping[str, Any]) -> str:
    """The key of the field that the pressed button changes; "" where it changes none."""
    keys = {field.key for field in page.fields() if field.type == "repeat" or field.same_as}
    said = (data.get(ADD, ""), data.get(REMOVE, "").rpartition("__")[0], data.get(SAME, ""))
    return next((key for key in said if key in keys), "")


def apply(page: Page, data: Any) -> Any:
    """The posted data after the pressed button: a copy with one row more or less, or one address like another."""
    changed = data.copy()
    repeats = {field.key: field for field in page.fields() if field.type == "repeat"}
    if definition := repeats.get(data.get(ADD, "")):
        count = html_name((definition.key, COUNT))
        changed[count] = str(row_count(definition, row_count(definition, data.get(count)) + 1))
    elif ADD not in data and REMOVE in data:
        key, _separator, number = data[REMOVE].rpartition("__")
        if (definition := repeats.get(key)) and number.isdecimal():
            _without_row(definition, int(number), changed)
    if taker := next((field for field in page.fields() if field.same_as and field.key == data.get(SAME)), None):
        _take_over(taker, changed)
    return changed


def _take_over(field: Field, data: Any) -> None:
    """Put what stands in the other address into this one, part by part; what only one of them asks stays."""
    for part in field.fields:
        there = html_name((field.same_as, part.key))
        if there in data:
            data.setlist(html_name((field.key, part.key)), data.getlist(there))


def _without_row(definition: Field, number: int, data: Any) -> None:
    count_name = html_name((definition.key, COUNT))
    count = row_count(definition, data.get(count_name))
    if number >= count:
        return
    for index in range(number, count):
        here = f"{html_name((definition.key, index))}__"
        for name in [name for name in data if name.startswith(here)]:
            del data[name]
        following = f"{html_name((definition.key, index + 1))}__"
        for name in [name for name in data if name.startswith(following)]:
            data.setlist(here + name.removeprefix(following), data.getlist(name))
    data[count_name] = str(count - 1)
