"""Patterns of the published schema say exactly what the rules say: days, months and decimals within limits."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procedures.eforms import patterns

DAYS = st.dates(date(1850, 1, 1), date(2180, 12, 31))
LOWEST = [None, 0, 1, 9, 10, 95, 1000, -3, -20]
HIGHEST = [None, 0, 7, 10, 99, 100, 1003, 100_000, -3]


@given(DAYS, DAYS, DAYS)
def test_days_between(first, last, day):
    pattern = f"^{patterns.days_between(first, last)}{patterns.REAL_DAY}{patterns.END}"
    assert bool(re.search(pattern, day.isoformat())) == (first <= day <= last)


@given(DAYS, DAYS, DAYS)
def test_months_between(first, last, day):
    pattern = f"^{patterns.months_between(first, last)}{patterns.MONTH}{patterns.END}"
    month = day.isoformat()[:7]
    assert bool(re.search(pattern, month)) == (first.isoformat()[:7] <= month <= last.isoformat()[:7])


@given(st.integers(0, 9999), st.integers(0, 13), st.integers(0, 32))
def test_real_days_only(year, month, day):
    text = f"{year:04d}-{month:02d}-{day:02d}"
    try:
        is_real = bool(date(year or 4, month, day))
    except ValueError:
        is_real = False
    assert bool(re.search(patterns.whole(patterns.REAL_DAY), text)) == is_real
    assert not re.search(patterns.whole(patterns.REAL_DAY), text + "\n")


def test_every_day_of_some_years():
    pattern = re.compile(patterns.whole(patterns.REAL_DAY))
    day = date(1999, 1, 1)
    while day < date(2002, 1, 1):
        assert pattern.search(day.isoformat())
        day += timedelta(days=1)
    assert not pattern.search("1900-02-29") and not pattern.search("2023-02-29") and pattern.search("2000-02-29")


decimals = st.builds(
    lambda sign, zeros, number, fraction: f"{sign}{zeros}{number}{fraction}",
    st.sampled_from(["", "-"]),
    st.sampled_from(["", "0", "000"]),
    st.integers(0, 12) | st.integers(90, 110) | st.integers(990, 1100) | st.integers(0, 10**9),
    st.sampled_from(["", ".0", ".5", ".99", ".000001", ".000"]),
)


@given(st.sampled_from(LOWEST), st.sampled_from(HIGHEST), decimals)
@settings(max_examples=400, deadline=None)
def test_decimals_between(low, high, text):
    value = Decimal(text)
    within = (value >= (0 if low is None else low)) and (high is None or value <= high)
    assert bool(re.search(patterns.decimals_between(low, high), text)) == within


@pytest.mark.parametrize("text", ["", "1.", ".5", "1e5", "٣", "1\n", "1" * 16, "1.1234567", "+1", "NaN"])
def test_no_decimal(text):
    assert not re.search(patterns.decimals_between(0, None), text)
