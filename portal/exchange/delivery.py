"""Delivering the outbox: one lane per partner, so that a slow or dead system holds up nobody but itself.

A lane is a lease on a row. Its holder claims the oldest deliverable message in one transaction, sends it outside of
any, and settles it in another; killed in between, the message is sent again with the same id (at least once).
"""

import random
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.agencies.models import ApiClient
from portal.core.errors import UpstreamError
from portal.core.work import WorkState
from portal.exchange import envelope, lanes, signing, transport
from portal.exchange.models import DeliveryLane, OutboxMessage

log = structlog.get_logger(__name__)

TURN_MESSAGES = 20
TURN_SECONDS = 20
"""A lane gives its thread back after so many messages or so long, so that partners with much to receive take turns."""
FAILURES_BEFORE_REST = 3
REST_SECONDS = (5, 600)
"""First and longest rest of a lane whose partner does not answer."""
RETRY_SECONDS = (2, 3600)
"""First and longest wait of one message."""
REFUSALS_BEFORE_DEAD = 5
REFUSED = frozenset({400, 409, 413, 415, 422})
"""Answers that blame the message, not the connection: trying for days would change nothing."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt."""

    status: int | None
    error: str = ""
    retry_after_seconds: int = 0

    @property
    def is_delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_refused(self) -> bool:
        return self.status in REFUSED

    @property
    def is_gone(self) -> bool:
        """The partner said that it wants no messages at this address any more (Standard Webhooks)."""
        return self.status == 410


def clients_with_work(now: datetime) -> list[int]:
    """Active partners with a message whose time has come and whose lane neither rests nor is held."""
    due = OutboxMessage.objects.filter(client=OuterRef("pk"), work_state=WorkState.PENDING, next_try_at__lte=now)
    rests = Q(lane__rests_until__gt=now) | Q(lane__held_until__gt=now)
    clients = ApiClient.objects.filter(Exists(due), is_active=True).exclude(webhook_url="").exclude(rests)
    return list(clients.order_by("pk").values_list("pk", flat=True))


def deliver_due() -> None:
    """Serve every partner that has something waiting, several at once."""
    lanes.run("delivery", clients_with_work(timezone.now()), _turn)


def _turn(client_id: int) -> bool:
    return serve(client_id) > 0 and client_id in clients_with_work(timezone.now())


def serve(client_id: int, *, limit: int = TURN_MESSAGES) -> int:
    """Send a partner's deliverable messages, in order within each subject; return how many were tried."""
    DeliveryLane.objects.bulk_create([DeliveryLane(client_id=client_id)], ignore_conflicts=True)
    holder, turn_ends, count = secrets.token_hex(16), time.monotonic() + TURN_SECONDS, 0
    try:
        for message in _claims(client_id, holder):
            settle(message, _attempt(message))
            count += 1
            if count >= limit or time.monotonic() > turn_ends:
                break
    finally:
        DeliveryLane.objects.filter(client_id=client_id, holder=holder).update(holder="", held_until=None)
    return count


def _claims(client_id: int, holder: str) -> Iterator[OutboxMessage]:
    while (message := _claim(client_id, holder)) is not None:
        yield message


@transaction.atomic
def _claim(client_id: int, holder: str) -> OutboxMessage | None:
    now = timezone.now()
    free = Q(held_until__isnull=True) | Q(held_until__lte=now) | Q(holder=holder)
    awake = Q(rests_until__isnull=True) | Q(rests_until__lte=now)
    lease = now + timedelta(seconds=3 * settings.HTTP_TIMEOUT_SECONDS)
    if not DeliveryLane.objects.filter(free, awake, client_id=client_id).update(holder=holder, held_until=lease):
        return None
    message = (
        OutboxMessage.objects.deliverable(now)
        .filter(client_id=client_id, client__is_active=True)
        .exclude(client__webhook_url="")
        .select_related("client")
        .first()
    )
    if message is not None:
        message.attempts += 1
        message.tried_since = message.tried_since or now
        message.save(update_fields=["attempts", "tried_since"])
    return message


def _attempt(message: OutboxMessage) -> Outcome:
    try:
        return attempt(message)
    except OperationalError:
        raise  # the database is away
    except Exception as error:  # one message that cannot be written out must not hold up the partner's others
        log.error("delivery.not_sent", message_id=message.message_id, error=type(error).__name__)
        return Outcome(
            status=None, error=_("Cổng chưa gửi được thông điệp (%(kind)s).") % {"kind": type(error).__name__}
        )


def attempt(message: OutboxMessage) -> Outcome:
    """Send one message once; never raises for what the partner's side does."""
    body = envelope.body_of(message.payload)
    client = message.client
    try:
        headers = {"Content-Type": "application/json"}
        if client.webhook_secret:
            headers |= signing.signed_headers(
                message.message_id, body, secret=client.webhook_secret, now=timezone.now()
            )
        response = transport.post_bytes(client.webhook_url, body, headers=headers)
    except UpstreamError as error:
        return Outcome(status=None, error=str(error.message))
    status = response.status_code
    if 200 <= status < 300:
        return Outcome(status=status)
    return Outcome(status=status, error=_meaning(status), retry_after_seconds=_retry_after(response))


def _meaning(status: int) -> str:
    """What an answer means and who has to do what, in an official's words."""
    if status in REFUSED:
        return _("Hệ thống nhận không nhận nội dung (mã %(status)s). Hãy báo đơn vị vận hành, rồi gửi lại.") % {
            "status": status
        }
    if status in (401, 403):
        return _(
            "Hệ thống nhận không chấp nhận chữ ký (mã %(status)s). Hãy kiểm tra khóa ký ở hai phía, rồi gửi lại."
        ) % {"status": status}
    if status in (404, 405, 410) or 300 <= status < 400:
        return _("Địa chỉ nhận không đúng hoặc đã đóng (mã %(status)s). Hãy sửa địa chỉ nhận hồ sơ, rồi gửi lại.") % {
            "status": status
        }
    return _("Hệ thống nhận đang quá tải hoặc gặp sự cố (mã %(status)s). Cổng tự gửi lại.") % {"status": status}


def _retry_after(response: transport.Response) -> int:
    text = response.headers.get("retry-after", "")
    return min(int(text), 3600) if text.isascii() and text.isdigit() and len(text) < 6 else 0


@transaction.atomic
def settle(message: OutboxMessage, outcome: Outcome) -> None:
    """Record what became of an attempt, on the message and on the partner's lane."""
    now = timezone.now()
    fresh = OutboxMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    lane = DeliveryLane.objects.select_for_update(of=("self",)).get(client_id=fresh.client_id)
    if fresh.work_state == WorkState.DONE:  # our lease ran out, and another worker's attempt arrived: that stands
        return
    fresh.response_status = outcome.status
    if outcome.is_delivered:
        fresh.mark_done(now)
        fresh.payload = {}  # whoever it tells of, it was told: the journal says it again from the dossier's own rows
        if lane.failures >= FAILURES_BEFORE_REST:
            _wake_others(fresh, now)
        lane.failures, lane.rests_until, lane.last_success_at, lane.last_error = 0, None, now, ""
    else:
        _plan_next_try(fresh, outcome, now)
        lane.last_failure_at, lane.last_error = now, outcome.error
        if not outcome.is_refused:
            lane.failures += 1
            lane.rests_until = _rest(lane.failures, outcome, now)
    fresh.save(update_fields=["work_state", "next_try_at", "last_error", "done_at", "response_status", "payload"])
    lane.save(update_fields=["failures", "rests_until", "last_success_at", "last_failure_at", "last_error"])
    log.info(
        "delivery.attempted",
        message_id=fresh.message_id,
        type=fresh.type,
        dossier_code=fresh.subject,
        client_id=fresh.client_id,
        status=outcome.status,
        state=fresh.work_state,
        attempts=fresh.attempts,
    )


def _plan_next_try(message: OutboxMessage, outcome: Outcome, now: datetime) -> None:
    since = message.tried_since or now
    is_spent = now - since >= timedelta(seconds=settings.DELIVERY_BUDGET_SECONDS)
    if outcome.is_gone or is_spent or (outcome.is_refused and message.attempts >= REFUSALS_BEFORE_DEAD):
        tried = _("Đã thử %(count)s lần từ %(since)s.") % {
            "count": message.attempts,
            "since": timezone.localtime(since).strftime("%H:%M, %d/%m/%Y"),
        }
        message.work_state, message.last_error = WorkState.DEAD, f"{outcome.error} {tried}"
        return
    shortest, longest = RETRY_SECONDS
    seconds = max(min(longest, shortest ** min(message.attempts, 12)), outcome.retry_after_seconds)
    message.next_try_at = now + timedelta(seconds=seconds * _jitter())
    message.last_error = outcome.error


def _rest(failures: int, outcome: Outcome, now: datetime) -> datetime | None:
    if outcome.retry_after_seconds:
        return now + timedelta(seconds=outcome.retry_after_seconds)
    if failures < FAILURES_BEFORE_REST:
        return None  # perhaps only this message; the lane goes on with other subjects
    shortest, longest = REST_SECONDS
    seconds = min(longest, shortest * 2 ** min(failures - FAILURES_BEFORE_REST, 10))
    return now + timedelta(seconds=seconds * _jitter())


def _jitter() -> float:
    return random.uniform(0.75, 1.25)  # noqa: S311 - spreads retries, no secret


def _wake_others(message: OutboxMessage, now: datetime) -> None:
    """The partner is back: what failed for want of an answer need not wait out its own backoff."""
    unanswered = Q(response_status__isnull=True) | Q(response_status__gte=429)
    waiting = OutboxMessage.objects.filter(unanswered, client_id=message.client_id, work_state=WorkState.PENDING)
    waiting.filter(next_try_at__gt=now).exclude(pk=message.pk).update(next_try_at=now)
