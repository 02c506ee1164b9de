"""Dates, months and moments, typed as people write them in Việt Nam."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, TypeGuard
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from portal.core.text import clean_line
from procedures.eforms import patterns
from procedures.eforms.definition import Field
from procedures.eforms.types.base import Context, FieldType, LimitMessage, NotReadableError, Problem, SchemaScope

VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")
EARLIEST = date(1850, 1, 1)
_DAY_FIRST = re.compile(r"(\d{1,2})[\s/.\-]+(\d{1,2})[\s/.\-]+(\d{1,4})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_TOGETHER = re.compile(r"(\d{2})(\d{2})(\d{4})", re.ASCII)
_MONTH = re.compile(r"(\d{1,2})[\s/.\-]+(\d{4})|(\d{4})-(\d{1,2})|(\d{2})(\d{4})", re.ASCII)
_TIME = re.compile(r"(\d{1,2})\s*(?:[:.hHg]|giờ)\s*(\d{2})?\s*(?:phút)?", re.ASCII)
_ISO_DAY = re.compile(patterns.REAL_DAY)
_ISO_MONTH = re.compile(patterns.MONTH)
_ISO_MOMENT = re.compile(patterns.REAL_DAY + patterns.CLOCK)
MOST_YEARS_AHEAD = 150
NOT_BEFORE = "x-notBefore"
"""A keyword of our own: the value is not before that of the named sibling, which JSON Schema cannot say."""
BEFORE = "x-before"
"""Another one: the value is strictly before that of the named sibling."""
WITHOUT_GAP = "x-withoutGap"
"""A third: the rows of the named sibling leave out no month from an age of the person on."""
_RELATIVE = re.compile(r"today(?:([+-])(\d{1,5}))?", re.ASCII)


def limit_day(limit: Any, on: date) -> date | None:
    """The day that ``today``, ``today+30`` or ``2026-01-01`` means."""
    if limit is None:
        return None
    if isinstance(limit, date):
        return limit
    relative = _RELATIVE.fullmatch(str(limit))
    if relative is None:
        return date.fromisoformat(str(limit))
    days = int(relative[2] or 0)
    return on + timedelta(days=-days if relative[1] == "-" else days)


def show_day(day: date) -> str:
    """``27/03/2026``."""
    return f"{day:%d/%m/}{day.year:04d}"


def read_day(label: str, typed: str) -> date:
    """The day of ``2/11/2026``, ``2.11.2026``, ``02112026``, ``2026-11-02``. Raises NotReadableError."""
    text = clean_line(typed)
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := _DAY_FIRST.fullmatch(text) or _TOGETHER.fullmatch(text):
        if len(found[3]) < 4:
            raise NotReadableError(_("“%(label)s” cần năm đủ 4 chữ số, ví dụ 27/3/2026.") % {"label": label})
        day, month, year = (int(part) for part in found.groups())
    else:
        raise NotReadableError(_("“%(label)s” phải là ngày, tháng, năm, ví dụ 27/3/2026.") % {"label": label})
    if not 1 <= month <= 12:
        raise NotReadableError(
            _("“%(label)s”: không có tháng %(month)d. Hãy nhập ngày trước, tháng sau, ví dụ 27/3/2026.")
            % {"label": label, "month": month}
        )
    try:
        return date(year, month, day)
    except ValueError:
        raise NotReadableError(
            _("“%(label)s”: tháng %(month)d năm %(year)d không có ngày %(day)d. Hãy xem lại.")
            % {"label": label, "day": day, "month": month, "year": year}
        ) from None


class DateType(FieldType):
    """A day."""

    def parse(self, definition: Field, typed: str) -> str:
        """The day in ISO form."""
        return read_day(str(definition.label), typed).isoformat()

    def judge(self, definition: Field, value: str, context: Context) -> Iterator[Problem]:
        """A real day, within its limits, in order with another one."""
        if not _ISO_DAY.fullmatch(value):
            yield "", _("“%(label)s” phải có dạng YYYY-MM-DD.") % {"label": definition.label}
            return
        yield from day_limits(definition, date.fromisoformat(value), value, context)

    def to_input(self, definition: Field, value: Any, context: Context) -> str:
        """Day first."""
        return self.display(definition, value, context) if value else ""

    def shown(self, definition: Field, value: str, context: Context) -> str:
        """``27/03/2026``."""
        try:
            return show_day(date.fromisoformat(value))
        except (TypeError, ValueError):
            return str(value)

    def schema(self, definition: Field, scope: SchemaScope) -> dict[str, Any]:
        """An ISO date within its limits on the day of the schema."""
        first, last = day_range(definition, scope.on)
        return {
            "type": "string",
            "format": "date",
            "pattern": f"^{patterns.days_between(first, last)}{patterns.REAL_DAY}{patterns.END}",
            "$comment": f"{first} – {last}",
        }


def day_range(definition: Field, on: date) -> tuple[date, date]:
    """The first and the last day a field takes."""
    first, last = limit_day(definition.min, on), limit_day(definition.max, on)
    furthest = date(on.year + MOST_YEARS_AHEAD, 12, 31)
    return max(first or EARLIEST, EARLIEST), min(last or furthest, furthest)


def lies_before(value: Any, other: Any) -> bool:
    """Whether a day, month or moment lies before another one; a month and a day are compared by the month.

    False where one of the two is none: `same_or_after` is False then, too.
    """
    return _is_time(value) and _is_time(other) and _precedes(value, other)


def same_or_after(value: Any, other: Any) -> bool:
    """Whether a day, month or moment lies with another one or after it; False where one of the two is none."""
    return _is_time(value) and _is_time(other) and not _precedes(value, other)


def _precedes(value: str, other: str) -> bool:
    if "T" in value and "T" in other:
        return datetime.fromisoformat(value) < datetime.fromisoformat(other)
    length = min(len(value), len(other), len("2026-11-20"))
    return value[:length] < other[:length]


def is_day(value: Any) -> TypeGuard[str]:
    """Whether it is a day in ISO form."""
    return isinstance(value, str) and _ISO_DAY.fullmatch(value) is not None


def is_month(value: Any) -> TypeGuard[str]:
    """Whether it is a month in ISO form."""
    return isinstance(value, str) and _ISO_MONTH.fullmatch(value) is not None


def _is_time(value: Any) -> bool:
    return isinstance(value, str) and any(shape.fullmatch(value) for shape in (_ISO_DAY, _ISO_MONTH, _ISO_MOMENT))


def _show(other: str) -> str:
    return show_day(date.fromisoformat(other[:10])) if len(other) >= 10 else f"{other[5:7]}/{other[:4]}"


def day_limits(definition: Field, day: date, value: str, context: Context) -> Iterator[Problem]:
    """What a day breaks: earliest, latest, order; ``value`` is the day or moment as it was sent."""
    label = {"label": definition.label}
    earliest, latest = limit_day(definition.min, context.on), limit_day(definition.max, context.on)
    if earliest is not None and day < earliest:
        yield "", LimitMessage("min", _("“%(label)s” sớm nhất là %(day)s.") % {**label, "day": show_day(earliest)})
    elif day < EARLIEST:
        yield "", LimitMessage("min", _("“%(label)s” quá xa trong quá khứ. Hãy xem lại năm.") % label)
    elif latest is not None and day > latest:
        if latest == context.on:
            words = _("“%(label)s” không được sau hôm nay, %(day)s.") % {**label, "day": show_day(latest)}
        else:
            words = _("“%(label)s” muộn nhất là %(day)s.") % {**label, "day": show_day(latest)}
        yield "", LimitMessage("max", words)
    elif day.year > context.on.year + MOST_YEARS_AHEAD:
        yield "", LimitMessage("max", _("“%(label)s” quá xa trong tương lai. Hãy xem lại năm.") % label)
    yield from _order(definition, value, context)


def _order(definition: Field, value: str, context: Context) -> Iterator[Problem]:
    earlier, later = (context.answers.get(key) if key else None for key in (definition.not_before, definition.before))
    if lies_before(value, earlier):
        words = _("“%(label)s” không được trước %(day)s.") % {"label": definition.label, "day": _show(str(earlier))}
        yield "", LimitMessage("not_before", words)
    if same_or_after(value, later):
        words = _("“%(label)s” phải trước %(day)s.") % {"label": definition.label, "day": _show(str(later))}
        yield "", LimitMessage("before", words)


class MonthType(FieldType):
    """A month."""

    def parse(self, definition: Field, typed: str) -> str:
        """The month in ISO form."""
        found = _MONTH.fullmatch(clean_line(typed))
        month, year = (
            (int(found[1] or found[4] or found[5]), int(found[2] or found[3] or found[6])) if found else (0, 0)
        )
        if not 1 <= month <= 12 or year < 1:
            raise NotReadableError(_("“%(label)s” phải là tháng và năm, ví dụ 3/2026.") % {"label": definition.label})
        return f"{year:04d}-{month:02d}"

    def judge(self, definition: Field, value: str, context: Context) -> Iterator[Problem]:
        """A real month, within its limits."""
        if not _ISO_MONTH.fullmatch(value):
            yield "", _("“%(label)s” phải có dạng YYYY-MM.") % {"label": definition.label}
            return
        first, last = month_range(definition, context.on)
        if value < first.isoformat()[:7]:
            yield "", LimitMessage("min", _("“%(label)s” quá sớm. Hãy xem lại.") % {"label": definition.label})
        elif value > last.isoformat()[:7]:
            yield "", LimitMessage("max", _("“%(label)s” quá muộn. Hãy xem lại.") % {"label": definition.label})
        yield from _order(definition, value, context)

    def to_input(self, definition: Field, value: Any, context: Context) -> str:
        """Month first."""
        return self.display(definition, value, context) if value else ""

    def shown(self, definition: Field, value: str, context: Context) -> str:
        """``03/2026``."""
        year, _dash, month = str(value).partition("-")
        return f"{month}/{year}"

    def schema(self, definition: Field, scope: SchemaScope) -> dict[str, Any]:
        """Year and month within the limits."""
        first, last = month_range(definition, scope.on)
        return {
            "type": "string",
            "pattern": f"^{patterns.months_between(first, last)}{patterns.MONTH}{patterns.END}",
        }


def month_range(definition: Field, on: date) -> tuple[date, date]:
    """A day in the first and one in the last month a field takes."""
    first, last = limit_day(definition.min, on), limit_day(definition.max, on)
    return max(first or EARLIEST, EARLIEST), last or date(on.year + MOST_YEARS_AHEAD, 12, 31)


class DateTimeType(FieldType):
    """A moment on the clock of Việt Nam, typed as time and day in one line."""

    def parse(self, definition: Field, typed: str) -> str:
        """``14:30 27/3/2026`` or ``27/3/2026 14:30``."""
        label = str(definition.label)
        words = clean_line(typed).replace(",", " ").replace("T", " ").split()
        times = [word for word in words if _TIME.fullmatch(word)]
        if len(times) != 1 or len(words) < 2:
            raise NotReadableError(_("“%(label)s” cần cả giờ và ngày, ví dụ 14:30 27/3/2026.") % {"label": label})
        day = read_day(label, " ".join(word for word in words if word is not times[0]))
        clock = _TIME.fullmatch(times[0])
        hour, minute = int(clock[1]), int(clock[2] or 0)  # type: ignore[index]
        if hour > 23 or minute > 59:
            raise NotReadableError(_("“%(label)s”: giờ từ 0:00 đến 23:59.") % {"label": label})
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=VIET_NAM).isoformat()

    def _moment(self, value: Any) -> datetime | None:
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            return None
        return None if moment.tzinfo is None else moment.astimezone(VIET_NAM)

    def judge(self, definition: Field, value: str, context: Context) -> Iterator[Problem]:
        """A real moment on the clock of Việt Nam, within the limits of days."""
        if not _ISO_MOMENT.fullmatch(value):
            yield "", _("“%(label)s” phải là thời điểm ISO 8601 có múi giờ.") % {"label": definition.label}
            return
        yield from day_limits(definition, date.fromisoformat(value[:10]), value, context)

    def to_input(self, definition: Field, value: Any, context: Context) -> str:
        """As it is typed."""
        return self.display(definition, value, context) if value else ""

    def shown(self, definition: Field, value: str, context: Context) -> str:
        """``14:30 27/03/2026``."""
        moment = self._moment(value)
        return f"{moment:%H:%M} {show_day(moment.date())}" if moment else str(value)

    def schema(self, definition: Field, scope: SchemaScope) -> dict[str, Any]:
        """ISO 8601 with the offset of Việt Nam, on a day within the limits."""
        first, last = day_range(definition, scope.on)
        return {
            "type": "string",
            "format": "date-time",
            "pattern": f"^{patterns.days_between(first, last)}{patterns.REAL_DAY}{patterns.CLOCK}{patterns.END}",
        }


DATE_TYPES: dict[str, FieldType] = {"date": DateType(), "month": MonthType(), "datetime": DateTimeType()}
