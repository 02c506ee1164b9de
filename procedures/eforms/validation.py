"""A whole form's answers: what is visible, what is wrong, what looks odd, and what is kept at filing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.identifiers import personal_id_warnings
from procedures.eforms import types
from procedures.eforms.computing import compute
from procedures.eforms.conditions import holds, is_empty
from procedures.eforms.definition import NOT_TYPED, Field, Form, Page
from procedures.eforms.types.base import Context, missing
from procedures.eforms.types.composites import is_needed
from procedures.territory import Territory

Answers = Mapping[str, Any]
MOST_PASSES = 8
"""A chain of conditions is short; more passes mean a circle, which publishing refuses."""
WITH_PARTS = (dict, list)
"""What of JSON may hold parts that are not asked for."""


def context_for(answers: Answers, *, on: date | None = None, facts: Mapping[str, bool] | None = None) -> Context:
    """The context for judging and showing a form's answers; ``on`` is the day of filing, today unless said."""
    day = on or timezone.localdate()
    return Context(on=day, answers=answers, facts=facts or {}, territory=Territory(day))


def visible_answers(form: Form, answers: Answers, context: Context) -> dict[str, Any]:
    """The answers of the fields that are asked, given the answers themselves; others are dropped."""
    return _visible(form, answers, context)[0]


def visible_fields(form: Form, answers: Answers, context: Context) -> list[Field]:
    """The fields that are asked, given answers that are already visible ones."""
    return _asked_fields(form, answers, context, {})


def _asked_fields(form: Form, answers: Answers, context: Context, judged: dict[int, bool]) -> list[Field]:
    """As visible_fields; `judged` is what is known of conditions by their `id`, which many fields share."""
    scope = context.within(answers).scope()
    fields = []
    for field, condition in form.placed:
        if condition is None:
            fields.append(field)
            continue
        if (is_asked := judged.get(id(condition))) is None:
            is_asked = judged[id(condition)] = holds(condition, scope)
        if is_asked:
            fields.append(field)
    return fields


def _visible(form: Form, answers: Answers, context: Context) -> tuple[dict[str, Any], list[Field]]:
    """The answers of the fields that are asked, and those fields."""
    known = form.by_key()
    kept = {
        key: value
        for key, value in answers.items()
        if key in known and (value != "" if type(value) is str else not is_empty(value))
    }
    judged: dict[int, bool] = {}
    for _pass in range(MOST_PASSES):
        fields = _asked_fields(form, kept, context, judged)
        hidden = kept.keys() - {field.key for field in fields}
        if not hidden:
            return kept, fields
        for key in hidden:
            del kept[key]
            for condition in form.looking_at.get(key, ()):
                judged.pop(condition, None)
    return kept, _asked_fields(form, kept, context, judged)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks of somebody with these answers: worked out once for all who judge and keep them."""

    form: Form
    context: Context
    """With the visible answers."""
    answers: Mapping[str, Any]
    """The visible ones."""
    fields: Sequence[Field]


def asked_with(
    form: Form, answers: Answers, *, on: date | None = None, facts: Mapping[str, bool] | None = None
) -> Asked:
    """What a form asks with these answers on a day."""
    context = context_for(answers, on=on, facts=facts)
    kept, fields = _visible(form, answers, context)
    return Asked(form, context.within(kept), kept, fields)


def field_problems(field: Field, answers: Answers, context: Context) -> Iterator[tuple[str, str]]:
    """What is wrong with one visible field, as (path, message)."""
    if field.type in NOT_TYPED:
        return
    value = answers.get(field.key)
    inner = context if context.answers is answers else context.within(answers)
    says_nothing = not value if type(value) is str else is_empty(value)
    if says_nothing or (field.type == "consent" and value is False):
        if is_needed(field, inner.scope()):
            yield from _missing(field, inner)
            return
        if says_nothing and not (field.type == "repeat" and field.min_items):
            return
        value = [] if value is None else value
    for path, message in types.of(field).problems(field, value, inner):
        yield f"{field.key}.{path}" if path else field.key, message


def _missing(field: Field, context: Context) -> Iterator[tuple[str, str]]:
    parts: list[tuple[str, str]] = []
    if field.is_composite:
        empty: dict[str, Any] = {}
        parts = [
            (f"{field.key}.{path}" if path else field.key, message)
            for path, message in types.of(field).problems(field, empty, context)
        ]
    yield from parts or [(field.key, missing(field))]


def words_around(page: Page, path: Sequence[str | int]) -> str:
    """What tells a field from others with the same label: its group's title, the address or row it is part of."""
    top = next((field for field in page.fields() if field.key == path[0]), None)
    if top is None:
        return ""
    parts = []
    if sum(field.label == top.label for field in page.fields()) > 1:
        parts += [str(group.title) for group in page.groups if top in group.fields and group.title]
    if len(path) > 1:
        parts.append(str(top.label))
    if len(path) > 2 and str(path[1]).isdecimal():
        parts.append(_("mục %(number)d") % {"number": int(path[1]) + 1})
    return ", ".join(parts)


def validate_form(
    form: Form, answers: Answers, *, on: date | None = None, facts: Mapping[str, bool] | None = None
) -> dict[str, list[str]]:
    """Everything that is wrong, by path: a field's key, or below it ``residence.line``, ``members.0.member_name``."""
    return problems_of(asked_with(form, answers, on=on, facts=facts))


def problems_of(asked: Asked) -> dict[str, list[str]]:
    """As validate_form, for who knows already what is asked."""
    problems: dict[str, list[str]] = {}
    for field in asked.fields:
        value = asked.answers.get(field.key)
        if value and types.of(field).is_right(field, value):
            continue
        if value is None and not (field.required or field.min_items or field.required_if is not None):
            continue
        for path, message in field_problems(field, asked.answers, asked.context):
            page = asked.form.page_of(field.key)
            around = words_around(page, path.split(".")) if page else ""
            problems.setdefault(path, []).append(f"{around}: {message}" if around else message)
    return problems


def asked_of(field: Field, value: Any, context: Context) -> Any:
    """A value without what its form does not ask for: unknown and hidden parts, empty ones, empty rows."""
    if field.type == "repeat" and isinstance(value, list):
        whole = replace(field, type="person")  # a row is an object of the same fields
        rows = [asked_of(whole, row, context) for row in value]
        return [row for row in rows if not is_empty(row)]
    if not field.is_composite or not isinstance(value, Mapping):
        return value
    parts = {part.key: part for part in field.fields}
    kept = {key: answer for key, answer in value.items() if key in parts and not is_empty(answer)}
    for _pass in range(len(parts)):
        scope = context.within(kept).scope()
        hidden = [key for key in kept if not holds(parts[key].visible_if, scope)]
        if not hidden:
            break
        for key in hidden:
            del kept[key]
    return {key: asked_of(parts[key], answer, context) for key, answer in kept.items()}


def is_whole_and_right(
    form: Form, answers: Answers, *, on: date | None = None, facts: Mapping[str, bool] | None = None
) -> bool:
    """Whether answers are right and nothing else: no field too many, none hidden, none empty. The schema's "valid"."""
    context = context_for(answers, on=on, facts=facts)
    fields = form.by_key()
    typed = {key: value for key, value in answers.items() if key not in fields or fields[key].is_typed}
    kept = {
        key: asked_of(fields[key], value, context)
        for key, value in visible_answers(form, answers, context).items()
        if fields[key].is_typed
    }
    return kept == typed and not validate_form(form, answers, on=on, facts=facts)


def complete_answers(
    form: Form, answers: Answers, *, on: date | None = None, facts: Mapping[str, bool] | None = None
) -> dict[str, Any]:
    """What is kept at filing: answers of visible fields only, computed ones reckoned anew."""
    return whole_answers(asked_with(form, answers, on=on, facts=facts))


def whole_answers(asked: Asked) -> dict[str, Any]:
    """As complete_answers, for who knows already what is asked."""
    kept = dict(asked.answers)
    for field in asked.fields:
        if field.compute is not None:
            value = compute(field.compute, kept)
            if is_empty(value):
                kept.pop(field.key, None)
            else:
                kept[field.key] = value
        elif type(kept.get(field.key)) in WITH_PARTS:  # others are kept whole, and none is empty
            kept[field.key] = asked_of(field, kept[field.key], asked.context)
            if is_empty(kept[field.key]):
                del kept[field.key]
    return kept


def _warnings_in(fields: tuple[Field, ...], answers: Answers, prefix: str) -> Iterator[tuple[str, str]]:
    for field in fields:
        value = answers.get(field.key)
        if field.type == "personal_id" and isinstance(value, str) and len(value) == 12 and value.isdigit():
            stem = field.key.removesuffix("personal_id")
            born = answers.get(f"{stem}date_of_birth")
            try:
                birthday = date.fromisoformat(str(born))
            except ValueError:
                birthday = None
            gender = answers.get(f"{stem}gender")
            for warning in personal_id_warnings(
                value, date_of_birth=birthday, gender=gender if isinstance(gender, str) else None
            ):
                yield f"{prefix}{field.key}", str(warning.message)
        elif field.type == "person" and isinstance(value, Mapping):
            yield from _warnings_in(field.fields, value, f"{prefix}{field.key}.")
        elif field.type == "repeat" and isinstance(value, list):
            for number, row in enumerate(value):
                if isinstance(row, Mapping):
                    yield from _warnings_in(field.fields, row, f"{prefix}{field.key}.{number}.")


def odd_answers(
    form: Form, answers: Answers, *, on: date | None = None, facts: Mapping[str, bool] | None = None
) -> dict[str, list[str]]:
    """What should be looked at again but is no reason to refuse, by path: year and gender in identification numbers."""
    context = context_for(answers, on=on, facts=facts)
    kept, fields = _visible(form, answers, context)
    found: dict[str, list[str]] = {}
    for path, message in _warnings_in(tuple(fields), kept, ""):
        found.setdefault(path, []).append(message)
    return found
