"""Sending status events: oldest first within a case, several cases at once, until the portal answers."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import cache

import httpx
from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from portal.sandbox.casework.chaos import chaos
from portal.sandbox.casework.models import CLOSED, Case, Push
from portal.sandbox.casework.transports import transport
from portal.sandbox.casework.transports.base import Outcome
from portal.sandbox.common.background import ring
from portal.sandbox.common.http import next_try_at

logger = logging.getLogger("sandbox.pushes")


@cache
def _senders() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=4, thread_name_prefix="push")


def push_due() -> None:
    """Send every push that is the first unsettled one of its case and whose time has come."""
    if transport().is_asked or chaos.has("outage"):
        return
    while due := _due():
        list(_senders().map(_send, due))
        ring("steps")


def _due() -> list[Push]:
    if chaos.has("reordering"):
        return _backwards()
    now = timezone.now()
    heads: dict[int, Push] = {}
    for push in Push.objects.filter(state__in=Push.UNSETTLED).order_by("pk").select_related("case"):
        heads.setdefault(push.case_id, push)  # a refused push holds back what happened after it, as real clients do
    return [push for push in heads.values() if push.state == Push.State.WAITING and push.next_try_at <= now]


def _backwards() -> list[Push]:
    """The last word first, of cases that are decided to their end; what the portal cannot take yet is tried again."""
    waiting = Push.objects.filter(state=Push.State.WAITING, case__state__in=CLOSED)
    told = list(waiting.order_by("pk").select_related("case"))
    now = timezone.now()  # read after them: the last word of a case that closed meanwhile is due, like those before it
    tails = {push.case_id: push for push in told if push.next_try_at <= now}
    chaos.counts["reordering"] += len(tails)
    return list(tails.values())


def _send(push: Push) -> None:
    close_old_connections()
    try:
        try:
            outcome = transport().deliver(push)
        except httpx.HTTPError as problem:
            outcome = Outcome.retry(f"Không gọi được Cổng ({type(problem).__name__})")
        _record(push, outcome)
    except Exception:
        logger.exception("push_failed push=%s", push.reference)
        _record(push, Outcome.retry("Lỗi trong chương trình thử nghiệm"))


def _record(push: Push, outcome: Outcome) -> None:
    push.attempts += 1
    push.last_error = outcome.detail
    if outcome.kind == "delivered":
        push.state, push.delivered_at = Push.State.DELIVERED, timezone.now()
        pause = timedelta(seconds=settings.SANDBOX.delay_seconds)
        Case.objects.filter(pk=push.case_id).update(next_step_at=timezone.now() + pause)
    elif outcome.kind == "refused" and not chaos.has("reordering"):
        push.state = Push.State.REFUSED
    else:
        push.next_try_at = next_try_at(push.attempts)
    push.save()
    logger.info("push_%s push=%s action=%s attempts=%s", outcome.kind, push.reference, push.action, push.attempts)


def send_again(push: Push) -> None:
    """Put a refused push back in the queue, at an official's click."""
    Push.objects.filter(pk=push.pk, state=Push.State.REFUSED).update(
        state=Push.State.WAITING, next_try_at=timezone.now()
    )
    ring("pushes")


def give_up(push: Push) -> None:
    """Stop trying to deliver a push, so that what happened after it can go out."""
    Push.objects.filter(pk=push.pk, state__in=Push.UNSETTLED).update(state=Push.State.SKIPPED)
    ring("pushes")
