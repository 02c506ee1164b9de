"""How money, numbers, dates, sizes and statuses are written on a page."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portal.core import moments, money
from portal.core.language import column_text, is_english

register = template.Library()
register.filter(column_text)
for written in (
    moments.vn_date,
    moments.vn_datetime,
    moments.vn_weekday,
    moments.working_days_left,
    moments.working_time,
):
    register.filter(written)

NBSP = moments.NBSP
DASH = "\N{EN DASH}"
_DOSSIER_CODE = re.compile(r"(?<![\w./-])[0-9A-Z]+(?:\.[0-9A-Z]+)+-\d{6}-\d{4,}(?![\w/])")
_UNIT = re.compile(
    r"(?<=\d) (?=(?:ngày|giờ|phút|tháng|năm|tuổi|bản|lần|trang|đồng|đ|triệu|tỷ|%"
    r"|days?|working|hours?|months?|years?)(?!\w))"
)
_NUMBERED = re.compile(r"(?<!\w)((?:[Đđ]iều|[Kk]hoản|[Mm]ức|[Mm]ẫu|[Mm]ục|[Ss]ố|[Tt]háng|[Nn]ăm|[Nn]gày)) (?=\d)")
_LAW = re.compile(r"(?<![\w/])\d+(?:\.\d+)?/(?:\d{4}/)?[A-ZĐ]{2,}[\w-]*")
"""The number of an act: 766/QĐ-TTg, 66.22/2026/NQ-CP, 91/2025/QH15."""
_VIETNAMESE = re.compile("[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
_ENGLISH = re.compile(
    r"\b(?:of|the|and|for|from|with|by|until|at|on|is|was|are|this|that|have|want|ward|commune|city|province|zone"
    r"|official|officer|specialist|chair\w*|deputy|head|chief|administrator)\b",
    re.IGNORECASE,
)
"""Words of English that no Vietnamese text has, not even without its marks."""
_PARTS = re.compile(r"((?<!&amp)(?<!&lt)(?<!&gt)(?<!&quot)(?<!&#x27); |: |\n)")
"""What stands between two parts of an escaped text; a semicolon that ends a sign of HTML is none."""

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
    """Money as papers print it, ``8.000 đ`` or ``VND 8,000``; nothing where no amount is known."""
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
def status_tone(state: Any) -> str:
    """The colour of a state's tag; unknown states are neutral."""
    return STATUS_TONES.get(str(getattr(state, "value", state)), "neutral")


@register.filter
def dossier_code(code: str | None) -> SafeString:
    """A dossier code that may break after its dashes on a narrow screen, nowhere else."""
    return mark_safe(str(escape(code or "")).replace("-", "-<wbr>"))  # noqa: S308 escaped one step before


@register.filter
def whole_codes(text: Any) -> SafeString:
    """A sentence, escaped, in which no dossier code and no number of an act is parted at its dashes."""
    held = str(conditional_escape(text))
    for code in (_DOSSIER_CODE, _LAW):
        held = code.sub(r'<span class="nowrap">\g<0></span>', held)
    return mark_safe(held)  # noqa: S308 escaped one step before


@register.filter
def as_written(text: Any) -> SafeString:
    """What somebody wrote or a thing is called, escaped; on an English page its Vietnamese parts are marked as such.

    A screen reader then reads them with the voice of their language (WCAG 2.2, 3.1.2). Parts are lines and what stands
    between colons and semicolons; one with an English word is English with a Vietnamese name in it and stays unmarked.
    """
    held = conditional_escape("" if text is None else text)
    if not is_english() or not _VIETNAMESE.search(held):
        return held
    return mark_safe("".join(map(_marked, _PARTS.split(held))))  # noqa: S308 escaped one step before


def _marked(part: str) -> str:
    is_vietnamese = _VIETNAMESE.search(part) and not _ENGLISH.search(part)
    return f'<span lang="vi">{part}</span>' if is_vietnamese else part


@register.filter
def legal_basis(text: Any) -> SafeString:
    """The act a rule rests on, whole; the few words packs write between two acts in the reader's language."""
    said = str(text or "")
    return whole_codes(as_written(said.replace("(sửa đổi: ", f"({_('sửa đổi:')} ")) if is_english() else said)


@register.filter
def unbroken(text: Any) -> str:
    """A text whose lines never end between a number and its unit, or before a dash: “15 giờ”, “Điều 11”."""
    joined = _UNIT.sub(NBSP, str(text))
    return _NUMBERED.sub(rf"\1{NBSP}", joined).replace(f" {DASH} ", f"{NBSP}{DASH} ")


@register.filter
def counting(total: int) -> range:
    """1 to ``total``, for drawing a row of steps."""
    return range(1, int(total) + 1)
