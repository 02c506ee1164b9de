"""Saved filters (bộ lọc đã lưu): the list, one of them as its queue, and its form; an official sees her own alone."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from portal.backoffice import narrowing, queue_list, saved_filters
from portal.backoffice.forms_filters import ChangeForm, NameForm
from portal.backoffice.models import SavedFilter
from portal.backoffice.narrowing import Known
from portal.backoffice.officials import Official, at_work
from portal.backoffice.rail import Rail
from portal.backoffice.views import queue_page
from portal.core import form_errors
from portal.core.errors import InvalidInputError, NotFoundError


@never_cache
@require_http_methods(["GET", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """Her filters with what each says; by POST the queue that was shown is saved under a name."""
    official = at_work(request)
    form, kept = NameForm(request.POST if request.method == "POST" else None), {}
    if request.method == "POST":
        narrowed, queue = narrowing.read(request.POST), request.POST.get("queue", "")
        if queue not in queue_list.QUEUES:
            raise NotFoundError
        kept = {"queue": queue, **narrowed.query()}
        if form.is_valid():
            try:
                saved = saved_filters.save(
                    official.user, name=form.cleaned_data["name"], queue=queue, narrowed=narrowed
                )
            except InvalidInputError as error:
                form_errors.tell(form, error)
            else:
                messages.success(request, _("Đã lưu bộ lọc “%(name)s”.") % {"name": saved.name})
                return redirect("admin:saved_filter", saved.pk)
    rail = Rail.of(official)
    known = Known(*(narrowing.from_kept(one.narrowed) for one in rail.saved))
    context = {
        "official": official,
        "rows": [{**_said(one, official, known), "count": rail.saved_counts.get(one.pk)} for one in rail.saved],
        "thrown_away": saved_filters.thrown_away(official.user),
        "form": form,
        "kept": kept,
        **rail.context(),
    }
    return render(request, "backoffice/saved_filters.html", context, status=422 if form.errors else 200)


@never_cache
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Its queue, narrowed; where she lost the place it is about, the page says so."""
    official = at_work(request)
    saved = saved_filters.get(pk, official.user)
    if why := saved_filters.lost(saved, official):
        context = {"official": official, "saved": saved, "why": why, **Rail.of(official).context(saved)}
        return render(request, "backoffice/saved_filter_lost.html", context)
    wanted = queue_list.QUEUES[saved.queue]
    return queue_page(request, official, wanted, narrowing.from_kept(saved.narrowed), saved=saved)


@never_cache
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename it, make it the first page, throw it away, or have it back."""
    official = at_work(request)
    user, deed = official.user, request.POST.get("lam", "")
    if deed == "hoan-tac":
        return _restored(request, official, pk)
    saved = saved_filters.get(pk, user)
    if deed == "xoa":
        saved_filters.delete(pk, user)
        messages.success(
            request, _("Đã xóa bộ lọc “%(name)s”. Trong một ngày bạn lấy lại được.") % {"name": saved.name}
        )
        return redirect("admin:saved_filters")
    initial = {"name": saved.name, "is_start": saved.is_start}
    form = ChangeForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved_filters.change(pk, user, **form.cleaned_data)
        except InvalidInputError as error:
            form_errors.tell(form, error)
        else:
            messages.success(request, _("Đã lưu."))
            return redirect("admin:saved_filters")
    context = {
        "official": official,
        "form": form,
        **_said(saved, official, Known(narrowing.from_kept(saved.narrowed))),
        **Rail.of(official).context(saved),
    }
    return render(request, "backoffice/saved_filter.html", context, status=422 if form.errors else 200)


def _restored(request: HttpRequest, official: Official, pk: int) -> HttpResponse:
    try:
        saved = saved_filters.restore(pk, official.user)
    except InvalidInputError as error:
        messages.error(request, error.words)
        return redirect("admin:saved_filters")
    messages.success(request, _("Đã lấy lại bộ lọc “%(name)s”.") % {"name": saved.name})
    return redirect("admin:saved_filters")


def _said(saved: SavedFilter, official: Official, known: Known) -> dict[str, Any]:
    """One filter in words."""
    queue = queue_list.QUEUES.get(saved.queue)
    return {
        "saved": saved,
        "queue": queue,
        "parts": known.words(narrowing.from_kept(saved.narrowed)),
        "lost": saved_filters.lost(saved, official, known),
    }
