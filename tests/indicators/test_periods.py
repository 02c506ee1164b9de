"""Months and quarters on the calendar of Việt Nam."""

from datetime import date

import pytest

from portal.indicators.periods import Period, offered


def test_month_begins_and_ends_at_midnight_in_vietnam() -> None:
    november = Period.parse("2026-11")
    assert november.start.isoformat() == "2026-11-01T00:00:00+07:00"
    assert november.end.isoformat() == "2026-12-01T00:00:00+07:00"
    assert Period.parse("2026-12").end.isoformat() == "2027-01-01T00:00:00+07:00"


def test_quarter_is_three_months() -> None:
    fourth = Period.parse("2026-Q4")
    assert (fourth.first_day, fourth.end.date()) == (date(2026, 10, 1), date(2027, 1, 1))
    assert fourth.step(-4).key == "2025-Q4" and fourth.step(1).key == "2027-Q1"


@pytest.mark.parametrize("key", ["2026-11", "2026-01", "2020-12", "2026-Q1", "2026-Q4"])
def test_key_reads_back(key: str) -> None:
    assert Period.parse(key).key == key


@pytest.mark.parametrize(
    "key", ["", "2026", "2026-13", "2026-00", "2026-Q5", "2019-12", "2026-1", "2026-11x", "٢٠٢٦-11", "x" * 9999]
)
def test_anything_else_is_refused(key: str) -> None:
    with pytest.raises(ValueError):
        Period.parse(key)


def test_offered_periods_are_the_recent_ones() -> None:
    keys = [period.key for period in offered(date(2026, 1, 15))]
    assert keys[:2] == ["2026-01", "2025-12"] and keys[12] == "2025-01"
    assert keys[13:] == ["2026-Q1", "2025-Q4", "2025-Q3", "2025-Q2", "2025-Q1"]
