"""A time told row by row from an age on (quá trình từ khi đủ … tuổi): which months no row covers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from procedures.eforms.definition import WithoutGap
from procedures.eforms.types.dates import is_day, is_month

YEAR = 12
"""Months."""


def missing_months(rule: WithoutGap, rows: Any, answers: Mapping[str, Any], on: date) -> list[str]:
    """The times that no row covers, as ``12/2004`` or ``12/2004–4/2024``, in order.

    Nothing where no date of birth is known, or a row says no time that can be read: that has a message of its own.
    """
    born = next((answers[key] for key in rule.born if is_day(answers.get(key))), None)
    spans = [_span(rule, row, on) for row in rows] if isinstance(rows, list) else [None]
    if born is None or None in spans:
        return []
    today = _number(on.isoformat())
    wanted = _number(born) + rule.since_age * YEAR
    found = []
    for first, last in sorted(filter(None, spans)):
        if last < first:  # such a row has a message of its own and covers nothing
            continue
        found.append((wanted, min(first - 1, today)))
        wanted = max(wanted, last + 1)
    return [_words(first, last) for first, last in [*found, (wanted, today)] if first <= last]


def _span(rule: WithoutGap, row: Any, on: date) -> tuple[int, int] | None:
    if not isinstance(row, Mapping):
        return None
    first, last = row.get(rule.first), row.get(rule.last) or on.isoformat()[:7]
    return (_number(first), _number(last)) if is_month(first) and is_month(last) else None


def _number(iso: str) -> int:
    """A month as a number, so that the next one is one more."""
    return int(iso[:4]) * YEAR + int(iso[5:7]) - 1


def _words(first: int, last: int) -> str:
    names = [f"{number % YEAR + 1}/{number // YEAR}" for number in (first, last)]
    return names[0] if first == last else "–".join(names)
