"""A page of an e-form as the pieces its template draws: what is known, what is asked, and what is asked only then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from procedures.eforms import conditions, rows, types
from procedures.eforms.asking import AskingForm, Path, Rest
from procedures.eforms.computing import compute
from procedures.eforms.conditions import is_empty
from procedures.eforms.controls import html_name, row_count
from procedures.eforms.definition import Field, fields_in
from procedures.eforms.layout import Known, Leaf, Part, Repeat, RepeatRow, Section, When, gathered
from procedures.eforms.live import for_script
from procedures.eforms.shown import Reader, placed_on, said, without_hidden
from procedures.eforms.types.base import Context


def sections_of(form: AskingForm) -> list[Section]:
    """What the template draws, in order."""
    page = _page_scope(form)
    now = page.answers
    sections = []
    asked = {field.key: rest for field, rest in form.asked}
    for group in form.page.groups:
        items: list[Any] = []
        for field in group.fields:
            if field.key not in asked:
                continue
            item = _item(form, field, (field.key,), now)
            if item is not None:
                items.append(page.when(asked[field.key], field.key, [item]) or item)
        if items:
            title = "" if str(group.title) == str(form.page.title) else str(group.title)
            when = page.when(form.group_rest[group.key], f"section-{group.key}", [])
            sections.append(Section(group.key, title, gathered(items), when))
    return sections


@dataclass(frozen=True, slots=True)
class _Scope:
    """What conditions see that look at one another's fields: a page, an object, a row."""

    context: Context
    fields: Mapping[str, Field]
    answers: Mapping[str, Any]
    """What is said now, asked or not."""
    kept: Mapping[str, Any]
    """Of these, what is asked."""
    path: Path = ()

    def when(self, rest: Rest, name: str, items: list[Any]) -> When | None:
        """The pieces under what is left of a condition, None when they stand there anyway."""
        if isinstance(rest, bool):
            return None
        names = {key: html_name((*self.path, key)) for key in self.fields}
        return When(
            name=html_name((*self.path, name)),
            words=conditions.in_words(rest, self.fields),
            condition=conditions.renamed(rest, names),
            live=for_script(rest, self.fields, names, self.answers, self.context),
            is_open=conditions.holds(rest, self.context.within(self.kept).scope()),
            items=items,
        )


def _page_scope(form: AskingForm) -> _Scope:
    """The page as it stands; only what its conditions look at is read, and what is computed."""
    rests = [*form.group_rest.values(), *(rest for _field, rest in form.asked)]
    looked_at = {key for rest in rests if not isinstance(rest, bool) for key in fields_in(rest)}
    computed = {field.compute.of for field, _rest in form.asked if field.compute is not None}
    answers = said(form, looked_at | computed)
    fields = {field.key: field for field in form.page.fields()}
    return _Scope(form.context, fields, answers, without_hidden(placed_on(form.page), answers, form.context))


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
    looked_at = {key for part in field.fields for key in fields_in(part.visible_if)}
    reader = Reader(form)
    inside = {key: reader.answer(siblings[key], (*path, key)) for key in sorted(looked_at)}
    kept = without_hidden([(part.key, part.visible_if) for part in field.fields], inside, form.context)
    scope = _Scope(form.context, siblings, inside, kept, path)
    items = []
    for part in field.fields:
        item = _item(form, part, (*path, part.key), inside)
        rest = conditions.resolve(part.visible_if, frozenset(siblings), form.context.within(inside).scope())
        if item is not None and rest is not False:
            items.append(scope.when(rest, part.key, [item]) or item)
    return gathered(items)
