"""Values that the portal reckons so that nobody types them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from portal.core import money, words
from procedures.eforms.definition import Computation


def compute(computation: Computation, answers: Mapping[str, Any]) -> Any:
    """The value of a computed field, or None while what it is reckoned from is missing."""
    value = answers.get(computation.of)
    if computation.function == "count":
        return len(value) if isinstance(value, list) else 0
    if computation.function == "percent":
        try:
            return (
                None
                if value is None or isinstance(value, bool)
                else money.percent_of(int(Decimal(str(value))), computation.percent)
            )
        except InvalidOperation:
            return None
    try:
        return words.date_in_words(date.fromisoformat(str(value)))
    except ValueError:
        return None
