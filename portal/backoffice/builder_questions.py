"""Which questions stand beside one that is edited: what its condition, its limits and its reckoning may look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.backoffice.builder import readable
from portal.backoffice.condition_rows import FACT, Questions
from portal.core.language import pair_text
from procedures import form_edits
from procedures.eforms.definition import Field
from procedures.form_titles import apart, around_fields

Row = Mapping[str, Any]
Pairs = list[tuple[str, Any]]
FACT_WORDS = {
    "digital_citizen": gettext_lazy("Người nộp là công dân số"),
    "acting_for_organisation": gettext_lazy("Nộp thay tổ chức"),
}
"""What is known of a filing beside its answers (procedures.eforms.conditions.FACTS)."""


def questions_of(form: Row, *, without: str = "", group: Row | None = None, facts: bool = False) -> Questions:
    """What a condition of a form may look at: its questions but the one that has the condition, or those of a group.

    ``facts``: also what is known where fees are reckoned.
    """
    own = {row["key"] for row in group["fields"]} if group else {without}
    rows = [row for row in top_rows(form) if row["key"] not in own]
    return _questions(rows, form, _fields(form), facts=facts)


def questions_beside(form: Row, owner: Row, key: str) -> Questions:
    """What the condition of a part may look at: the other parts of the same row or person."""
    top = _fields(form).get(owner["key"])
    parts = {part.key: part for part in top.fields} if top else {}
    return _questions([row for row in owner["fields"] if row["key"] != key], form, parts)


def _fields(form: Row) -> dict[str, Field]:
    read = readable(dict(form))
    return read.by_key() if read else {}


def _questions(rows: list[Row], form: Row, fields: Mapping[str, Any], *, facts: bool = False) -> Questions:
    known = {f"{FACT}{name}": words for name, words in FACT_WORDS.items()} if facts else {}
    answers = {row["key"]: listed for row in rows if (listed := answers_of(row, form))}
    yes_or_no = [("true", _("Có")), ("false", _("Không"))]
    return Questions(
        named=[*named(rows, around_fields(form)), *known.items()],
        answers=answers | dict.fromkeys(known, yes_or_no),
        many=frozenset(row["key"] for row in rows if row["type"] == "multi_choice"),
        fields=fields,
        types={row["key"]: row["type"] for row in rows},
    )


def top_rows(form: Row) -> Iterator[Row]:
    """The questions of a form in order, parts not among them."""
    for _page, group in form_edits.groups(dict(form)):
        yield from group["fields"]


def named(rows: list[Row] | Iterator[Row], around: Mapping[str, str] | None = None) -> Pairs:
    """Questions as (key, words); of one name they are told apart by where they stand (``around``), or by their keys."""
    titles = {row["key"]: str(row["label"]["vi"]) for row in rows}
    return list(apart(titles, around or {}, {key: key for key in titles}).items())


def answers_of(row: Row, form: Row) -> list[tuple[str, str]]:
    """The answers that a condition may compare with, as (value, words); none where a question lists none."""
    if row["type"] in {"boolean", "consent"}:
        return [("true", _("Có")), ("false", _("Không"))]
    if row["type"] in {"choice", "multi_choice"}:
        return [(str(item["value"]), pair_text(item)) for item in form["lists"].get(row.get("choices"), [])]
    return []


@dataclass(frozen=True, slots=True)
class Beside:
    """A question and what stands beside it."""

    row: Row
    questions: Questions
    rows: list[Row]
    """The others that it may point at: of a part those of the same row."""
    born: Pairs = field(default_factory=list)
    """Dates of the form, for a repeat whose rows tell a time."""
    addresses: Pairs = field(default_factory=list)
    """Other addresses on its page."""
    options: list[Row] = field(default_factory=list)
    is_part: bool = False
    around: Mapping[str, str] = field(default_factory=dict)
    """Where the others stand, by key."""

    def of_type(self, *types: str) -> Pairs:
        """Those of some types, as (key, words)."""
        return named([row for row in self.rows if row["type"] in types], self.around)

    def columns(self, *types: str) -> Pairs:
        """Of a repeat, its columns of some types."""
        return named([row for row in self.row.get("fields") or () if row["type"] in types])


def beside(form: Row, key: str) -> Beside:
    """A question of the form. Raises EditError."""
    row = form_edits.find_field(dict(form), key)
    page = next(page for page, group in form_edits.groups(dict(form)) if row in group["fields"])
    here = [each for group in page["groups"] for each in group["fields"] if each["key"] != key]
    others = [each for each in top_rows(form) if each["key"] != key]
    around = around_fields(form)
    return Beside(
        row=row,
        questions=questions_of(form, without=key),
        rows=others,
        born=named([each for each in others if each["type"] == "date"], around),
        addresses=named([each for each in here if each["type"] == "address"], around),
        options=list(form["lists"].get(row.get("choices"), [])),
        around=around,
    )


def part_beside(form: Row, key: str, part: str) -> Beside:
    """A column of a repeat or a part of a person. Raises EditError."""
    owner = form_edits.find_field(dict(form), key)
    row = form_edits.find_part(dict(form), key, part)
    return Beside(
        row=row,
        questions=questions_beside(form, owner, part),
        rows=[each for each in owner["fields"] if each["key"] != part],
        options=list(form["lists"].get(row.get("choices"), [])),
        is_part=True,
    )
