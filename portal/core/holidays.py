"""National days off (ngày nghỉ lễ, tết) from the law, and the days that the Government decided year by year.

Labour Code 2019 (BLLĐ, 45/2019/QH14) articles 111(3) and 112; NQ 28/2026/QH16 for 24 November. The generator is a
default: the calendar rows that officials keep come on top and win.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

from django.utils.translation import gettext_noop

FIRST_YEAR, LAST_YEAR = 2025, 2035
CULTURE_DAY_SINCE = 2026
_DAY = timedelta(days=1)

LABOUR_CODE = "BLLĐ 2019, Điều 112"
LABOUR_CODE_WEEKEND = "BLLĐ 2019, Điều 111 khoản 3"
CULTURE_DAY_ACT = "NQ 28/2026/QH16"


class DayKind(StrEnum):
    """What a calendar row says of its date."""

    OFF = "off"  # ngày nghỉ
    WORKED = "worked"  # ngày làm bù


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One date that differs from the ordinary week (ngày nghỉ hoặc ngày làm bù), and why."""

    day: date
    kind: DayKind
    name: str
    source: str


# Lunar dates by the UTC+7 rule: first day of the lunar year, and 10/3 of the lunar calendar.
_LUNAR = {
    2025: (date(2025, 1, 29), date(2025, 4, 7)),
    2026: (date(2026, 2, 17), date(2026, 4, 26)),
    2027: (date(2027, 2, 6), date(2027, 4, 16)),
    2028: (date(2028, 1, 26), date(2028, 4, 4)),
    2029: (date(2029, 2, 13), date(2029, 4, 23)),
    2030: (date(2030, 2, 2), date(2030, 4, 12)),
    2031: (date(2031, 1, 23), date(2031, 4, 1)),
    2032: (date(2032, 2, 11), date(2032, 4, 19)),
    2033: (date(2033, 1, 31), date(2033, 4, 9)),
    2034: (date(2034, 2, 19), date(2034, 4, 28)),
    2035: (date(2035, 2, 8), date(2035, 4, 17)),
}

# Announced swaps: (day off, day worked instead). Those of 2026 await confirmation, see docs/assumptions.md.
_SWAPS = {
    2025: ((date(2025, 5, 2), date(2025, 4, 26)),),
    2026: (
        (date(2026, 1, 2), date(2026, 1, 10)),
        (date(2026, 8, 31), date(2026, 8, 22)),
    ),
}


def lunar_new_year(year: int) -> date:
    """The first day of the lunar year (mùng 1 Tết Nguyên đán) that begins in ``year``.

    Raises ValueError outside 2025 to 2035: enter the decided days as calendar rows instead.
    """
    return _lunar(year)[0]


def hung_kings_day(year: int) -> date:
    """Giỗ Tổ Hùng Vương, 10/3 of the lunar calendar; raises ValueError outside 2025 to 2035."""
    return _lunar(year)[1]


def _lunar(year: int) -> tuple[date, date]:
    if year not in _LUNAR:
        raise ValueError(
            f"lunar dates are known for {FIRST_YEAR} to {LAST_YEAR}; enter the days of {year} in the calendar table"
        )
    return _LUNAR[year]


def _tet(year: int) -> Iterator[date]:
    """The five days of Tết (BLLĐ article 112(1)(b)); the Government chooses them each year.

    Since 2020 it has begun one day before when Tết is a Tuesday, and two days before otherwise; we expect the same.
    """
    first = lunar_new_year(year)
    start = first - _DAY * (1 if first.weekday() == 1 else 2)
    return (start + _DAY * number for number in range(5))


def _beside_national_day(year: int) -> date:
    """The second day of 2 September (BLLĐ article 112(1)(đ)): the one before or after that makes the longer rest."""
    national_day = date(year, 9, 2)
    after = national_day.weekday() in {0, 3, 6}  # Monday, Thursday, Sunday
    return national_day + (_DAY if after else -_DAY)


def _public_holidays(year: int) -> Iterator[tuple[date, str, str]]:
    yield (
        date(year, 1, 1),
        gettext_noop("Tết Dương lịch"),
        f"{LABOUR_CODE} khoản 1 điểm a",
    )
    for day in _tet(year):
        yield day, gettext_noop("Tết Nguyên đán"), f"{LABOUR_CODE} khoản 1 điểm b"
    yield (
        hung_kings_day(year),
        gettext_noop("Giỗ Tổ Hùng Vương"),
        f"{LABOUR_CODE} khoản 1 điểm e",
    )
    yield (
        date(year, 4, 30),
        gettext_noop("Ngày Chiến thắng"),
        f"{LABOUR_CODE} khoản 1 điểm c",
    )
    yield (
        date(year, 5, 1),
        gettext_noop("Ngày Quốc tế Lao động"),
        f"{LABOUR_CODE} khoản 1 điểm d",
    )
    for day in sorted((date(year, 9, 2), _beside_national_day(year))):
        yield day, gettext_noop("Quốc khánh"), f"{LABOUR_CODE} khoản 1 điểm đ"
    if year >= CULTURE_DAY_SINCE:
        yield date(year, 11, 24), gettext_noop("Ngày Văn hóa Việt Nam"), CULTURE_DAY_ACT


@cache
def national_days_off(year: int) -> tuple[CalendarDay, ...]:
    """Every date of ``year`` that differs from the Monday-to-Friday week, in date order.

    Public holidays, the working days given for those that fall on a weekend, and the announced swaps with their
    worked Saturdays. Labour Code articles 111(3) and 112; NQ 28/2026/QH16. Raises ValueError outside 2025 to 2035.
    """
    days: dict[date, CalendarDay] = {}
    for day, name, source in sorted(_public_holidays(year)):
        days.setdefault(day, CalendarDay(day, DayKind.OFF, name, source))
    for off, worked in _SWAPS.get(year, ()):
        days[off] = CalendarDay(
            off,
            DayKind.OFF,
            gettext_noop("Nghỉ hoán đổi"),
            gettext_noop("Thông báo hoán đổi ngày làm việc"),
        )
        days[worked] = CalendarDay(
            worked,
            DayKind.WORKED,
            gettext_noop("Làm bù"),
            gettext_noop("Thông báo hoán đổi ngày làm việc"),
        )
    for holiday in [row for _, row in sorted(days.items()) if row.kind is DayKind.OFF and row.day.weekday() >= 5]:
        instead = holiday.day + _DAY
        while instead.weekday() >= 5 or instead in days:
            instead += _DAY
        days[instead] = CalendarDay(instead, DayKind.OFF, gettext_noop("Nghỉ bù ngày lễ"), LABOUR_CODE_WEEKEND)
    return tuple(row for _, row in sorted(days.items()))
