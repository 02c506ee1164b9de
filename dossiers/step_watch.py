"""Warnings of a step that takes too long (cảnh báo thời hạn của bước): before, at and after its limit, then upwards.

The limits are rows (dossiers.step_limits), so that when one ends is no column to look for; dossiers.watch raises what
is found here as it raises its own.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers import access, step_limits
from dossiers.models import Alert, Dossier
from dossiers.step_limits import InHand
from dossiers.watch_rules import FOUR_WEEKS, Gathered, Rule
from portal.agencies.models import HandStep, MembershipRole, StageRole

R = MembershipRole
STEP_DUE, STEP_SINCE = "step_due_at", "step_since"
"""Not of the row: put on a dossier that was found in a step with a limit. A warning is known by when the step began:
its end may be reckoned anew."""
AHEAD = timedelta(hours=2)
ESCALATED = "_escalated"
NOT_READ = tuple(name for name in access.NOT_FOR_A_STEP if not name.startswith("procedure_version__"))
"""Forms, answers and secrets: as large as all the rest, and no warning says anything of them."""


def _rules(step: str, holder: str, soon: Any, late: Any, escalated: Any, gathered: Gathered) -> tuple[Rule, ...]:
    nothing = Q(pk__in=[])  # found here, not by their columns
    hours = int(AHEAD.total_seconds() // 3600)
    said: dict[str, Any] = {"rows": nothing, "limit": STEP_DUE, "key": STEP_SINCE}
    above: dict[str, Any] = {"levels_up": 1, "gathered": gathered}
    return (
        Rule(name=f"{step}_soon", hours=-hours, roles=(holder,), text=soon, **said),
        Rule(name=f"{step}_late", hours=0, roles=(holder,), text=late, **said),
        Rule(name=f"{step}{ESCALATED}", hours=8, roles=(R.LEADER,), text=escalated, **above, **said),
    )


BOARD = _("Bảng điều hành cho biết ở cơ quan nào.")
STEP_RULES: dict[HandStep, tuple[Rule, ...]] = {
    HandStep.ASSIGN: _rules(
        HandStep.ASSIGN,
        R.LEADER,
        _("Hồ sơ %(code)s sắp hết hạn phân công"),
        _("Hồ sơ %(code)s quá hạn phân công"),
        _("%(agency)s chưa phân công hồ sơ %(code)s, quá hạn một ngày làm việc"),
        Gathered(_("Có hồ sơ quá hạn phân công một ngày làm việc"), BOARD),
    ),
    HandStep.WORK: _rules(
        HandStep.WORK,
        R.SPECIALIST,
        _("Hồ sơ %(code)s sắp hết hạn thụ lý"),
        _("Hồ sơ %(code)s quá hạn thụ lý"),
        _("%(agency)s chưa thụ lý xong hồ sơ %(code)s, quá hạn một ngày làm việc"),
        Gathered(_("Có hồ sơ quá hạn thụ lý một ngày làm việc"), BOARD),
    ),
    HandStep.SIGN: _rules(
        HandStep.SIGN,
        R.LEADER,
        _("Hồ sơ %(code)s sắp hết hạn duyệt"),
        _("Hồ sơ %(code)s quá hạn duyệt"),
        _("%(agency)s chưa duyệt hồ sơ %(code)s, quá hạn một ngày làm việc"),
        Gathered(_("Có hồ sơ quá hạn duyệt một ngày làm việc"), BOARD),
    ),
}
"""When one is warned is our choice: two office hours before, at the limit, and the agency above eight hours after."""
STAGE_RULES: dict[str, tuple[Rule, ...]] = {
    role: _rules(
        f"{short}stage",
        holder,
        _("Hồ sơ %(code)s sắp hết hạn của bước đang làm"),
        _("Hồ sơ %(code)s quá hạn của bước đang làm"),
        _("%(agency)s chưa xong bước đang làm của hồ sơ %(code)s, quá hạn một ngày làm việc"),
        Gathered(_("Có hồ sơ quá hạn của bước xử lý một ngày làm việc"), BOARD),
    )
    for role, short, holder in (
        (StageRole.ANYBODY, "any_", R.SPECIALIST),
        (StageRole.SPECIALIST, "", R.SPECIALIST),
        (StageRole.DESK, "desk_", R.DESK),
        (StageRole.LEADER, "lead_", R.LEADER),
    )
}
"""The same of stages of an internal process with a limit of their own, by whose role they are."""
SAID_LAST = tuple(f"{step}{ESCALATED}" for step in STEP_RULES)
STAGES_SAID_LAST = tuple(rules[-1].name for rules in STAGE_RULES.values())


def due(now: datetime) -> Iterator[tuple[Rule, list[Dossier]]]:
    """Dossiers of which a rule may speak and has not spoken yet, with when their step ends."""
    how: dict[str, Any] = {"ahead": AHEAD, "forgets_after": FOUR_WEEKS, "left_out": NOT_READ}
    for piece in step_limits.running(now, said_last=SAID_LAST, **how):
        yield from _spoken_of(now, [(dossier, found, STEP_RULES[found.step]) for dossier, found in piece])
    for piece in step_limits.running_stages(now, said_last=STAGES_SAID_LAST, **how):
        rules = [(dossier, found, STAGE_RULES[found.stage.role if found.stage else ""]) for dossier, found in piece]
        yield from _spoken_of(now, rules)


def _spoken_of(
    now: datetime, piece: Sequence[tuple[Dossier, InHand, tuple[Rule, ...]]]
) -> Iterator[tuple[Rule, list[Dossier]]]:
    """Those of a piece by the rule that is to speak of them."""
    dossiers = [dossier.pk for dossier, _in_hand, _its in piece]
    told = set(Alert.objects.filter(dossier__in=dossiers).values_list("dossier_id", "rule", "limit_at"))
    for dossier, in_hand, _its in piece:
        setattr(dossier, STEP_DUE, in_hand.due_at)
        setattr(dossier, STEP_SINCE, in_hand.since)
    for rules in {rules[0].name: rules for _dossier, _in_hand, rules in piece}.values():
        here = [(dossier, in_hand) for dossier, in_hand, its in piece if its is rules]
        for rule in rules:
            yield (
                rule,
                [
                    dossier
                    for dossier, in_hand in here
                    if (dossier.pk, rule.name, in_hand.since) not in told and (rule.hours >= 0 or now < in_hand.due_at)
                ],
            )
