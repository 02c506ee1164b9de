"""Published processing times: a value and a unit where the ways of filing agree on one, and always the words."""

from __future__ import annotations

import math
import re
from typing import Any

from portal.core.durations import MOST, Duration, DurationUnit
from procedures.national.checking import Flaws, block, line, quick_fold

UNITS = {
    "WORKING_DAY": DurationUnit.WORKING_DAY,
    "DAY": DurationUnit.DAY,
    "HOUR": DurationUnit.HOUR,
    "MONTH": DurationUnit.MONTH,
    "YEAR": DurationUnit.YEAR,
}
_NAMED = {
    "NGAY_LAM_VIEC": "WORKING_DAY",
    "NGAY": "DAY",
    "GIO": "HOUR",
    "GIO_LAM_VIEC": "HOUR",
    "THANG": "MONTH",
    "NAM": "YEAR",
}
WEEKS = frozenset({"WEEK", "TUAN"})
DAYS_OF_A_WEEK = 7
"""A week is seven days one after the other (BLDS 2015 art. 146)."""
IN_WORDS = frozenset({"OTHER", ""})
"""Units with which the real time stands in the text."""
OFFICE_HOURS = 8
_RANGE = re.compile(r"[0-9][0-9\s.,\N{HYPHEN-MINUS}\N{EN DASH}/]*")
"""Figures that are no one number, such as “15-20”."""
_TOLD = re.compile(r"(\d{1,4})\s*(?:\([^()]*\)\s*)?(ngay(?: lam viec)?|thang|gio|nam)\b")
"""Times that a description tells, each with its unit."""


def read(
    methods: list[dict[str, Any]], flaws: Flaws, cases: list[dict[str, Any]] | None = None
) -> tuple[Duration | None, str]:
    """The time to promise, the longest where ways of filing differ, and what is published of each in words.

    Where no way of filing has one, it is the longest of the cases'.
    """
    durations: list[Duration] = []
    words: list[str] = []
    for method in methods:
        text = block(method, "description", flaws)
        duration = _as_told(_duration(method.get("time"), method.get("time_unit"), flaws), text, flaws)
        if duration:
            durations.append(duration)
        if not duration:
            text = "\n".join(part for part in (_in_words(method, flaws), text) if part)
        told = ": ".join(part for part in (duration.label() if duration else "", text) if part)
        if told and told not in words:
            words.append(told)
    if len(set(durations)) > 1:
        flaws.note("methods.time", "các cách nộp ghi thời hạn khác nhau, hiển thị thời hạn dài nhất")
    if not durations:
        durations = [found for case in cases or () if (found := of_case(case, flaws))]
        if len(set(durations)) > 1:
            flaws.note("subcases.time", "các trường hợp ghi thời hạn khác nhau, hiển thị thời hạn dài nhất")
    longest = max(durations, key=lambda each: each.calendar_days, default=None)
    return longest, "\n".join(words)


def of_way(method: dict[str, Any], flaws: Flaws) -> Duration | None:
    """The time of one way of filing, or None where it has none in figures."""
    text = block(method, "description", flaws)
    return _as_told(_duration(method.get("time"), method.get("time_unit"), flaws), text, flaws)


def of_case(case: dict[str, Any], flaws: Flaws) -> Duration | None:
    """The time of one case (trường hợp giải quyết), or None where it has none in figures."""
    return _duration(case.get("time"), case.get("time_unit"), flaws)


def as_kept(duration: Duration | None) -> dict[str, Any]:
    """A time as the sheet keeps it: ``{"value": 5, "unit": "working_day"}``, or nothing."""
    return {"value": duration.value, "unit": duration.unit.value} if duration else {}


def _as_told(duration: Duration | None, text: str, flaws: Flaws) -> Duration | None:
    """Days are working days where the words beside them, which follow the law, call just so many days that.

    The other way round nothing is certain: many write “ngày” for short.
    """
    if duration is None or duration.unit is not DurationUnit.DAY:
        return duration
    told = {(int(number), unit) for number, unit in _TOLD.findall(quick_fold(text[:2_000]))}
    if told != {(duration.value, "ngay lam viec")}:
        return duration
    flaws.note("methods.time_unit", "ghi là ngày nhưng lời mô tả là ngày làm việc, theo lời mô tả")
    return Duration(duration.value, DurationUnit.WORKING_DAY)


def _in_words(method: dict[str, Any], flaws: Flaws) -> str:
    """A time that is no whole number of a known unit, as it was published."""
    value, unit = method.get("time"), method.get("time_unit")
    if isinstance(value, str):
        told, name = line(method, "time", flaws, limit=4_000), _name_of(unit)
        return f"{told} {name}" if name and _RANGE.fullmatch(told) else told
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= MOST:
        return ""
    known = _unit(unit)
    if known is not None and value != int(value):
        return f"{value:g} {_name_of(unit)}".replace(".", ",")
    if isinstance(unit, str) and not _is_known(unit):
        return f"{value:g} {line(method, 'time_unit', flaws, limit=40)}"
    return ""


def _name_of(unit: Any) -> str:
    """The published unit in words, as behind a number; empty for one that nobody knows."""
    if _is_week(unit):
        return "tuần"
    known = _unit(unit)
    return Duration(2, known).label().removeprefix("2").strip() if known is not None else ""


def _written(unit: str) -> str:
    return "_".join(quick_fold(unit[:40]).upper().split())


def _is_week(unit: Any) -> bool:
    return isinstance(unit, str) and _written(unit) in WEEKS


def _unit(unit: Any) -> DurationUnit | None:
    """A unit however it is written: ``DAY``, ``day``, ``Ngày làm việc``; weeks are days."""
    if not isinstance(unit, str):
        return None
    written = _written(unit)
    if written in WEEKS:
        return DurationUnit.DAY
    return UNITS.get(written) or UNITS.get(_NAMED.get(written, ""))


def _is_known(unit: Any) -> bool:
    return unit is None or (isinstance(unit, str) and (_unit(unit) is not None or unit.strip().upper() in IN_WORDS))


def _duration(value: Any, unit: Any, flaws: Flaws) -> Duration | None:
    """A time limit; None for 0, for words, and for OTHER, whose real value stands in the text."""
    known = _unit(unit)
    if isinstance(value, bool | list | dict):
        flaws.note("methods.time", f"thời hạn không phải số ({type(value).__name__}), bỏ qua")
        return None
    if isinstance(value, str):
        text = value.strip().replace(",", ".")
        try:
            value = float(text) if len(text) < 10 else None
        except ValueError:
            value = None
        if value is None and known is not None and _RANGE.fullmatch(text):
            flaws.note("methods.time", f"thời hạn “{text[:40]}” không phải một số, giữ lời")
    if isinstance(value, int | float) and _is_week(unit) and value == value // 1:
        value *= DAYS_OF_A_WEEK
    if value and not _is_known(unit):
        flaws.note("methods.time_unit", f"đơn vị “{str(unit)[:40]}” không biết, giữ lời")
    if known is None or not isinstance(value, int | float):
        return None
    if not math.isfinite(value):
        flaws.note("methods.time", "thời hạn vô hạn, bỏ qua")
        return None
    if value <= 0:
        if value < 0:
            flaws.note("methods.time", "thời hạn âm, bỏ qua")
        return None
    if value != int(value):
        hours = value * OFFICE_HOURS
        if known is DurationUnit.WORKING_DAY and hours == int(hours) and hours <= MOST:
            return Duration(int(hours), DurationUnit.HOUR)
        flaws.note("methods.time", f"{value:g} không phải số nguyên, giữ lời")
        return None
    if value > MOST:
        flaws.note("methods.time", "thời hạn quá lớn, bỏ qua")
        return None
    return Duration(int(value), known)
