"""What a procedure's sheet says, written at the desk: begin, write, look over, publish from a day on."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.forms.utils import ErrorDict, ErrorList
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.agencies.models import Agency, AgencyLevel, Branch
from portal.backoffice import builder
from portal.backoffice.builder_questions import named, questions_of, top_rows
from portal.backoffice.finding_places import Places
from portal.backoffice.form_errors import Errors, links
from portal.backoffice.forms_publish import AnnouncedForm
from portal.backoffice.forms_sheet import SheetForm
from portal.backoffice.forms_sheet_parts import PARTS
from portal.backoffice.forms_sheet_rows import SheetQuestions
from portal.backoffice.forms_sheet_start import PUBLISHING, StartForm
from portal.backoffice.officials import Official, official_of, operator
from portal.backoffice.views_builder_check import tell_published
from portal.core.errors import ConflictError, InvalidInputError, NotFoundError
from procedures import sheet_comparing, sheet_drafting
from procedures.comparison import Part
from procedures.decisions import Decision
from procedures.form_titles import around_fields
from procedures.models import ProcedureVersion, SheetDraft


def _editor(request: HttpRequest, code: str) -> tuple[Official, SheetDraft | None, ProcedureVersion | None]:
    """Who writes on which procedure, one in the catalogue or one just begun; raises NotFoundError."""
    official = official_of(request)
    draft, version = sheet_drafting.open_draft(code), sheet_drafting.last_version(code)
    issuer = version.issuer_code if version else draft.facts["issued_by"] if draft else None
    named = {issuer, draft.facts.get("issued_by") if draft else issuer}  # one above may have given it another issuer
    if issuer is None or not all(builder.may_publish_for(official, str(code)) for code in named):
        raise NotFoundError
    return official, draft, version


ASK = "dieu-kien:"
"""Before the row, as a button says it, that is to get a condition once the draft is saved."""


FOLLOWED = gettext_lazy(
    "Phần “Trường hợp giải quyết” trước đây ghi cùng thời hạn nên đã đổi theo thời hạn mới. "
    "Muốn trường hợp nào có thời hạn khác, hãy sửa dòng ấy rồi lưu."
)
"""Said when cases followed the promised time."""


def _questions(version: ProcedureVersion | None, asked_for: str) -> SheetQuestions:
    """What fees and papers may hang on: the form that will be published with this sheet."""
    form: dict[str, Any] = version.form if version is not None and version.form else {"pages": [], "lists": {}}
    numbers = named([row for row in top_rows(form) if row["type"] in {"integer", "repeat"}], around_fields(form))
    return SheetQuestions(questions_of(form), questions_of(form, facts=True), numbers, asked_for)


@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a procedure that is not in the catalogue."""
    official = operator(request)
    form = StartForm(request.POST if request.method == "POST" else None, official=official, initial=_own(official))
    status = 200
    if request.method == "POST":
        if form.is_valid():
            code = form.cleaned_data["code"].strip()
            try:
                sheet_drafting.begin_new(code, form.facts(), user=official.user)
                return redirect("admin:sheet", code)
            except InvalidInputError as error:
                for name, texts in error.fields.items():
                    form.add_error(name, [str(text) for text in texts])
        status = 422
    context = {"official": official, "form": form, "errors": links(form)}
    return render(request, "backoffice/sheet_new.html", context, status=status)


def _own(official: Official) -> dict[str, str]:
    """The agency of who administers one that publishes procedures."""
    codes = {
        post.agency.code
        for post in official.posts
        if post.agency.path in official.administered_paths and post.agency.level in PUBLISHING
    }
    return {"issued_by": codes.pop()} if len(codes) == 1 else {}


@never_cache
@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """Everything the sheet says on one page; before there is a draft, POST begins one."""
    official, draft, version = _editor(request, code)
    if draft is None:
        if request.method == "POST":
            sheet_drafting.begin(code, user=official.user)
            return redirect("admin:sheet", code)
        return render(request, "backoffice/sheet_begin.html", {"official": official, "version": version})
    data = request.POST if request.method == "POST" else None
    questions = _questions(version, request.GET.get("dieu-kien", ""))
    form, parts = _forms(official, draft, data if data is not None else _half_done(draft), questions)
    errors: Errors = []
    lacking: Errors = []
    status = 200
    differences: list[Part] = []
    if data is None and draft.unfinished:
        lacking = _judged(form, parts)
        _without_errors(form, parts)
    if data is not None:
        errors = _judged(form, parts)
        written = {} if errors else _written(form, parts, draft)
        status = 422 if errors else 200
        try:
            # before all else: mending a mistake here would be in vain
            sheet_drafting.check_seen(draft, builder.seen_in(request))
            if not errors:
                saved = sheet_drafting.save(code, written, seen=builder.seen_in(request), user=official.user)
                messages.success(request, _("Đã lưu bản thảo nội dung."))
                if saved.facts.get("subcases") != written.get("subcases"):
                    messages.info(request, FOLLOWED)
                return redirect(_after(code, request.POST.get("next", "")))
            if "next" not in request.POST:
                sheet_drafting.save_unfinished(code, _typed(data), seen=builder.seen_in(request), user=official.user)
                messages.success(
                    request, _("Đã lưu trang đang viết dở. Bạn hoặc đồng nghiệp viết tiếp lúc nào cũng được.")
                )
                return redirect("admin:sheet", code)
        except ConflictError as error:
            errors, status = [("#main", str(error.message)), *errors], error.status
            newest = sheet_drafting.open_draft(code)
            differences = sheet_comparing.between(newest.facts, written) if newest and written else []
    context = {
        "official": official,
        "draft": draft,
        "version": version,
        "form": form,
        "parts": parts,
        "asked_for": questions.asked_for,
        "errors": errors,
        "lacking": lacking,
        "revision": draft.revision if data is None else builder.seen_in(request),
        "is_stale": status == ConflictError.status,
        "differences": differences,
    }
    return render(request, "backoffice/sheet.html", context, status=status)


Parts = list[dict[str, Any]]


def _forms(
    official: Official, draft: SheetDraft, data: QueryDict | None, questions: SheetQuestions
) -> tuple[SheetForm, Parts]:
    form = SheetForm(data, official=official, facts=draft.facts, questions=questions)
    parts = [
        {
            "name": name,
            "title": title,
            "rows": kind(data, prefix=name, rows=draft.facts.get(name) or [], questions=questions),
        }
        for name, kind, title in PARTS
    ]
    return form, parts


def _written(form: SheetForm, parts: Parts, draft: SheetDraft) -> dict[str, Any]:
    """The facts as they were written; a part without rows is there only where it was."""
    rows = {part["name"]: part["rows"].facts() for part in parts}
    return form.facts() | {name: made for name, made in rows.items() if made or name in draft.facts}


def _after(code: str, button: str) -> str:
    """Where a button leads once the draft is saved."""
    here = reverse("admin:sheet", args=[code])
    if button.startswith(ASK):
        place = button.removeprefix(ASK)
        return f"{here}?{urlencode({'dieu-kien': place})}#dong-{quote(place)}"
    return reverse("admin:sheet_publish", args=[code]) if button else here


def _typed(posted: QueryDict) -> dict[str, list[str]]:
    return {name: posted.getlist(name) for name in posted if name not in {"csrfmiddlewaretoken", "revision"}}


def _half_done(draft: SheetDraft) -> QueryDict | None:
    """What the page held when it was saved before it was whole, as if it were sent now."""
    if not draft.unfinished:
        return None
    data = QueryDict(mutable=True)
    for name, typed in draft.unfinished.items():
        data.setlist(name, typed)
    return data


def _judged(form: SheetForm, parts: Parts) -> Errors:
    """All that is wrong with the page, each with a link to its place."""
    rows = [part["rows"] for part in parts]
    if all([form.is_valid(), *(each.is_valid() for each in rows)]):
        return []
    found = links(form, *(row for each in rows for row in each.forms))
    return found + [(f"#{part['name']}", text) for part in parts for text in part["rows"].non_form_errors()]


def _without_errors(form: SheetForm, parts: Parts) -> None:
    """Who goes on writing is told in one place what is still to do, and nothing is red."""
    for each in [form, *(row for part in parts for row in part["rows"].forms)]:
        each._errors = ErrorDict()
    for part in parts:
        part["rows"]._non_form_errors = ErrorList()


@never_cache
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Publish from a day on, after the linter has spoken and the changes were read; or throw the draft away."""
    official, draft, version = _editor(request, code)
    if draft is None:
        raise NotFoundError
    first_day = timezone.localdate()
    if version is not None and version.valid_from > first_day:
        first_day = version.valid_from
    form = AnnouncedForm(
        request.POST if request.method == "POST" else None,
        decision=Decision.of_facts(draft.facts),
        published=Decision.of(version) if version is not None else None,
        issuer=_issuer(draft, version),
        valid_from=first_day,
    )
    errors: Errors = []
    status, asks_discard = 200, "discard" in request.POST
    if request.method == "POST":
        try:
            if request.POST.get("discard") == "sure":
                sheet_drafting.discard(code, seen=builder.seen_in(request), user=official.user)
                messages.success(request, _("Đã bỏ bản thảo."))
                return redirect("admin:form_list")
            if not asks_discard and form.is_valid():
                day = form.cleaned_data["valid_from"]
                made = sheet_drafting.publish(
                    code, seen=builder.seen_in(request), valid_from=day, user=official.user, decision=form.decision()
                )
                tell_published(request, made)
                return redirect("admin:form_list")
            if not asks_discard:
                errors, status = links(form), 422
        except (ConflictError, InvalidInputError) as error:
            errors, status, asks_discard = [("#main", str(error.message))], error.status, False
    looked = sheet_drafting.look(draft)
    form_now = version.form if version is not None else {}
    places = Places(code, form_now, draft.facts, has_form_draft=False)
    context = {
        "official": official,
        "draft": draft,
        "version": version,
        "form": form,
        "errors": errors,
        "asks_discard": asks_discard,
        # what she saw is what she throws away
        "revision": builder.seen_in(request) if asks_discard else draft.revision,
        "is_changed": sheet_drafting.is_changed(draft),
        "looked": looked,
        "mistakes": places.listed(looked.errors),
        "reminders": places.listed(looked.reminders),
        "nobody_takes": "" if looked.is_taken else _nobody_takes(draft),
    }
    return render(request, "backoffice/sheet_publish.html", context, status=status)


def _issuer(draft: SheetDraft, version: ProcedureVersion | None) -> str:
    """The agency that publishes it, by its name where it is known."""
    code = str(draft.facts.get("issued_by") or "")
    if version is not None and version.issuer_code == code:
        return version.issuer_name
    return Agency.objects.filter(code=code).values_list("name", flat=True).first() or code


def _nobody_takes(draft: SheetDraft) -> str:
    """That no dossier could go anywhere, by the two controls that decide it."""
    asked = (draft.facts.get("competent") or {}).get("routing") or {}
    names = {
        "branch": dict(Branch.choices).get(str(asked.get("branch")), ""),
        "level": dict(AgencyLevel.choices).get(str(asked.get("level")), ""),
    }
    return (
        _(
            "Danh bạ không có cơ quan nào thuộc ngành “%(branch)s” ở cấp “%(level)s”, nên hồ sơ không có nơi nhận. "
            "Hãy xem lại “Cấp giải quyết” và “Ngành giải quyết”, hoặc đặt quy tắc chuyển hồ sơ cho thủ tục này."
        )
        % names
    )
