"""Due dates and clock stops of a dossier (thời hạn giải quyết); pure but for the calendar it is given."""

from datetime import datetime, time, timedelta
from functools import cache
from typing import Protocol

from django.utils.translation import gettext

from portal.core import due_date_steps
from portal.core.calendar import WorkCalendar
from portal.core.due_date_steps import Step
from portal.core.durations import Duration, DurationUnit

INTAKE_HOURS = 8
"""Working hours within which the desk accepts, refuses or asks for a supplement (NĐ 118/2025/NĐ-CP)."""
DEFAULT_SUPPLEMENT_DAYS = 15


class TimedVersion(Protocol):
    """What a procedure version says about time; processing_value is None where the law sets no limit."""

    @property
    def processing_value(self) -> int | None: ...
    @property
    def processing_unit(self) -> str: ...
    @property
    def intake_cutoff(self) -> time | None: ...
    @property
    def supplement_rule(self) -> str: ...
    @property
    def supplement_days(self) -> int: ...


def intake_due_at(calendar: WorkCalendar, submitted_at: datetime) -> datetime:
    """The moment by which the desk has to answer a filing."""
    return calendar.add_working_hours(calendar.counted_from(submitted_at), INTAKE_HOURS)


def due_at(calendar: WorkCalendar, version: TimedVersion | None, accepted_at: datetime) -> datetime | None:
    """The appointment (ngày hẹn trả); None when the procedure has no time limit."""
    duration = _duration(version)
    if version is None or duration is None:
        return None
    return calendar.due_at(accepted_at, duration, version.intake_cutoff)


def explain(calendar: WorkCalendar, version: TimedVersion | None, accepted_at: datetime) -> list[Step]:
    """The due date line by line."""
    duration = _duration(version)
    if version is None or duration is None:
        return []
    return due_date_steps.explain(calendar, accepted_at, duration, version.intake_cutoff)


def resumed_due_at(
    calendar: WorkCalendar,
    version: TimedVersion | None,
    *,
    due: datetime | None,
    stopped_at: datetime,
    resumed_at: datetime,
    after_supplement: bool,
) -> datetime | None:
    """The due date after the clock stood still: restarted from zero or moved by the pause, as the procedure says.

    Texts of law differ, so the effect of a supplement is a field of the procedure (`restart`, `pause`, `not_allowed`).
    """
    if due is None:
        return None
    resumed_at = max(resumed_at, stopped_at)
    if after_supplement and restarts(version) and version is not None:
        return due_at(calendar, version, resumed_at)
    duration = _duration(version)
    ends_a_day = duration is not None and duration.unit not in {DurationUnit.HOUR, DurationUnit.CLOCK_HOUR}
    return calendar.resumed_due_at(due, stopped_at, resumed_at, ends_a_day=ends_a_day)


def restarts(version: TimedVersion | None) -> bool:
    """Whether the time limit starts from zero when the missing papers arrive (tính lại từ đầu)."""
    return version is not None and version.supplement_rule == "restart"


def supplement_due_at(calendar: WorkCalendar, version: TimedVersion | None, requested_at: datetime) -> datetime:
    """The end of the day by which the citizen has to answer a supplement request."""
    days = version.supplement_days if version is not None else DEFAULT_SUPPLEMENT_DAYS
    return calendar.of_applicants().due_at(requested_at, Duration(max(days, 1), DurationUnit.WORKING_DAY))


def remaining_working_days(calendar: WorkCalendar, now: datetime, due: datetime) -> int:
    """Whole working days left (negative when late), for queues: "còn 2 ngày làm việc"."""
    today, last = calendar.counted_from(now).date(), due.date()
    step = 1 if last >= today else -1
    count, day = 0, today
    while day != last and abs(count) < 400:
        day += timedelta(days=step)
        count += step if calendar.is_working_day(day) else 0
    return count


def _duration(version: TimedVersion | None) -> Duration | None:
    if version is None or version.processing_unit in {"", "none"} or not version.processing_value:
        return None
    return _of(version.processing_value, version.processing_unit)


@cache
def _of(value: int, unit: str) -> Duration:
    """Made and checked once for each that there is: hundreds of filings of one procedure are accepted at once."""
    return Duration(value, DurationUnit(unit))


def duration_in_words(version: TimedVersion | None) -> str:
    """The processing time as people read it; says so where none is set."""
    duration = _duration(version)
    return duration.label() if duration is not None else gettext("Không quy định")
