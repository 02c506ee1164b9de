"""Papers by the list (nhập giấy tờ theo danh sách): send a CSV and the scans, watch, stop, go on, take the report."""

import io
from contextlib import ExitStack

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from datastore import import_jobs, importing, incoming
from datastore.digitising import DIGITISED_BY
from datastore.forms import types_for_upload
from datastore.models import BatchStanding, ImportBatch, ImportState
from portal.agencies.actors import Actor
from portal.agencies.memberships import first_actor
from portal.agencies.scopes import within
from portal.backoffice.forms_imports import ImportForm
from portal.backoffice.officials import Official, at_work
from portal.core import form_errors, keyset
from portal.core.errors import InvalidInputError, NotAllowedError, NotFoundError, TooManyRequestsError
from portal.core.language import in_language
from portal.core.tries import is_one_too_many

PAGE_SIZE = 50
ROWS_SHOWN = 100
LISTS, LISTS_SECONDS = 60, 3600
"""Lists one official may send in an hour: each line tells whether the portal knows a person."""
COLUMNS = importing.COLUMN_WORDS


@never_cache
@require_GET
def batches(request: HttpRequest) -> HttpResponse:
    """The batches of the official's agencies, newest first."""
    official = at_work(request)
    page = keyset.newest_first(_mine(official), request, size=PAGE_SIZE)
    context = {
        "official": official,
        "rows": page.rows,
        "next_url": page.next_url,
        "first_url": page.first_url,
    }
    return render(request, "backoffice/imports.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Send a list with its scans; the same list again goes on with its batch."""
    official = at_work(request)
    form = ImportForm(request.POST if request.method == "POST" else None, official=official)
    if request.method == "POST" and is_one_too_many(
        request, "import", most=LISTS, seconds=LISTS_SECONDS, account=official.user.pk
    ):
        raise TooManyRequestsError(retry_after_seconds=LISTS_SECONDS)
    if form.is_valid():
        made = _start(request, form)
        if made is not None:
            return redirect("admin:import", made.pk)
    types = [(kind.code, in_language(kind.name, kind.name_en)) for kind in types_for_upload()]
    context = {
        "official": official,
        "form": form,
        "columns": COLUMNS,
        "types": types,
        "most": import_jobs.LINES_MOST,
    }
    return render(request, "backoffice/import_new.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_GET
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a batch is, and which lines did not come in, with the reason."""
    official = at_work(request)
    found = _batch(official, pk)
    progress = importing.progress(found)
    job = getattr(found, "job", None)
    context = {
        "official": official,
        "batch": found,
        "job": job,
        "progress": progress,
        "waiting": progress.total - progress.done - progress.failed,
        "failed": list(found.rows.filter(state=ImportState.FAILED).order_by("line")[:ROWS_SHOWN]),
        "is_running": found.standing == BatchStanding.RUNNING,
        "may_go_on": found.standing in {BatchStanding.STOPPED, BatchStanding.GIVEN_UP},
        "limit": ROWS_SHOWN,
    }
    is_part = bool(request.headers.get("HX-Request"))
    return render(request, "backoffice/_import_progress.html" if is_part else "backoffice/import.html", context)


@never_cache
@require_GET
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of each line, as CSV; it names lines and documents, not people."""
    found = _batch(at_work(request), pk)
    target = io.StringIO()
    importing.report(found, target)
    answer = HttpResponse("\ufeff" + target.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="bao-cao-nhap-{found.pk}.csv"'
    return answer


@never_cache
@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave the rest of the lines."""
    official = at_work(request)
    found = _batch(official, pk, with_job=True)
    import_jobs.stop(found, actor=_actor(official, found))
    return redirect("admin:import", pk)


@never_cache
@require_POST
def go_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring in the rest."""
    official = at_work(request)
    found = _batch(official, pk, with_job=True)
    import_jobs.go_on(found, actor=_actor(official, found))
    return redirect("admin:import", pk)


def _start(request: HttpRequest, form: ImportForm) -> ImportBatch | None:
    user = form.official.user
    try:
        with ExitStack() as opened:
            listed = opened.enter_context(incoming.papers(request, "list", user))
            scans = opened.enter_context(incoming.papers(request, "folder", user))
            if not listed:
                raise InvalidInputError(fields={"list": [_("Chọn tệp CSV của danh sách.")]})
            listed[0].content.seek(0)
            made = import_jobs.start(
                listed[0].content.read(import_jobs.LIST_MOST_BYTES + 1),
                listed[0].name,
                [(each.name, each.content) for each in scans],
                actor=form.actor,
                is_certified=form.cleaned_data["is_certified"],
            )
            for each in (*listed, *scans):
                incoming.taken(each, user)
    except InvalidInputError as error:
        form_errors.tell(form, error)
        return None
    return made


def _mine(official: Official) -> QuerySet[ImportBatch]:
    return ImportBatch.objects.filter(within(official.top_paths())).select_related("agency", "started_by", "job")


def _batch(official: Official, pk: int, *, with_job: bool = False) -> ImportBatch:
    found: ImportBatch | None = _mine(official).filter(pk=pk).first()
    if found is None or (with_job and getattr(found, "job", None) is None):
        raise NotFoundError
    return found


def _actor(official: Official, found: ImportBatch) -> Actor:
    actor = first_actor(official.actors_at(found.agency), DIGITISED_BY)
    if actor is None:
        raise NotAllowedError
    return actor
