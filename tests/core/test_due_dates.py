"""From the moment of filing to the due date, with the law's days off, and the reasons line by line."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.calendar import VIETNAM, CalendarError, WorkCalendar
from portal.core.due_date_steps import explain
from portal.core.durations import Duration, DurationUnit
from portal.core.holidays import CalendarDay, DayKind

U = DurationUnit
CALENDAR = WorkCalendar.national()
WITH_SATURDAYS = WorkCalendar.national(saturday_hours=((time(7, 30), time(11, 30)),))
NINE_TO_FIVE = ((time(7, 0), time(11, 30)), (time(13, 30), time(17, 0)))


def at(day, clock="09:00"):
    return datetime.combine(
        date(2026, day[1], day[0]) if len(day) == 2 else date(day[2], day[1], day[0]),
        time.fromisoformat(clock),
        VIETNAM,
    )


def due(received, duration, cutoff=None):
    return CALENDAR.due_at(received, Duration.parse(duration), time.fromisoformat(cutoff) if cutoff else None)


@pytest.mark.parametrize(
    ("received", "duration", "cutoff", "expected"),
    [
        # 24/11/2026 is Vietnam Culture Day.
        (at((20, 11)), "3 ngày làm việc", None, at((26, 11), "17:00")),
        # Birth registration on Friday at four, cut-off at three.
        (at((20, 11), "16:00"), "trong ngày", "15:00", at((23, 11), "17:00")),
        (at((20, 11), "14:59"), "trong ngày", "15:00", at((20, 11), "17:00")),
        # Ten days end on Sunday 22/11.
        (at((12, 11)), "10 ngày", None, at((23, 11), "17:00")),
        # Filed on Saturday.
        (at((21, 11)), "1 ngày làm việc", None, at((25, 11), "17:00")),
        # Three working days from Monday is Thursday.
        (at((9, 11)), "3 ngày làm việc", None, at((12, 11), "17:00")),
        # Late in the evening, and before the office opens.
        (at((9, 11), "22:15"), "1 ngày làm việc", None, at((11, 11), "17:00")),
        (at((9, 11), "05:00"), "1 ngày làm việc", None, at((10, 11), "17:00")),
        # A worked Saturday counts, its Monday off does not.
        (at((21, 8)), "1 ngày làm việc", None, at((22, 8), "17:00")),
        (at((28, 8)), "1 ngày làm việc", None, at((3, 9), "17:00")),
        # Months and years keep the day of the month or take the last one.
        (at((31, 1, 2028)), "1 tháng", None, at((29, 2, 2028), "17:00")),
        (at((30, 10)), "1 tháng", None, at((30, 11), "17:00")),
        (at((16, 11)), "1 năm", None, at((16, 11, 2027), "17:00")),
        # Eight office hours of an eight-hour day.
        (at((9, 11), "07:30"), "8 giờ", None, at((9, 11), "17:00")),
        (at((9, 11), "10:00"), "8 giờ", None, at((10, 11), "10:00")),
        (at((20, 11), "16:00"), "2 giờ", None, at((23, 11), "08:30")),
        (at((20, 11), "11:30"), "1 giờ", None, at((20, 11), "14:00")),
        # A clock hour does not wait for the office.
        (at((21, 11), "23:30"), "1 giờ đồng hồ", None, at((22, 11), "00:30")),
    ],
)
def test_due_dates(received, duration, cutoff, expected):
    assert due(received, duration, cutoff) == expected


def test_exactly_at_closing_counts_from_the_next_day():
    assert CALENDAR.counted_from(at((9, 11), "17:00")) == at((10, 11), "07:30")
    assert CALENDAR.counted_from(at((9, 11), "16:59")) == at((9, 11), "16:59")


def test_the_lunch_break_is_still_the_same_day():
    assert CALENDAR.counted_from(at((9, 11), "12:15")) == at((9, 11), "12:15")


def test_each_agency_has_its_own_hours_and_days_off():
    agency = WorkCalendar.national(
        [CalendarDay(date(2026, 11, 11), DayKind.OFF, "Bão số 13", "Công điện")],
        office_hours=NINE_TO_FIVE,
    )
    assert agency.due_at(at((10, 11), "06:00"), Duration(1, U.WORKING_DAY)) == at((12, 11), "17:00")
    assert agency.counted_from(at((10, 11), "06:00")) == at((10, 11), "07:00")


def test_a_saturday_that_counts_is_a_working_day_of_its_own_hours():
    friday, saturday, monday = at((20, 11)), at((21, 11)), at((23, 11))
    assert WITH_SATURDAYS.due_at(friday, Duration(1, U.WORKING_DAY)) == at((21, 11), "11:30")
    assert WITH_SATURDAYS.counted_from(saturday) == saturday
    assert WITH_SATURDAYS.counted_from(at((21, 11), "11:30")) == at((23, 11), "07:30")
    assert WITH_SATURDAYS.is_open(saturday) and not WITH_SATURDAYS.is_open(at((21, 11), "14:00"))
    assert WITH_SATURDAYS.working_seconds_between(friday, monday) == (6 * 60 + 30 + 4 * 60 + 90) * 60
    assert CALENDAR.working_seconds_between(friday, monday) == (6 * 60 + 30 + 90) * 60
    swapped = WITH_SATURDAYS.closing(at((22, 8)).date())
    assert swapped == at((22, 8), "17:00"), "a day worked instead of another is a whole one"


def test_a_saturday_of_the_office_shortens_no_limit_of_who_applies():
    asked, days = at((5, 10)), Duration(15, U.WORKING_DAY)
    assert WITH_SATURDAYS.of_applicants().due_at(asked, days) == CALENDAR.due_at(asked, days) == at((26, 10), "17:00")
    assert WITH_SATURDAYS.due_at(asked, days) < at((26, 10))
    assert CALENDAR.of_applicants() is CALENDAR


def test_a_limit_in_days_ends_at_closing_though_the_office_closes_otherwise_since():
    later = WorkCalendar.national(office_hours=((time(7, 30), time(11, 30)), (time(13), time(17, 30))))
    due_at = at((9, 10), "17:00")
    moved = later.resumed_due_at(due_at, at((7, 10), "08:00"), at((8, 10), "09:00"), ends_a_day=True)
    assert moved == at((13, 10), "17:30")


def test_a_calendar_row_wins_over_the_law():
    calendar = WorkCalendar.national([CalendarDay(date(2026, 11, 24), DayKind.WORKED, "", "")])
    assert calendar.due_at(at((23, 11)), Duration(1, U.WORKING_DAY)) == at((24, 11), "17:00")


def test_waiting_for_papers_moves_the_due_date_by_the_working_time_waited():
    due_at = at((26, 11), "17:00")
    # Stopped Friday ten o'clock, resumed Wednesday at nine: Monday and most of Friday and Wednesday, 24/11 is off.
    assert CALENDAR.resumed_due_at(due_at, at((20, 11), "10:00"), at((25, 11), "09:00")) == at((30, 11), "17:00")
    assert CALENDAR.resumed_due_at(due_at, at((20, 11), "18:00"), at((22, 11), "09:00")) == due_at
    assert CALENDAR.resumed_due_at(at((26, 11), "10:00"), at((25, 11), "08:00"), at((25, 11), "09:00")) == at(
        (26, 11), "11:00"
    )
    # asked for and paid at the counter: no day is lost by that, one of an hour is
    assert CALENDAR.resumed_due_at(due_at, at((25, 11), "08:00"), at((25, 11), "08:59")) == due_at
    assert CALENDAR.resumed_due_at(due_at, at((25, 11), "08:00"), at((25, 11), "09:00")) == at((27, 11), "17:00")
    over_it = CALENDAR.resumed_due_at(due_at, at((26, 11), "16:30"), at((26, 11), "20:00"))
    assert over_it == at((27, 11), "17:00"), "nobody is late by a stop"
    with pytest.raises(ValueError, match="resumes after"):
        CALENDAR.resumed_due_at(due_at, at((25, 11)), at((20, 11)))


def test_the_explanation_names_every_day_that_was_skipped():
    steps = explain(CALENDAR, at((21, 11)), Duration(1, U.WORKING_DAY))
    assert [(step.rule, step.day) for step in steps] == [
        ("received", date(2026, 11, 21)),
        ("counted_from", date(2026, 11, 23)),
        ("day_off", date(2026, 11, 24)),
        ("working_day", date(2026, 11, 25)),
        ("due", date(2026, 11, 25)),
    ]
    assert "Ngày Văn hóa Việt Nam" in steps[2].text
    assert "17:00, Thứ Tư 25/11/2026 (1 ngày làm việc)" in steps[-1].text


def test_the_explanation_says_why_a_calendar_day_moved():
    steps = explain(CALENDAR, at((12, 11)), Duration(10, U.DAY))
    assert [step.rule for step in steps] == ["received", "period_ends", "moved", "due"]
    assert "nghỉ hằng tuần" in steps[2].text


@pytest.mark.parametrize(
    ("received", "cutoff", "words"),
    [
        (at((20, 11), "16:00"), time(15), "Nộp từ 15:00 trở đi"),
        (at((20, 11), "18:00"), time(15), "Nộp sau giờ làm việc"),
        (at((20, 11), "06:00"), None, "Nộp trước giờ làm việc"),
        (at((24, 11), "10:00"), None, "Ngày Văn hóa Việt Nam"),
    ],
)
def test_the_explanation_says_why_counting_starts_later(received, cutoff, words):
    steps = explain(CALENDAR, received, Duration(1, U.SAME_WORKING_DAY), cutoff)
    assert steps[1].rule == "counted_from"
    assert words in steps[1].text


def test_moments_need_a_time_zone():
    naive = at((9, 11)).replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.counted_from(naive)


@pytest.mark.parametrize("hours", [(), ((time(9), time(8)),), ((time(8), time(12)), (time(11), time(17)))])
def test_office_hours_make_sense(hours):
    with pytest.raises(CalendarError):
        WorkCalendar(office_hours=hours)


def test_an_office_that_never_opens_is_an_error_not_a_loop():
    rows = {
        date(2026, 1, 1) + timedelta(days=n): CalendarDay(date(2026, 1, 1) + timedelta(days=n), DayKind.OFF, "", "")
        for n in range(365)
    }
    with pytest.raises(CalendarError, match="sixty days"):
        WorkCalendar(days=rows).due_at(at((9, 2)), Duration(1, U.WORKING_DAY))
    with pytest.raises(CalendarError):
        WorkCalendar(weekly_days_off=frozenset(range(7)))


moments = st.datetimes(datetime(2025, 1, 1), datetime(2034, 12, 1), timezones=st.just(VIETNAM))  # noqa: DTZ001 - hypothesis adds the zone
durations = st.just(Duration(1, U.SAME_WORKING_DAY)) | st.builds(
    Duration, st.integers(1, 60), st.sampled_from([U.WORKING_DAY, U.DAY, U.HOUR])
)
cutoffs = st.none() | st.times(time(8), time(17))
calendars = st.sampled_from([CALENDAR, WITH_SATURDAYS])


@given(calendars, moments, durations, cutoffs)
def test_nothing_is_due_before_it_counts_or_on_a_day_off(calendar, received, duration, cutoff):
    start = calendar.counted_from(received, cutoff)
    end = calendar.due_at(received, duration, cutoff)
    assert received <= start <= end
    assert calendar.is_working_day(start.date())
    assert calendar.is_working_day(end.date())


@given(calendars, moments, moments, durations, cutoffs)
def test_who_files_first_is_due_first(calendar, one, other, duration, cutoff):
    earlier, later = sorted((one, other))
    assert calendar.due_at(earlier, duration, cutoff) <= calendar.due_at(later, duration, cutoff)


@given(calendars, moments, st.integers(1, 40))
def test_exactly_so_many_working_days_lie_between(calendar, received, count):
    start = calendar.counted_from(received).date()
    end = calendar.due_at(received, Duration(count, U.WORKING_DAY)).date()
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    assert sum(calendar.is_working_day(day) for day in days) == count


@given(calendars, moments, st.integers(0, 200))
def test_office_hours_added_can_be_counted_again(calendar, moment, hours):
    assert calendar.working_seconds_between(moment, calendar.add_working_hours(moment, hours)) == hours * 3600


@settings(max_examples=50)
@given(calendars, *[st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(VIETNAM))] * 3)  # noqa: DTZ001 - hypothesis adds the zone
def test_office_time_adds_up(calendar, a, b, c):
    between = calendar.working_seconds_between
    assert between(a, b) + between(b, c) == between(a, c)


@given(calendars, moments, durations, cutoffs)
def test_the_explanation_ends_on_the_due_date(calendar, received, duration, cutoff):
    steps = explain(calendar, received, duration, cutoff)
    assert steps[-1].day == calendar.due_at(received, duration, cutoff).date()
    assert all(step.text for step in steps)
    if duration.unit in {U.WORKING_DAY, U.SAME_WORKING_DAY}:
        assert sum(step.rule == "working_day" for step in steps) == duration.value
