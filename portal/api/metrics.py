"""Figures for operators: how long machines' requests take, and what waits in outbox and inbox."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.db import DatabaseError, InterfaceError
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from prometheus_client import Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from portal.core.work import WorkState
from portal.exchange.models import InboxMessage, OutboxMessage

REQUEST_SECONDS = Histogram(
    "portal_machine_request_seconds",
    "Time to answer a request of a machine, by route, method and status.",
    ["route", "method", "status"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 6),
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@dataclass(slots=True)
class Seen:
    """What is known of a request once it is answered."""

    status: str = "error"

    def answered(self, response: HttpResponseBase) -> None:
        """Keep the status."""
        self.status = str(response.status_code)


class observed:
    """Time a request; routes, not paths, are counted, so that codes never become labels."""

    __slots__ = ("_request", "_seen", "_started")

    def __init__(self, request: HttpRequest) -> None:
        self._request, self._seen, self._started = request, Seen(), time.perf_counter()

    def __enter__(self) -> Seen:
        return self._seen

    def __exit__(self, *_details: object) -> None:
        match, method = self._request.resolver_match, self._request.method
        route = match.route if match else ""
        counted = _labelled(route, method if method in METHODS else "other", self._seen.status)
        counted.observe(time.perf_counter() - self._started)


@cache
def _labelled(route: str, method: str, status: str) -> Histogram:
    return REQUEST_SECONDS.labels(route, method, status)


class QueueCollector(Collector):
    """Counts what waits, at the moment of the scrape."""

    def collect(self) -> Iterable[Metric]:
        """Yield the number of waiting and dead rows and the age of the oldest waiting one, by queue."""
        waiting = GaugeMetricFamily("portal_queue_waiting", "Rows that wait for their turn.", labels=["queue"])
        dead = GaugeMetricFamily("portal_queue_dead", "Rows that need a person.", labels=["queue"])
        oldest = GaugeMetricFamily("portal_queue_oldest_seconds", "Age of the oldest waiting row.", labels=["queue"])
        try:
            for name, model in (("outbox", OutboxMessage), ("inbox", InboxMessage)):
                states = model._default_manager.exclude(work_state=WorkState.DONE).order_by().values("work_state")
                rows = {row["work_state"]: row for row in states.annotate(count=Count("pk"), since=Min("created_at"))}
                pending = rows.get(WorkState.PENDING)
                waiting.add_metric([name], pending["count"] if pending else 0)
                age = (timezone.now() - pending["since"]).total_seconds() if pending else 0.0
                oldest.add_metric([name], max(age, 0.0))
                dead.add_metric([name], rows[WorkState.DEAD]["count"] if WorkState.DEAD in rows else 0)
        except (DatabaseError, InterfaceError):
            return []  # the other figures are worth more than none
        return [waiting, dead, oldest]
