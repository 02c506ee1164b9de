"""Rules on what is asked when: fields nobody reaches, conditions that never change anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils import timezone

from procedures.eforms.definition import fields_in
from procedures.linting.findings import Found, Severity, Subject, rule
from procedures.linting.reach import Reach, tests_in


def _conditions(subject: Subject) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any] | None]]:
    """Every condition with its place and with what must hold for it to be looked at."""
    for page in subject.form.pages if subject.form else ():
        for group in page.groups:
            if group.visible_if is not None:
                yield f"form.{page.key}.{group.key}.visible_if", group.visible_if, None
            for field in group.fields:
                place = f"form.{page.key}.{group.key}.{field.key}"
                if field.visible_if is not None and field.visible_if != group.visible_if:
                    yield f"{place}.visible_if", field.visible_if, group.visible_if
                if field.required_if is not None:
                    yield f"{place}.required_if", field.required_if, None
                if field.prefill_if is not None:
                    yield f"{place}.prefill_if", field.prefill_if, None
    for name in ("components", "fees"):
        for place, row in subject.rows(name):
            if row.get("condition") is not None:
                yield f"{place}.condition", row["condition"], None


@rule("unreachable-field", Severity.ERROR)
def unreachable_field(subject: Subject) -> Found:
    """A field is never asked, whatever one answers."""
    reach = Reach(subject.fields, timezone.localdate())
    for placed in subject.fields.values():
        if reach.outcomes(placed.condition) == {False}:
            yield placed.place, "no answers lead to this field; mend its condition or its group's, or take it out"


@rule("dead-condition", Severity.WARNING)
def dead_condition(subject: Subject) -> Found:
    """A condition always holds, or never, where it is looked at."""
    reach = Reach(subject.fields, timezone.localdate())
    for place, condition, when in _conditions(subject):
        found = reach.outcomes(condition, when)
        if found == {True}:
            yield place, "always holds; take it out"
        elif found == {False} and not place.endswith("visible_if") and not place.startswith(("components", "fees")):
            yield place, "never holds; take it out"


@rule("component-never-asked", Severity.ERROR)
def component_never_asked(subject: Subject) -> Found:
    """A paper or a fee has a condition that no answers fulfil."""
    reach = Reach(subject.fields, timezone.localdate())
    for name in ("components", "fees"):
        for place, row in subject.rows(name):
            if row.get("condition") is not None and reach.outcomes(row["condition"]) == {False}:
                yield place, "its condition never holds"


@rule("undefined-option", Severity.ERROR)
def undefined_option(subject: Subject) -> Found:
    """A condition compares a choice with a value that its list does not have."""
    for place, condition, _when in _conditions(subject):
        for test in tests_in(condition):
            placed = subject.fields.get(test["field"])
            if placed is None or not placed.field.choices:
                continue
            wanted = [test[name] for name in ("equals", "not_equals") if name in test] + list(test.get("in", ()))
            for value in wanted:
                if placed.field.choice(str(value)) is None:
                    yield place, f"{test['field']} has no option {value!r}"


@rule("required-behind-optional", Severity.WARNING)
def required_behind_optional(subject: Subject) -> Found:
    """A required field appears only after a question that may be skipped, so that skipping skips it too."""
    for placed in subject.fields.values():
        if not placed.field.required:
            continue
        for key in set(fields_in(placed.condition)):
            other = subject.fields.get(key)
            if other is None or other.field.type in {"boolean", "consent", "repeat"}:
                continue
            asked = other.field.required or other.field.required_if is not None or other.field.default is not None
            if not asked and other.field.is_typed:
                yield placed.place, f"required, yet nobody has to answer {key}, on which it hangs"


@rule("condition-on-later-page", Severity.WARNING)
def condition_on_later_page(subject: Subject) -> Found:
    """A field hangs on an answer that is given on a later page."""
    for placed in subject.fields.values():
        for key in set(fields_in(placed.condition)) | set(fields_in(placed.field.required_if)):
            other = subject.fields.get(key)
            if other and other.page.position > placed.page.position:
                yield placed.place, f"hangs on {key}, which is asked later, on page {other.page.key}"
