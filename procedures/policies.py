"""How a province's resolution lowers a fee or shortens a time (chính sách của địa phương): order and rounding, pure.

A local policy never raises and never lengthens. The order, for one charge or one processing time:

1. the published rules of the version say what is due there and then (``procedures.fees``, ``ProcedureVersion``);
2. every policy that covers the filing is reckoned from that published figure, never from another policy;
3. the lowest outcome wins, and policies do not add up; where two give the same, the one that names the procedure comes
   before one for a whole field, the one that names the commune before one for the province, then the newer one.

Rounding: a reduced fee is rounded half up to whole đồng for one unit, before it is multiplied (portal.core.money). A
shortened time is rounded up to whole units of its own unit, and is never less than one.

Legal frame: Luật Phí và lệ phí 97/2015/QH13 art. 21 (mức thu thuộc thẩm quyền Hội đồng nhân dân cấp tỉnh); the order
and the rounding of times are our reading (docs/assumptions.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Protocol, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core import money
from portal.core.durations import Duration, DurationUnit


class PolicyEffect(models.TextChoices):
    """What a resolution does; each value has exactly one figure of its own, and free has none."""

    FEE_PERCENT = "fee_percent", _("Giảm phần trăm mức thu")
    FEE_LESS = "fee_less", _("Giảm một số tiền")
    FEE_NEW = "fee_new", _("Mức thu mới")
    FEE_FREE = "fee_free", _("Không thu (0 đồng)")
    TIME_PERCENT = "time_percent", _("Giảm phần trăm thời hạn")
    TIME_NEW = "time_new", _("Thời hạn mới")


FEE_EFFECTS = frozenset({PolicyEffect.FEE_PERCENT, PolicyEffect.FEE_LESS, PolicyEffect.FEE_NEW, PolicyEffect.FEE_FREE})
TIME_EFFECTS = frozenset({PolicyEffect.TIME_PERCENT, PolicyEffect.TIME_NEW})


class LocalRule(Protocol):
    """What the rules here read of a policy; ``procedures.models.LocalPolicy`` is one."""

    @property
    def code(self) -> str: ...
    @property
    def effect(self) -> str: ...
    @property
    def percent(self) -> Decimal | None: ...
    @property
    def amount_vnd(self) -> int | None: ...
    @property
    def time_value(self) -> int | None: ...
    @property
    def time_unit(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def provinces(self) -> Sequence[str]: ...
    @property
    def communes(self) -> Sequence[str]: ...
    @property
    def procedure_codes(self) -> Sequence[str]: ...
    @property
    def field_codes(self) -> Sequence[str]: ...
    @property
    def fee_kinds(self) -> Sequence[str]: ...
    @property
    def charges(self) -> Sequence[str]: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


Rule = TypeVar("Rule", bound=LocalRule)


@dataclass(frozen=True, slots=True)
class Filing:
    """What a policy asks about a filing, or about one that somebody only thinks of."""

    procedure_code: str
    field_code: str
    on: date
    channel: str = "online"
    """``online`` or ``direct``; the post counts as direct."""
    province_code: str = ""
    commune_code: str = ""


def covers(rule: LocalRule, filing: Filing) -> bool:
    """Whether a policy holds for a filing: day, place, way of filing, and procedure or field."""
    return (
        rule.valid_from <= filing.on
        and (rule.valid_to is None or filing.on <= rule.valid_to)
        and rule.channel in {"all", filing.channel}
        and filing.province_code in rule.provinces
        and (not rule.communes or filing.commune_code in rule.communes)
        and (filing.procedure_code in rule.procedure_codes or filing.field_code in rule.field_codes)
    )


def concerns(rule: LocalRule, *, kind: str, charge: str) -> bool:
    """Whether a policy is about this charge of a procedure: every charge, unless it names kinds or charges."""
    return (
        rule.effect in FEE_EFFECTS
        and (not rule.fee_kinds or kind in rule.fee_kinds)
        and (not rule.charges or charge in rule.charges)
    )


def reduced_amount(rule: LocalRule, published_vnd: int | None) -> int | None:
    """What one unit costs by one policy; None where it cannot tell, because the published amount is not known.

    Never more than the published amount, never less than nothing.
    """
    outcome: int | None
    if rule.effect == PolicyEffect.FEE_FREE:
        outcome = 0
    elif rule.effect == PolicyEffect.FEE_NEW:
        outcome = rule.amount_vnd
    elif published_vnd is None:
        return None
    elif rule.effect == PolicyEffect.FEE_PERCENT and rule.percent is not None:
        outcome = money.reduce_by_percent(published_vnd, rule.percent)
    elif rule.effect == PolicyEffect.FEE_LESS and rule.amount_vnd is not None:
        outcome = max(0, published_vnd - rule.amount_vnd)
    else:
        return None
    if outcome is None or published_vnd is None:
        return outcome
    return min(outcome, published_vnd)


def lowest_amount(
    published_vnd: int | None, rules: Iterable[Rule], filing: Filing, *, kind: str, charge: str
) -> tuple[int | None, Rule | None]:
    """What one unit costs at a place, and the policy that made it less than published; no policy where none does."""
    best: tuple[int, Rule] | None = None
    for rule in _in_order(rules, filing):
        if not concerns(rule, kind=kind, charge=charge):
            continue
        amount = reduced_amount(rule, published_vnd)
        if amount is not None and (best is None or amount < best[0]):
            best = (amount, rule)
    if best is None or (published_vnd is not None and best[0] >= published_vnd):
        return published_vnd, None
    return best


def shortened_time(rule: LocalRule, published: Duration | None) -> Duration | None:
    """The processing time by one policy; None where it cannot tell."""
    if rule.effect == PolicyEffect.TIME_NEW and rule.time_value is not None:
        return Duration(rule.time_value, DurationUnit(rule.time_unit))
    if rule.effect == PolicyEffect.TIME_PERCENT and rule.percent is not None and published is not None:
        left = Fraction(published.value) * (1 - Fraction(rule.percent) / 100)
        return Duration(max(1, -((-left.numerator) // left.denominator)), published.unit)
    return None


def shortest_time(
    published: Duration | None, rules: Iterable[Rule], filing: Filing
) -> tuple[Duration | None, Rule | None]:
    """The processing time at a place, and the policy that made it shorter than published."""
    best: tuple[Duration, Rule] | None = None
    for rule in _in_order(rules, filing):
        time = shortened_time(rule, published)
        if time is not None and (best is None or time.calendar_days < best[0].calendar_days):
            best = (time, rule)
    if best is None or (published is not None and best[0].calendar_days >= published.calendar_days):
        return published, None
    return best


def _in_order(rules: Iterable[Rule], filing: Filing) -> list[Rule]:
    """The policies that cover a filing, the one to prefer first."""
    return sorted(
        (rule for rule in rules if covers(rule, filing)),
        key=lambda rule: (
            filing.procedure_code not in rule.procedure_codes,
            not rule.communes,
            -rule.valid_from.toordinal(),
            rule.code,
        ),
    )
