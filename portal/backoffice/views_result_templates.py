"""Result templates in the back office: list, text, preview on paper, publishing from a day on, log."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from datastore.models import ResultTemplate, ResultTemplateVersion, TemplateState
from datastore.results import answers, previewing, templates
from datastore.results.paper_language import TemplateError
from portal.backoffice import template_log
from portal.backoffice.officials import Official, operator
from portal.backoffice.result_templates import (
    LANGUAGE,
    BodyForm,
    NewTemplateForm,
    PublishForm,
    editor_of,
    may_edit,
    name_of,
)
from portal.core.errors import ConflictError, InvalidInputError, NotFoundError
from portal.core.pdf_responses import inline_pdf
from portal.core.text import whole_number


@never_cache
@require_http_methods(["GET", "POST"])
def template_list(request: HttpRequest) -> HttpResponse:
    """The templates she may edit; POST begins one for a procedure's result."""
    official = operator(request)
    form = NewTemplateForm(request.POST if request.method == "POST" else None)
    errors: list[tuple[str, str]] = []
    if form.is_bound:
        made = _new(form, official) if form.is_valid() else None
        if made is not None:
            templates.begin(made.pk, user=official.user)
            return redirect("admin:template", made.pk)
        words = form.errors.get("code") or [
            _("Không có thủ tục này, thủ tục không cấp giấy, hoặc không phải của cơ quan bạn.")
        ]
        errors = [("#id_code", str(text)) for text in words]
    today = timezone.localdate()
    in_force = {version.template_id: version for version in ResultTemplateVersion.objects.in_force(today)}
    drafts = set(ResultTemplateVersion.objects.filter(state=TemplateState.DRAFT).values_list("template_id", flat=True))
    rows = [
        {"template": found, "name": name_of(found), "in_force": in_force.get(found.pk), "has_draft": found.pk in drafts}
        for found in ResultTemplate.objects.all()
        if may_edit(official, found)
    ]
    context = {"official": official, "rows": rows, "form": form, "errors": errors}
    return render(request, "backoffice/result_templates.html", context, status=422 if errors else 200)


def _new(form: NewTemplateForm, official: Official) -> ResultTemplate | None:
    try:
        kind, name = form.kind_and_name()
    except NotFoundError:
        return None
    code = form.cleaned_data["code"].strip() if form.cleaned_data["is_only_here"] else ""
    if not may_edit(official, ResultTemplate(document_type=kind, procedure_code=code)):
        return None
    return templates.ensure(kind, procedure_code=code, name=name)


@never_cache
@require_http_methods(["GET", "POST"])
def template(request: HttpRequest, pk: int) -> HttpResponse:
    """One template: its draft to edit, its versions, its log; POST begins, saves, publishes or discards."""
    official, found = editor_of(request, pk)
    if request.method != "POST":
        return _page(request, official, found)
    operation = request.POST.get("do", "")
    seen = whole_number(request.POST.get("revision", ""), most_figures=9) or 0
    try:
        if operation == "begin":
            templates.begin(pk, user=official.user)
        elif operation == "save":
            draft = templates.save(pk, seen=seen, body=request.POST.get("body", ""), user=official.user)
            templates.check(found, draft.body)
            messages.success(request, _("Đã lưu bản thảo. Mẫu đọc được."))
        elif operation == "publish":
            form = PublishForm(request.POST)
            if not form.is_valid():
                words = [("#id_valid_from", str(text)) for text in form.errors["valid_from"]]
                return _page(request, official, found, errors=words, publish=form, status=422)
            day = form.cleaned_data["valid_from"]
            with transaction.atomic():
                made = templates.publish(pk, seen=seen, valid_from=day, user=official.user)
                template_log.published(made, user=official.user)
            messages.success(request, _("Đã công bố bản lần %(number)d.") % {"number": made.number})
        elif operation == "discard":
            with transaction.atomic():
                templates.discard(pk, seen=seen, user=official.user)
                template_log.discarded(found, user=official.user)
            messages.success(request, _("Đã bỏ bản thảo."))
        else:
            raise NotFoundError
    except TemplateError as error:
        words = [("#id_body", problem) for problem in error.problems]
        note = _("Đã lưu, nhưng chưa dùng được:") if operation == "save" else ""
        return _page(request, official, found, errors=words, note=note, status=422)
    except (ConflictError, InvalidInputError) as error:
        typed = request.POST.get("body") if operation == "save" else None
        return _page(request, official, found, errors=[("#main", str(error.message))], typed=typed, status=error.status)
    return redirect("admin:template", pk)


def _page(request: HttpRequest, official: Official, found: ResultTemplate, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    draft = templates.draft_of(found)
    typed = more.pop("typed", None)
    versions = answers.versions_with(found.document_type, found.procedure_code)
    today = timezone.localdate()
    in_force = found.versions.all().in_force(today).first()
    context = {
        "official": official,
        "template": found,
        "name": name_of(found),
        "draft": draft,
        "form": BodyForm(initial={"body": typed if typed is not None else draft.body}) if draft else None,
        "publish": PublishForm(initial={"valid_from": today}),
        "in_force": in_force,
        "published": found.versions.filter(state=TemplateState.PUBLISHED),
        "procedures": versions,
        "known": answers.known_of(versions),
        "language": LANGUAGE,
        "changes": templates.changes_of(found)[:50],
        "errors": [],
        "note": "",
        **more,
    }
    return render(request, "backoffice/result_template.html", context, status=status)


@never_cache
@require_GET
def preview(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One version on paper, with sample answers and no signature; `?mau=` draws other answers."""
    _official, found = editor_of(request, pk)
    version = found.versions.filter(number=number).first()
    if version is None:
        raise NotFoundError
    seed = whole_number(request.GET.get("mau", "1"), most_figures=9) or 1
    try:
        pdf = previewing.preview(found, version.body, seed=seed)
    except TemplateError as error:
        for problem in error.problems[:5]:
            messages.error(request, problem)
        return redirect(reverse("admin:template", args=[pk]))
    return inline_pdf(pdf, name=f"mau-{pk}-{number}.pdf")
