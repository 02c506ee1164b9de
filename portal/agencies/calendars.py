"""The working calendar of an agency, from its office hours and the calendar rows (lịch làm việc)."""

from datetime import time

from django.core.cache import cache
from django.db.models import Q

from portal.agencies.models import Agency, CalendarDay
from portal.core import holidays
from portal.core.calendar import MORNING_AND_AFTERNOON, OfficeHours, WorkCalendar

CACHE_SECONDS = 300


def work_calendar(agency: Agency) -> WorkCalendar:
    """Return the agency's calendar: the law's days off, the rows for the whole country, then its own rows on top."""
    key = f"agencies:calendar:{agency.pk}"
    cached = cache.get(key)
    if isinstance(cached, WorkCalendar):
        return cached
    rows = CalendarDay.objects.filter(Q(agency__isnull=True) | Q(agency=agency)).order_by("agency_id")
    extra = [
        holidays.CalendarDay(day=row.day, kind=holidays.DayKind(row.kind), name=row.name, source=row.source)
        for row in sorted(rows, key=lambda row: row.agency_id is not None)
    ]
    calendar = WorkCalendar.national(extra, office_hours=_office_hours(agency))
    cache.set(key, calendar, CACHE_SECONDS)
    return calendar


def _office_hours(agency: Agency) -> OfficeHours:
    if not agency.office_hours:
        return MORNING_AND_AFTERNOON
    return tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in agency.office_hours)
