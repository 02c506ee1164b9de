"""One step for many dossiers: choose in a queue, confirm, then watch each one's result, stop and go on."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.backoffice import bulk, queues
from portal.backoffice.forms_bulk import FORMS
from portal.backoffice.models import BulkJob, BulkKind, ItemState
from portal.backoffice.officials import Official, official_of
from portal.backoffice.views import rail
from portal.core import keyset
from portal.core.errors import NotAllowedError, NotFoundError
from portal.core.work import WorkState

JOBS_SHOWN = 20
ITEMS_SHOWN = 100
NAMED = 12
"""Codes named on the page that asks for confirmation."""


@never_cache
@require_GET
def job_list(request: HttpRequest) -> HttpResponse:
    """Her jobs, newest first."""
    official = _working(request)
    page = keyset.newest_first(BulkJob.objects.filter(official=official.user), request, size=JOBS_SHOWN)
    context = {
        "official": official,
        "jobs": [{"job": job, "progress": bulk.progress(job)} for job in page.rows],
        "next_url": page.next_url,
        "first_url": "" if page.is_first else reverse("admin:bulk_list"),
        **_rail(official),
    }
    return render(request, "backoffice/bulk_list.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Say what will be done to how many; the second time it is sent, start."""
    official = _working(request)
    if request.method == "GET":
        return redirect("admin:bulk_list")
    kind = _kind(request, official)
    chosen = _chosen(request, official)
    if not chosen:
        messages.error(request, _("Hãy chọn ít nhất một hồ sơ."))
        return redirect(_queue_address(request))
    is_confirmed = "confirm" in request.POST
    form = FORMS[kind](request.POST if is_confirmed else None, official=official)
    if is_confirmed and form.is_valid():
        job = bulk.start(official, kind, chosen, arguments=form.arguments(), form_token=form.cleaned_data["token"])
        return redirect("admin:bulk", job.pk)
    context = {
        "official": official,
        "kind": kind,
        "form": form,
        "chosen": chosen,
        "named": [one.code for one in chosen[:NAMED]],
        "more": max(0, len(chosen) - NAMED),
        "back_url": _queue_address(request),
        "queue_name": request.POST.get("queue", "")[:40],
        **_rail(official),
    }
    return render(request, "backoffice/bulk_new.html", context, status=422 if is_confirmed else 200)


@never_cache
@require_GET
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a job is, and what became of each dossier; what could not be done comes first."""
    official = _working(request)
    found = bulk.job_of(pk, official=official)
    context: dict[str, Any] = {
        "official": official,
        "job": found,
        "progress": bulk.progress(found),
        "refused": list(found.items.filter(state=ItemState.REFUSED).order_by("pk")[:ITEMS_SHOWN]),
        "done": list(found.items.filter(state=ItemState.DONE).order_by("-done_at", "-pk")[:ITEMS_SHOWN]),
        "is_running": found.work_state == WorkState.PENDING,
        "limit": ITEMS_SHOWN,
    }
    if request.headers.get("HX-Request"):
        return render(request, "backoffice/_bulk_progress.html", context)
    return render(request, "backoffice/bulk.html", context | _rail(official))


@never_cache
@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave the rest undone."""
    bulk.stop(pk, official=_working(request))
    return redirect("admin:bulk", pk)


@never_cache
@require_POST
def go_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Do the rest."""
    bulk.go_on(pk, official=_working(request))
    return redirect("admin:bulk", pk)


def _working(request: HttpRequest) -> Official:
    official = official_of(request)
    if not official.working_posts:
        raise NotFoundError
    return official


def _kind(request: HttpRequest, official: Official) -> BulkKind:
    try:
        kind = BulkKind(request.POST.get("kind", ""))
    except ValueError:
        raise NotFoundError from None
    if kind not in bulk.kinds_for(official):
        raise NotAllowedError(_("Vai của bạn không được thực hiện bước này."), code="dossier.actor_not_allowed")
    return kind


def _chosen(request: HttpRequest, official: Official) -> list[bulk.Chosen]:
    """The ticked rows, or the whole queue where that was ticked; what is confirmed is what was shown."""
    queue = queues.QUEUES.get(request.POST.get("queue", ""))
    if "all" in request.POST and "confirm" not in request.POST and queue is not None and not queue.is_of_others:
        return bulk.whole_queue(official, queue, assignee_id=_assignee(request))
    return bulk.chosen_by_marks(official, request.POST.getlist("chosen"))


def _assignee(request: HttpRequest) -> int | None:
    whose = request.POST.get("nguoi", "")
    return int(whose) if whose.isascii() and whose.isdigit() and len(whose) <= 18 else None


def _queue_address(request: HttpRequest) -> str:
    name = request.POST.get("queue", "")
    return reverse("admin:queue", args=[name]) if name in queues.QUEUES else reverse("admin:index")


def _rail(official: Official) -> dict[str, Any]:
    return rail(official, queues.counts(official, queues.Moment.current()))
