"""Numbers and dates in Vietnamese words, as receipts and civil-status papers print them.

Written with the northern forms that state forms use: *nghìn*, *linh*, *mốt*, *tư*, *lăm*.
"""

from __future__ import annotations

from datetime import date

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_BILLION = 1_000_000_000
LARGEST = 10**18 - 1
"""The largest number in words: one đồng less than a billion billions."""


def _two_digits(number: int) -> list[str]:
    tens, unit = divmod(number, 10)
    if tens == 0:
        return [_DIGITS[unit]]
    if tens == 1:
        words = ["mười"]
        last = {0: None, 5: "lăm"}.get(unit, _DIGITS[unit])
    else:
        words = [_DIGITS[tens], "mươi"]
        last = {0: None, 1: "mốt", 4: "tư", 5: "lăm"}.get(unit, _DIGITS[unit])
    return words if last is None else [*words, last]


def _three_digits(number: int, *, full: bool) -> list[str]:
    """One group of three; ``full`` names the empty hundreds too (*không trăm linh năm*)."""
    hundreds, rest = divmod(number, 100)
    words: list[str] = []
    if hundreds or full:
        words += [_DIGITS[hundreds], "trăm"]
    if rest == 0:
        return words
    if rest < 10 and words:
        words.append("linh")
    return words + _two_digits(rest)


def _below_a_billion(number: int, *, full: bool) -> list[str]:
    words: list[str] = []
    for size, name in ((1_000_000, "triệu"), (1_000, "nghìn"), (1, "")):
        group, number = divmod(number, size)
        if group == 0:
            continue
        words += _three_digits(group, full=full or bool(words))
        if name:
            words.append(name)
    return words


def number_in_words(number: int) -> str:
    """A whole number from 0 to :data:`LARGEST` in words, in lower case.

    >>> number_in_words(1_005_021)
    'một triệu không trăm linh năm nghìn không trăm hai mươi mốt'

    Raises ValueError outside the range.
    """
    if isinstance(number, bool) or not isinstance(number, int):
        raise TypeError("a whole number is needed")
    if not 0 <= number <= LARGEST:
        raise ValueError(f"only 0 to {LARGEST} can be written in words")
    if number == 0:
        return _DIGITS[0]
    billions, rest = divmod(number, _BILLION)
    words: list[str] = []
    if billions:
        words += [*_below_a_billion(billions, full=False), "tỷ"]
    words += _below_a_billion(rest, full=bool(billions) and rest > 0)
    return " ".join(words)


def date_in_words(day: date) -> str:
    """A date in words, as a birth certificate prints it (*ghi bằng chữ*; TT 04/2020/TT-BTP).

    >>> date_in_words(date(2026, 4, 5))
    'Ngày năm tháng tư năm hai nghìn không trăm hai mươi sáu'
    """
    month = "tư" if day.month == 4 else number_in_words(day.month)
    return f"Ngày {number_in_words(day.day)} tháng {month} năm {number_in_words(day.year)}"
