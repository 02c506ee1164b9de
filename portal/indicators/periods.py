"""Months and quarters of public figures, on the calendar of Việt Nam (kỳ số liệu). Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Self
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST_YEAR = 2020
MONTHS_OFFERED = 13
QUARTERS_OFFERED = 5
_KEY = re.compile(r"(20\d\d)-(?:(0[1-9]|1[0-2])|Q([1-4]))", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """A month or a quarter; `key` is ``2026-11`` or ``2026-Q4``."""

    year: int
    first_month: int
    months: int

    @classmethod
    def of(cls, day: date) -> Self:
        """The month a day lies in."""
        return cls(day.year, day.month, 1)

    @classmethod
    def parse(cls, key: str) -> Self:
        """Read a key; raises ValueError for anything else, and for years before the first."""
        found = _KEY.fullmatch(key)
        if found is None or int(found[1]) < FIRST_YEAR:
            raise ValueError("a period is a month such as 2026-11 or a quarter such as 2026-Q4")
        if found[2]:
            return cls(int(found[1]), int(found[2]), 1)
        return cls(int(found[1]), 3 * int(found[3]) - 2, 3)

    @property
    def is_quarter(self) -> bool:
        """Whether it is a quarter."""
        return self.months == 3

    @property
    def quarter(self) -> int:
        """Number of the quarter it lies in."""
        return (self.first_month + 2) // 3

    @property
    def key(self) -> str:
        """How addresses name it."""
        return f"{self.year}-Q{self.quarter}" if self.is_quarter else f"{self.year}-{self.first_month:02d}"

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, self.first_month, 1)

    @property
    def start(self) -> datetime:
        """The moment it begins."""
        return datetime.combine(self.first_day, time.min, VIETNAM)

    @property
    def end(self) -> datetime:
        """The moment it is over: the beginning of the next one."""
        return self.step(1).start

    def step(self, count: int) -> "Period":
        """The period so many of its own length later, or earlier."""
        month = self.year * 12 + self.first_month - 1 + count * self.months
        return Period(month // 12, month % 12 + 1, self.months)


def offered(today: date) -> list[Period]:
    """The periods a reader may choose: this month and the twelve before, this quarter and the four before."""
    month = Period.of(today)
    quarter = Period(today.year, 3 * month.quarter - 2, 3)
    return [month.step(-back) for back in range(MONTHS_OFFERED)] + [
        quarter.step(-back) for back in range(QUARTERS_OFFERED)
    ]
