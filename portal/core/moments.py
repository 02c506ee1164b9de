"""How days, moments and spans of time are written, on the calendar and clock of Việt Nam."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.core.language import is_english

NBSP = "\N{NO-BREAK SPACE}"
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
ENGLISH_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def start_of_today(now: datetime | None = None) -> datetime:
    """Midnight with which the day of a moment began on the clock of Việt Nam; without one, the day that it is now."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def vn_date(value: date | datetime | None) -> str:
    """A day as ``20/11/2026``, on the calendar of Việt Nam."""
    day = _local(value)
    return "" if day is None else f"{day:%d/%m/%Y}"


def vn_datetime(value: datetime | None) -> str:
    """A moment as ``14:05, 20/11/2026``, on the clock of Việt Nam."""
    moment = _local(value)
    if moment is None:
        return ""
    return f"{moment:%H:%M, %d/%m/%Y}" if isinstance(moment, datetime) else f"{moment:%d/%m/%Y}"


def vn_weekday(value: date | datetime | None) -> str:
    """A day with its name, ``thứ Tư 25/11``; the year only where it is another one."""
    day = _local(value)
    if day is None:
        return ""
    names = ENGLISH_WEEKDAYS if is_english() else WEEKDAYS
    this_year = day.year == timezone.localdate().year
    return f"{names[day.weekday()]}{NBSP}{day:%d/%m}" + ("" if this_year else f"/{day.year}")


def working_days_left(days: int | str | None) -> str:
    """Time to a due date in words: ``còn 2 ngày làm việc``, ``hẹn trả hôm nay``, ``trễ 1 ngày làm việc``."""
    if days is None or days == "":
        return ""
    days = int(days)
    if days == 0:
        return _("hẹn trả hôm nay")
    if days > 0:
        return ngettext("còn %(days)d ngày làm việc", "còn %(days)d ngày làm việc", days) % {"days": days}
    return ngettext("trễ %(days)d ngày làm việc", "trễ %(days)d ngày làm việc", -days) % {"days": -days}


def working_time(seconds: int | None) -> str:
    """Working seconds as days of eight hours, hours and minutes: "2 ngày 3 giờ làm việc"; the two largest parts."""
    minutes = int(seconds or 0) // 60
    days, rest = divmod(minutes, 8 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [
        ngettext("%(n)d ngày", "%(n)d ngày", days) % {"n": days} if days else "",
        ngettext("%(n)d giờ", "%(n)d giờ", hours) % {"n": hours} if hours else "",
        ngettext("%(n)d phút", "%(n)d phút", minutes) % {"n": minutes} if minutes and not days else "",
    ]
    words = " ".join(part for part in parts if part)
    return _("%(time)s làm việc") % {"time": words} if words else _("dưới 1 phút")


def _local(value: Any) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, datetime) and timezone.is_aware(value):
        return value.astimezone(timezone.get_default_timezone())  # ours; to ask which one is current takes longer
    return value
