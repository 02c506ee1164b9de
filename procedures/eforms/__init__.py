"""Electronic forms (biểu mẫu điện tử): pure rules over the form that a procedure version keeps.

Everything here works on ``version.form`` (JSON, see ``docs/procedure-pack.md``) and a flat mapping of answers by field
key. Nothing here knows a dossier.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from portal.core.rows import rows_at_hand
from procedures.eforms import own_case, schema_validation, validation
from procedures.eforms.conditions import Scope, holds
from procedures.eforms.definition import DefinitionError, Field, Form, Page
from procedures.eforms.free_components import cases_of, is_filed
from procedures.eforms.generic import GENERIC_FORM, generic_form
from procedures.eforms.pages import PageForm
from procedures.eforms.prefilling import prefill_form
from procedures.eforms.reading import read_form
from procedures.eforms.refilling import refill_form
from procedures.eforms.schema import form_schema
from procedures.eforms.summarising import Row, Section, summarise
from procedures.eforms.unread import unread_problems
from procedures.eforms.validation import (
    Asked,
    asked_with,
    complete_answers,
    context_for,
    odd_answers,
    problems_of,
    validate_form,
    whole_answers,
)

__all__ = [
    "Asked",
    "DefinitionError",
    "Field",
    "Form",
    "Page",
    "PageForm",
    "PublishedForm",
    "Row",
    "Section",
    "answers_from",
    "asked",
    "build_form",
    "complete",
    "context_for",
    "form_for",
    "form_of",
    "is_whole_and_right",
    "json_schema",
    "pages",
    "prefill",
    "problems_of",
    "refill",
    "required_components",
    "schema_errors",
    "summary",
    "unread_problems",
    "validate",
    "warnings",
    "whole_answers",
]

FormData = Mapping[str, Any]
Answers = Mapping[str, Any]
UPLOADED_KINDS = ("document", "photo")


@lru_cache(maxsize=256)
def _read(text: str) -> Form:
    return read_form(json.loads(text))


class PublishedForm(dict[str, Any]):
    """The form of a published version, which nobody changes: it is read once, however often it is asked."""

    def __init__(self, data: FormData) -> None:
        super().__init__(data)
        self.read = _read(json.dumps(data or GENERIC_FORM, sort_keys=True))


def form_of(form: FormData | Form) -> Form:
    """The form read from a version's JSON; an empty one is the generic form. Raises DefinitionError."""
    if isinstance(form, Form):
        return form
    if isinstance(form, PublishedForm):
        return form.read
    return _read(json.dumps(form or GENERIC_FORM, sort_keys=True))


def form_for(version: Any) -> FormData:
    """The form of a version: its own, else the generic one that follows from subject, components and cases."""
    if version.form:
        own: FormData = version.form
        return own
    made: FormData | None = getattr(version, "_generic_form", None)
    if made is None:
        rules = list(version.fees.all())
        made = generic_form(
            audience=version.audience,
            cases=cases_of(version.components.all()),
            own_case=own_case.questions(version, rules),
            may_be_left=own_case.may_be_left(rules),
        )
        version._generic_form = made
    return made


def pages(form: FormData | Form) -> list[Page]:
    """The pages in the order of filing."""
    return list(form_of(form).pages)


def build_form(
    page: Page,
    *,
    answers: Answers,
    data: QueryDict | None = None,
    sources: Mapping[str, str] | None = None,
    facts: Mapping[str, bool] | None = None,
    on: date | None = None,
    files: MultiValueDict[str, Any] | None = None,
    unread: Mapping[str, list[str]] | None = None,
) -> PageForm:
    """The Django form of a page, drawn by ``templates/procedures/eform/form.html``.

    ``sources`` are the words of ``prefill`` by field: they are shown; a locked field that has one cannot be changed.
    A post by an add, remove or update button gives ``is_action``: not valid, no errors, show the page again.
    """
    return PageForm(page, answers=answers, data=data, sources=sources, facts=facts, on=on, files=files, unread=unread)


def answers_from(form_instance: PageForm) -> dict[str, Any]:
    """The cleaned answers of a page by key; None for what is not asked or left empty, so that merging clears it.

    Files that came with the post are not among them; they are in ``form_instance.uploads`` until the store has them.
    """
    return {key: value for key, value in form_instance.page_answers.items() if key not in form_instance.uploads}


def asked(form: FormData | Form, answers: Answers, *, on: date | None = None) -> Asked:
    """What a form asks with these answers, for ``problems_of``, ``whole_answers`` and ``required_components``.

    A filing asks for all three; each on its own works this out anew.
    """
    return asked_with(form_of(form), answers, on=on)


def validate(
    form: FormData | Form, answers: Answers, *, on: date | None = None, facts: Mapping[str, bool] | None = None
) -> dict[str, list[str]]:
    """Everything wrong with the answers of the whole form, by path.

    A path is a field's key or goes below it: ``child_full_name``, ``residence.line``, ``members.0.member_name``.
    """
    return validate_form(form_of(form), answers, on=on, facts=facts)


def warnings(
    form: FormData | Form, answers: Answers, *, on: date | None = None, facts: Mapping[str, bool] | None = None
) -> dict[str, list[str]]:
    """What contradicts and should be looked at again, but is no reason to refuse, by path."""
    return odd_answers(form_of(form), answers, on=on, facts=facts)


def complete(
    form: FormData | Form, answers: Answers, *, on: date | None = None, facts: Mapping[str, bool] | None = None
) -> dict[str, Any]:
    """The answers to keep at filing: visible fields only, computed ones reckoned anew."""
    return complete_answers(form_of(form), answers, on=on, facts=facts)


def prefill(
    form: FormData | Form, facts: Mapping[str, Mapping[str, Any]], *, on: date | None = None
) -> tuple[dict[str, Any], dict[str, str]]:
    """(answers, sources) from what the state knows: ``facts`` by source, each with items and ``source`` in words."""
    return prefill_form(form_of(form), facts, on=on)


def refill(
    form: FormData | Form,
    answers: Answers,
    sources: Mapping[str, str],
    *,
    before: Answers | None,
    facts: Callable[[], Mapping[str, Mapping[str, Any]]],
    on: date | None = None,
) -> tuple[dict[str, Any], dict[str, str]]:
    """(answers, sources) after a page was answered, or without ``before`` after the place was chosen."""
    return refill_form(form_of(form), answers, sources, before=before, facts=facts, on=on)


def summary(
    form: FormData | Form,
    answers: Answers,
    language: str | None = None,
    *,
    on: date | None = None,
    facts: Mapping[str, bool] | None = None,
    filled_only: bool = False,
) -> list[Section]:
    """The answers in words, by group, as the applicant, the official and the partner read them.

    In the active language, or in ``language`` where what is written does not depend on the reader.
    """
    return summarise(form_of(form), answers, language, on=on, facts=facts, filled_only=filled_only)


def json_schema(
    form: FormData | Form, *, title: str = "", on: date | None = None, facts: Mapping[str, bool] | None = None
) -> dict[str, Any]:
    """JSON Schema 2020-12 of the answers on a day, today unless said."""
    return form_schema(form_of(form), title=title, on=on or timezone.localdate(), facts=facts)


def schema_errors(
    form: FormData | Form, answers: Answers, *, on: date | None = None, facts: Mapping[str, bool] | None = None
) -> list[tuple[str, str]]:
    """What the published schema has against answers, as (path, message)."""
    day = on or timezone.localdate()
    described = _described(json.dumps(form, sort_keys=True), day) if isinstance(form, dict) and not facts else None
    return schema_validation.schema_errors(described or json_schema(form, on=day, facts=facts), answers)


@lru_cache(maxsize=128)
def _described(text: str, on: date) -> dict[str, Any]:
    """The schema of a form on a day, kept: a day's territory does not change while a process lives."""
    return json_schema(json.loads(text), on=on)


def is_whole_and_right(
    form: FormData | Form, answers: Answers, *, on: date | None = None, facts: Mapping[str, bool] | None = None
) -> bool:
    """Whether the form accepts answers just as they are, which is what its schema says too."""
    return validation.is_whole_and_right(form_of(form), answers, on=on, facts=facts)


def required_components(
    version: Any,
    answers: Answers,
    *,
    facts: Mapping[str, bool] | None = None,
    on: date | None = None,
    channel: str = "online",
    known: Asked | None = None,
) -> list[tuple[Any, bool]]:
    """Papers to attach with these answers, as (component, must be there).

    Forms, consents of others and papers that are only shown are not attached.
    """
    known = known or asked_with(form_of(form_for(version)), answers, on=on, facts=facts)
    visible = known.answers
    scope = Scope(visible, known.context.on, known.context.facts)
    rows = list(rows_at_hand(version, "components"))
    is_free = not version.form
    cases = cases_of(rows) if is_free else {}
    return [
        (component, component.is_required)
        for component in rows
        if component.kind in UPLOADED_KINDS
        and (not component.channels or channel in component.channels)
        and holds(component.condition, scope)
        and (not is_free or is_filed(component, cases, visible.get(own_case.CASES) or ()))
    ]
