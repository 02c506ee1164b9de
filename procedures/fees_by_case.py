"""What a filing costs where every charge hangs on the case, in few words (mức thu tùy trường hợp).

Births and deaths are registered free of charge in time, later for what the province sets (Luật Hộ tịch 60/2014/QH13
art. 11, TT 85/2019/TT-BTC): a reader who has answered nothing yet is told both. What is only asked for besides, such as
copies, is not counted.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from portal.core import money
from portal.core.text import clean_line, fold
from procedures import fees
from procedures.eforms import own_case
from procedures.local import CHANNEL_GROUPS, Where
from procedures.models import FeeRule, LocalPolicy, ProcedureVersion

DAYS = "within_days"
MOST_TOLD = 4
"""So many amounts are named one by one."""


def words(
    version: ProcedureVersion,
    rules: Iterable[FeeRule],
    on: date,
    *,
    channel: str,
    where: Where,
    local_policies: list[LocalPolicy] | None,
) -> str:
    """Free for so many days and then this much at the place; that it depends, where the rules are not of that kind."""
    group, rules = CHANNEL_GROUPS.get(channel, channel), list(rules)
    cases = [
        rule
        for rule in rules
        if rule.condition and not rule.quantity_field and rule.is_of(group) and rule.is_in_force(on)
    ]
    in_time = next((rule for rule in cases if rule.amount_vnd == 0 and DAYS in (rule.condition or {})), None)
    if in_time is None or in_time.condition is None:
        return _span(version, rules, on, channel=channel, where=where, local_policies=local_policies)
    others = [rule for rule in cases if rule is not in_time]
    later = fees.amounts_due(
        version,
        answers={},
        channel=channel,
        on=on,
        where=where,
        rules=[_always(rule) for rule in others],
        local_policies=local_policies,
    )
    told = {"days": in_time.condition[DAYS], "amount": money.format_vnd(fees.total_vnd(later))}
    if not later:
        return _("Miễn phí trong %(days)d ngày đầu") % told
    if any(line.amount_vnd is None for line in later):
        if all(rule.amount_vnd is not None or rule.decided_by == "province" for rule in others):
            return _("Miễn phí trong %(days)d ngày đầu; sau đó theo mức của tỉnh, thành phố") % told
        return _("Miễn phí trong %(days)d ngày đầu; sau đó cơ quan thông báo mức thu") % told
    if fees.total_vnd(later):
        return _("Miễn phí trong %(days)d ngày đầu; sau đó %(amount)s") % told
    return _("Tùy trường hợp") if any(rule.amount_vnd for rule in others) else _("Miễn phí")


def untold(rules: Iterable[FeeRule], on: date, channel: str) -> str:
    """The amounts of a way of filing that nobody can tell apart: their words are the same, or there are none."""
    group = CHANNEL_GROUPS.get(channel, channel)
    alike: dict[tuple[str, str], set[int]] = {}
    for rule in rules:
        is_open = rule.is_of(group) and rule.is_in_force(on) and not rule.is_default and rule.condition is None
        if is_open and rule.amount_vnd is not None:
            alike.setdefault((rule.charge, fold(clean_line(rule.when_text))), set()).add(rule.amount_vnd)
    amounts = sorted({amount for found in alike.values() if len(found) > 1 for amount in found})
    if len(amounts) > MOST_TOLD:
        told = {"least": money.format_vnd(amounts[0]), "most": money.format_vnd(amounts[-1])}
        return _("từ %(least)s đến %(most)s") % told
    return ", ".join(money.format_vnd(amount) for amount in amounts)


def _span(
    version: ProcedureVersion,
    rules: list[FeeRule],
    on: date,
    *,
    channel: str,
    where: Where,
    local_policies: list[LocalPolicy] | None,
) -> str:
    """From the least to the most of published cases of which the reader will choose hers; else that it depends."""
    totals = {
        fees.total_vnd(
            fees.amounts_due(
                version,
                answers={own_case.FEE_CASE: value},
                channel=channel,
                on=on,
                where=where,
                rules=rules,
                local_policies=local_policies,
            )
        )
        for value in own_case.fee_cases(rules, CHANNEL_GROUPS.get(channel, channel), on)
    }
    if not totals:
        return _("Tùy trường hợp")
    if not max(totals):
        return _("Miễn phí")
    if len(totals) == 1:
        return money.format_vnd(max(totals))
    told = {"least": money.format_vnd(min(totals)), "most": money.format_vnd(max(totals))}
    return _("Từ %(least)s đến %(most)s tùy trường hợp") % told


def _always(rule: FeeRule) -> FeeRule:
    """The rule as if its case were the reader's."""
    ordinary = copy.copy(rule)
    ordinary.is_default = True
    return ordinary
