"""The case that a reader of a sheet chooses as hers, for time and fee (trường hợp của bạn); asked again when she files.

It stands in the address only: pages with it are the same for everybody and may be kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from portal.core.language import pair_text
from procedures.eforms import own_case
from procedures.models import FeeRule, ProcedureVersion

PARAMETERS = {own_case.TIME_CASE: "truong-hop", own_case.FEE_CASE: "muc-thu"}
"""Names in addresses and forms, by the key of the question."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One question with its answers, as (value, words, whether it is the chosen one)."""

    name: str
    label: str
    options: list[tuple[str, str, bool]]


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
