"""Answers as people read them: check-your-answers, receipt, back office and partner see the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.utils import translation

from procedures.eforms import types
from procedures.eforms.conditions import holds, is_empty
from procedures.eforms.definition import Field, Form, both
from procedures.eforms.types.base import Context
from procedures.eforms.validation import complete_answers, context_for


class Row(NamedTuple):
    """One answer: the field's key, its label, and its value in words (empty when not answered)."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Section:
    """The answers of one group of the form."""

    title: str
    page_key: str
    rows: list[Row]
    key: str = ""
    """The group's, on its page."""


def _unit_codes(value: Any) -> Iterable[str]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            if key in {"province_code", "commune_code"} and isinstance(part, str):
                yield part
            else:
                yield from _unit_codes(part)
    elif isinstance(value, list):
        for item in value:
            yield from _unit_codes(item)


def in_words(field: Field, answers: Mapping[str, Any], context: Context) -> str:
    """One answer as people read it, empty where there is none."""
    value = answers.get(field.key)
    if is_empty(value):
        return ""
    if field.compute is not None and field.compute.function == "percent":
        return types.TYPES["money"].display(field, value, context)
    return types.of(field).display(field, value, context)


def summarise(
    form: Form,
    answers: Mapping[str, Any],
    language: str | None = None,
    *,
    on: date | None = None,
    facts: Mapping[str, bool] | None = None,
    filled_only: bool = False,
) -> list[Section]:
    """Sections in the order of the form, visible fields only; unanswered ones empty, or left out (``filled_only``)."""
    with translation.override(language) if language else nullcontext():
        kept = complete_answers(form, answers, on=on, facts=facts)
        context = context_for(kept, on=on, facts=facts)
        context.territory.learn(_unit_codes(kept))
        sections = []
        for page in form.pages:
            for group in page.groups:
                rows = [
                    Row(field.key, str(field.label), in_words(field, kept, context))
                    for field in group.fields
                    if holds(both(group.visible_if, field.visible_if), context.scope())
                ]
                rows = [row for row in rows if row.value or not filled_only]
                if rows:
                    sections.append(Section(str(group.title or page.title), page.key, rows, group.key))
        return sections
