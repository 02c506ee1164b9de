"""The case that a reader of a sheet chooses as hers, for time and fee (trường hợp của bạn); asked again when she files.

It stands in the address only: pages with it are the same for everybody and may be kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.core.language import pair_text
from procedures.eforms import own_case
from procedures.models import FeeRule, LocalPolicy, ProcedureVersion
from procedures.policies import FEE_EFFECTS, TIME_EFFECTS

PARAMETERS = {own_case.TIME_CASE: "truong-hop", own_case.FEE_CASE: "muc-thu"}
"""Names in addresses and forms, by the key of the question."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One question with its answers, as (value, words, whether it is the chosen one)."""

    name: str
    label: str
    options: list[tuple[str, str, bool]]

    @property
    def chosen(self) -> str:
        """The whole words of the chosen answer, which a narrow list cuts; empty where none is."""
        return next((words for _value, words, is_chosen in self.options if is_chosen), "")


def choices(
    request: HttpRequest, version: ProcedureVersion, rules: Iterable[FeeRule], on: date
) -> tuple[list[Choice], dict[str, str]]:
    """What may be chosen on a day, and what the address says was; a value that is no case is none.

    None for a procedure with a form of its own, which asks in its own way.
    """
    if version.form:
        return [], {}
    asked: list[Choice] = []
    answers: dict[str, str] = {}
    for key, cases in own_case.questions(version, rules, on).items():
        told = request.GET.get(PARAMETERS[key], "")
        if told in cases:
            answers[key] = told
        options = [(value, words, value == told) for value, words in cases.items()]
        asked.append(Choice(PARAMETERS[key], pair_text(own_case.LABELS[key]), options))
    return asked, answers


def told_by_choice(asked: Iterable[Choice], policies: Iterable[LocalPolicy], on: date) -> str:
    """What the sheet knows better once place and case are chosen: no time and no fee that hangs on neither.

    ``policies`` are those of all provinces for the procedure: in one of them time or fee may be another.
    """
    names = {choice.name for choice in asked}
    effects = {policy.effect for policy in policies if policy.valid_from <= on}
    follows_time = PARAMETERS[own_case.TIME_CASE] in names or not effects.isdisjoint(TIME_EFFECTS)
    follows_fee = PARAMETERS[own_case.FEE_CASE] in names or not effects.isdisjoint(FEE_EFFECTS)
    if follows_time and follows_fee:
        return _("cơ quan, thời hạn và mức thu")
    if follows_time:
        return _("cơ quan và thời hạn")
    return _("cơ quan và mức thu") if follows_fee else _("cơ quan")
