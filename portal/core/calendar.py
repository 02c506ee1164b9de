"""Working time (thời gian làm việc): the only place that turns a processing time into a due date.

Rules, after the one-stop decree NĐ 118/2025/NĐ-CP and the practice of the desks:

- a working day is Monday to Friday except days off, and Saturday where the agency counts it; calendar rows move
  single days;
- what arrives on a day off, after closing or after the procedure's cut-off counts from the next opening;
- counting starts the working day after receipt; same-day procedures count on the day itself;
- a due date in days, months or years that falls on a day off moves to the next working day;
- a due date in days ends when the office closes; hours are office hours unless the text means the clock.
"""

from __future__ import annotations

import calendar as gregorian
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.core.durations import Duration, DurationUnit
from portal.core.holidays import (
    FIRST_YEAR,
    LAST_YEAR,
    CalendarDay,
    DayKind,
    national_days_off,
)

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
OfficeHours = tuple[tuple[time, time], ...]

MORNING_AND_AFTERNOON: OfficeHours = (
    (time(7, 30), time(11, 30)),
    (time(13, 0), time(17, 0)),
)
"""The commoner of the two default office hours; eight hours, as both are."""

SATURDAY = 5
_DAY = timedelta(days=1)
_LONGEST_REST = 60
"""No rest lasts sixty days: a calendar that says so is wrong and must not loop for ever."""


class CalendarError(ValueError):
    """The calendar itself is wrong: no office hours, hours that overlap, or no working day in sight."""


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(VIETNAM)


def _whole_number(value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("a whole number, zero or more, is needed")
    return value


def are_in_order(hours: OfficeHours) -> bool:
    """Whether spans of one day follow one another, without touching."""
    edges = [edge for span in hours for edge in span]
    return all(early < late for early, late in zip(edges, edges[1:], strict=False))


SHORTEST_STOP = timedelta(hours=1)
"""Office time for which a clock that counts days has to stand still to move a day (ours; docs/assumptions.md)."""


@dataclass(frozen=True)
class WorkCalendar:
    """The working calendar (lịch làm việc) of an agency.

    ``office_hours`` are the same on each working day but Saturday, which is worked in ``saturday_hours`` where there
    are any; ``days`` holds the dates that differ from the ordinary week. A day worked instead is a whole day.
    """

    office_hours: OfficeHours = MORNING_AND_AFTERNOON
    weekly_days_off: frozenset[int] = frozenset({5, 6})
    saturday_hours: OfficeHours = ()
    days: Mapping[date, CalendarDay] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.office_hours or not all(map(are_in_order, (self.office_hours, self.saturday_hours))):
            raise CalendarError("office hours are one or more spans in order that do not touch or overlap")
        if len(self.weekly_days_off) > 6 or not self.weekly_days_off <= set(range(7)):
            raise CalendarError("weekly days off are numbers from 0 (Monday) to 6, and leave at least one day")

    @classmethod
    def national(
        cls,
        extra: Iterable[CalendarDay] = (),
        *,
        office_hours: OfficeHours = MORNING_AND_AFTERNOON,
        weekly_days_off: frozenset[int] = frozenset({5, 6}),
        saturday_hours: OfficeHours = (),
        years: Iterable[int] = range(FIRST_YEAR, LAST_YEAR + 1),
    ) -> WorkCalendar:
        """The calendar of the law for ``years`` with the rows in ``extra`` on top; for one date the last row wins."""
        days = {row.day: row for year in years for row in national_days_off(year)}
        days.update((row.day, row) for row in extra)
        return cls(office_hours=office_hours, weekly_days_off=weekly_days_off, saturday_hours=saturday_hours, days=days)

    def of_applicants(self) -> WorkCalendar:
        """The same for limits of who applies: no office shortens them by working on a Saturday."""
        return replace(self, saturday_hours=()) if self.saturday_hours else self

    # Days

    def is_working_day(self, day: date) -> bool:
        """Whether the office works on this date."""
        row = self.days.get(day)
        if row is not None:
            return row.kind is DayKind.WORKED
        return day.weekday() not in self.weekly_days_off or self._is_ordinary_saturday(day)

    def _is_ordinary_saturday(self, day: date) -> bool:
        return bool(self.saturday_hours) and day.weekday() == SATURDAY and day not in self.days

    def next_working_day(self, day: date) -> date:
        """The first working day after this date."""
        return self.this_or_next_working_day(day + _DAY)

    def this_or_next_working_day(self, day: date) -> date:
        """The date itself when it is a working day, else the first one after it."""
        for _ in range(_LONGEST_REST):
            if self.is_working_day(day):
                return day
            day += _DAY
        raise CalendarError("sixty days without a working day: the calendar rows are wrong")

    def add_working_days(self, day: date, count: int) -> date:
        """The ``count``-th working day after this date; with 0, the date itself."""
        for _ in range(_whole_number(count)):
            day = self.next_working_day(day)
        return day

    # Office hours

    def hours_of(self, day: date) -> OfficeHours:
        """When the office is open on a day on which it works."""
        return self.saturday_hours if self._is_ordinary_saturday(day) else self.office_hours

    def opening(self, day: date) -> datetime:
        """When the office opens on this date."""
        return datetime.combine(day, self.hours_of(day)[0][0], VIETNAM)

    def closing(self, day: date) -> datetime:
        """When the office closes on this date."""
        return datetime.combine(day, self.hours_of(day)[-1][1], VIETNAM)

    def is_open(self, moment: datetime) -> bool:
        """Whether the office is open at this moment."""
        local = _aware(moment)
        return self.is_working_day(local.date()) and any(
            start <= local.time() < end for start, end in self.hours_of(local.date())
        )

    def add_working_hours(self, moment: datetime, hours: int) -> datetime:
        """The moment when ``hours`` office hours have passed; ends at closing rather than at the next opening."""
        return self.add_working_time(moment, timedelta(hours=_whole_number(hours)))

    def add_working_time(self, moment: datetime, amount: timedelta) -> datetime:
        """The moment when ``amount`` of office time has passed; with nothing to add, the moment itself."""
        if amount < timedelta(0):
            raise ValueError("office time is added, not taken away")
        local = _aware(moment)
        if not amount:
            return local
        day = self.this_or_next_working_day(local.date())
        while True:
            for start, end in self._spans(day):
                begin = max(start, local)
                if begin >= end:
                    continue
                if amount <= end - begin:
                    return begin + amount
                amount -= end - begin
            day = self.next_working_day(day)

    def working_seconds_between(self, start: datetime, end: datetime) -> int:
        """Office time between two moments, in whole seconds; negative when ``end`` is the earlier one."""
        if end < start:
            return -self.working_seconds_between(end, start)
        first, last = _aware(start), _aware(end)
        seconds = 0
        day = first.date()
        while day <= last.date():
            if self.is_working_day(day):
                for opens, closes in self._spans(day):
                    seconds += max(
                        0,
                        _whole_seconds(min(closes, last)) - _whole_seconds(max(opens, first)),
                    )
            day += _DAY
        return seconds

    def _spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        for start, end in self.hours_of(day):
            yield (
                datetime.combine(day, start, VIETNAM),
                datetime.combine(day, end, VIETNAM),
            )

    # Due dates

    def counted_from(self, received_at: datetime, cutoff: time | None = None) -> datetime:
        """From when a filing counts as received (thời điểm tính tiếp nhận); the portal itself takes it at any hour.

        At once in office hours; from the opening when it came before; from the opening of the next working day when it
        came on a day off, at or after closing, or at or after the procedure's ``cutoff``.
        """
        local = _aware(received_at)
        day = local.date()
        if (
            not self.is_working_day(day)
            or local >= self.closing(day)
            or (cutoff is not None and local.time() >= cutoff)
        ):
            return self.opening(self.next_working_day(day))
        return max(local, self.opening(day))

    def due_at(self, received_at: datetime, duration: Duration, cutoff: time | None = None) -> datetime:
        """The due date (ngày hẹn trả kết quả) of what was received at this moment."""
        start = self.counted_from(received_at, cutoff)
        match duration.unit:
            case DurationUnit.HOUR:
                return self.add_working_hours(start, duration.value)
            case DurationUnit.CLOCK_HOUR:
                # The clock does not wait for the office: the notice of overnight stay is due at night too.
                return _aware(received_at) + timedelta(hours=duration.value)
        return self.closing(self._due_on(start.date(), duration))

    def _due_on(self, day: date, duration: Duration) -> date:
        match duration.unit:
            case DurationUnit.SAME_WORKING_DAY:
                return day
            case DurationUnit.WORKING_DAY:
                return self.add_working_days(day, duration.value)
        return self.this_or_next_working_day(self.period_end(day, duration))

    def period_end(self, day: date, duration: Duration) -> date:
        """The date on which a time limit in days, months or years ends by the calendar on the wall.

        Civil Code 2015 (91/2015/QH13) articles 147 and 148. Raises ValueError for other units.
        """
        match duration.unit:
            case DurationUnit.DAY:
                return day + _DAY * duration.value
            case DurationUnit.MONTH:
                return _months_later(day, duration.value)
            case DurationUnit.YEAR:
                return _months_later(day, 12 * duration.value)
        raise ValueError("only days, months and years end by the calendar on the wall")

    def resumed_due_at(
        self, due_at: datetime, stopped_at: datetime, resumed_at: datetime, *, ends_a_day: bool = False
    ) -> datetime:
        """The due date after the clock stood still (tạm dừng tính thời hạn), moved by the office time of the stop.

        A due date at closing time stays at closing time: a part of a day counts as the whole day, once. So does one
        that `ends_a_day` whenever the office closed when it was reckoned; a stop of less than SHORTEST_STOP that is
        over before it leaves it, as when a fee is asked for and paid at the counter.
        """
        waited = self.working_seconds_between(stopped_at, resumed_at)
        if waited < 0:
            raise ValueError("the clock resumes after it stops")
        due = _aware(due_at)
        at_closing = ends_a_day or due == self.closing(due.date())
        if at_closing and waited < SHORTEST_STOP.total_seconds() and resumed_at <= due:
            return due
        moved = self.add_working_time(due, timedelta(seconds=waited))
        return self.closing(moved.date()) if at_closing else moved


def _months_later(day: date, count: int) -> date:
    years, month = divmod(day.month - 1 + count, 12)
    year = day.year + years
    if year > 9999:
        raise ValueError("a due date beyond the year 9999")
    return date(year, month + 1, min(day.day, gregorian.monthrange(year, month + 1)[1]))


def _whole_seconds(moment: datetime) -> int:
    # Vietnam keeps one offset all year, so the wall clock of a day has no gaps.
    return int(moment.timestamp())
