"""A condition as rows and back: alternatives (or) of tests that all hold (and), one below the other.

Every condition of a pack (docs/procedure-pack.md) can be said so; one that would take too many rows is left as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any, NamedTuple

from procedures.eforms.conditions import FACTS, TESTS, condition_words
from procedures.eforms.definition import Field

AND, OR = "and", "or"
NOT = "not:"
"""Before the name of a test whose contrary is meant."""
FACT = "fact."
"""Before the name of a fact where it stands among the questions; keys of questions have no dot."""
_CONTRARY = {"equals": "not_equals", "not_equals": "equals"}
_NEGATED = frozenset({"in", "filled", "age_below", "within_days"})
"""Tests whose contrary has a row of its own."""
FIGURES = frozenset({"at_least", "at_most", "age_below", "within_days"})
"""Tests that compare with a whole number."""
_MOST_ALTERNATIVES = 40


class Literal(NamedTuple):
    """One row: how it is joined to the row above (``""`` the first), the question or fact, the test, the value."""

    join: str
    about: str
    test: str
    value: Any


@dataclass(frozen=True, slots=True)
class Questions:
    """What a condition may look at."""

    named: list[tuple[str, Any]] = field(default_factory=list)
    """Questions and facts as (key, words)."""
    answers: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """The answers of those that list them, as (value, words), by key."""
    many: frozenset[str] = frozenset()
    """Questions with several answers, of which “is not” means that none is this one."""
    fields: Mapping[str, Field] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    """Their types by key, also while the form has something in it that no form can have."""

    def in_words(self, condition: Any) -> str:
        """A condition in words; "" for none."""
        return condition_words(condition, self.fields) if condition else ""


def unfolded(condition: Any, *, most: int) -> list[Literal] | None:
    """The rows that say a condition; None where they would be more than `most`, or it is none of ours."""
    try:
        alternatives = _alternatives(condition, is_wanted=True)
    except (KeyError, TypeError, ValueError):
        return None
    rows = []
    for number, tests in enumerate(alternatives):
        for place, (about, test, value) in enumerate(tests):
            join = AND if place else OR if number else ""
            rows.append(Literal(join, about, test, value))
    return rows if len(rows) <= most else None


Tests = list[tuple[str, str, Any]]


def _alternatives(condition: Mapping[str, Any], *, is_wanted: bool) -> list[Tests]:
    """Of a condition, or of its contrary, the alternatives. Raises ValueError for too many and what has no row."""
    if "not" in condition:
        return _alternatives(condition["not"], is_wanted=not is_wanted)
    for name, joins_all in (("all", is_wanted), ("any", not is_wanted)):
        if name in condition:
            parts = [_alternatives(part, is_wanted=is_wanted) for part in condition[name]]
            if not joins_all:
                return [tests for part in parts for tests in part]
            found = [[test for tests in chosen for test in tests] for chosen in _chosen(parts)]
            return [list({repr(test): test for test in tests}.values()) for tests in found]
    if "fact" in condition:
        if condition["fact"] not in FACTS:
            raise ValueError(condition["fact"])
        return [[(f"{FACT}{condition['fact']}", "equals", _said(is_wanted))]]
    [test] = [name for name in TESTS if name in condition]
    return [[_row(str(condition["field"]), test, condition[test], is_wanted=is_wanted)]]


def _chosen(parts: list[list[Tests]]) -> list[tuple[Tests, ...]]:
    number = 1
    for part in parts:
        number *= len(part)
    if number > _MOST_ALTERNATIVES:
        raise ValueError(number)
    return list(product(*parts))


def _row(about: str, test: str, value: Any, *, is_wanted: bool) -> tuple[str, str, Any]:
    if isinstance(value, dict):
        raise TypeError(test)
    if test == "filled":
        return about, "filled" if bool(value) == is_wanted else f"{NOT}filled", True
    if test not in FIGURES:
        value = [_said(each) for each in value] if isinstance(value, list) else _said(value)
    if is_wanted:
        return about, test, value
    if test in _CONTRARY:
        return about, _CONTRARY[test], value
    if test not in _NEGATED:
        raise ValueError(test)
    return about, f"{NOT}{test}", value


def _said(value: Any) -> str:
    """A value as it is typed."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def folded(rows: list[Literal], *, many: frozenset[str] = frozenset()) -> dict[str, Any] | None:
    """The condition that rows say; None for no rows."""
    alternatives: list[list[dict[str, Any]]] = []
    for row in rows:
        if row.join == OR or not alternatives:
            alternatives.append([])
        alternatives[-1].append(_condition(row, many))
    made = [tests[0] if len(tests) == 1 else {"all": tests} for tests in alternatives]
    return None if not made else made[0] if len(made) == 1 else {"any": made}


def _condition(row: Literal, many: frozenset[str]) -> dict[str, Any]:
    if row.about.startswith(FACT):
        fact = {"fact": row.about.removeprefix(FACT)}
        return fact if (row.value == "true") == (row.test == "equals") else {"not": fact}
    test = row.test.removeprefix(NOT)
    value = [_read(each) for each in row.value] if isinstance(row.value, list) else _read(row.value)
    if row.test == f"{NOT}filled":
        return {"field": row.about, "filled": False}
    if row.test == "not_equals" and row.about in many:
        return {"not": {"field": row.about, "equals": value}}
    plain = {"field": row.about, test: value}
    return {"not": plain} if row.test.startswith(NOT) else plain


def _read(value: Any) -> Any:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
