"""Rows that a test of gathered writes sends."""

from portal.agencies.models import Agency, CalendarDay


def row(day: str, name: str = "Ngày nghỉ", agency: Agency | None = None) -> CalendarDay:
    return CalendarDay(day=day, kind="off", name=name, agency=agency)
