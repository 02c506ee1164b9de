"""How the exchange with one system goes (bảng theo dõi đồng bộ): a light, its reasons, and what is late for whose sake.

A dossier may look overdue here because the news of it is late. That is told apart from one that is late at the agency:
by reports that lie in quarantine, by what reconciliation saw, and by both times of every event.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from statistics import quantiles
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dossiers import clock_reading
from dossiers.lifecycle import DUE_STATES, FINISHED_STATES, STATE_OF_NATIONAL_STATUS, DossierState
from dossiers.models import Difference, Dossier, DossierEvent, Reconciliation
from dossiers.partners import code_tables
from portal.agencies.models import ApiClient
from portal.backoffice import sync_errors
from portal.core.text import whole_number
from portal.core.work import WorkState
from portal.exchange import delivery, pulling
from portal.exchange.models import DeliveryLane, InboxMessage, OutboxMessage, PullSource

SAMPLE_DOSSIERS = 200
SAMPLE_LATE = 500
SHOWN = 20
LOOKED_BACK = timedelta(days=30)
WAITS_LONG = timedelta(minutes=15)
SILENT_LONG = timedelta(days=1)
LAG_HIGH = timedelta(hours=1)
GREEN, AMBER, RED, OFF = "jade", "amber", "error", "neutral"


@dataclass(frozen=True)
class Light:
    """What a leader understands at a glance, and why."""

    tone: str
    words: str | Promise
    reasons: list[str]


@dataclass(frozen=True)
class Lag:
    """How long news of a system takes to reach the portal, of its newest dossiers."""

    count: int = 0
    half: timedelta = timedelta(0)
    most: timedelta = timedelta(0)
    """Half of the reports are quicker than `half`, nineteen of twenty than `most`."""

    @property
    def half_words(self) -> str:
        """`half` for a reader."""
        return _in_words(self.half)

    @property
    def most_words(self) -> str:
        """`most` for a reader."""
        return _in_words(self.most)


def _in_words(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    if seconds < 90:
        return ngettext("%(n)d giây", "%(n)d giây", seconds) % {"n": seconds}
    if seconds < 90 * 60:
        return ngettext("%(n)d phút", "%(n)d phút", round(seconds / 60)) % {"n": round(seconds / 60)}
    if seconds < 36 * 3600:
        return ngettext("%(n)d giờ", "%(n)d giờ", round(seconds / 3600)) % {"n": round(seconds / 3600)}
    return ngettext("%(n)d ngày", "%(n)d ngày", round(seconds / 86400)) % {"n": round(seconds / 86400)}


def facts(client: ApiClient) -> dict[str, Any]:
    """Everything the page shows."""
    now = timezone.now()
    lane = DeliveryLane.objects.filter(client=client).first()
    pull = PullSource.objects.filter(client=client).defer("secret").first()
    outgoing = OutboxMessage.objects.filter(client=client).defer("payload")
    incoming = InboxMessage.objects.filter(client=client).defer("payload")
    tasks = Difference.objects.filter(client=client).exclude(work_state=WorkState.DONE)
    figures = {
        "outgoing": outgoing.filter(work_state=WorkState.PENDING).count(),
        "outgoing_dead": outgoing.filter(work_state=WorkState.DEAD).count(),
        "incoming": incoming.filter(work_state=WorkState.PENDING).count(),
        "incoming_dead": incoming.filter(work_state=WorkState.DEAD).count(),
        "tasks": tasks.filter(work_state=WorkState.DEAD).count(),
        "healing": tasks.filter(work_state=WorkState.PENDING).count(),
        "gaps": len(code_tables.unmapped(client)),
    }
    newest = newest_of(client)
    lag = lag_of(client, newest)
    oldest = _oldest(outgoing, incoming)
    return {
        "client": client,
        "lane": lane,
        "pull": pull,
        "figures": figures,
        "lag": lag,
        "oldest_at": oldest,
        "light": _light(client, figures, lag=lag, lane=lane, pull=pull, oldest=oldest, now=now),
        "errors": sync_errors.rows(client, newest),
        "late": late_of(client, now, heard_at=_heard_at(client, pull)),
        "looked_late": looked_late(client, now),
        "dead": _dead(outgoing, incoming),
        "tasks": [_told(row) for row in tasks.order_by("work_state", "-pk")[:SHOWN]],
        "healed": list(
            Difference.objects.filter(client=client, work_state=WorkState.DONE).exclude(outcome="").order_by("-pk")[:5]
        ),
        "runs": list(Reconciliation.objects.filter(client=client).order_by("-pk")[:5]),
    }


def _oldest(*queues: "QuerySet[Any]") -> datetime | None:
    found = [
        at
        for queue in queues
        if (
            at := queue.filter(work_state=WorkState.PENDING).order_by("pk").values_list("created_at", flat=True).first()
        )
    ]
    return min(found, default=None)


def newest_of(client: ApiClient) -> list[int]:
    """The ids of the newest dossiers that a system decides or reported, newest first."""
    # one statement each: an OR of the two walks all dossiers from the newest on, until it has found so many
    parts = ({"handled_by": client}, {"source": client})
    newest = [
        Dossier.objects.filter(**mine).order_by("-pk").values_list("pk", flat=True)[:SAMPLE_DOSSIERS] for mine in parts
    ]
    return sorted(set(chain(*newest)), reverse=True)[:SAMPLE_DOSSIERS]


def lag_of(client: ApiClient, newest: Sequence[int]) -> Lag:
    """Between the moment a thing happened there and the moment we knew, over these dossiers."""
    told = DossierEvent.objects.filter(dossier__in=newest, source=client.event_source).exclude(
        data__has_any_keys=["undated", "clock_ahead"]
    )
    lags = [
        max((received_at - occurred_at).total_seconds(), 0.0)
        for occurred_at, received_at in told.order_by().values_list("occurred_at", "received_at")
    ]
    if len(lags) < 2:
        return Lag(len(lags), *(timedelta(seconds=seconds) for seconds in lags * 2))
    cuts = quantiles(lags, n=20, method="inclusive")
    return Lag(len(lags), timedelta(seconds=cuts[9]), timedelta(seconds=cuts[18]))


def _light(
    client: ApiClient,
    figures: dict[str, int],
    *,
    lag: Lag,
    lane: DeliveryLane | None,
    pull: PullSource | None,
    oldest: datetime | None,
    now: datetime,
) -> Light:
    if not client.is_active:
        return Light(OFF, _("Đã tắt"), [])
    bad, doubtful = [], []
    if lane is not None and lane.failures >= delivery.FAILURES_BEFORE_REST:
        bad.append(str(_("Hệ thống không nhận thông điệp của Cổng.")))
    if pull is not None and pull.is_active and pull.failures >= pulling.FAILURES_BEFORE_OPEN:
        bad.append(str(_("Hệ thống không trả lời khi Cổng hỏi.")))
    stopped = figures["outgoing_dead"] + figures["incoming_dead"]
    if stopped:
        words = ngettext(
            "%(n)d thông điệp đã dừng, cần người xử lý.", "%(n)d thông điệp đã dừng, cần người xử lý.", stopped
        )
        bad.append(words % {"n": stopped})
    if figures["tasks"]:
        words = ngettext("%(n)d hồ sơ lệch không tự sửa được.", "%(n)d hồ sơ lệch không tự sửa được.", figures["tasks"])
        bad.append(words % {"n": figures["tasks"]})
    if figures["gaps"]:
        words = ngettext("%(n)d mã chưa ánh xạ.", "%(n)d mã chưa ánh xạ.", figures["gaps"])
        doubtful.append(words % {"n": figures["gaps"]})
    if oldest is not None and now - oldest > WAITS_LONG:
        doubtful.append(str(_("Có thông điệp chờ quá 15 phút.")))
    if lag.most > LAG_HIGH:
        doubtful.append(str(_("Báo cáo đến muộn: cứ hai mươi báo cáo có một muộn quá một giờ.")))
    if _heard_at(client, pull) is not None and now - (_heard_at(client, pull) or now) > SILENT_LONG:
        doubtful.append(str(_("Hệ thống im lặng quá một ngày.")))
    if bad:
        return Light(RED, _("Cần xử lý"), bad + doubtful)
    return Light(AMBER, _("Cần chú ý"), doubtful) if doubtful else Light(GREEN, _("Thông suốt"), [])


def _heard_at(client: ApiClient, pull: PullSource | None) -> datetime | None:
    return max(filter(None, (client.last_seen_at, pull.last_success_at if pull else None)), default=None)


def late_of(client: ApiClient, now: datetime, *, heard_at: datetime | None) -> dict[str, Any]:
    """Dossiers that are overdue here now, by cause: news that lies or was lost on the way, or the agency itself.

    What fell due since the system is silent, at `heard_at`, is laid on nobody: it may long be decided there.
    """
    overdue = Q(state=DossierState.SUBMITTED, intake_due_at__lt=now) | Q(
        state__in=sorted(DUE_STATES - {DossierState.SUBMITTED}), due_at__lt=now, clock_stopped_at__isnull=True
    )
    mine = Dossier.objects.filter(Q(handled_by=client) | Q(source=client)).filter(overdue)
    rows = list(mine.select_related("agency").order_by("due_at", "pk")[:SAMPLE_LATE])
    codes = [row.code for row in rows]
    waiting = set(
        InboxMessage.objects.filter(client=client, subject__in=codes)
        .exclude(work_state=WorkState.DONE)
        .values_list("subject", flat=True)
    )
    finished = [number for number, state in STATE_OF_NATIONAL_STATUS.items() if state in FINISHED_STATES]
    decided = set(
        Difference.objects.filter(client=client, code__in=codes, theirs__in=finished)
        .exclude(work_state=WorkState.DONE)
        .values_list("code", flat=True)
    )
    by_sync = [row for row in rows if row.code in waiting | decided]
    others = [row for row in rows if row.code not in waiting | decided]
    silent_since = heard_at if heard_at is not None and now - heard_at > SILENT_LONG else None
    unclear = [row for row in others if silent_since is not None and _fell_due(row) > silent_since]
    by_agency = [row for row in others if row not in unclear]
    return {
        "count": len(rows),
        "is_cut": len(rows) == SAMPLE_LATE,
        "by_sync": len(by_sync),
        "by_agency": len(by_agency),
        "unclear": len(unclear),
        "silent_since": silent_since,
        "rows": [
            {
                "dossier": row,
                "cause": _("Hệ thống nói đã xong, Cổng chưa ghi được")
                if row.code in decided
                else _("Báo cáo của hệ thống đang nằm chờ"),
            }
            for row in by_sync[:SHOWN]
        ],
        "at_agency": [{"dossier": row, "clocks": clock_reading.of(row, now)} for row in by_agency[:5]],
    }


def _fell_due(dossier: Dossier) -> datetime:
    due_at = dossier.intake_due_at if dossier.state == DossierState.SUBMITTED else dossier.due_at
    return due_at or datetime.min.replace(tzinfo=UTC)


def looked_late(client: ApiClient, now: datetime) -> dict[str, Any]:
    """Dossiers of the last month that were decided in time and looked overdue here until the news came."""
    ending = DossierEvent.objects.filter(dossier=OuterRef("pk"), to_state__in=sorted(FINISHED_STATES))
    done = Dossier.objects.filter(
        Q(handled_by=client) | Q(source=client), finished_at__gte=now - LOOKED_BACK, due_at__isnull=False
    )
    told = done.annotate(told_at=Subquery(ending.order_by("sequence").values("received_at")[:1]))
    found = told.filter(finished_at__lte=F("due_at"), told_at__gt=F("due_at"))
    return {
        "count": found.count(),
        "of": done.count(),
        "rows": list(found.order_by("-told_at")[:5]),
    }


def _dead(*queues: "QuerySet[Any]") -> list[dict[str, Any]]:
    return [
        {
            "kind": kind,
            "work": work,
            "what": what(work),
            "reason": getattr(work, "quarantine_reason", "") or work.last_error,
        }
        for (kind, what), queue in zip(_KINDS, queues, strict=True)
        for work in queue.filter(work_state=WorkState.DEAD).order_by("pk")[:SHOWN]
    ]


_KINDS: tuple[tuple[str, Any], ...] = (
    ("thong-diep-di", lambda work: work.type),
    ("thong-diep-den", lambda work: work.service),
)


def _told(row: Difference) -> dict[str, Any]:
    labels = {
        side: STATE_OF_NATIONAL_STATUS[number].label if number in STATE_OF_NATIONAL_STATUS else _("không có hồ sơ")
        for side, number in (("ours", row.ours), ("theirs", row.theirs))
    }
    return {"row": row, "is_task": row.work_state == WorkState.DEAD, **labels}


def dead_ids(client: ApiClient, kind: str, chosen: Iterable[str]) -> list[int]:
    """The stopped messages of a system that were chosen on its page, or all of them where `chosen` says so."""
    model: Any = OutboxMessage if kind == "thong-diep-di" else InboxMessage
    dead = model.objects.filter(client=client, work_state=WorkState.DEAD)
    wanted = list(chosen)
    if "tat-ca" not in wanted:
        dead = dead.filter(pk__in=filter(None, map(whole_number, wanted)))
    return list(dead.order_by("pk").values_list("pk", flat=True)[:5000])
