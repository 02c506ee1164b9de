"""Which conditions can hold at all: the fields they look at are tried with every answer that makes a difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import product
from typing import Any

from procedures.eforms.conditions import Condition, Scope, holds
from procedures.eforms.definition import Field, fields_in
from procedures.linting.findings import Placed

MOST_CASES = 50_000
"""Beyond this many combinations nothing is claimed."""


class Reach:
    """Tries the answers to a form's fields that conditions depend on."""

    def __init__(self, fields: Mapping[str, Placed], on: date) -> None:
        self.fields = fields
        self.on = on

    def outcomes(self, condition: Condition | None, when: Condition | None = None) -> set[bool]:
        """What a condition can come to while ``when`` holds; both where that cannot be told."""
        if condition is None:
            return {True}
        found: set[bool] = set()
        for tried, scope in enumerate(self._scopes(condition, when)):
            if tried >= MOST_CASES:
                return {True, False}
            if holds(when, scope):
                found.add(holds(condition, scope))
                if len(found) == 2:
                    break
        return found

    def _scopes(self, *conditions: Condition | None) -> Iterator[Scope]:
        keys = self._needed(conditions)
        facts = sorted({fact for condition in self._all(conditions, keys) for fact in _facts_in(condition)})
        domains = [self._domain(key, list(self._all(conditions, keys))) for key in keys]
        for values in product(*domains):
            answers = dict(zip(keys, values, strict=True))
            for flags in product([False, True], repeat=len(facts)):
                known = dict(zip(facts, flags, strict=True))
                yield self._visible({key: value for key, value in answers.items() if value is not None}, known)

    def _all(self, conditions: tuple[Condition | None, ...], keys: list[str]) -> Iterator[Condition]:
        yield from (condition for condition in conditions if condition is not None)
        for key in keys:
            if (own := self.fields[key].condition) is not None:
                yield own

    def _needed(self, conditions: tuple[Condition | None, ...]) -> list[str]:
        """The fields the conditions look at, and those that their being asked hangs on."""
        todo = [key for condition in conditions for key in fields_in(condition)]
        needed: list[str] = []
        while todo:
            key = todo.pop()
            if key in needed or key not in self.fields:
                continue
            needed.append(key)
            todo.extend(fields_in(self.fields[key].condition))
        return needed

    def _visible(self, answers: dict[str, Any], facts: dict[str, bool]) -> Scope:
        while True:
            scope = Scope(answers, self.on, facts)
            hidden = [key for key in answers if not holds(self.fields[key].condition, scope)]
            if not hidden:
                return scope
            for key in hidden:
                del answers[key]

    def _domain(self, key: str, conditions: list[Condition]) -> list[Any]:
        """Answers that make a difference to these conditions; None is no answer."""
        field = self.fields[key].field
        nothing = [] if _is_always_there(field) else [None]
        if field.type in {"boolean", "consent"}:
            return [None, False, True]
        if field.type == "choice":
            return [*nothing, *(choice.value for choice in field.choices)]
        if field.type == "multi_choice":
            looked_at = {str(value) for test in _tests_of(key, conditions) for value in _values(test)}
            wanted = [choice.value for choice in field.choices if choice.value in looked_at]
            chosen = [[value] for value in wanted] + [wanted]
            return [*nothing, *chosen, *([[c.value] for c in field.choices if c.value not in looked_at][:1])]
        return [*nothing, *_around(field, list(_tests_of(key, conditions)), self.on)]


def _is_always_there(field: Field) -> bool:
    return field.required and field.type != "boolean"


def _facts_in(condition: Condition) -> Iterator[str]:
    for name in ("all", "any"):
        for part in condition.get(name, ()):
            yield from _facts_in(part)
    if "not" in condition:
        yield from _facts_in(condition["not"])
    if "fact" in condition:
        yield condition["fact"]


def tests_in(condition: Condition | None) -> Iterator[Condition]:
    """The single tests a condition is made of."""
    if condition is None:
        return
    for name in ("all", "any"):
        for part in condition.get(name, ()):
            yield from tests_in(part)
    if "not" in condition:
        yield from tests_in(condition["not"])
    if "field" in condition:
        yield condition


def _tests_of(key: str, conditions: list[Condition]) -> Iterator[Condition]:
    for condition in conditions:
        yield from (test for test in tests_in(condition) if test["field"] == key)


def _values(test: Condition) -> list[Any]:
    for name in ("equals", "not_equals"):
        if name in test:
            return [test[name]]
    return list(test.get("in", ()))


def _around(field: Field, tests: list[Condition], on: date) -> list[Any]:
    """For numbers and dates: on both sides of every limit a condition names, within the field's own."""
    if field.type == "repeat":
        counts = {n + shift for test in tests for n in _limits(test) for shift in (-1, 0, 1)} or {1}
        return [[{"x": "y"}] * n for n in sorted(counts) if max(1, field.min_items) <= n <= field.max_items]
    if field.type in {"integer", "money", "decimal"}:
        limits = [*(n for test in tests for n in (*_limits(test), *_values(test))), field.min or 0]
        numbers = sorted({int(n) + shift for n in limits if str(n).lstrip("-").isdigit() for shift in (-1, 0, 1)})
        within = [n for n in numbers if (field.min or 0) <= n and (field.max is None or n <= field.max)]
        return [str(n) if field.type == "decimal" else n for n in within]
    ages = [test["age_below"] for test in tests if "age_below" in test]
    if field.type == "date" and ages:
        return [(on - timedelta(days=round(365.25 * age) + days)).isoformat() for age in ages for days in (-40, 40)]
    spans = [test["within_days"] for test in tests if "within_days" in test]
    if field.type in {"date", "datetime"} and spans:
        clock = "T12:00:00+07:00" if field.type == "datetime" else ""
        return [f"{on - timedelta(days=span + shift)}{clock}" for span in spans for shift in (0, 1)]
    values = [str(value) for test in tests for value in _values(test)]
    return [*values, "x"]


def _limits(test: Condition) -> list[int]:
    return [test[name] for name in ("at_least", "at_most") if name in test]
