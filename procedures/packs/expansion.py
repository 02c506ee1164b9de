"""Shared field groups and value lists put into a form, so that the form a version keeps stands alone."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from procedures.eforms.conditions import renamed
from procedures.eforms.definition import DefinitionError
from procedures.eforms.reading import read_lists

_CONDITIONS = ("visible_if", "required_if", "prefill_if")
_OF_AN_ACCOUNT = frozenset(
    {
        "full_name", "personal_id", "date_of_birth", "gender", "ethnicity", "nationality", "residence", "phone",
        "email",
    }
)  # fmt: skip
"""Fields of a person that the signed-in account knows."""
_STATE_DATA = frozenset({"full_name", "personal_id", "date_of_birth", "gender"})
"""Of these, what nobody types otherwise once it came from the account: as in the group of who files."""


def expand_form(form: Mapping[str, Any], groups: Mapping[str, Any], lists: Mapping[str, Any]) -> dict[str, Any]:
    """The form with ``use_group`` replaced by fields and ``person`` by its parts; used value lists beside the pages.

    A form that stands alone already (an exported one) brings its lists under ``lists``.
    Raises DefinitionError with the place and the cure.
    """
    if not isinstance(form, Mapping):
        raise DefinitionError("form", _("Biểu mẫu phải có các trang trong `pages`."))
    own = read_lists(form.get("lists"))
    pages = []
    for page in _mappings(form.get("pages"), "form.pages"):
        place = f"form.{page.get('key', '?')}"
        rows = _mappings(page.get("groups"), place)
        pages.append({**page, "groups": [_expand_group(group, groups, place) for group in rows]})
    used: dict[str, Any] = {}
    for name in _list_names(pages):
        if name in own:
            used[name] = own[name]
            continue
        if name not in lists:
            raise DefinitionError(
                "form", _("Danh sách lựa chọn %(name)s chưa có. Hãy thêm danh sách hoặc sửa tên."), name=repr(name)
            )
        used[name] = lists[name]["items"]
    return {"pages": pages, "lists": used}


def _mappings(rows: Any, place: str) -> list[dict[str, Any]]:
    """What has to be a list of mappings. Raises DefinitionError."""
    if rows is None:
        return []
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise DefinitionError(place, _("Phải là danh sách, mỗi phần có mã (`key`) của nó. Hãy sửa lại JSON."))
    return rows


def _expand_group(entry: Mapping[str, Any], groups: Mapping[str, Any], place: str) -> dict[str, Any]:
    name = entry.get("use_group")
    if name is None:
        here = f"{place}.{entry.get('key', '?')}"
        fields = [_with_parts(field, groups, place) for field in copy.deepcopy(_mappings(entry.get("fields"), here))]
        return {**entry, "fields": fields}
    if name not in groups:
        raise DefinitionError(
            place, _("Nhóm câu hỏi dùng chung %(name)s chưa có. Hãy thêm nhóm hoặc sửa tên."), name=repr(name)
        )
    group = groups[name]
    prefix = entry.get("prefix", "")
    omitted = set(entry.get("omit") or ())
    overrides = entry.get("override") or {}
    own = {field["key"] for field in group["fields"]}
    for what, keys in (("omit", omitted), ("override", set(overrides))):
        if unknown := sorted(keys - own):
            raise DefinitionError(
                place,
                _("`%(what)s` nhắc đến %(name)s, nhóm %(group)s không có câu này. Hãy sửa tên."),
                what=what,
                name=repr(unknown[0]),
                group=repr(name),
            )
    names = {key: f"{prefix}_{key}" if prefix else key for key in own}
    fields = []
    for field in copy.deepcopy(group["fields"]):
        bare = field["key"]
        if bare in omitted:
            continue
        field |= overrides.get(bare, {})
        field = _with_names(field, names)
        if "self_if" in entry and bare in _OF_AN_ACCOUNT:
            field |= _of_who_files(bare, entry["self_if"])
        fields.append(_with_parts(field, groups, place))
    expanded = {"key": entry.get("key") or prefix or name, "fields": fields}
    if title := entry.get("title", group.get("title")):
        expanded["title"] = title
    if "visible_if" in entry:
        expanded["visible_if"] = entry["visible_if"]
    return expanded


def _of_who_files(bare: str, condition: Any) -> dict[str, Any]:
    """What makes a person's field that of the signed-in citizen, under a condition on what she said of herself."""
    found = {"prefill": f"identity.{bare}", "prefill_if": condition}
    return {**found, "locked": True} if bare in _STATE_DATA else found


def _with_names(field: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    field["key"] = names[field["key"]]
    for name in _CONDITIONS:
        if field.get(name) is not None:
            field[name] = renamed(field[name], names)
    for name in ("not_before", "before"):
        if field.get(name) in names:
            field[name] = names[field[name]]
    if isinstance(field.get("compute"), Mapping):
        field["compute"] = {**field["compute"], "of": names.get(field["compute"].get("of"), field["compute"].get("of"))}
    return field


def _with_parts(field: dict[str, Any], groups: Mapping[str, Any], place: str) -> dict[str, Any]:
    if field.get("type") == "person":
        if field.get("fields"):
            return field
        only = field.pop("only", None)
        parts = copy.deepcopy(groups["person"]["fields"])
        if only is not None:
            if unknown := sorted(set(only) - {part["key"] for part in parts}):
                raise DefinitionError(
                    f"{place}.{field.get('key')}.only",
                    _("Nhóm “Người” không có phần %(name)s. Hãy sửa tên."),
                    name=repr(unknown[0]),
                )
            parts = [part for part in parts if part["key"] in only]
        field["fields"] = parts
    elif field.get("type") == "repeat":
        parts = _mappings(field.get("fields"), f"{place}.{field.get('key')}")
        field["fields"] = [_with_parts(part, groups, place) for part in parts]
    return field


def _list_names(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("choices"), str):
            yield value["choices"]
        for part in value.values():
            yield from _list_names(part)
    elif isinstance(value, list):
        for item in value:
            yield from _list_names(item)
