"""Days off of the law: holidays, what is given for weekends, announced swaps."""

from datetime import date

import pytest

from portal.core.holidays import FIRST_YEAR, LAST_YEAR, DayKind, hung_kings_day, lunar_new_year, national_days_off


def off(year):
    return {row.day for row in national_days_off(year) if row.kind is DayKind.OFF}


def test_2026_as_decided():
    assert off(2026) == {
        date(2026, 1, 1),
        date(2026, 1, 2),
        *(date(2026, 2, day) for day in range(16, 21)),
        date(2026, 4, 26),
        date(2026, 4, 27),
        date(2026, 4, 30),
        date(2026, 5, 1),
        date(2026, 8, 31),
        date(2026, 9, 1),
        date(2026, 9, 2),
        date(2026, 11, 24),
    }
    assert {row.day for row in national_days_off(2026) if row.kind is DayKind.WORKED} == {
        date(2026, 1, 10),
        date(2026, 8, 22),
    }


def test_2025_as_decided():
    assert off(2025) >= {
        *(date(2025, 1, day) for day in range(27, 32)),
        date(2025, 4, 7),
        date(2025, 5, 2),
        date(2025, 9, 1),
        date(2025, 9, 2),
    }
    assert date(2025, 11, 24) not in off(2025)


def test_lunar_dates_of_2027():
    assert lunar_new_year(2027) == date(2027, 2, 6)
    assert hung_kings_day(2027) == date(2027, 4, 16)


@pytest.mark.parametrize("year", range(FIRST_YEAR, LAST_YEAR + 1))
def test_every_year_gives_its_working_days_off(year):
    rows = national_days_off(year)
    assert [row.day for row in rows] == sorted({row.day for row in rows})
    assert all(row.day.year == year and row.name and row.source for row in rows)
    # Twelve holidays since 2026, eleven before; each costs one weekday, and a swap costs one for a worked Saturday.
    worked = sum(row.kind is DayKind.WORKED for row in rows)
    assert sum(day.weekday() < 5 for day in off(year)) == (12 if year >= 2026 else 11) + worked


def test_a_holiday_on_a_weekend_gives_the_next_free_weekday():
    # 30/4 and 1/5 of 2033 are Saturday and Sunday: Monday and Tuesday are off instead.
    assert {date(2033, 5, 2), date(2033, 5, 3)} <= off(2033)


@pytest.mark.parametrize("year", [2024, 2036])
def test_years_without_lunar_dates_say_what_to_do(year):
    with pytest.raises(ValueError, match="calendar table"):
        national_days_off(year)
