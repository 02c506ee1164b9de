"""Asking systems that cannot push (kéo dữ liệu): one lane each, a cursor, and a circuit that opens after failures.

What a system is asked and what its answer means is a provider's business (registered by who knows what a report is).
Here is when it is asked, by whom, and that an answer and how far it reaches are written together: killed in between,
the same question is asked again, and what is already there is not taken twice.
"""

import random
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.errors import UpstreamError
from portal.core.text import storable
from portal.core.work import ring
from portal.exchange import lanes, services
from portal.exchange.models import PullSource
from portal.exchange.services import Report

log = structlog.get_logger(__name__)

BELL = "exchange.pull_due"
LEASE = timedelta(minutes=5)
"""Longer than any provider takes for one answer; after it another worker may ask."""
FAILURES_BEFORE_OPEN = 3
REST_SECONDS = (30, 3600)
"""First and longest wait of a system whose circuit is open."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that came and cannot be a report, with the reason an official reads."""

    report: Report
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider brought: reports in their order, and from where to ask next."""

    reports: Sequence[Report]
    cursor: Mapping[str, Any]
    has_more: bool = False
    refused: Sequence[Refused] = ()


Provider = Callable[[PullSource], Answer]
"""Asks a system once; touches no database row. Raises UpstreamError when no usable answer comes."""
PROVIDERS: dict[str, Provider] = {}


def provider(name: str) -> Callable[[Provider], Provider]:
    """Register a function as the provider of this name."""

    def register(function: Provider) -> Provider:
        PROVIDERS[name] = function
        return function

    return register


@dataclass(frozen=True, slots=True)
class Settings:
    """Where, how and how often a system is asked; without a new secret the one that is there stays."""

    provider: str
    address: str
    username: str
    window_days: int
    parallel: int
    is_active: bool
    interval_seconds: int
    new_secret: str = ""


@transaction.atomic
def set_source(client_id: int, wanted: Settings) -> PullSource:
    """Set how a system is asked, from the next question on, which is due at once."""
    row = PullSource.objects.select_for_update().filter(client_id=client_id).first() or PullSource(client_id=client_id)
    if (row.provider, row.address) != (wanted.provider, wanted.address):
        row.cursor = {}  # another place: how far the old one was read says nothing about it
    row.provider, row.address, row.username = wanted.provider, wanted.address, wanted.username
    row.window_days, row.parallel, row.is_active = wanted.window_days, wanted.parallel, wanted.is_active
    row.interval_seconds = wanted.interval_seconds
    row.secret = wanted.new_secret or row.secret
    # whoever asks at this moment asked with the old settings; its answer is not taken
    row.failures, row.last_error, row.next_run_at, row.holder, row.held_until = 0, "", timezone.now(), "", None
    row.save()
    return row


def pull_due() -> None:
    """Ask every system whose time has come, several at once."""
    lanes.run(lanes.PULL, _due(timezone.now()), serve)


def _due(now: datetime) -> list[int]:
    due = PullSource.objects.filter(_is_free(now), is_active=True, client__is_active=True, next_run_at__lte=now)
    return list(due.order_by("next_run_at").values_list("client_id", flat=True))


def _is_free(now: datetime) -> Q:
    return Q(held_until__isnull=True) | Q(held_until__lte=now)


def serve(client_id: int) -> bool:
    """Ask a system once and keep what it told; return whether it has more to tell."""
    source = _claim(client_id)
    if source is None:
        return False
    try:
        return _settle(source, PROVIDERS[source.provider](source))
    except UpstreamError as error:
        _settle_failure(source, str(error.message))
        return False
    except Exception as error:  # whatever a system sends must not stop the others, and must be seen
        log.exception("pull.failed", client_id=client_id)
        _settle_failure(source, _("Câu trả lời không đọc được (%(kind)s).") % {"kind": type(error).__name__})
        return False


@transaction.atomic
def _claim(client_id: int) -> PullSource | None:
    now = timezone.now()
    found = PullSource.objects.filter(
        _is_free(now), client_id=client_id, is_active=True, client__is_active=True, next_run_at__lte=now
    )
    source = found.select_for_update(skip_locked=True, of=("self",)).select_related("client__agency").first()
    if source is None:
        return None
    source.holder, source.held_until = secrets.token_hex(16), now + LEASE
    source.save(update_fields=["holder", "held_until"])
    return source


def _locked(source: PullSource) -> PullSource | None:
    """The row again, where it is still ours and was not set up anew meanwhile."""
    return PullSource.objects.select_for_update(of=("self",)).filter(pk=source.pk, holder=source.holder).first()


@transaction.atomic
def _settle(source: PullSource, answer: Answer) -> bool:
    fresh = _locked(source)
    if fresh is None:
        return False
    now = timezone.now()
    new = services.receive_many(source.client, [_storable(report) for report in answer.reports])
    for refused in answer.refused:
        report = _storable(refused.report)
        services.quarantine(
            client=source.client,
            service=report.service,
            subject=report.subject,
            payload=report.payload,
            reason=refused.reason,
        )
    fresh.cursor, fresh.received = storable(dict(answer.cursor)), fresh.received + new
    fresh.failures, fresh.last_success_at, fresh.last_error = 0, now, ""
    fresh.next_run_at = now if answer.has_more else now + timedelta(seconds=fresh.interval_seconds)
    fresh.holder, fresh.held_until = "", None
    fresh.save(
        update_fields=[
            "cursor",
            "received",
            "failures",
            "last_success_at",
            "last_error",
            "next_run_at",
            "holder",
            "held_until",
        ]
    )
    log.info("pull.answered", client_id=source.client_id, reports=len(answer.reports), new=new)
    return answer.has_more


def _storable(report: Report) -> Report:
    """One character that no database keeps must not hold up all that a system tells."""
    return Report(report.service, storable(report.subject), storable(report.payload))


@transaction.atomic
def _settle_failure(source: PullSource, reason: str) -> None:
    fresh = _locked(source)
    if fresh is None:
        return
    now = timezone.now()
    fresh.failures += 1
    fresh.last_failure_at, fresh.last_error = now, reason[:2000]
    fresh.next_run_at = now + timedelta(seconds=_wait(fresh.failures, fresh.interval_seconds))
    fresh.holder, fresh.held_until = "", None
    fresh.save(update_fields=["failures", "last_failure_at", "last_error", "next_run_at", "holder", "held_until"])
    log.warning("pull.unanswered", client_id=source.client_id, failures=fresh.failures)


def _wait(failures: int, interval_seconds: int) -> float:
    shortest, longest = REST_SECONDS
    if failures < FAILURES_BEFORE_OPEN:
        seconds = float(min(interval_seconds, shortest))
    else:
        seconds = min(longest, shortest * 2.0 ** min(failures - FAILURES_BEFORE_OPEN, 10))
    return seconds * random.uniform(0.75, 1.25)  # noqa: S311 - spreads retries, no secret


@transaction.atomic
def hurry(client_id: int) -> bool:
    """Ask a system now, by an official's hand, even where its circuit is open; return whether it can be asked."""
    count = PullSource.objects.filter(client_id=client_id, is_active=True).update(next_run_at=timezone.now())
    ring(BELL)
    return bool(count)
