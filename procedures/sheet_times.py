"""Times of a sheet beside the promised one: of each way of filing and of each case (thời hạn từng trường hợp)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from portal.core.durations import Duration
from portal.core.language import pair_text
from procedures.eforms import own_case
from procedures.facts import Facts


def of_way(sheet: Mapping[str, Any], channel: str) -> str:
    """The times of a way of filing in words, empty where it has none of its own."""
    found = [_words(way) for way in sheet.get("ways") or () if way.get("channel") == channel]
    return "; ".join(dict.fromkeys(filter(None, found)))


def cases(sheet: Mapping[str, Any], promised: Duration | None) -> list[tuple[str, str]]:
    """Each case with its time, where there are several or the only one has another time than is promised.

    Cases that are published under one name with several times tell a reader nothing about hers: they are left out.
    """
    rows = [(pair_text(case.get("name")), _words(case)) for case in sheet.get("subcases") or ()]
    rows = [row for row in dict.fromkeys(rows) if row[0]]
    if len(rows) > 1 and len({name for name, _time in rows}) == 1:
        return []
    if len(rows) == 1 and (not rows[0][1] or (promised is not None and rows[0][1] == promised.label())):
        return []
    return rows


def span(sheet: Mapping[str, Any]) -> str:
    """From the shortest to the longest time of the cases, empty where they do not differ."""
    times = {own_case.duration(case) for case in sheet.get("subcases") or ()} - {None}
    if len(times) < 2:
        return ""
    ordered = sorted((time for time in times if time is not None), key=lambda time: time.calendar_days)
    return _("từ %(least)s đến %(most)s tùy trường hợp") % {
        "least": ordered[0].label(),
        "most": ordered[-1].label(),
    }


def following(before: Facts, written: Facts) -> Facts:
    """What was written, the cases with the new promised time where before all of them had the one promised then.

    A procedure of one case says its time twice, and a changed one would be published beside the old. Cases that were
    written on, and those with times of their own, stay as they are.
    """
    old, new = _time(before.get("processing")), _time(written.get("processing"))
    rows = written.get("subcases") or []
    is_untouched = rows == (before.get("subcases") or []) and all(_time(row) == old for row in rows)
    if not rows or not is_untouched or old == new or None in (*old, *new):
        return written
    value, unit = new
    return {**written, "subcases": [{**row, "value": value, "unit": unit} for row in rows]}


def _time(row: Mapping[str, Any] | None) -> tuple[Any, Any]:
    return (row or {}).get("value"), (row or {}).get("unit")


def _words(row: Mapping[str, Any]) -> str:
    duration = own_case.duration(row)
    return duration.label() if duration else ""
