"""Conditions of a form as JSON Schema, to stand under ``if``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Protocol

from procedures.eforms import patterns
from procedures.eforms.conditions import Condition
from procedures.eforms.definition import Field

Predicate = bool | dict[str, Any]
LISTS = frozenset({"multi_choice", "repeat"})
NUMBERS = frozenset({"integer", "money", "decimal"})
FAR = 10**patterns.MOST_FIGURES


class Day(Protocol):
    """What a condition is judged by besides the answers."""

    on: date
    facts: Mapping[str, bool]


def both_hold(first: Predicate, second: Predicate) -> Predicate:
    """A predicate that holds when both do."""
    if first is False or second is False:
        return False
    if first is True:
        return second
    return first if second is True or first == second else {"allOf": [first, second]}


def negated(inner: Predicate) -> Predicate:
    """A predicate that holds when the other does not."""
    return not inner if isinstance(inner, bool) else {"not": inner}


def predicate(condition: Condition | None, fields: Mapping[str, Field], day: Day) -> Predicate:
    """A condition over the object whose properties are ``fields``: True, False, or a schema."""
    if condition is None:
        return True
    if "all" in condition:
        result: Predicate = True
        for part in condition["all"]:
            result = both_hold(result, predicate(part, fields, day))
        return result
    if "any" in condition:
        parts = [predicate(part, fields, day) for part in condition["any"]]
        if any(part is True for part in parts):
            return True
        schemas = [part for part in parts if part is not False]
        return {"anyOf": schemas} if schemas else False
    if "not" in condition:
        return negated(predicate(condition["not"], fields, day))
    if "fact" in condition:
        return bool(day.facts.get(condition["fact"], False))
    field = fields.get(condition["field"])
    return _test(condition, field, day.on) if field is not None else False


def _having(key: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"properties": {key: schema}, "required": [key]}


def _test(condition: Condition, field: Field, on: date) -> Predicate:
    if "equals" in condition:
        return _is(field, condition["equals"])
    if "not_equals" in condition:
        return negated(_is(field, condition["not_equals"]))
    if "in" in condition:
        if field.type in LISTS:
            return _having(field.key, {"type": "array", "contains": {"enum": [str(item) for item in condition["in"]]}})
        return _same(field, condition["in"])
    if "filled" in condition:
        filled = {"required": [field.key]}
        return filled if condition["filled"] else negated(filled)
    if "age_below" in condition:
        return _having(field.key, {"pattern": _born_from(first_day_younger(condition["age_below"], on))})
    if "within_days" in condition:
        first = on - timedelta(days=condition["within_days"])
        clock = patterns.CLOCK if field.type == "datetime" else ""
        return _having(
            field.key,
            {"pattern": f"^{patterns.days_between(first, date.max)}{patterns.REAL_DAY}{clock}{patterns.END}"},
        )
    return _having(field.key, _amount(field, condition.get("at_least"), condition.get("at_most")))


def _is(field: Field, wanted: Any) -> Predicate:
    """Whether the answer is this one; of several answers, whether it is among them."""
    if field.type in LISTS:
        return _having(field.key, {"type": "array", "contains": {"const": wanted}})
    return _same(field, [wanted])


def _same(field: Field, wanted: list[Any]) -> Predicate:
    """Whether the answer is one of some values, as conditions compare: yes and no by themselves, the rest as text."""
    values: list[Any] = []
    negative = False
    for value in wanted:
        if isinstance(value, bool):
            negative |= not value
            values += [True] if value else []
        elif field.type in NUMBERS and field.type != "decimal":
            if str(value).removeprefix("-").isdecimal() and str(int(value)) == str(value):
                values.append(int(value))
        else:
            values.append(str(value))
    schemas: list[Predicate] = [_having(field.key, {"enum": values})] if values else []
    if negative:  # anything but a yes, silence too
        schemas.append({"not": _having(field.key, {"const": True})})
    if not schemas:
        return False
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def first_day_younger(age: int, on: date) -> date:
    """The earliest day of birth of somebody who is younger than ``age`` on a day."""
    try:
        return on.replace(year=on.year - age) + timedelta(days=1)
    except ValueError:  # 29 February, in a year that has none: a birthday counts on 1 March
        return date(on.year - age, 3, 1)


def _born_from(first: date) -> str:
    return f"^{patterns.days_between(first, date.max)}{patterns.REAL_DAY}{patterns.END}"


def _amount(field: Field, least: int | None, most: int | None) -> dict[str, Any]:
    if field.type in LISTS:
        return {"type": "array", **({"minItems": least} if least is not None else {"maxItems": most})}
    if field.type == "decimal":
        return {
            "type": "string",
            "pattern": patterns.decimals_between(-FAR if least is None else least, FAR if most is None else most),
        }
    return {"type": "integer", **({"minimum": least} if least is not None else {"maximum": most})}
