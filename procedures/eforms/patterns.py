"""Regular expressions that say in JSON Schema what the rules say in code: days, months and numbers within limits.

They mean the same in ECMA-262, which JSON Schema names, and in Python: figures are ``[0-9]``, and the end is
``$(?!\\n)``, since ``$`` alone lets Python pass a line break.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

END = r"$(?!\n)"
_LEAP = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_MONTH_DAYS = (
    "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8])"
)
REAL_DAY = f"(?:[0-9]{{4}}-(?:{_MONTH_DAYS})|{_LEAP}-02-29)"
"""A day of the calendar as ``YYYY-MM-DD``, 29 February in leap years only."""
MONTH = "[0-9]{4}-(?:0[1-9]|1[0-2])"
CLOCK = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?\+07:00"
"""A time of day on the clock of Việt Nam, after a day."""
NO_CONTROLS = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*" + END
EMAIL = (
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)
MOST_FIGURES = 15


def whole(pattern: str) -> str:
    """The pattern over the whole text."""
    return f"^(?:{pattern}){END}"


def _from(text: str) -> Iterator[str]:
    """Texts of the same shape that do not come before this one; figures count, other characters stand."""
    for place, figure in enumerate(text):
        if figure in "012345678":
            yield text[:place] + f"[{int(figure) + 1}-9]" + _any(text[place + 1 :])
    yield text


def _until(text: str) -> Iterator[str]:
    for place, figure in enumerate(text):
        if figure in "123456789":
            yield text[:place] + f"[0-{int(figure) - 1}]" + _any(text[place + 1 :])
    yield text


def _any(text: str) -> str:
    return "".join("[0-9]" if figure.isdigit() else figure for figure in text)


def days_between(first: date, last: date) -> str:
    """Days from ``first`` to ``last`` among real ones; to be used beside REAL_DAY, without an end of its own."""
    if first > last:
        return "(?!)"
    start, stop = first.isoformat(), last.isoformat()
    return f"(?=(?:{'|'.join(_from(start))}))(?=(?:{'|'.join(_until(stop))}))"


def months_between(first: date, last: date) -> str:
    """Months from the one of ``first`` to the one of ``last``."""
    if (first.year, first.month) > (last.year, last.month):
        return "(?!)"
    start, stop = first.isoformat()[:7], last.isoformat()[:7]
    return f"(?=(?:{'|'.join(_from(start))}))(?=(?:{'|'.join(_until(stop))}))"


def _figures_between(low: int, high: int) -> Iterator[str]:
    """Whole numbers without leading zeros from ``low`` to ``high``, both at least 0."""
    while low <= high:
        length = len(str(low))
        top = min(high, 10**length - 1)
        start, stop = str(low), str(top)
        if start == stop:
            yield start
        else:
            yield f"(?=(?:{'|'.join(_from(start))})(?![0-9]))(?:{'|'.join(_until(stop))})(?![0-9])"
        low = top + 1


def decimals_between(low: int | None, high: int | None) -> str:
    """Decimal numbers as text with a point; without ``low`` none is negative, and minus nought is nought."""
    least, most = (0 if low is None else low), (10**MOST_FIGURES if high is None else high)
    parts = []
    if most >= max(least, 0):
        parts.append(_size_between(max(least, 0), most))
    if least <= 0 and -least >= max(-most, 0):
        parts.append("-" + _size_between(max(-most, 0), -least))
    shape = r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?"
    return f"^(?={shape}{END})(?:{'|'.join(parts) or '(?!)'}){END}"


def _size_between(low: int, high: int) -> str:
    """``low`` to ``high``, a fraction behind every whole number but the last."""
    within = list(_figures_between(low, high - 1))
    parts = [rf"(?:{part})(?:\.[0-9]+)?" for part in within]
    parts.append(rf"{high}(?:\.0+)?")
    return f"0*(?:{'|'.join(parts)})"
