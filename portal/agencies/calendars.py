"""The working calendar of an agency, from its office hours and the calendar rows (lịch làm việc)."""

import time as clock
from datetime import time

from django.conf import settings
from django.db.models import Q

from portal.agencies.models import Agency, CalendarDay
from portal.core import holidays
from portal.core.calendar import MORNING_AND_AFTERNOON, OfficeHours, WorkCalendar

_known: dict[int, tuple[float, WorkCalendar]] = {}
"""Calendars by agency, with the moment until which each is good: they change a few times a year and are asked for at
every acceptance, so each process keeps its own instead of fetching some ten kilobytes each time."""


def work_calendar(agency: Agency) -> WorkCalendar:
    """Return the agency's calendar: the law's days off, the rows for the whole country, then its own rows on top."""
    known = _known.get(agency.pk)
    if known is not None and clock.monotonic() < known[0]:
        return known[1]
    rows = CalendarDay.objects.filter(Q(agency__isnull=True) | Q(agency=agency)).order_by("agency_id")
    extra = [
        holidays.CalendarDay(day=row.day, kind=holidays.DayKind(row.kind), name=row.name, source=row.source)
        for row in sorted(rows, key=lambda row: row.agency_id is not None)
    ]
    calendar = WorkCalendar.national(extra, office_hours=_office_hours(agency))
    _known[agency.pk] = (clock.monotonic() + settings.CALENDAR_KEPT_SECONDS, calendar)
    return calendar


def _office_hours(agency: Agency) -> OfficeHours:
    if not agency.office_hours:
        return MORNING_AND_AFTERNOON
    return tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in agency.office_hours)
