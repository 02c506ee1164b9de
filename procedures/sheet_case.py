"""The case that a reader of a sheet chooses as hers, for time, fee and papers (trường hợp của bạn).

It stands in the address only: pages with it are the same for everybody and may be kept. Whoever files from such a page
finds it in the form, as an answer that she can change (dossiers.beginning).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from portal.core.language import pair_text
from portal.core.rows import rows_at_hand
from portal.core.text import fold
from procedures.eforms import own_case
from procedures.eforms.free_components import cases_of, heading_words
from procedures.eforms.own_case import CASES
from procedures.models import FeeRule, LocalPolicy, ProcedureVersion
from procedures.policies import FEE_EFFECTS, TIME_EFFECTS

PARAMETERS = {own_case.TIME_CASE: "truong-hop", own_case.FEE_CASE: "muc-thu", CASES: "nhom"}
"""Names in addresses and forms, by the key of the question."""
_OPENING = re.compile(r"^(?:(?:doi voi|truong hop|ho so|cac|de nghi)\s+)+")
"""How headings begin that name a case."""
_DASH = re.compile(r"\s[-–—]\s")
"""Before the last one a published case names the procedure."""
_NO_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Choice:
    """One question with its answers, as (value, words, whether it is a chosen one)."""

    name: str
    label: str
    options: list[tuple[str, str, bool]]
    is_multiple: bool = False
    """Several of the answers may be hers."""

    @property
    def chosen(self) -> str:
        """The whole words of the chosen answer, which a narrow list cuts; empty where none is."""
        return next((words for _value, words, is_chosen in self.options if is_chosen), "")


def choices(
    request: HttpRequest, version: ProcedureVersion, rules: Iterable[FeeRule], on: date
) -> tuple[list[Choice], dict[str, Any]]:
    """What may be chosen on a day, and what the address says was; a value that is no case is none.

    None for a procedure with a form of its own, which asks in its own way. The answers are those of the form.
    """
    if version.form:
        return [], {}
    asked = own_case.questions(version, rules, on)
    answers = _answers(request.GET, version, asked)
    found = [
        Choice(
            PARAMETERS[key],
            pair_text(own_case.LABELS[key]),
            [(value, words, value == answers.get(key)) for value, words in cases.items()],
        )
        for key, cases in asked.items()
    ]
    headings = _headings(version)
    if len(headings) > 1:
        options = [
            (own_case.value_of(heading), heading_words(heading), value in answers.get(CASES, ()))
            for value, heading in headings.items()
        ]
        found.append(Choice(PARAMETERS[CASES], pair_text(own_case.LABELS[CASES]), options, is_multiple=True))
    return found, answers


def answers_in(told: QueryDict, version: ProcedureVersion, on: date) -> dict[str, Any]:
    """The same answers from an address or a post, as the form of the version has them."""
    if version.form:
        return {}
    return _answers(told, version, own_case.questions(version, rows_at_hand(version, "fees"), on))


def address_of(answers: Mapping[str, Any], version: ProcedureVersion) -> dict[str, list[str]]:
    """Parameters of an address that says these answers, for ``urlencode(…, doseq=True)``."""
    headings = _headings(version)
    return {
        PARAMETERS[key]: [own_case.value_of(headings[each]) for each in value] if key == CASES else [value]
        for key, value in answers.items()
    }


def _answers(told: QueryDict, version: ProcedureVersion, asked: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    answers: dict[str, Any] = {
        key: value for key, cases in asked.items() if (value := told.get(PARAMETERS[key], "")) in cases
    }
    case = own_case.time_cases(version.sheet)[answers[own_case.TIME_CASE]][0] if own_case.TIME_CASE in answers else ""
    if case and own_case.FEE_CASE not in answers:
        fees = asked.get(own_case.FEE_CASE, {}).items()
        hers = [value for value, words in fees if _names(case, words.rpartition(" (")[0] or words)]
        answers |= {own_case.FEE_CASE: hers[0]} if len(hers) == 1 else {}
    headings = _headings(version)
    wanted = set(told.getlist(PARAMETERS[CASES]))
    chosen = [value for value, heading in headings.items() if own_case.value_of(heading) in wanted]
    if case and not chosen:
        fitting = [value for value, heading in headings.items() if _names(case, heading)]
        chosen = fitting if len(fitting) == 1 else []  # of several none is hers before she says so
    return answers | ({CASES: chosen} if chosen else {})


def _headings(version: ProcedureVersion) -> dict[str, str]:
    return cases_of(rows_at_hand(version, "components"))


def _names(case: str, heading: str) -> bool:
    """Whether a published case is that of a heading: its name, or its last part behind a dash, says the same."""
    told = {_said(case), _said(_DASH.split(case)[-1])}
    return _said(heading_words(heading)) in told - {""}


def _said(words: str) -> str:
    """Words without marks, and without how headings begin that name a case."""
    return _OPENING.sub("", _NO_WORD.sub(" ", fold(words)).strip())


def told_by_choice(
    asked: Iterable[Choice], policies: Iterable[LocalPolicy], on: date, *, is_place_asked: bool = True
) -> str:
    """What the sheet knows better once place and case are chosen: no time and no fee that hangs on neither.

    ``policies`` are those of all provinces for the procedure: in one of them time or fee may be another. Empty where
    neither a place nor a case is asked for.
    """
    names = {choice.name for choice in asked}
    effects = {policy.effect for policy in policies if policy.valid_from <= on}
    follows = {
        _("cơ quan"): is_place_asked,
        _("giấy tờ cần nộp"): PARAMETERS[CASES] in names,
        _("thời hạn"): PARAMETERS[own_case.TIME_CASE] in names or not effects.isdisjoint(TIME_EFFECTS),
        _("mức thu"): PARAMETERS[own_case.FEE_CASE] in names or not effects.isdisjoint(FEE_EFFECTS),
    }
    *others, last = [words for words, follows_it in follows.items() if follows_it] or [""]
    return _("%(others)s và %(last)s") % {"others": ", ".join(others), "last": last} if others else last
