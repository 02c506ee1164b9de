"""Values with parts: addresses, people, organisations, accounts, other people's consent, and repeated rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from procedures.eforms.conditions import Scope, holds, is_empty
from procedures.eforms.definition import NOT_TYPED, Field
from procedures.eforms.types.base import Context, FieldType, Problem, SchemaScope, missing, wrong_shape
from procedures.eforms.types.gaps import missing_months
from procedures.eforms.types.registry import of


def is_needed(field: Field, scope: Scope) -> bool:
    """Whether a visible field must be answered; yes or no is an answer either way."""
    needed = field.required or (field.required_if is not None and holds(field.required_if, scope))
    return needed and field.type != "boolean"


def part_problems(definition: Field, value: Mapping[str, Any], context: Context) -> Iterator[Problem]:
    """Problems of each part of an object, with the part's key as path."""
    inner = context.within(value)
    scope = inner.scope()
    for part in definition.fields:
        if part.type in NOT_TYPED or not (part.visible_if is None or holds(part.visible_if, scope)):
            continue
        answer = value.get(part.key)
        if answer and of(part).is_right(part, answer):
            continue
        if is_empty(answer) or (part.type == "consent" and answer is False):
            if is_needed(part, scope):
                yield part.key, missing(part)
                continue
            if is_empty(answer):
                continue
        for path, message in of(part).problems(part, answer, inner):
            yield f"{part.key}.{path}" if path else part.key, message


class CompositeType(FieldType):
    """An object with named parts."""

    json_type = dict

    def judge(self, definition: Field, value: dict[str, Any], context: Context) -> Iterator[Problem]:
        """Each part by its own rules."""
        yield from part_problems(definition, value, context)

    def shown(self, definition: Field, value: dict[str, Any], context: Context) -> str:
        """Its parts, separated by semicolons."""
        shown = []
        for part in definition.fields:
            answer = value.get(part.key)
            if not is_empty(answer):
                shown.append(of(part).display(part, answer, context.within(value)))
        return "; ".join(shown)

    def schema(self, definition: Field, scope: SchemaScope) -> dict[str, Any]:
        """An object of its parts."""
        return scope.object_schema(definition.fields)


class AddressType(CompositeType):
    """Province, commune and line (địa chỉ)."""

    def judge(self, definition: Field, value: dict[str, Any], context: Context) -> Iterator[Problem]:
        """Each part, and the commune within the province."""
        yield from part_problems(definition, value, context)
        province, commune = value.get("province_code"), value.get("commune_code")
        if not isinstance(province, str) or not isinstance(commune, str) or not context.territory.is_province(province):
            return  # the province has its own message
        if not context.territory.is_commune_of(commune, province):
            yield "commune_code", _("Xã, phường này không thuộc tỉnh, thành phố đã chọn. Hãy chọn lại.")

    def schema(self, definition: Field, scope: SchemaScope) -> dict[str, Any]:
        """An object of its parts; which communes a province has stands once among the schema's definitions."""
        return {**super().schema(definition, scope), "allOf": [scope.register("place")]}

    def shown(self, definition: Field, value: dict[str, Any], context: Context) -> str:
        """From the house to the province, as one writes it on an envelope."""
        codes = [value.get("commune_code"), value.get("province_code")]
        context.territory.learn(code for code in codes if isinstance(code, str))
        names = [context.territory.name(code) if isinstance(code, str) else code for code in codes]
        text = ", ".join(str(part) for part in [value.get("line"), *names] if part)
        if value.get("old_unit_text"):
            text += " " + _("(trên giấy tờ: %(old)s)") % {"old": value["old_unit_text"]}
        return text


class RepeatType(FieldType):
    """Rows of the same fields."""

    json_type = list

    def judge(self, definition: Field, value: list[Any], context: Context) -> Iterator[Problem]:
        """Number of rows, and each row by its own rules."""
        label = {"label": definition.label}
        if len(value) < definition.min_items:
            yield "", _("“%(label)s” cần ít nhất %(number)d dòng.") % {**label, "number": definition.min_items}
        if len(value) > definition.max_items:
            yield (
                "",
                _("“%(label)s” có nhiều nhất %(number)d dòng. Hãy bỏ bớt.") % {**label, "number": definition.max_items},
            )
        for number, row in enumerate(value[: definition.max_items]):
            if not isinstance(row, Mapping) or not row:
                yield str(number), wrong_shape(definition)
                continue
            for path, message in part_problems(definition, row, context):
                yield f"{number}.{path}", message
        yield from self._together(definition, value, context)

    def _together(self, definition: Field, rows: list[Any], context: Context) -> Iterator[Problem]:
        """What is said of all rows together: that one is marked, that no month is left out."""
        label = {"label": definition.label}
        column = next((part for part in definition.fields if part.key == definition.exactly_one), None)
        if column is not None and rows and _marked(rows, column.key) != 1:
            words = _("“%(label)s”: hãy đánh dấu “%(column)s” ở đúng một dòng.")
            yield "", words % {**label, "column": column.label}
        if definition.without_gap is None:
            return
        if missing := missing_months(definition.without_gap, rows, context.answers, context.on):
            words = _("“%(label)s” còn thiếu %(months)s. Hãy khai đủ, không bỏ trống tháng nào.")
            yield "", words % {**label, "months": ", ".join(missing)}

    def shown(self, definition: Field, value: list[Any], context: Context) -> str:
        """One line for each row, parts separated by semicolons; what says nothing by itself has its label before it."""
        lines = []
        for number, row in enumerate(value, start=1):
            if isinstance(row, Mapping):
                lines.append(f"{number}. {'; '.join(_row_words(definition, row, context))}")
        return "\n".join(lines)

    def schema(self, definition: Field, scope: SchemaScope) -> dict[str, Any]:
        """An array of rows."""
        return {
            "type": "array",
            "minItems": max(1, definition.min_items),
            "maxItems": definition.max_items,
            "items": scope.object_schema(definition.fields),
            **_one_marked(definition.exactly_one),
        }


_NAMED = frozenset({"date", "datetime", "integer", "money", "decimal"})
"""What is read wrongly without its label: which day it is, how many of what."""


def _row_words(definition: Field, row: Mapping[str, Any], context: Context) -> Iterator[str]:
    rule, inner = definition.without_gap, context.within(row)
    months: list[str] = []
    for part in definition.fields:
        answer = row.get(part.key)
        label = _small(str(part.label))
        if rule is not None and part.key == rule.last and is_empty(answer):
            months.append(_("đến nay"))
        elif is_empty(answer) or answer is False:
            continue
        elif part.type == "month":
            months.append(f"{label} {of(part).display(part, answer, inner)}")
        else:
            if months:
                yield " ".join(months)
                months = []
            shown = of(part).display(part, answer, inner)
            yield label if answer is True else f"{label}: {shown}" if part.type in _NAMED else shown
    if months:
        yield " ".join(months)


def _small(label: str) -> str:
    """A label as it stands within a line; what is short for something keeps its capitals (BHYT)."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _marked(rows: list[Any], column: str) -> int:
    return sum(isinstance(row, Mapping) and row.get(column) is True for row in rows)


def _one_marked(column: str) -> dict[str, Any]:
    if not column:
        return {}
    row = {"type": "object", "properties": {column: {"const": True}}, "required": [column]}
    return {"contains": row, "minContains": 1, "maxContains": 1}


COMPOSITE_TYPES: dict[str, FieldType] = {
    "address": AddressType(),
    "place": AddressType(),
    "person": CompositeType(),
    "organisation": CompositeType(),
    "bank_account": CompositeType(),
    "co_signature": CompositeType(),
    "repeat": RepeatType(),
}
