"""A page of an e-form as the pieces its template draws: what is known, what is asked, and what is asked only then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from procedures.eforms import conditions, rows, types
from procedures.eforms.asking import AskingForm, Path, Rest
from procedures.eforms.computing import compute
from procedures.eforms.conditions import is_empty
from procedures.eforms.controls import LeafField, html_name, row_count
from procedures.eforms.definition import Field
from procedures.eforms.layout import Known, Leaf, Part, Repeat, RepeatRow, Section, When, gathered


def sections_of(form: AskingForm) -> list[Section]:
    """What the template draws, in order."""
    now = _current_answers(form)
    sections = []
    asked = {field.key: rest for field, rest in form.asked}
    own = {field.key: field for field in form.page.fields()}
    for group in form.page.groups:
        items: list[Any] = []
        for field in group.fields:
            if field.key not in asked:
                continue
            item = _item(form, field, (field.key,), now)
            if item is not None:
                items.append(_when(form, asked[field.key], own, now, [item]) or item)
        if items:
            title = "" if str(group.title) == str(form.page.title) else str(group.title)
            when = _when(form, form.group_rest[group.key], own, now, [])
            sections.append(Section(group.key, title, gathered(items), when))
    return sections


def _when(
    form: AskingForm, rest: Rest, fields: Mapping[str, Field], now: Mapping[str, Any], items: list[Any], path: Path = ()
) -> When | None:
    """The pieces under what is left of a condition, None when they stand there anyway."""
    if isinstance(rest, bool):
        return None
    holds = conditions.holds(rest, form.context.within(now).scope())
    names = {key: html_name((*path, key)) for key in fields}
    return When(conditions.in_words(rest, fields), conditions.renamed(rest, names), holds, items)


def _current_answers(form: AskingForm) -> dict[str, Any]:
    """Answers as the page shows them now, typed ones read as far as they can be."""
    if not form.is_bound:
        defaults = {field.key: field.default for field, _rest in form.asked if field.default is not None}
        return {**defaults, **form.answers}
    now = dict(form.answers)
    for name, control in form.fields.items():
        if isinstance(control, LeafField) and len(control.path) == 1:
            try:
                now[name] = control.clean(control.widget.value_from_datadict(form.data, form.files, name))
            except forms.ValidationError:
                now[name] = None
    return now


def _item(form: AskingForm, field: Field, path: Path, now: Mapping[str, Any]) -> Any:
    source = form.sources.get(field.key, "") if len(path) == 1 else ""
    if not field.is_typed or (len(path) == 1 and form.is_locked(field)):
        value = compute(field.compute, now) if field.compute else form.answers.get(field.key)
        if is_empty(value):
            return None
        shown = types.of(field).display(field, value, form.context)
        if field.compute and field.compute.function == "percent":
            shown = types.TYPES["money"].display(field, value, form.context)
        told = _consent_words(field) if field.type == "co_signature" else ""
        return Known([{"key": str(field.label), "value": shown, "source": source, "help": told}])
    is_optional = not field.required and field.required_if is None and field.key not in form.page.called_for
    if field.type == "repeat":
        count = form[html_name((*path, rows.COUNT))]
        number_of_rows = row_count(field, count.value())
        return Repeat(
            count=count,
            key=field.key,
            legend=str(field.label),
            help=str(field.help),
            source=source,
            rows=[
                RepeatRow(number + 1, _parts(form, field, (*path, number)), html_name((*path, number)))
                for number in range(number_of_rows)
            ],
            can_add=number_of_rows < field.max_items,
            is_optional=is_optional and not field.min_items,
        )
    if field.is_composite:
        help_words = _consent_words(field) if field.type == "co_signature" else str(field.help)
        return Part(
            f"part-{html_name(path)}",
            str(field.label),
            help_words,
            source,
            _parts(form, field, path),
            is_optional,
            same_key=field.key if field.same_as and not source else "",
            same_words=str(field.same_as_label),
        )
    return Leaf(form[html_name(path)])


def _consent_words(field: Field) -> str:
    """How the other person agrees: it is said as well where who it is was known and is not asked."""
    if field.help or not field.signer:
        return str(field.help)
    return _("%(signer)s ký văn bản đồng ý, nộp kèm hồ sơ này.") % {"signer": field.signer}


def _parts(form: AskingForm, field: Field, path: Path) -> list[Any]:
    """The pieces of a composite or a row; conditions inside see only their own object."""
    siblings = {part.key: part for part in field.fields}
    inside = {key: _typed(form, html_name((*path, key))) for key in siblings}
    items = []
    for part in field.fields:
        item = _item(form, part, (*path, part.key), inside)
        rest = conditions.resolve(part.visible_if, frozenset(siblings), form.context.within(inside).scope())
        if item is not None and rest is not False:
            items.append(_when(form, rest, siblings, inside, [item], path) or item)
    return gathered(items)


def _typed(form: AskingForm, name: str) -> Any:
    control = form.fields.get(name)
    if not isinstance(control, LeafField):
        return None
    try:
        return control.clean(form[name].value())
    except forms.ValidationError:
        return None
