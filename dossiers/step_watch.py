"""Warnings of a step that takes too long (cảnh báo thời hạn của bước): before, at and after its limit, then upwards.

The limits are rows (dossiers.step_limits), so that when one ends is no column to look for; dossiers.watch raises what
is found here as it raises its own.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers import access, step_limits
from dossiers.models import Alert, Dossier
from dossiers.watch_rules import Rule
from portal.agencies.models import HandStep, MembershipRole

R = MembershipRole
STEP_DUE = "step_due_at"
"""Not of the row: put on a dossier that was found in a step with a limit."""
AHEAD = timedelta(hours=2)
NOT_READ = tuple(name for name in access.NOT_FOR_A_STEP if not name.startswith("procedure_version__"))


def _rules(step: HandStep, holder: str, soon: Any, late: Any, escalated: Any) -> tuple[Rule, ...]:
    nothing = Q(pk__in=[])  # found here, not by their columns
    hours = int(AHEAD.total_seconds() // 3600)
    return (
        Rule(f"{step}_soon", nothing, STEP_DUE, -hours, (holder,), soon),
        Rule(f"{step}_late", nothing, STEP_DUE, 0, tuple({holder, R.LEADER}), late),
        Rule(f"{step}_escalated", nothing, STEP_DUE, 8, (R.LEADER,), escalated, levels_up=1),
    )


STEP_RULES: dict[HandStep, tuple[Rule, ...]] = {
    HandStep.ASSIGN: _rules(
        HandStep.ASSIGN,
        R.LEADER,
        _("Hồ sơ %(code)s phải được phân công trước %(limit)s"),
        _("Hồ sơ %(code)s quá hạn phân công"),
        _("%(agency)s chưa phân công hồ sơ %(code)s, quá hạn một ngày làm việc"),
    ),
    HandStep.WORK: _rules(
        HandStep.WORK,
        R.SPECIALIST,
        _("Hồ sơ %(code)s phải được trình trước %(limit)s"),
        _("Hồ sơ %(code)s quá hạn thụ lý"),
        _("%(agency)s chưa thụ lý xong hồ sơ %(code)s, quá hạn một ngày làm việc"),
    ),
    HandStep.SIGN: _rules(
        HandStep.SIGN,
        R.LEADER,
        _("Hồ sơ %(code)s phải được duyệt trước %(limit)s"),
        _("Hồ sơ %(code)s quá hạn duyệt"),
        _("%(agency)s chưa duyệt hồ sơ %(code)s, quá hạn một ngày làm việc"),
    ),
}
"""When one is warned is our choice: two office hours before, at the limit, and the agency above eight hours after."""


def due(now: datetime) -> Iterator[tuple[Rule, list[Dossier]]]:
    """Dossiers of which a rule may speak and has not spoken yet, with when their step ends."""
    for piece in step_limits.running(now, ahead=AHEAD, left_out=NOT_READ):
        told = set(
            Alert.objects.filter(dossier__in=[dossier.pk for dossier, _in_hand in piece]).values_list(
                "dossier_id", "rule", "limit_at"
            )
        )
        for dossier, in_hand in piece:
            setattr(dossier, STEP_DUE, in_hand.due_at)
        for step, rules in STEP_RULES.items():
            here = [(dossier, in_hand.due_at) for dossier, in_hand in piece if in_hand.step == step]
            for rule in rules:
                yield rule, [dossier for dossier, ends in here if (dossier.pk, rule.name, ends) not in told]
