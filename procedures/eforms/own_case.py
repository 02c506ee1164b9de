"""The applicant's own case (trường hợp giải quyết), where the published cases differ in their time or their fee.

The national catalogue writes several times and several fees of one procedure without saying which is whose: only a
person knows. She is asked, and what she chose is what time and fee are reckoned from; whoever is not sure is promised
the longest time that is published, of the procedure or of a case, and told the fee by the agency. (R) Rows of one kind
of fee are read as alternatives, not as a sum: the desk sees what was chosen and asks for the money itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils import translation

from portal.core import money
from portal.core.durations import Duration, DurationUnit
from portal.core.text import clean_line, fold

TIME_CASE = "subcase"
"""The question for the case by which the time is reckoned."""
FEE_CASE = "fee_case"
"""The question for the published fee that is hers."""
CASES = "cases"
"""The question for the cases that the headings of the components name: the papers follow them."""
UNSURE = "unsure"
"""The answer of who cannot tell."""
LABELS = {
    TIME_CASE: {"vi": "Trường hợp của bạn", "en": "Your case"},
    FEE_CASE: {"vi": "Mức thu đúng với bạn", "en": "The fee that fits you"},
    CASES: {"vi": "Giấy tờ theo trường hợp", "en": "Papers by case"},
}
"""The questions in words, for form and sheet."""
WAYS = {"online": "khi nộp trực tuyến", "direct": "khi nộp trực tiếp"}
"""Ways of filing that may have fees of their own, as they stand beside an amount."""
_UNITS = frozenset(DurationUnit)


def time_cases(sheet: Mapping[str, Any]) -> dict[str, tuple[str, Duration | None]]:
    """Each case by its value in the form, with its time; empty where the cases do not differ in time.

    A case that is published under one name with several times has the longest of them.
    """
    found: dict[str, tuple[str, Duration | None]] = {}
    for row in sheet.get("subcases") or ():
        name = _words((row.get("name") or {}).get("vi") or "")
        if not name:
            continue
        value, time = value_of(name), duration(row)
        held = found[value][1] if value in found else None
        found[value] = (
            name,
            time if held is None or (time is not None and time.calendar_days > held.calendar_days) else held,
        )
    times = {time for _name, time in found.values() if time is not None}
    return found if len(found) > 1 and len(times) > 1 else {}


def fee_cases(rules: Iterable[Any], channel: str, on: date | None = None) -> dict[str, Any]:
    """Each fee rule that only a person can choose, by its value in the form; empty where none is to be chosen.

    All rows of the channel are of one kind, have a sure amount and words of their own, and their amounts differ.
    """
    rows = [row for row in rules if row.is_of(channel) and (on is None or row.is_in_force(on))]
    if any(row.is_default or row.condition is not None or row.amount_vnd is None for row in rows):
        return {}
    found = {value_of(row.when_text): row for row in rows if _words(row.when_text)}
    differ = len({row.amount_vnd for row in rows}) > 1 and len({row.charge for row in rows}) == 1
    return found if differ and len(found) == len(rows) else {}


def questions(version: Any, rules: Iterable[Any], on: date | None = None) -> dict[str, dict[str, str]]:
    """What the form asks: by the key of the question each value with its words, in Vietnamese as it is published.

    Of every way of filing, since one form is for all: where not each has a fee at the same amount, its way stands
    beside it. On a day only what may be charged then; a form, which outlives days, says from and till when.
    """
    rows = list(rules)
    asked: dict[str, dict[str, str]] = {}
    with translation.override("vi"):
        if times := time_cases(version.sheet):
            asked[TIME_CASE] = {
                value: f"{name} ({time.label()})" if time else name for value, (name, time) in times.items()
            }
        by_way = {way: cases for way in WAYS if (cases := fee_cases(rows, way, on))}
        if by_way:
            values = dict.fromkeys(value for cases in by_way.values() for value in cases)
            asked[FEE_CASE] = {value: _of_ways(by_way, value) for value in values}
    return asked


def may_be_left(rules: Iterable[Any]) -> set[str]:
    """The questions that an answer is not needed to: a fee that who files online is never charged."""
    return set() if fee_cases(rules, "online") else {FEE_CASE}


def published_time(version: Any, answers: Mapping[str, Any]) -> Duration | None:
    """The published time by the answers: of the case that was chosen, else of the procedure; None where none is.

    The longest of all where the answer tells no time: of who is not sure, of a case with none in figures, and of a case
    that this version does not have.
    """
    answer, usual = answers.get(TIME_CASE), version.processing_time()
    value = answer if isinstance(answer, str) else ""
    cases = time_cases(version.sheet) if value else {}
    if value in cases and (own := cases[value][1]):
        return own
    if version.form and value != UNSURE and value not in cases:
        return usual  # a form of its own may have a question by this name that is not about the published cases
    times = [usual, *(time for _name, time in cases.values())]
    return max((time for time in times if time), key=lambda time: time.calendar_days, default=None)


def chosen_fee(rules: Iterable[Any], answers: Mapping[str, Any], channel: str, on: date) -> Any | None:
    """The fee rule that was chosen, as it stands for a channel on a day; None where none was."""
    value = answers.get(FEE_CASE)
    return fee_cases(rules, channel, on).get(value) if isinstance(value, str) and value != UNSURE else None


def duration(row: Mapping[str, Any]) -> Duration | None:
    """The time of a row of the sheet; None where it has none in figures."""
    value, unit = row.get("value"), row.get("unit")
    return Duration(value, DurationUnit(unit)) if value and unit in _UNITS else None  # not one that stays words


def value_of(name: str) -> str:
    """The value of a case in form and address.

    It follows from the words alone: another order of the rows, or a row more, is the same case still.
    """
    return f"c{hashlib.sha256(fold(_words(name)).encode()).hexdigest()[:10]}"


def _words(text: str) -> str:
    """One line without bullets in front; figures stay: “160.000/hộ chiếu” begins with an amount, not with a number."""
    return clean_line(text).lstrip("-*+•– ").rstrip(":; ")


def _of_ways(by_way: Mapping[str, Mapping[str, Any]], value: str) -> str:
    """A fee in words, with its amount; with the ways of filing it is for, where it is not the same for all."""
    found = {way: cases[value] for way, cases in by_way.items() if value in cases}
    rule = next(iter(found.values()))
    told = {way: _amount(each) for way, each in found.items()}
    is_the_same = len(found) == len(WAYS) and len(set(told.values())) == 1
    if is_the_same and len({each.amount_vnd for each in found.values()}) == 1:
        more = next(iter(told.values()))
    else:
        more = "; ".join(" ".join(filter(None, (told[way], WAYS[way]))) for way in found)
    return f"{_words(rule.when_text)} ({more})" if more else _words(rule.when_text)


def _amount(rule: Any) -> str:
    """The amount and its days beside the words, unless these say it themselves."""
    told = {re.sub(r"\D", "", number) for number in re.findall(r"\d[\d.,]*", rule.when_text)}
    days = [f"từ {rule.valid_from:%d/%m/%Y}"] if rule.valid_from else []
    days += [f"đến hết {rule.valid_to:%d/%m/%Y}"] if rule.valid_to else []
    return " ".join([*([] if str(rule.amount_vnd) in told else [money.format_vnd(rule.amount_vnd)]), *days])
