"""Acting alone: when the agency works automatically, each open case takes its next step after the configured pause."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from portal.sandbox.casework import decisions
from portal.sandbox.casework.actions import WITHOUT_HELP
from portal.sandbox.casework.chaos import chaos
from portal.sandbox.casework.models import CLOSED, Case, CaseState, Desk, Paper, Push

WITHDRAWAL_REASON = "Dừng giải quyết theo đề nghị rút hồ sơ của người nộp."


def step_due() -> None:
    """Take the next step of each case whose time has come, whose papers are here and whose last word was delivered."""
    if Desk.current().handling != Desk.Handling.AUTO:
        return
    due = Case.objects.filter(next_step_at__lte=timezone.now(), by_hand=False, state__in=WITHOUT_HELP).exclude(
        papers__in=Paper.objects.exclude(state=Paper.State.FETCHED)
    )
    if not chaos.has("reordering"):  # what is told in the wrong order has to pile up first
        due = due.exclude(pushes__state__in=Push.UNSETTLED)
    for case in due[:100]:
        action = WITHOUT_HELP[CaseState(case.state)]
        try:
            decisions.decide(
                case.code, action, reason=WITHDRAWAL_REASON if action == "stop" else "", expected_state=case.state
            )
        except decisions.DecisionProblem:
            continue  # an official or a webhook was quicker; the next sweep sees the new state


def work_by(handling: str) -> None:
    """Switch between working alone and by clicks; cases that lie open start moving again."""
    Desk.objects.update_or_create(pk=1, defaults={"handling": handling})
    if handling == Desk.Handling.AUTO:
        start = timezone.now() + timedelta(seconds=settings.SANDBOX.delay_seconds)
        Case.objects.exclude(state__in=CLOSED).update(next_step_at=start, by_hand=False)
