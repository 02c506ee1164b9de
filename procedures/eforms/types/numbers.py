"""Whole numbers, decimals and money."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from portal.core import money
from portal.core.language import is_english
from portal.core.text import clean_line
from procedures.eforms.definition import Field
from procedures.eforms.patterns import decimals_between
from procedures.eforms.types.base import Context, FieldType, LimitMessage, NotReadableError, Problem, SchemaScope

LARGEST = 10**15
_DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,6})?", re.ASCII)


def _limits(definition: Field, number: Decimal, show: Any) -> Iterator[Problem]:
    if definition.min is not None and number < Decimal(str(definition.min)):
        words = _("“%(label)s” ít nhất là %(limit)s.") % {"label": definition.label, "limit": show(definition.min)}
        yield "", LimitMessage("min", words)
    elif definition.max is not None and number > Decimal(str(definition.max)):
        words = _("“%(label)s” nhiều nhất là %(limit)s.") % {"label": definition.label, "limit": show(definition.max)}
        yield "", LimitMessage("max", words)
    elif abs(number) > LARGEST:
        yield "", _("“%(label)s” quá lớn. Hãy xem lại số đã nhập.") % {"label": definition.label}


def _bounds(definition: Field) -> dict[str, Any]:
    least = 0 if definition.min is None else max(definition.min, -LARGEST)
    return {"minimum": least, "maximum": LARGEST if definition.max is None else min(definition.max, LARGEST)}


def grouped(number: int) -> str:
    """A whole number with the marks of the active language."""
    text = f"{number:,}"
    return text if is_english() else text.replace(",", ".")


class IntegerType(FieldType):
    """A whole number."""

    json_type = int

    def parse(self, definition: Field, typed: str) -> int:
        """``1200``, ``1.200``; thousands may be grouped."""
        text = clean_line(typed).replace(" ", "")
        sign = -1 if text.startswith("-") else 1
        try:
            return sign * money.parse_vnd(text.removeprefix("-"))
        except ValueError:
            raise NotReadableError(_("“%(label)s” phải là số nguyên, ví dụ 2.") % {"label": definition.label}) from None

    def judge(self, definition: Field, value: int, context: Context) -> Iterator[Problem]:
        """Smallest and largest number; never negative unless the form says so."""
        if value < 0 and definition.min is None:
            yield "", _("“%(label)s” không được là số âm.") % {"label": definition.label}
            return
        yield from _limits(definition, Decimal(value), lambda limit: grouped(int(limit)))

    def shown(self, definition: Field, value: int, context: Context) -> str:
        """With grouped thousands."""
        return grouped(value)

    def schema(self, definition: Field, scope: SchemaScope) -> dict[str, Any]:
        """An integer with its limits."""
        return {"type": "integer", **_bounds(definition)}


class MoneyType(IntegerType):
    """Whole đồng."""

    def parse(self, definition: Field, typed: str) -> int:
        """``8000``, ``8.000``, ``8.000 đ``."""
        try:
            return money.parse_vnd(clean_line(typed))
        except ValueError:
            raise NotReadableError(
                _("“%(label)s” phải là số tiền nguyên đồng, ví dụ 1.500.000.") % {"label": definition.label}
            ) from None

    def shown(self, definition: Field, value: int, context: Context) -> str:
        """As papers print it: ``8.000 đ``."""
        return money.format_vnd(value)

    def to_input(self, definition: Field, value: Any, context: Context) -> str:
        """With grouped thousands, as one checks it."""
        return f"{value:,}".replace(",", ".") if isinstance(value, int) else ""


class DecimalType(FieldType):
    """A decimal number, kept as text with a point."""

    def parse(self, definition: Field, typed: str) -> str:
        """``12,5`` or ``12.5``; thousands are not grouped."""
        text = clean_line(typed).replace(" ", "").replace(",", ".")
        if not _DECIMAL.fullmatch(text):
            raise NotReadableError(_("“%(label)s” phải là số, ví dụ 12,5.") % {"label": definition.label})
        return text

    def judge(self, definition: Field, value: str, context: Context) -> Iterator[Problem]:
        """Smallest and largest number."""
        number = Decimal(value) if _DECIMAL.fullmatch(value) else Decimal("NaN")
        if number.is_nan():
            yield "", _("“%(label)s” phải là số, ví dụ 12,5.") % {"label": definition.label}
        elif number < 0 and definition.min is None:
            yield "", _("“%(label)s” không được là số âm.") % {"label": definition.label}
        else:
            yield from _limits(definition, number, lambda limit: str(limit).replace(".", ","))

    def to_input(self, definition: Field, value: Any, context: Context) -> str:
        """With a decimal comma."""
        return "" if value is None else str(value).replace(".", ",")

    def shown(self, definition: Field, value: str, context: Context) -> str:
        """With the decimal mark of the language."""
        return value if is_english() else value.replace(".", ",")

    def schema(self, definition: Field, scope: SchemaScope) -> dict[str, Any]:
        """Text of figures with a point."""
        return {"type": "string", "pattern": decimals_between(definition.min, definition.max)}


NUMBER_TYPES: dict[str, FieldType] = {"integer": IntegerType(), "money": MoneyType(), "decimal": DecimalType()}
