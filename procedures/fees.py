"""What a filing costs (phí, lệ phí): layers of rules, dated and by channel; the lowest applicable one wins.

Legal frame: Luật Phí và lệ phí 97/2015/QH13; reductions by circulars of Bộ Tài chính and resolutions of provincial
councils.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language

from portal.core import money
from procedures.eforms.conditions import Scope, holds
from procedures.models import FeeRule, ProcedureVersion

ONCE = frozenset({"lần", "hồ sơ"})
"""Units that a filing has one of."""
CHANNEL_GROUPS = {"online": "online", "direct": "direct", "postal": "direct"}
"""A rule for the desk also holds for the post."""


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One charge that is due. No amount: the agency tells it; that is never free and never charged by itself."""

    kind: str
    """A value of ``procedures.models.FeeKind``."""
    description: str
    amount_vnd: int | None
    legal_basis: str
    payable_on: str
    """``filing``, ``acceptance`` or ``result``."""
    charge: str = ""
    rule: str = ""
    quantity: int = 1
    unit: str = ""
    when: str = ""
    is_for_each: bool = False
    """Whether the amount is for one of something of which there may be many."""


def applies(rule: FeeRule, scope: Scope, *, channel: str, province_code: str = "") -> bool:
    """Whether a rule applies by itself: dates, channel and province fit, and it is ordinary or its condition holds."""
    if not is_in_force(rule, scope.on) or rule.channel not in {"all", CHANNEL_GROUPS.get(channel, channel)}:
        return False
    if rule.provinces and province_code not in rule.provinces:
        return False
    return rule.is_default or (rule.condition is not None and holds(rule.condition, scope))


def is_in_force(rule: FeeRule, on: date) -> bool:
    """Whether a day lies within a rule's dates."""
    return (rule.valid_from is None or rule.valid_from <= on) and (rule.valid_to is None or on <= rule.valid_to)


def amounts_due(
    version: ProcedureVersion,
    *,
    answers: Mapping[str, Any],
    channel: str = "online",
    on: date,
    province_code: str = "",
    facts: Mapping[str, bool] | None = None,
    rules: Iterable[FeeRule] | None = None,
) -> list[FeeLine]:
    """What a filing on a day costs: a line for each charge, in the order of the pack, in the active language.

    Of the rules of one charge the lowest known amount wins; a charge that only has rules without an amount is a line
    without an amount.
    """
    scope = Scope(answers, on, facts or {})
    best: dict[str, FeeLine] = {}
    for rule in version.fees.all() if rules is None else rules:
        if not applies(rule, scope, channel=channel, province_code=province_code):
            continue
        quantity = _quantity(rule, answers)
        if quantity == 0:
            continue
        line = _line(rule, quantity)
        other = best.get(rule.charge)
        if other is None or _is_lower(line, other):
            best[rule.charge] = line
    return list(best.values())


def total_vnd(lines: Iterable[FeeLine], *, payable_on: str | None = None) -> int:
    """The sum of the known amounts, of one moment of payment when given."""
    return sum(line.amount_vnd or 0 for line in lines if payable_on in (None, line.payable_on))


def _is_lower(line: FeeLine, other: FeeLine) -> bool:
    if line.amount_vnd is None:
        return False
    return other.amount_vnd is None or line.amount_vnd < other.amount_vnd


def _quantity(rule: FeeRule, answers: Mapping[str, Any]) -> int:
    if not rule.quantity_field:
        return 1
    value = answers.get(rule.quantity_field)
    if isinstance(value, list):
        return len(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return max(0, value)
    return 1


def words(row: Any, name: str) -> str:
    """A text column in the active language, Vietnamese where English is missing."""
    english = getattr(row, f"{name}_en", "")
    return english if english and (get_language() or "vi").startswith("en") else getattr(row, name)


def _line(rule: FeeRule, quantity: int) -> FeeLine:
    amount = None if rule.amount_vnd is None else money.multiply(rule.amount_vnd, quantity)
    return FeeLine(
        kind=rule.kind,
        description=words(rule, "name"),
        amount_vnd=amount,
        legal_basis=rule.legal_basis,
        payable_on=rule.payable_on,
        charge=rule.charge,
        rule=rule.key,
        quantity=quantity,
        unit=words(rule, "unit"),
        when=words(rule, "when_text"),
        is_for_each=bool(rule.unit) and (bool(rule.quantity_field) or rule.unit not in ONCE),
    )
