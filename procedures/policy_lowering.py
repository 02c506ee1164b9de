"""Whether a local policy lowers anything: one that names a higher fee or a longer time is refused, never listed."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import durations, money
from portal.core.durations import Duration, DurationUnit
from procedures.models import FeeRule, LocalPolicy, ProcedureVersion
from procedures.policies import PolicyEffect


def check(policy: LocalPolicy) -> None:
    """Raise ValidationError where nothing that the policy covers is above its new figure.

    What has no published figure, because the province decides it, may be named at any height. A local policy never
    raises a fee and never lengthens a time (procedures.policies).
    """
    if policy.effect == PolicyEffect.FEE_NEW:
        _check_fee(policy)
    elif policy.effect == PolicyEffect.TIME_NEW and policy.time_value is not None:
        _check_time(policy, _time_of(policy))


def _covered(policy: LocalPolicy) -> QuerySet[ProcedureVersion]:
    current = ProcedureVersion.objects.filter(current_of__isnull=False)
    return current.filter(
        Q(procedure__code__in=policy.procedure_codes) | Q(procedure__field__code__in=policy.field_codes)
    )


def _check_fee(policy: LocalPolicy) -> None:
    rules = FeeRule.objects.filter(version__in=_covered(policy))
    if policy.fee_kinds:
        rules = rules.filter(kind__in=policy.fee_kinds)
    if policy.charges:
        rules = rules.filter(charge__in=policy.charges)
    if policy.channel != "all":
        rules = rules.filter(channel__in=["all", policy.channel])
    day = max(policy.valid_from, timezone.localdate())
    amounts = [rule.amount_vnd for rule in rules.order_by("pk") if rule.is_in_force(day)]
    known = [amount for amount in amounts if amount is not None]
    if known and None not in amounts and policy.amount_vnd is not None and policy.amount_vnd >= max(known):
        words = _("Mức thu mới không thấp hơn mức đang công bố (%(amount)s). Chính sách địa phương chỉ giảm mức thu.")
        raise ValidationError({"amount_vnd": words % {"amount": money.format_vnd(max(known))}})


def _time_of(policy: LocalPolicy) -> Duration:
    """The new time; one that is none, such as two days “within the day”, is refused whatever is published."""
    try:
        return Duration(policy.time_value or 0, DurationUnit(policy.time_unit))
    except ValueError as error:
        words = _("Hãy ghi một số từ 1 đến %(most)d và chọn đơn vị.") % {"most": durations.MOST}
        if policy.time_unit == DurationUnit.SAME_WORKING_DAY:
            words = _("“Trong ngày làm việc” là một ngày: hãy ghi số 1, hoặc chọn đơn vị khác, ví dụ “ngày làm việc”.")
        raise ValidationError({"time_value": words}) from error


def _check_time(policy: LocalPolicy, new: Duration) -> None:
    times = [version.processing_time() for version in _covered(policy).order_by("pk")]
    known = [time for time in times if time is not None]
    if not known or None in times:
        return
    longest = max(known, key=lambda time: time.calendar_days)
    if new.calendar_days >= longest.calendar_days:
        words = _("Thời hạn mới không ngắn hơn thời hạn đang công bố (%(time)s). Chính sách địa phương chỉ rút ngắn.")
        raise ValidationError({"time_value": words % {"time": longest.label()}})
