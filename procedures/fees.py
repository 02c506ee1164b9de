"""What a filing costs (phí, lệ phí): layers of rules, dated and by channel; the lowest applicable one wins.

What holds in the whole country stands in the version's fee rules; what a province's resolution lowers, in its local
policies (``procedures.policies``), reckoned from the published amount.
Legal frame: Luật Phí và lệ phí 97/2015/QH13; reductions by circulars of Bộ Tài chính and resolutions of provincial
councils.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from portal.core import money
from portal.core.language import column_text
from portal.core.rows import rows_at_hand
from procedures import local, policies
from procedures.eforms import own_case
from procedures.eforms.conditions import Scope, holds
from procedures.local import CHANNEL_GROUPS, NOWHERE, Where
from procedures.models import FeeRule, LocalPolicy, ProcedureVersion

ONCE = frozenset({"lần", "hồ sơ"})
"""Units that a filing has one of."""


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
    published_vnd: int | None = None
    """What would be due without a local policy; None when that is not known."""
    policy: str = ""
    """Code of the local policy that lowered the amount, if one did."""


def applies(rule: FeeRule, scope: Scope, *, channel: str) -> bool:
    """Whether a rule applies by itself: dates and channel fit, and it is ordinary or its condition holds."""
    if not rule.is_in_force(scope.on) or not rule.is_of(CHANNEL_GROUPS.get(channel, channel)):
        return False
    return rule.is_default or (rule.condition is not None and holds(rule.condition, scope))


def amounts_due(
    version: ProcedureVersion,
    *,
    answers: Mapping[str, Any],
    channel: str = "online",
    on: date,
    where: Where = NOWHERE,
    facts: Mapping[str, bool] | None = None,
    rules: Iterable[FeeRule] | None = None,
    local_policies: Iterable[LocalPolicy] | None = None,
) -> list[FeeLine]:
    """What a filing on a day at a place costs: a line for each charge in the order of the pack, in the active language.

    Of published cases it is the one that was chosen in the form (``procedures.eforms.own_case``), none by itself.
    Of the rules of one charge the lowest known amount wins; a charge that only has rules without an amount is a line
    without an amount. Then the policies of the place may lower it; they are read unless given.
    """
    scope = Scope(answers, on, facts or {})
    best: dict[str, tuple[FeeRule, FeeLine]] = {}
    published = list(rows_at_hand(version, "fees") if rules is None else rules)
    hers = own_case.chosen_fee(published, answers, CHANNEL_GROUPS.get(channel, channel), on)
    for rule in published:
        if rule is not hers and not applies(rule, scope, channel=channel):
            continue
        quantity = _quantity(rule, answers)
        if quantity == 0:
            continue
        line = _line(rule, quantity)
        other = best.get(rule.charge)
        if other is None or _is_lower(line, other[1]):
            best[rule.charge] = rule, line
    if not best or not where.province_code:
        return [line for _rule, line in best.values()]
    rows = local.policies_for(version, where, on=on) if local_policies is None else local_policies
    held = local.holding(rows, scope)
    filing = local.filing_of(version, on=on, channel=channel, where=where)
    return [_lowered(rule, line, held, filing) for rule, line in best.values()]


def _lowered(rule: FeeRule, line: FeeLine, rows: list[LocalPolicy], filing: policies.Filing) -> FeeLine:
    """The line as the place's policies leave it: the amount of one unit is lowered, then multiplied."""
    amount, policy = policies.lowest_amount(rule.amount_vnd, rows, filing, kind=rule.kind, charge=rule.charge)
    if policy is None or amount is None:
        return line
    return replace(
        line,
        amount_vnd=money.multiply(amount, line.quantity),
        legal_basis=policy.legal_basis,
        policy=policy.code,
    )


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


def _line(rule: FeeRule, quantity: int) -> FeeLine:
    amount = None if rule.amount_vnd is None else money.multiply(rule.amount_vnd, quantity)
    return FeeLine(
        kind=rule.kind,
        description=column_text(rule, "name"),
        amount_vnd=amount,
        published_vnd=amount,
        legal_basis=rule.legal_basis,
        payable_on=rule.payable_on,
        charge=rule.charge,
        rule=rule.key,
        quantity=quantity,
        unit=column_text(rule, "unit"),
        when=column_text(rule, "when_text"),
        is_for_each=bool(rule.unit) and (bool(rule.quantity_field) or rule.unit not in ONCE),
    )
