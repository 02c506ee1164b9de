"""One step for many dossiers: choose in a queue, confirm, then watch each one's result, stop and go on."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.backoffice import bulk, gathering, narrowing, queue_list
from portal.backoffice.forms_bulk import FORMS, BulkForm
from portal.backoffice.models import BulkJob, BulkKind, ItemState
from portal.backoffice.officials import Official, at_work
from portal.backoffice.queue_list import Scope
from portal.backoffice.rail import Rail
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
    official = at_work(request)
    page = keyset.newest_first(BulkJob.objects.filter(official=official.user), request, size=JOBS_SHOWN)
    context = {
        "official": official,
        "jobs": [{"job": job, "progress": bulk.progress(job)} for job in page.rows],
        "next_url": page.next_url,
        "first_url": page.first_url,
        **Rail.of(official).context(),
    }
    return render(request, "backoffice/bulk_list.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Say what will be done to how many; the second time it is sent, start."""
    official = at_work(request)
    if request.method == "GET":
        return redirect("admin:bulk_list")
    kind = _kind(request, official)
    is_confirmed = "confirm" in request.POST
    if is_confirmed and "whole" in request.POST:
        return _confirm_whole(request, official, kind)
    chosen = _chosen(request, official)
    if len(chosen) > bulk.MOST:
        return _ask_whole(request, official, kind)
    if not chosen:
        messages.error(request, _("Hãy chọn ít nhất một hồ sơ."))
        return redirect(_queue_address(request))
    form = FORMS[kind](request.POST if is_confirmed else None, official=official)
    if is_confirmed and form.is_valid():
        job = bulk.start(official, kind, chosen, arguments=form.arguments(), form_token=form.cleaned_data["token"])
        return redirect("admin:bulk", job.pk)
    codes = [one.code for one in chosen]
    return _question(request, official, kind, form, codes=codes, chosen=chosen, whole="", total=len(chosen))


def _question(
    request: HttpRequest, official: Official, kind: BulkKind, form: BulkForm, *, codes: list[str], **shown: Any
) -> HttpResponse:
    """The page that says what will be done to how many, with the first codes."""
    context = {
        "official": official,
        "kind": kind,
        "form": form,
        "named": codes[:NAMED],
        "more": max(0, shown["total"] - len(codes[:NAMED])),
        "back_url": _queue_address(request),
        "queue_name": request.POST.get("queue", "")[:40],
        "kept": narrowing.read(request.POST).query(),
        **shown,
        **Rail.of(official).context(),
    }
    return render(request, "backoffice/bulk_new.html", context, status=422 if form.is_bound else 200)


def _ask_whole(request: HttpRequest, official: Official, kind: BulkKind) -> HttpResponse:
    """A queue too long for a page to carry: which one, and as it is now, goes to the next page signed."""
    queue = queue_list.QUEUES[request.POST["queue"]]
    whole, codes = gathering.look_at(official, queue, narrowed=narrowing.read(request.POST))
    form = FORMS[kind](None, official=official)
    return _question(request, official, kind, form, chosen=[], whole=whole.signed(), total=whole.total, codes=codes)


def _confirm_whole(request: HttpRequest, official: Official, kind: BulkKind) -> HttpResponse:
    """Start what was shown; a page that is too old leads back to the queue."""
    text = request.POST["whole"]
    whole = gathering.read(text)
    if whole is None or whole.queue not in queue_list.QUEUES or queue_list.QUEUES[whole.queue].scope is Scope.OF_OTHERS:
        messages.error(request, _("Trang xác nhận đã quá một giờ. Hãy xem lại hàng đợi rồi chọn lại."))
        return redirect(_queue_address(request))
    form = FORMS[kind](request.POST, official=official)
    if not form.is_valid():
        return _question(request, official, kind, form, chosen=[], whole=text, total=whole.total, codes=[])
    job = bulk.start_whole(official, kind, whole, arguments=form.arguments(), form_token=form.cleaned_data["token"])
    return redirect("admin:bulk", job.pk)


@never_cache
@require_GET
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a job is, and what became of each dossier; what could not be done comes first."""
    official = at_work(request)
    found = bulk.job_of(pk, official=official)
    context: dict[str, Any] = {
        "official": official,
        "job": found,
        "progress": bulk.progress(found),
        "refused": list(found.items.filter(state=ItemState.REFUSED).order_by("pk")[:ITEMS_SHOWN]),
        "done": list(found.items.filter(state=ItemState.DONE).order_by("-done_at", "-pk")[:ITEMS_SHOWN]),
        "is_running": found.work_state == WorkState.PENDING,
        "issuing": (issuing := bulk.issuing(found)),
        "is_watched": found.work_state == WorkState.PENDING or bool(issuing and issuing.waiting),
        "limit": ITEMS_SHOWN,
    }
    if request.headers.get("HX-Request"):
        return render(request, "backoffice/_bulk_progress.html", context)
    return render(request, "backoffice/bulk.html", context | Rail.of(official).context())


@never_cache
@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave the rest undone."""
    bulk.stop(pk, official=at_work(request))
    return redirect("admin:bulk", pk)


@never_cache
@require_POST
def go_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Do the rest."""
    bulk.go_on(pk, official=at_work(request))
    return redirect("admin:bulk", pk)


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
    queue = queue_list.QUEUES.get(request.POST.get("queue", ""))
    if (
        "all" in request.POST
        and "confirm" not in request.POST
        and queue is not None
        and queue.scope is not Scope.OF_OTHERS
    ):
        return bulk.whole_queue(official, queue, narrowed=narrowing.read(request.POST))
    return bulk.chosen_by_marks(official, request.POST.getlist("chosen"))


def _queue_address(request: HttpRequest) -> str:
    name = request.POST.get("queue", "")
    if name not in queue_list.QUEUES:
        return reverse("admin:index")
    narrowed = narrowing.read(request.POST).encoded()
    return reverse("admin:queue", args=[name]) + (f"?{narrowed}" if narrowed else "")
