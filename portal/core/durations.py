"""Processing times (thời hạn giải quyết): a value and a unit, read from law texts and shown to people.

Only :mod:`portal.core.calendar` turns a duration into a due date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from django.utils.translation import gettext, ngettext

from portal.core.text import fold

MOST = 100_000
"""No published time limit comes near this; more is a slip of the keyboard."""


class DurationUnit(StrEnum):
    """Unit of a processing time (đơn vị thời hạn)."""

    SAME_WORKING_DAY = "same_working_day"  # trong ngày làm việc
    WORKING_DAY = "working_day"  # ngày làm việc
    DAY = "day"  # ngày (calendar)
    HOUR = "hour"  # giờ làm việc, of an 8-hour office day
    CLOCK_HOUR = "clock_hour"  # giờ đồng hồ, as in the notice of overnight stay
    MONTH = "month"  # tháng
    YEAR = "year"  # năm


_CALENDAR_DAYS = {
    DurationUnit.CLOCK_HOUR: Fraction(1, 24),
    DurationUnit.HOUR: Fraction(7, 5) / 8,
    DurationUnit.SAME_WORKING_DAY: Fraction(7, 5) * Fraction(7, 8),
    DurationUnit.WORKING_DAY: Fraction(7, 5),
    DurationUnit.DAY: Fraction(1),
    DurationUnit.MONTH: Fraction(30),
    DurationUnit.YEAR: Fraction(365),
}
_WORDS = {
    "ngay lam viec": DurationUnit.WORKING_DAY,
    "working day": DurationUnit.WORKING_DAY,
    "working days": DurationUnit.WORKING_DAY,
    "working_day": DurationUnit.WORKING_DAY,
    "ngay": DurationUnit.DAY,
    "ngay lich": DurationUnit.DAY,
    "day": DurationUnit.DAY,
    "days": DurationUnit.DAY,
    "gio": DurationUnit.HOUR,
    "gio lam viec": DurationUnit.HOUR,
    "hour": DurationUnit.HOUR,
    "hours": DurationUnit.HOUR,
    "working hour": DurationUnit.HOUR,
    "working hours": DurationUnit.HOUR,
    "gio dong ho": DurationUnit.CLOCK_HOUR,
    "clock_hour": DurationUnit.CLOCK_HOUR,
    "clock hour": DurationUnit.CLOCK_HOUR,
    "clock hours": DurationUnit.CLOCK_HOUR,
    "thang": DurationUnit.MONTH,
    "month": DurationUnit.MONTH,
    "months": DurationUnit.MONTH,
    "nam": DurationUnit.YEAR,
    "year": DurationUnit.YEAR,
    "years": DurationUnit.YEAR,
    "same_working_day": DurationUnit.SAME_WORKING_DAY,
}
_SAME_DAY = frozenset(
    {
        "trong ngay",
        "trong ngay lam viec",
        "ngay trong ngay",
        "ngay trong ngay lam viec",
        "same day",
        "same working day",
    }
)
_VALUE_AND_WORDS = re.compile(r"(\d{1,6})\s*([a-z_ ]+)")


@dataclass(frozen=True, slots=True)
class Duration:
    """A processing time: ``value`` whole units, at least one.

    Raises ValueError for zero, negative and absurd values: a procedure without a time limit has no Duration.
    """

    value: int
    unit: DurationUnit

    def __post_init__(self) -> None:
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise TypeError("the value of a duration is a whole number")
        if not 1 <= self.value <= MOST:
            raise ValueError(f"the value of a duration is between 1 and {MOST}")
        object.__setattr__(self, "unit", DurationUnit(self.unit))
        if self.unit is DurationUnit.SAME_WORKING_DAY and self.value != 1:
            raise ValueError("the same working day is one day")

    def __str__(self) -> str:
        return self.label()

    @property
    def calendar_days(self) -> Fraction:
        """About how many calendar days it takes, to say which of two is shorter: five working days are seven days."""
        return self.value * _CALENDAR_DAYS[self.unit]

    def label(self) -> str:
        """The words shown to people, in the language in use: ``3 ngày làm việc``, ``trong ngày làm việc``."""
        count = {"count": self.value}
        match self.unit:
            case DurationUnit.SAME_WORKING_DAY:
                return gettext("trong ngày làm việc")
            case DurationUnit.WORKING_DAY:
                return ngettext("%(count)d ngày làm việc", "%(count)d ngày làm việc", self.value) % count
            case DurationUnit.DAY:
                return ngettext("%(count)d ngày", "%(count)d ngày", self.value) % count
            case DurationUnit.HOUR:
                return ngettext("%(count)d giờ làm việc", "%(count)d giờ làm việc", self.value) % count
            case DurationUnit.CLOCK_HOUR:
                return ngettext("%(count)d giờ", "%(count)d giờ", self.value) % count
            case DurationUnit.MONTH:
                return ngettext("%(count)d tháng", "%(count)d tháng", self.value) % count
            case DurationUnit.YEAR:
                return ngettext("%(count)d năm", "%(count)d năm", self.value) % count

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read ``3 ngày làm việc``, ``03 ngày``, ``8 giờ làm việc``, ``1 month``, ``trong ngày``.

        With or without tone marks, Vietnamese or English. Raises ValueError for anything else, ranges included:
        a person has to choose.
        """
        words = " ".join(fold(text).split())
        if words in _SAME_DAY:
            return cls(1, DurationUnit.SAME_WORKING_DAY)
        found = _VALUE_AND_WORDS.fullmatch(words)
        unit = _WORDS.get(found.group(2).strip()) if found else None
        if found is None or unit is None:
            raise ValueError("not a processing time: a number and a unit are needed, such as “3 ngày làm việc”")
        return cls(int(found.group(1)), unit)
