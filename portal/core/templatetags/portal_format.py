"""How money, numbers, dates, sizes and statuses are written on a page."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.core import money
from portal.core.language import column_text, is_english

register = template.Library()
register.filter(column_text)

NBSP = "\N{NO-BREAK SPACE}"
DASH = "\N{EN DASH}"
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
ENGLISH_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

TONES = frozenset({"neutral", "jade", "amber", "crimson", "error", "gold"})
STATUS_TONES = {
    # Whose turn: gold is the citizen's, neutral the state's; jade ended well, crimson ended without a result.
    "draft": "neutral",
    "submitted": "neutral",
    "accepted": "neutral",
    "processing": "neutral",
    "consulting": "neutral",
    "awaiting_supplement": "gold",
    "awaiting_payment": "gold",
    "withdrawal_requested": "amber",
    "stopped": "crimson",
    "refused": "crimson",
    "decided": "jade",
    "returned": "jade",
    # Orders, documents and other things with a state.
    "created": "neutral",
    "pending": "amber",
    "paid": "jade",
    "valid": "jade",
    "done": "jade",
    "expired": "amber",
    "replaced": "amber",
    "cancelled": "neutral",
    "refunded": "neutral",
    "revoked": "crimson",
    "failed": "error",
}


@register.filter
def vnd(amount_vnd: int | str | None) -> str:
    """Money as papers print it, ``8.000 đ``; nothing where no amount is known."""
    return "" if amount_vnd is None or amount_vnd == "" else money.format_vnd(int(amount_vnd))


@register.filter
def number(value: int | float | Decimal | None) -> str:
    """A number with the marks of the page's language: ``106.412`` and ``98,6`` in Vietnamese."""
    if value is None or value == "":
        return ""
    text = f"{value:,}"
    return text if is_english() else text.translate(str.maketrans(",.", ".,"))


@register.filter
def percent(value: int | float | Decimal | None) -> str:
    """A percentage with at most one decimal, ``98,6 %``; a dash where there is nothing to divide."""
    if value is None or value == "":
        return DASH
    rounded = round(Decimal(str(value)), 1)
    whole = rounded.to_integral_value()
    return f"{number(int(whole) if rounded == whole else rounded)}{NBSP}%"


@register.filter
def vn_date(value: date | datetime | None) -> str:
    """A day as ``20/11/2026``, on the calendar of Việt Nam."""
    day = _local(value)
    return "" if day is None else f"{day:%d/%m/%Y}"


@register.filter
def vn_datetime(value: datetime | None) -> str:
    """A moment as ``14:05, 20/11/2026``, on the clock of Việt Nam."""
    moment = _local(value)
    if moment is None:
        return ""
    return f"{moment:%H:%M, %d/%m/%Y}" if isinstance(moment, datetime) else f"{moment:%d/%m/%Y}"


@register.filter
def vn_weekday(value: date | datetime | None) -> str:
    """A day with its name, ``thứ Tư 25/11``; the year only where it is another one."""
    day = _local(value)
    if day is None:
        return ""
    names = ENGLISH_WEEKDAYS if is_english() else WEEKDAYS
    this_year = day.year == timezone.localdate().year
    return f"{names[day.weekday()]}{NBSP}{day:%d/%m}" + ("" if this_year else f"/{day.year}")


@register.filter
def iso(value: date | datetime | None) -> str:
    """What ``<time datetime="…">`` wants."""
    return "" if value is None or value == "" else value.isoformat()


@register.filter
def file_size(size_bytes: int | str | None) -> str:
    """A size people can judge: ``840 kB``, ``1,2 MB``."""
    if size_bytes is None or size_bytes == "":
        return ""
    size = int(size_bytes)
    if size < 1000:
        return f"{size}{NBSP}B"
    if size < 999_500:
        return f"{number(round(size / 1000))}{NBSP}kB"
    return f"{number(round(Decimal(size) / 1_000_000, 1))}{NBSP}MB"


@register.filter
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


@register.filter
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


@register.filter
def status_tone(state: Any) -> str:
    """The colour of a state's tag; unknown states are neutral."""
    return STATUS_TONES.get(str(getattr(state, "value", state)), "neutral")


@register.filter
def dossier_code(code: str | None) -> SafeString:
    """A dossier code that may break after its dashes on a narrow screen, nowhere else."""
    return mark_safe(str(escape(code or "")).replace("-", "-<wbr>"))  # noqa: S308 escaped one step before


@register.filter
def counting(total: int) -> range:
    """1 to ``total``, for drawing a row of steps."""
    return range(1, int(total) + 1)


def _local(value: Any) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value
