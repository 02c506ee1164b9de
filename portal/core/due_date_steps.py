"""A due date line by line (cách tính ngày hẹn trả): what a citizen or an official reads when they ask why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext

from portal.core.calendar import WorkCalendar
from portal.core.durations import Duration, DurationUnit
from portal.core.holidays import DayKind

_IN_HOURS = frozenset({DurationUnit.HOUR, DurationUnit.CLOCK_HOUR})
_IN_WORKING_DAYS = frozenset({DurationUnit.SAME_WORKING_DAY, DurationUnit.WORKING_DAY})


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the explanation of a due date: what happened, on which day, in the reader's language."""

    rule: str
    day: date
    text: str


def explain(
    calendar: WorkCalendar, received_at: datetime, duration: Duration, cutoff: time | None = None
) -> list[Step]:
    """The due date of :meth:`WorkCalendar.due_at` line by line; the last step is the due date itself."""
    start = calendar.counted_from(received_at, cutoff)
    received = received_at.astimezone(start.tzinfo)
    due = calendar.due_at(received_at, duration, cutoff)
    steps = [Step("received", received.date(), gettext("Nộp lúc %(moment)s.") % {"moment": _moment(received)})]
    if start > received and duration.unit is not DurationUnit.CLOCK_HOUR:
        steps.append(Step("counted_from", start.date(), _why_later(calendar, received, start, cutoff)))
    if duration.unit in _IN_WORKING_DAYS:
        steps += _working_days(calendar, start.date(), duration, due.date())
    elif duration.unit not in _IN_HOURS:
        steps += _period(calendar, start.date(), duration, due.date())
    names = {"moment": _moment(due), "duration": duration.label()}
    return [*steps, Step("due", due.date(), gettext("Hạn trả kết quả: %(moment)s (%(duration)s).") % names)]


def _why_later(calendar: WorkCalendar, received: datetime, start: datetime, cutoff: time | None) -> str:
    day = received.date()
    names = {"moment": _moment(start), "day": _day(day), "reason": _why_off(calendar, day)}
    if not calendar.is_working_day(day):
        return gettext("%(day)s là ngày nghỉ (%(reason)s), nên hồ sơ tính từ %(moment)s.") % names
    if start.date() == day:
        return gettext("Nộp trước giờ làm việc, nên hồ sơ tính từ %(moment)s.") % names
    if cutoff is not None and received < calendar.closing(day):
        names["cutoff"] = f"{cutoff:%H:%M}"
        return gettext("Nộp từ %(cutoff)s trở đi, nên hồ sơ tính từ %(moment)s.") % names
    return gettext("Nộp sau giờ làm việc, nên hồ sơ tính từ %(moment)s.") % names


def _working_days(calendar: WorkCalendar, first: date, duration: Duration, due_on: date) -> Iterator[Step]:
    same_day = duration.unit is DurationUnit.SAME_WORKING_DAY
    number = 0
    for offset in range(0 if same_day else 1, (due_on - first).days + 1):
        day = first + timedelta(days=offset)
        if calendar.is_working_day(day):
            number += 1
            text = gettext("%(day)s: ngày làm việc thứ %(number)d.") % {"day": _day(day), "number": number}
            yield Step("working_day", day, text)
        else:
            names = {"day": _day(day), "reason": _why_off(calendar, day)}
            yield Step("day_off", day, gettext("%(day)s: nghỉ (%(reason)s), không tính.") % names)


def _period(calendar: WorkCalendar, first: date, duration: Duration, due_on: date) -> Iterator[Step]:
    end = calendar.period_end(first, duration)
    names = {"duration": duration.label(), "end": _day(end), "reason": _why_off(calendar, end), "day": _day(due_on)}
    yield Step("period_ends", end, gettext("%(duration)s kết thúc %(end)s.") % names)
    if end != due_on:
        text = gettext("%(end)s là ngày nghỉ (%(reason)s), nên hạn chuyển sang %(day)s.") % names
        yield Step("moved", due_on, text)


def _why_off(calendar: WorkCalendar, day: date) -> str:
    row = calendar.days.get(day)
    if row is not None and row.kind is DayKind.OFF:
        return gettext(row.name) if row.name else gettext("ngày nghỉ")
    return gettext("nghỉ hằng tuần")


def _day(day: date) -> str:
    names = (
        gettext("Thứ Hai"),
        gettext("Thứ Ba"),
        gettext("Thứ Tư"),
        gettext("Thứ Năm"),
        gettext("Thứ Sáu"),
        gettext("Thứ Bảy"),
        gettext("Chủ nhật"),
    )
    return f"{names[day.weekday()]} {day:%d/%m/%Y}"


def _moment(moment: datetime) -> str:
    return f"{moment:%H:%M}, {_day(moment.date())}"
