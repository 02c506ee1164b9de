"""The code table of a partner's system: what waits to be mapped, the table in force, its file in and out."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from dossiers.lifecycle import STATE_OF_NATIONAL_STATUS
from dossiers.models import CodeKind, CodeTable
from dossiers.partners import code_files, code_tables
from portal.agencies.models import ApiClient
from portal.backoffice import systems
from portal.backoffice.officials import Official, official_of
from portal.core.errors import InvalidInputError, NotFoundError
from portal.core.text import whole_number

SHOWN_GAPS, SHOWN_ENTRIES, SHOWN_VERSIONS = 100, 200, 20


class UploadForm(forms.Form):
    """The filled template."""

    file = forms.FileField(
        label=gettext_lazy("Tệp bảng mã"),
        help_text=gettext_lazy("CSV (UTF-8) hoặc JSON theo mẫu tải về ở trên. Bảng trong tệp thay cả bảng đang dùng."),
        error_messages={"required": gettext_lazy("Hãy chọn tệp."), "empty": gettext_lazy("Tệp rỗng.")},
    )


@never_cache
@require_http_methods(["GET", "POST"])
def codes(request: HttpRequest, pk: int) -> HttpResponse:
    """What is mapped and what waits; POST takes a file, or the codes typed beside the gaps."""
    official = official_of(request)
    client = _system(official, pk)
    if request.method == "GET":
        return _page(request, client, UploadForm())
    if request.POST.get("do") == "typed":
        return _typed(request, official, client)
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            entries = code_files.read(client, form.cleaned_data["file"].read(code_files.MOST_BYTES + 1))
        except InvalidInputError as error:
            for problem in error.fields["file"]:
                form.add_error("file", str(problem))
        else:
            return _publish(request, official, client, entries)
    return _page(request, client, form, status=422)


def _typed(request: HttpRequest, official: Official, client: ApiClient) -> HttpResponse:
    rows, typed, problems = [], {}, {}
    for gap in code_tables.unmapped(client):
        ours = request.POST.get(f"gap-{gap.pk}", "").strip()[: code_files.NOTE_LENGTH]
        if not ours:
            continue
        typed[gap.pk] = ours
        row = {"kind": gap.kind, "told": gap.told, "ours": ours, "note": ""}
        try:
            code_files.check(client, [(1, row)])
        except InvalidInputError as error:
            problems[gap.pk] = capfirst(str(error.fields["file"][0]).partition(": ")[2])
        rows.append(row)
    if problems or not rows:
        if not rows:
            messages.info(request, _("Chưa gõ mã nào."))
        return _page(request, client, UploadForm(), typed=typed, problems=problems, status=422)
    return _publish(request, official, client, rows, put=code_tables.add)


def _publish(
    request: HttpRequest, official: Official, client: ApiClient, entries: Any, *, put: Any = code_tables.publish
) -> HttpResponse:
    before = client.code_version
    number = put(client, entries, by=official.user)
    if number == before:
        messages.info(request, _("Bảng mã không đổi."))
    else:
        systems.note(official.user, client, f"Bảng mã bản {number}: {len(code_tables.current(client))} mã")
        messages.success(
            request,
            _("Đã dùng bảng mã bản %(number)d. Báo cáo và hồ sơ chờ các mã này đang được xử lý lại.")
            % {"number": number},
        )
    return redirect("admin:system_codes", client.pk)


def _page(
    request: HttpRequest,
    client: ApiClient,
    form: UploadForm,
    *,
    typed: dict[int, str] | None = None,
    problems: dict[int, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    gaps = code_tables.unmapped(client)
    entries = code_tables.current(client)
    context = {
        "client": client,
        "form": form,
        "gaps": [
            {"gap": gap, "typed": (typed or {}).get(gap.pk, ""), "problem": (problems or {}).get(gap.pk, "")}
            for gap in gaps[:SHOWN_GAPS]
        ],
        "gap_count": len(gaps),
        "entries": [{**row, "label": CodeKind(row["kind"]).label} for row in entries[:SHOWN_ENTRIES]],
        "entry_count": len(entries),
        "versions": CodeTable.objects.filter(client=client).select_related("made_by").defer("entries")[:SHOWN_VERSIONS],
        "statuses": sorted((number, state.label) for number, state in STATE_OF_NATIONAL_STATUS.items()),
    }
    return render(request, "backoffice/system_codes.html", context, status=status)


@never_cache
@require_GET
def download(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The template, filled with what is mapped and what waits; `?ban=` takes an earlier version as it was."""
    client = _system(official_of(request), pk)
    wanted = request.GET.get("ban", "")
    if wanted:
        number = whole_number(wanted, most_figures=9) or 0
        found = CodeTable.objects.filter(client=client, number=number).first()
        if found is None:
            raise NotFoundError
        rows = code_files.rows_of(client, found.entries, with_gaps=False)
    else:
        rows = code_files.rows_of(client, code_tables.current(client), with_gaps=True)
    if form == "csv":
        response = HttpResponse(code_files.as_csv(rows), content_type="text/csv; charset=utf-8")
    elif form == "json":
        response = HttpResponse(code_files.as_json(client, rows), content_type="application/json")
    else:
        raise NotFoundError
    response.headers["Content-Disposition"] = f'attachment; filename="bang-ma-{client.pk}.{form}"'
    return response


def _system(official: Official, pk: int) -> ApiClient:
    if not official.is_operator:
        raise NotFoundError
    return systems.get(official, pk)
