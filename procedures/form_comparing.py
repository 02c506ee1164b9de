"""Two forms side by side, in words an editor reads: what came, what went, what reads otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from portal.core.language import pair_text
from procedures.eforms.conditions import condition_words
from procedures.eforms.definition import DefinitionError, Field
from procedures.eforms.reading import read_form
from procedures.form_words import COMPUTING, DETAIL_WORDS, MESSAGE_WORDS, PROPERTIES, TYPES, prefill_words

_TYPE_WORDS = dict(TYPES)
_CONDITIONS = frozenset({"prefill_if", "required_if", "visible_if"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference at one place."""

    place: str
    kind: str
    """``added``, ``removed``, ``changed`` or ``moved``."""
    before: str = ""
    after: str = ""

    @property
    def words(self) -> str:
        """The kind in words."""
        return {"added": _("Thêm"), "removed": _("Bỏ"), "changed": _("Đổi"), "moved": _("Chuyển chỗ")}[self.kind]


@dataclass(frozen=True, slots=True)
class _Part:
    """A page, a group or a question: what it is called, and what is said of it."""

    title: str
    said: dict[str, Any]


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Differences of pages, groups, fields and options, in the order of the later form."""
    old, new = _parts(before), _parts(after)
    asked = {**fields_of(before), **fields_of(after)}
    found = [Difference(part.title, "removed", _whole(part, asked)) for place, part in old.items() if place not in new]
    for place, part in new.items():
        if place not in old:
            found.append(Difference(part.title, "added", "", _whole(part, asked)))
            continue
        was, now = old[place].said, part.said
        changed = [name for name in {**was, **now} if was.get(name) != now.get(name)]
        for name in changed:
            where = f"{part.title} · {PROPERTIES.get(name, name)}"
            texts = (_shown(name, said.get(name), asked) for said in (was, now))
            found.append(Difference(where, "changed", *texts))
    kept_old, kept_new = [p for p in old if p in new], [p for p in new if p in old]
    if kept_old != kept_new:
        moved = [place for place, other in zip(kept_new, kept_old, strict=True) if place != other]
        found += [Difference(new[place].title, "moved") for place in moved]
    return found


def _parts(form: Mapping[str, Any]) -> dict[tuple[str, ...], _Part]:
    lists = form.get("lists") or {}
    parts: dict[tuple[str, ...], _Part] = {}
    """By kind and key: a page may have the key of a question."""
    for page in form.get("pages") or ():
        title = _title(page, "title")
        parts["page", page["key"]] = _Part(title, {name: page[name] for name in ("title", "intro") if page.get(name)})
        for group in page.get("groups") or ():
            said = {name: group[name] for name in ("title", "visible_if") if group.get(name)}
            parts["group", page["key"], group["key"]] = _Part(f"{title} / {_title(group, 'title')}", said)
            for field in group.get("fields") or ():
                said = {name: value for name, value in field.items() if name not in {"key", "choices"}}
                if field.get("choices"):
                    said["options"] = lists.get(field["choices"])
                parts["field", field["key"]] = _Part(_title(field, "label"), said)
    names = Counter(part.title for part in parts.values())
    # two of one name are told apart by their keys
    return {
        place: replace(part, title=f"{part.title} ({place[-1]})") if names[part.title] > 1 else part
        for place, part in parts.items()
    }


def _title(part: Mapping[str, Any], name: str) -> str:
    """As an editor knows it; by its key where it has no words."""
    words = pair_text(part.get(name)) if isinstance(part.get(name), Mapping) else ""
    return words or str(part["key"])


def fields_of(form: Mapping[str, Any]) -> dict[str, Field]:
    """The questions of a form by key; none of one that cannot be read."""
    try:
        return dict(read_form(dict(form)).by_key())
    except DefinitionError:  # a draft may be half done: its conditions are shown as they are written
        return {}


def _whole(part: _Part, asked: Mapping[str, Field]) -> str:
    lines = (
        f"{PROPERTIES.get(name, name)}: {text}"
        for name, value in part.said.items()
        if (text := _shown(name, value, asked))
    )
    return "\n".join(lines)


def _shown(name: str, value: Any, asked: Mapping[str, Field]) -> str:
    if value is None:
        return ""
    if name == "type":
        return str(_TYPE_WORDS.get(value, value))
    if name in _CONDITIONS and (words := condition_words(value, asked)):
        return words
    if name == "options" and isinstance(value, list):
        return "\n".join(_option(row) for row in value)
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if isinstance(value, Mapping) and set(value) <= {"vi", "en"}:
        return " | ".join(filter(None, (str(value.get("vi", "")), str(value.get("en", "")))))
    if name == "prefill" and isinstance(value, str):
        return prefill_words(value, asked)
    return _told(name, value, asked)


def _told(name: str, value: Any, asked: Mapping[str, Field]) -> str:
    """What has parts of its own, line by line."""
    if name == "fields" and isinstance(value, list):
        return "\n".join(_column(row) for row in value)
    if name == "compute" and isinstance(value, Mapping):
        of = str(value.get("of", ""))
        words = str(COMPUTING.get(str(value.get("function")), value.get("function")))
        return f"{words}: “{asked[of].label if of in asked else of}”{_percent(value)}"
    if name == "detail":
        return str(DETAIL_WORDS.get(str(value), value))
    if name == "messages" and isinstance(value, Mapping):
        said = ((MESSAGE_WORDS.get(about, about), pair) for about, pair in value.items())
        return "\n".join(f"{words}: {_shown('', pair, asked)}" for words, pair in said)
    if isinstance(value, Mapping):
        return "\n".join(f"{PROPERTIES.get(key, key)}: {_shown(key, part, asked)}" for key, part in value.items())
    if isinstance(value, list):
        return ", ".join(_shown("", part, asked) for part in value)
    return str(value)


def _percent(value: Mapping[str, Any]) -> str:
    return f", {value['percent']} %" if value.get("percent") is not None else ""


def _column(row: Any) -> str:
    if not isinstance(row, Mapping):
        return str(row)
    kind = _TYPE_WORDS.get(str(row.get("type")), row.get("type"))
    more = f", {_('bắt buộc')}" if row.get("required") else ""
    return f"{_title(row, 'label')}: {kind}{more}"


def _option(row: Any) -> str:
    if not isinstance(row, Mapping):
        return str(row)
    return " | ".join(str(part) for part in (row.get("value"), row.get("vi"), row.get("en")) if part)
