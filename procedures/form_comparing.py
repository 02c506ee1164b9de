"""Two forms side by side, in words an editor reads: what came, what went, what reads otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

from portal.core.language import pair_text
from procedures.eforms.conditions import condition_words
from procedures.eforms.definition import DefinitionError, Field
from procedures.eforms.reading import read_form
from procedures.form_titles import apart, around_fields
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
    """A page, a group or a question: what it is called, what is said of it, and in what it stands."""

    title: str
    said: dict[str, Any]
    inside: Place = ()


Place = tuple[str, ...]
"""Kind and keys: a page may have the key of a question."""


_LIMITS = frozenset({"min", "max", "not_before", "before"})
READ_BY_APPLICANTS = _LIMITS | {
    *("title", "intro", "label", "help", "options", "fields"),
    *("required", "required_if", "visible_if", "min_items", "max_items", "exactly_one", "without_gap"),
}
"""What of a form whoever fills it in reads or has to keep to; the rest is how the portal asks and fills in."""


@dataclass(frozen=True, slots=True)
class _Known:
    """By what a form is put into words: the questions of both forms by key, the names of kinds of papers by code."""

    fields: Mapping[str, Field]
    papers: Mapping[str, str]
    is_for_applicants: bool


def compare(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    papers: Mapping[str, str] | None = None,
    *,
    is_for_applicants: bool = False,
) -> list[Difference]:
    """Differences of pages, groups, fields and options, in the order of the later form.

    ``papers`` are the names of kinds of papers by code. For applicants only what they read, in the active language.
    """
    old, new = _parts(before), _parts(after)
    asked = _Known({**fields_of(before), **fields_of(after)}, papers or {}, is_for_applicants)
    found = [Difference(part.title, "removed", _whole(part, asked)) for place, part in old.items() if place not in new]
    for place, part in new.items():
        if place not in old:
            found.append(Difference(part.title, "added", "", _whole(part, asked)))
            continue
        was, now = old[place].said, part.said
        changed = [name for name in {**was, **now} if was.get(name) != now.get(name)]
        for name in changed:
            texts = [_shown(name, said.get(name), asked) for said in (was, now)]
            if is_for_applicants:
                if name not in READ_BY_APPLICANTS or texts[0] == texts[1]:
                    continue
                texts = _without_common_lines(*texts)
            found.append(Difference(f"{part.title} · {PROPERTIES.get(name, name)}", "changed", *texts))
    return found + list(_moved(old, new))


def _without_common_lines(before: str, after: str) -> list[str]:
    """Of two texts of many lines, such as a hundred answers to choose from, those that only one of them has."""
    old, new = before.splitlines(), after.splitlines()
    if len(old) < 2 and len(new) < 2:
        return [before, after]
    gone, came = ([line for line in some if line not in others] for some, others in ((old, new), (new, old)))
    return ["\n".join(gone), "\n".join(came)] if gone or came else [before, after]


def _moved(old: Mapping[Place, _Part], new: Mapping[Place, _Part]) -> Iterator[Difference]:
    """What stands in another place, or in another order among what stayed there: as few as tell it."""
    kept = [place for place in new if place in old]
    stayed = [place for place in kept if old[place].inside == new[place].inside]
    for place in kept:
        if place not in stayed:
            was, now = (parts[parts[place].inside].title for parts in (old, new))
            yield Difference(new[place].title, "moved", was, now)
    for inside in dict.fromkeys(new[place].inside for place in stayed):
        after = [place for place in stayed if new[place].inside == inside]
        before = [place for place in old if place in set(after)]
        same = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
        still = {place for block in same for place in after[block.b : block.b + block.size]}
        yield from (Difference(new[place].title, "moved") for place in after if place not in still)


def _parts(form: Mapping[str, Any]) -> dict[Place, _Part]:
    lists = form.get("lists") or {}
    parts: dict[Place, _Part] = {}
    around: dict[Place, str] = {}
    stands = around_fields(form)
    for page in form.get("pages") or ():
        title = _title(page, "title")
        here: Place = ("page", page["key"])
        parts[here] = _Part(title, {name: page[name] for name in ("title", "intro") if page.get(name)})
        for group in page.get("groups") or ():
            said = {name: group[name] for name in ("title", "visible_if") if group.get(name)}
            section: Place = ("group", page["key"], group["key"])
            parts[section] = _Part(_section(title, group), said, here)
            for field in group.get("fields") or ():
                said = {name: value for name, value in field.items() if name not in {"key", "choices"}}
                if field.get("choices"):
                    said["options"] = lists.get(field["choices"])
                parts["field", field["key"]] = _Part(_title(field, "label"), said, section)
                around["field", field["key"]] = stands[field["key"]]
    keys = {place: place[-1] for place in parts}
    titles = apart({place: part.title for place, part in parts.items()}, around, keys)
    return {place: replace(part, title=titles[place]) for place, part in parts.items()}


def _section(page: str, group: Mapping[str, Any]) -> str:
    """A group with its page; one without a name is that page's only one, or nearly."""
    title = pair_text(group.get("title") or {})
    return f"{page} / {title}" if title else _("%(page)s, mục không tên") % {"page": page}


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


def _whole(part: _Part, asked: _Known) -> str:
    names = part.said
    if asked.is_for_applicants:  # its title stands there already
        names = {name: said for name, said in names.items() if name in READ_BY_APPLICANTS - {"label", "title"}}
    lines = (
        f"{PROPERTIES.get(name, name)}: {text}" for name, value in names.items() if (text := _shown(name, value, asked))
    )
    return "\n".join(lines)


def _shown(name: str, value: Any, asked: _Known) -> str:
    if value is None:
        return ""
    if name == "type":
        return str(_TYPE_WORDS.get(value, value))
    if name in _CONDITIONS and (words := condition_words(value, asked.fields)):
        return words
    if name == "options" and isinstance(value, list):
        return "\n".join(pair_text(row) if asked.is_for_applicants else _option(row) for row in value)
    if name in _LIMITS and isinstance(value, str):  # a day, or a question whose answer is the limit
        return _("hôm nay") if value == "today" else str(asked.fields[value].label) if value in asked.fields else value
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if isinstance(value, Mapping) and set(value) <= {"vi", "en"}:
        if asked.is_for_applicants:
            return pair_text(value)
        return " | ".join(filter(None, (str(value.get("vi", "")), str(value.get("en", "")))))
    if name == "prefill" and isinstance(value, str):
        return prefill_words(value, asked.fields, asked.papers)
    return _told(name, value, asked)


def _told(name: str, value: Any, asked: _Known) -> str:
    """What has parts of its own, line by line."""
    if name == "fields" and isinstance(value, list):
        return "\n".join(_column(row) for row in value)
    if name == "compute" and isinstance(value, Mapping):
        of = str(value.get("of", ""))
        words = str(COMPUTING.get(str(value.get("function")), value.get("function")))
        return f"{words}: “{asked.fields[of].label if of in asked.fields else of}”{_percent(value)}"
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
