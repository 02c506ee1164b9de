"""Changing a form that stands alone (JSON of a version), one step at a time; pure, the caller checks and keeps it.

Pages, groups and fields are found by key. Raises EditError in words for the editor.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from procedures.eforms.definition import fields_in

Form = dict[str, Any]
Row = dict[str, Any]


class EditError(ValueError):
    """An edit cannot be made; the message is for the editor."""


def standing_alone(form: Form) -> Form:
    """A copy to work on."""
    return copy.deepcopy({"pages": list(form.get("pages") or ()), "lists": dict(form.get("lists") or {})})


def groups(form: Form) -> Iterator[tuple[Row, Row]]:
    """Every (page, group) in order."""
    for page in form["pages"]:
        for group in page.get("groups") or ():
            yield page, group


def find_page(form: Form, key: str) -> Row:
    """The page with a key."""
    return _found(next((page for page in form["pages"] if page["key"] == key), None))


def find_group(form: Form, page_key: str, key: str) -> Row:
    """The group with a key on a page."""
    return _found(next((group for group in find_page(form, page_key)["groups"] if group["key"] == key), None))


def find_field(form: Form, key: str) -> Row:
    """The field with a key."""
    found = (field for _page, group in groups(form) for field in group["fields"] if field["key"] == key)
    return _found(next(found, None))


def find_part(form: Form, key: str, part: str) -> Row:
    """A column of a repeat, or a part of a person."""
    return _found(next((row for row in _parts(form, key) if row["key"] == part), None))


def _parts(form: Form, key: str) -> list[Row]:
    """The list that its columns or parts stand in. Raises EditError for a question that has none."""
    field = find_field(form, key)
    parts: list[Row] = _found(field if field["type"] in {"repeat", "person"} else None).setdefault("fields", [])
    return parts


def _found(row: Row | None) -> Row:
    if row is None:
        raise EditError(_("Phần này không còn trong bản thảo. Hãy tải lại trang."))
    return row


def keys(form: Form) -> list[str]:
    """Keys of all fields in order."""
    return [field["key"] for _page, group in groups(form) for field in group["fields"]]


def move(rows: list[Row], key: str, step: int) -> bool:
    """Move a row one place up (-1) or down (+1); False when it stands at that end already."""
    at = next((number for number, row in enumerate(rows) if row["key"] == key), None)
    if at is None:
        raise EditError(_("Phần này không còn trong bản thảo. Hãy tải lại trang."))
    to = at + step
    if not 0 <= to < len(rows):
        return False
    rows[at], rows[to] = rows[to], rows[at]
    return True


def move_field(form: Form, key: str, step: int) -> None:
    """Move a field one place; from the edge of a group into the one before or behind, on another page too."""
    places = list(groups(form))
    at = next((n for n, (_page, group) in enumerate(places) if key in [row["key"] for row in group["fields"]]), None)
    if at is None:
        raise EditError(_("Phần này không còn trong bản thảo. Hãy tải lại trang."))
    here = places[at][1]["fields"]
    if move(here, key, step) or not 0 <= at + step < len(places):
        return
    field = next(row for row in here if row["key"] == key)
    here.remove(field)
    there = places[at + step][1]["fields"]
    there.insert(len(there) if step < 0 else 0, field)


def remove_field(form: Form, key: str) -> None:
    """Take a field out. Raises EditError while a condition looks at it."""
    for _page, group in groups(form):
        for row in (group, *group["fields"]):
            for name in ("visible_if", "required_if", "prefill_if"):
                if row.get("key") != key and key in fields_in(row.get(name)):
                    raise EditError(
                        _("“%(other)s” còn phụ thuộc vào ô này. Hãy bỏ điều kiện đó trước.") % {"other": row["key"]}
                    )
    for _page, group in groups(form):
        group["fields"] = [field for field in group["fields"] if field["key"] != key]


def remove_group(form: Form, page_key: str, key: str) -> None:
    """Take an empty group out."""
    page, group = find_page(form, page_key), find_group(form, page_key, key)
    if group["fields"]:
        raise EditError(_("Mục còn câu hỏi. Hãy chuyển hoặc xóa các câu hỏi trước."))
    page["groups"].remove(group)


def remove_page(form: Form, key: str) -> None:
    """Take a page without questions out."""
    page = find_page(form, key)
    if any(group["fields"] for group in page["groups"]):
        raise EditError(_("Trang còn câu hỏi. Hãy chuyển hoặc xóa các câu hỏi trước."))
    form["pages"].remove(page)


def replace_field(form: Form, key: str, field: Row, options: list[Row] | None) -> None:
    """Put a field in place of the one with a key, with its own list of options where it has one."""
    for _page, group in groups(form):
        for number, row in enumerate(group["fields"]):
            if row["key"] == key:
                group["fields"][number] = field
    if options is not None:
        set_options(form, field, options)
    drop_unused_lists(form)


def add_field(form: Form, page_key: str, group_key: str, field: Row, options: list[Row] | None) -> None:
    """Put a new field at the end of a group."""
    if field["key"] in keys(form):
        raise EditError(_("Mã “%(key)s” đã có. Hãy chọn mã khác.") % {"key": field["key"]})
    find_group(form, page_key, group_key)["fields"].append(field)
    if options is not None:
        set_options(form, field, options)


def add_part(form: Form, key: str, part: Row, options: list[Row] | None) -> None:
    """Put a new column at the end of a repeat, or a part at the end of a person."""
    rows = _parts(form, key)
    if part["key"] in [row["key"] for row in rows]:
        raise EditError(_("Mã “%(key)s” đã có. Hãy chọn mã khác.") % {"key": part["key"]})
    rows.append(part)
    if options is not None:
        set_options(form, part, options)


def replace_part(form: Form, key: str, part: str, row: Row, options: list[Row] | None) -> None:
    """Put a column or part in place of the one with a key."""
    rows = _parts(form, key)
    rows[rows.index(find_part(form, key, part))] = row
    if options is not None:
        set_options(form, row, options)
    drop_unused_lists(form)


def move_part(form: Form, key: str, part: str, step: int) -> None:
    """Move a column or part one place."""
    move(_parts(form, key), part, step)


def remove_part(form: Form, key: str, part: str) -> None:
    """Take a column or part out. Raises EditError for the last one, and while a condition looks at it."""
    rows, gone = _parts(form, key), find_part(form, key, part)
    if len(rows) == 1:
        raise EditError(_("Câu này cần ít nhất một phần. Hãy thêm phần khác trước, hoặc xóa cả câu."))
    for row in rows:
        for name in ("visible_if", "required_if"):
            if row is not gone and part in fields_in(row.get(name)):
                raise EditError(
                    _("“%(other)s” còn phụ thuộc vào ô này. Hãy bỏ điều kiện đó trước.") % {"other": row["key"]}
                )
    rows.remove(gone)
    drop_unused_lists(form)


def set_options(form: Form, field: Row, options: list[Row]) -> None:
    """Give a choice its options; a list that other fields share is left to them."""
    name = field.get("choices")
    if name and form["lists"].get(name) == options:
        return
    others = set(_lists_of([row for _page, group in groups(form) for row in group["fields"]], but=field))
    if not name or name in others:
        own = f"{field['key']}_options"
        taken = (f"{own}_{number}" for number in range(2, len(others) + 3))
        name = own if own not in others else next(each for each in taken if each not in others)
    field["choices"] = name
    form["lists"][name] = options


def _lists_of(rows: list[Row], *, but: Row | None = None) -> Iterator[str]:
    """Names of the lists that questions and their parts use."""
    for row in rows:
        if row is not but and isinstance(row.get("choices"), str):
            yield row["choices"]
        yield from _lists_of(row.get("fields") or [], but=but)


def drop_unused_lists(form: Form) -> None:
    """Forget the lists that no field uses."""
    wanted = {name for _page, group in groups(form) for name in _lists_of(group["fields"])}
    form["lists"] = {name: items for name, items in form["lists"].items() if name in wanted}
