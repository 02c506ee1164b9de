"""The working calendar of an agency, from its office hours and the calendar rows (lịch làm việc)."""

import time as clock
from datetime import datetime, time

from django.conf import settings
from django.db.models import Q, QuerySet

from portal.agencies.models import Agency, CalendarDay
from portal.core import holidays
from portal.core.calendar import MORNING_AND_AFTERNOON, OfficeHours, WorkCalendar

NOON = time(12)
COLUMNS = ("code", "path", "office_hours", "works_on_saturday", "counts_saturday")
"""What of an agency its calendar is made from: a list that reads some columns only reads these."""

_known: dict[int, tuple[float, WorkCalendar]] = {}
"""Calendars by agency, with the moment when each was made: they change a few times a year and are asked for at every
acceptance, so each process keeps its own instead of fetching some ten kilobytes each time."""


def work_calendar(agency: Agency) -> WorkCalendar:
    """Return the agency's calendar: the law's days off, the country's rows, those of agencies above it, then its own.

    What a province swaps holds in its communes unless their own row says otherwise (docs/assumptions.md).
    """
    known = _known.get(agency.pk)
    if known is not None and clock.monotonic() - known[0] < settings.CALENDAR_KEPT_SECONDS:
        return known[1]
    calendar = _made(agency, _rows(agency))
    _known[agency.pk] = (clock.monotonic(), calendar)
    return calendar


def calendar_known_at(agency: Agency, moment: datetime) -> WorkCalendar:
    """The calendar without the days that were noted after a moment; what was changed or deleted since is not known."""
    return _made(agency, _rows(agency).filter(Q(noted_at__isnull=True) | Q(noted_at__lte=moment)))


def _rows(agency: Agency) -> QuerySet[CalendarDay]:
    rows = CalendarDay.objects.filter(Q(agency__isnull=True) | Q(agency__code__in=agency.line_codes))
    return rows.select_related("agency")


def _made(agency: Agency, rows: QuerySet[CalendarDay]) -> WorkCalendar:
    line = {code: depth for depth, code in enumerate(agency.line_codes)}
    extra = [
        holidays.CalendarDay(day=row.day, kind=holidays.DayKind(row.kind), name=row.name, source=row.source)
        for row in sorted(rows, key=lambda row: line[row.agency.code] if row.agency else -1)
    ]
    hours = office_hours(agency)
    saturday = morning_of(hours) if agency.works_on_saturday and agency.counts_saturday else ()
    return WorkCalendar.national(extra, office_hours=hours, saturday_hours=saturday)


def forget() -> None:
    """What this process knows is out of date."""
    _known.clear()


def office_hours(agency: Agency) -> OfficeHours:
    """Its own hours, else the default ones."""
    if not agency.office_hours:
        return MORNING_AND_AFTERNOON
    return tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in agency.office_hours)


def morning_of(hours: OfficeHours) -> OfficeHours:
    """What of a working day is worked on a Saturday: all of it before noon."""
    return tuple((start, min(end, NOON)) for start, end in hours if start < NOON)
