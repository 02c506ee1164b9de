"""Money (tiền) is whole đồng in integers; the only place that multiplies, rounds or prints an amount."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from portal.core.language import is_english
from portal.core.words import LARGEST, number_in_words

_GROUPED = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3})+|[0-9]+")
_CURRENCY = re.compile(r"^(?:₫|vnđ|vnd)|(?:đồng|đ|₫|vnđ|vnd)\.?$", re.IGNORECASE)


def _whole(amount_vnd: int) -> int:
    # bool is an int in Python and a float would round silently: neither is money.
    if isinstance(amount_vnd, bool) or not isinstance(amount_vnd, int):
        raise TypeError(f"an amount is whole đồng (int), not {type(amount_vnd).__name__}")
    return amount_vnd


def round_vnd(amount: int | Decimal | Fraction) -> int:
    """Round an exact amount to whole đồng, halves away from zero (half up).

    Raises TypeError for floats: they have already lost what we would round.
    """
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal | Fraction):
        raise TypeError(f"an exact number is needed, not {type(amount).__name__}")
    if isinstance(amount, int):
        return amount
    if isinstance(amount, Fraction):
        doubled = abs(amount) * 2 + 1
        rounded = doubled.numerator // (2 * doubled.denominator)
        return rounded if amount >= 0 else -rounded
    return int(amount.to_integral_value(rounding=ROUND_HALF_UP))


def multiply(amount_vnd: int, quantity: int | Decimal | Fraction) -> int:
    """An amount times a quantity, such as 8,000 đồng for each of three copies, in whole đồng."""
    if isinstance(quantity, bool) or not isinstance(quantity, int | Decimal | Fraction):
        raise TypeError(f"an exact quantity is needed, not {type(quantity).__name__}")
    if isinstance(quantity, int):
        return _whole(amount_vnd) * quantity
    return round_vnd(Fraction(_whole(amount_vnd)) * Fraction(quantity))


def percent_of(amount_vnd: int, percent: int | Decimal) -> int:
    """``percent`` per cent of an amount, in whole đồng."""
    return multiply(amount_vnd, Fraction(percent) / 100)


def reduce_by_percent(amount_vnd: int, percent: int | Decimal) -> int:
    """What remains after a reduction of ``percent`` per cent (mức giảm phí, lệ phí, e.g. TT 64/2025/TT-BTC).

    Raises ValueError outside 0 to 100.
    """
    if not 0 <= percent <= 100:
        raise ValueError("a reduction is between 0 and 100 per cent")
    return multiply(amount_vnd, 1 - Fraction(percent) / 100)


def format_vnd(amount_vnd: int) -> str:
    """An amount in figures with a space that does not break: ``8.000 đ``; in English ``VND 8,000``.

    Letters and receipts are drawn in Vietnamese, whoever reads them.
    """
    figures = f"{_whole(amount_vnd):,}"
    if is_english():
        return f"VND\N{NO-BREAK SPACE}{figures}"
    return figures.replace(",", ".") + "\N{NO-BREAK SPACE}đ"


def parse_vnd(text: str) -> int:
    """Read an amount as people write it: ``8000``, ``8.000``, ``8,000 đ``, ``20.000 vnđ``, ``VND 8,000``.

    Thousands are grouped by one kind of mark; decimals, signs and words are refused with ValueError, because
    a published fee that does not parse keeps its note and no amount.
    """
    figures = _CURRENCY.sub("", text.strip()).strip()
    if not _GROUPED.fullmatch(figures) or {".", ","} <= set(figures):
        raise ValueError("not an amount in whole đồng")
    if len(figures) > 24:
        raise ValueError("an amount of more than eighteen figures")
    return int(re.sub(r"[.,]", "", figures))


def in_words(amount_vnd: int) -> str:
    """An amount in words for receipts (số tiền bằng chữ; NĐ 254/2026/NĐ-CP, TT 91/2026/TT-BTC).

    >>> in_words(8000)
    'Tám nghìn đồng'
    """
    amount = _whole(amount_vnd)
    if not 0 <= amount <= LARGEST:
        raise ValueError("an amount in words is zero or more, below a billion billions")
    words = number_in_words(amount)
    return f"{words[0].upper()}{words[1:]} đồng"
