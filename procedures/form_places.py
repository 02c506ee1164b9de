"""Where in a pack something is wrong, in words for who edits it on pages: questions by what they ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from procedures.eforms.definition import DefinitionError
from procedures.form_words import PROPERTIES
from procedures.packs import PackError
from procedures.packs.yaml_text import Problem

ROWS: dict[str, str | Promise] = {
    "components": gettext_lazy("Giấy tờ"),
    "fees": gettext_lazy("Khoản thu"),
    "results": gettext_lazy("Kết quả"),
}


def told(error: DefinitionError, data: Mapping[str, Any]) -> str:
    """What is wrong, where and the cure, as one sentence; `data` is the pack, or ``{"form": …}``."""
    where = in_words(error.place, data)
    return f"{where}: {error.words}" if where else error.words


def all_told(error: PackError, data: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The problems of a pack that have words for editors, and the places of the rest."""
    sayable = [problem for problem in error.problems if isinstance(problem, Problem)]
    others = [problem.partition(":")[0] for problem in error.problems if not isinstance(problem, Problem)]
    return [told(problem.error, data) for problem in sayable], others


def in_words(place: str, data: Mapping[str, Any]) -> str:
    """A place such as ``form.child.names.given_name.min`` in the words of the form; "" for the form as a whole."""
    head, *rest = place.split(".")
    if head in ROWS and rest:
        name, more = _row(data.get(head), rest)
        return " · ".join([f"{ROWS[head]} “{name}”", *more])
    if head != "form" or not rest:
        return ""
    if rest[0] == "lists":
        return _("Danh sách lựa chọn %(name)s") % {"name": ".".join(rest[1:])}
    return " · ".join(_path((data.get("form") or {}).get("pages"), rest))


def _row(rows: Any, rest: list[str]) -> tuple[str, list[str]]:
    found = _keyed(rows, rest[0])
    return _title(found) or rest[0], [str(PROPERTIES.get(name, name)) for name in rest[1:]]


def _path(rows: Any, rest: list[str]) -> Iterator[str]:
    """The innermost question, page or group with its key, then what is said of it."""
    name, at = "", 0
    for number, key in enumerate(rest):
        row = _keyed(rows, key)
        if row is None:
            break
        name, at = f"“{_title(row) or key}” ({key})", number + 1
        rows = row.get("groups") or row.get("fields")
    if name:
        yield name
    yield from (str(PROPERTIES.get(key, key)) for key in rest[at:])


def _keyed(rows: Any, key: str) -> Mapping[str, Any] | None:
    listed = rows if isinstance(rows, list) else []
    return next((row for row in listed if isinstance(row, Mapping) and row.get("key") == key), None)


def _title(row: Mapping[str, Any] | None) -> str:
    for name in ("label", "title", "name"):
        words = (row or {}).get(name)
        if isinstance(words, Mapping) and isinstance(words.get("vi"), str):
            return words["vi"]
    return ""
