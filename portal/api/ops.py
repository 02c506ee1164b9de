"""What operators and load balancers ask: is the process up, can it serve, what are its figures."""

import hmac
import ipaddress
import os
from collections.abc import Callable

import prometheus_client
from celery import current_app
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import multiprocess

from portal.api.metrics import QueueCollector

PROBE_NAME = "readyz-probe"


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process runs; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, broker and storage answer, 503 otherwise; which of them does not, and no more than that."""
    checks = {name: _works(check) for name, check in CHECKS.items()}
    is_ready = all(checks.values())
    names = {name: "ok" if works else "unreachable" for name, works in checks.items()}
    return JsonResponse({"ready": is_ready, "checks": names}, status=200 if is_ready else 503)


def _works(check: Callable[[], object]) -> bool:
    try:
        check()
    except Exception:  # whatever a driver raises, the answer is "not reachable"
        return False
    return True


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _broker() -> None:
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=2)


def _storage() -> None:
    # asking for a name that is not there needs the same road as reading one that is
    default_storage.exists(PROBE_NAME)


CHECKS: dict[str, Callable[[], object]] = {"database": _database, "broker": _broker, "storage": _storage}


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus figures, for this machine or a bearer of PORTAL_METRICS_TOKEN; 404 for everybody else."""
    if not _may_read_metrics(request):
        return HttpResponse("not found\n", status=404, content_type="text/plain")
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = prometheus_client.CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
    else:
        registry = prometheus_client.REGISTRY
    queues = prometheus_client.CollectorRegistry()
    queues.register(QueueCollector())
    body = prometheus_client.generate_latest(registry) + prometheus_client.generate_latest(queues)
    return HttpResponse(body, content_type=prometheus_client.CONTENT_TYPE_LATEST)


def _may_read_metrics(request: HttpRequest) -> bool:
    scheme, _separator, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if settings.METRICS_TOKEN and scheme.lower() == "bearer":
        return hmac.compare_digest(token.encode(), settings.METRICS_TOKEN.encode())
    # Behind a proxy every caller seems to be on this machine, so nearness proves nothing there.
    if settings.TRUSTED_PROXIES or "HTTP_X_FORWARDED_FOR" in request.META:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
