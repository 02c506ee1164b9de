"""The JSON Schema (2020-12) of a form's answers, for programs that file or read dossiers.

What the rules accept the schema accepts, and nothing else: limits, conditions, places and agencies of the day are in
it. Three things JSON Schema cannot say stand in words of our own, which other validators pass over: the format
``vn-tax-code`` (check digit), the keywords ``x-notBefore`` and ``x-before`` (two days in order), and ``x-withoutGap``
(rows that leave out no month).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from procedures.eforms import types
from procedures.eforms.definition import Field, Form, WithoutGap
from procedures.eforms.schema_conditions import Predicate, both_hold, predicate
from procedures.eforms.types.dates import BEFORE, NOT_BEFORE, WITHOUT_GAP
from procedures.territory import Territory

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Describer:
    """Describes the fields of a form on a day; gathers the registers that they refer to under ``$defs``."""

    def __init__(self, on: date, facts: Mapping[str, bool], territory: Territory) -> None:
        self.on = on
        self.facts = facts
        self.territory = territory
        self.definitions: dict[str, Any] = {}

    def register(self, name: str, routing: Mapping[str, str] | None = None) -> dict[str, Any]:
        """A reference to the provinces, the communes by province, or the agencies that a routing allows."""
        wanted = {key: value for key, value in (routing or {}).items() if key in {"level", "branch"}}
        key = "-".join([name, *(wanted[part] for part in sorted(wanted))])
        if key not in self.definitions:
            self.definitions[key] = self._register(name, wanted)
        return {"$ref": f"#/$defs/{key}"}

    def _register(self, name: str, routing: dict[str, str]) -> dict[str, Any]:
        if name == "agency":
            return {"type": "string", "enum": self.territory.agency_codes(routing)}
        provinces = [unit.code for unit in self.territory.provinces()]
        if name == "province":
            return {"type": "string", "enum": provinces}
        by_province = self.territory.communes_by_province()
        return {
            "allOf": [
                {
                    "if": {"properties": {"province_code": {"const": code}}, "required": ["province_code"]},
                    "then": {"properties": {"commune_code": {"enum": by_province.get(code, [])}}},
                }
                for code in provinces
            ]
        }

    def object_schema(self, fields: Sequence[Field]) -> dict[str, Any]:
        """An object with these parts, of which at least one is there."""
        return {**self.described([(field, field.visible_if) for field in fields]), "minProperties": 1}

    def described(self, placed: Iterable[tuple[Field, Mapping[str, Any] | None]]) -> dict[str, Any]:
        """An object with these fields, each under its condition."""
        placed = list(placed)
        fields = {field.key: field for field, _condition in placed}
        properties: dict[str, Any] = {}
        required: list[str] = []
        rules: list[dict[str, Any]] = []
        for field, condition in placed:
            properties[field.key] = self._property(field)
            if not field.is_typed:
                continue
            shown = predicate(condition, fields, self)
            needed = both_hold(shown, self._duty(field, fields))
            there = _there(field)
            if needed is True:
                required.append(field.key)
                if field.type == "consent":
                    properties[field.key] |= {"const": True}
            elif needed is not False:
                rules.append({"if": needed, "then": there})
            if shown is not True:
                rules.append({"if": shown, "else": {"properties": {field.key: False}}})
        schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
        if required:
            schema["required"] = required
        if rules:
            schema["allOf"] = rules
        if order := {field.key: field.not_before for field, _condition in placed if field.not_before}:
            schema[NOT_BEFORE] = order
        if order := {field.key: field.before for field, _condition in placed if field.before}:
            schema[BEFORE] = order
        if gaps := {field.key: self._gap_rule(field.without_gap) for field, _condition in placed if field.without_gap}:
            schema[WITHOUT_GAP] = gaps
        return schema

    def _property(self, field: Field) -> dict[str, Any]:
        words = {"title": field.label.vi, **({"description": field.help.vi} if field.help else {})}
        if not field.is_typed:
            return {**words, "readOnly": True}
        return {**words, **types.of(field).schema(field, self)}

    def _gap_rule(self, rule: WithoutGap) -> dict[str, Any]:
        return {
            "from": rule.first,
            "to": rule.last,
            "sinceAge": rule.since_age,
            "born": list(rule.born),
            "until": self.on.isoformat(),
        }

    def _duty(self, field: Field, fields: Mapping[str, Field]) -> Predicate:
        if field.type == "boolean":
            return False  # no is an answer, and so is silence
        if field.required or (field.type == "repeat" and field.min_items):
            return True
        return False if field.required_if is None else predicate(field.required_if, fields, self)


def _there(field: Field) -> dict[str, Any]:
    return {
        "required": [field.key],
        **({"properties": {field.key: {"const": True}}} if field.type == "consent" else {}),
    }


def form_schema(
    form: Form,
    *,
    title: str = "",
    on: date,
    facts: Mapping[str, bool] | None = None,
    territory: Territory | None = None,
) -> dict[str, Any]:
    """The schema of a whole form's answers on a day; limits that move with the day are those of that day."""
    describer = Describer(on, facts or {}, territory or Territory(on))
    body = describer.described(form.placed)
    schema: dict[str, Any] = {"$schema": DIALECT, **({"title": title} if title else {}), **body}
    if describer.definitions:
        schema["$defs"] = describer.definitions
    return schema
