"""National days off as calendar rows: the law's days are ours to renew, what an official entered is theirs."""

from dataclasses import dataclass

from django.db import transaction

from portal.agencies.models import CalendarDay
from portal.core.holidays import FIRST_YEAR, LAST_YEAR, national_days_off

NAMES_EN = {
    "Tết Dương lịch": "New Year’s Day",
    "Tết Nguyên đán": "Lunar New Year (Tết)",
    "Giỗ Tổ Hùng Vương": "Hùng Kings’ Commemoration Day",
    "Ngày Chiến thắng": "Victory Day",
    "Ngày Quốc tế Lao động": "International Labour Day",
    "Quốc khánh": "National Day",
    "Ngày Văn hóa Việt Nam": "Vietnam Culture Day",
    "Nghỉ hoán đổi": "Day off in exchange",
    "Làm bù": "Worked in exchange",
    "Nghỉ bù ngày lễ": "Day off for a holiday on a weekend",
}


@dataclass(frozen=True)
class Loaded:
    """How many rows were made, changed and removed."""

    made: int
    changed: int
    removed: int


@transaction.atomic
def load() -> Loaded:
    """Bring the law's days of 2025 to 2035 into the table (BLLĐ articles 111 and 112; NQ 28/2026/QH16).

    A row with another source was entered by an official and is left alone, whatever the law's table says of that day.
    """
    days = {row.day: row for year in range(FIRST_YEAR, LAST_YEAR + 1) for row in national_days_off(year)}
    sources = {row.source for row in days.values()}
    have = {row.day: row for row in CalendarDay.objects.filter(agency__isnull=True)}
    made, changed = [], []
    for day, row in days.items():
        old = have.get(day)
        wanted = {"kind": row.kind.value, "name": row.name, "name_en": NAMES_EN[row.name], "source": row.source}
        if old is None:
            made.append(CalendarDay(day=day, **wanted))
        elif old.source in sources and any(getattr(old, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(old, name, value)
            changed.append(old)
    gone = [row.pk for day, row in have.items() if day not in days and row.source in sources]
    CalendarDay.objects.bulk_create(made)
    CalendarDay.objects.bulk_update(changed, ["kind", "name", "name_en", "source"])
    CalendarDay.objects.filter(pk__in=gone).delete()
    return Loaded(len(made), len(changed), len(gone))
