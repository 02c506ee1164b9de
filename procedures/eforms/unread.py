"""What was typed and cannot be read as an answer (chữ chưa đọc được), where it stands in what is asked now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from procedures.eforms.conditions import is_empty
from procedures.eforms.definition import Field
from procedures.eforms.shown import asked_among
from procedures.eforms.types.base import Context
from procedures.eforms.validation import Answers, Asked, words_around

LONGEST = 60
"""Characters of a text that an error repeats."""


def unread_problems(
    asked: Asked, answers: Answers, unread: Mapping[str, Sequence[str]], sources: Collection[str]
) -> dict[str, list[str]]:
    """Texts that still stand in a control of what is asked, by path, each with words that name the field.

    ``answers`` are all of the draft, ``unread`` its texts by name of control, ``sources`` the keys that were filled
    in. A field that is locked shows what it was filled in with, and no text; what is not asked any more shows neither.
    """
    fields = {field.key: field for field in asked.fields if field.is_typed}
    found: dict[str, list[str]] = {}
    for name, texts in unread.items():
        typed = ", ".join(text.strip() for text in texts if text.strip())
        key, *below = name.split("__")
        field, value = fields.get(key), answers.get(key)
        if not typed or field is None or (field.locked and key in sources and not is_empty(value)):
            continue
        leaf = _asked_leaf(field, below, value, asked.context)
        page = asked.form.page_of(key)
        if leaf is None or page is None:
            continue
        around = words_around(page, (key, *below))
        message = _("%(label)s: chưa đọc được “%(typed)s”. Hãy sửa, hoặc xóa chữ này, rồi lưu trang đó.") % {
            "label": leaf.label,
            "typed": typed if len(typed) <= LONGEST else f"{typed[:LONGEST]}…",
        }
        found[".".join((key, *below))] = [f"{around}: {message}" if around else message]
    return found


def _asked_leaf(field: Field, below: list[str], value: Any, context: Context) -> Field | None:
    """The field that a control is for; None where it is not asked beside what the others of its object or row say."""
    if not below:
        return field
    if field.type == "repeat" and below[0].isdecimal():
        rows = value if isinstance(value, list) else []
        number = int(below[0])
        value, below = rows[number] if number < len(rows) else {}, below[1:]
    said = {key: part for key, part in value.items() if not is_empty(part)} if isinstance(value, Mapping) else {}
    parts = {part.key: part for part in field.fields}
    if not below or below[0] not in parts:
        return field if not parts else None
    if below[0] not in asked_among([(part.key, part.visible_if) for part in field.fields], said, context):
        return None
    return _asked_leaf(parts[below[0]], below[1:], said.get(below[0]), context)
