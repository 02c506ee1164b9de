"""The builder: list, outline, and every change to a draft of a form."""

from typing import Any

from django.contrib import messages
from django.db.models import Case, Q, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.backoffice import builder, outline_steps
from portal.backoffice.builder_questions import top_rows
from portal.backoffice.form_editing import NOT_IN_PARTS, WITH_PARTS, NewColumnForm, NewFieldForm, NewPartForm
from portal.backoffice.form_errors import links
from portal.backoffice.forms_sheet_start import PUBLISHING
from portal.backoffice.officials import official_of, operator
from portal.backoffice.outline_steps import Change, Edit
from portal.backoffice.views_builder_parts import done, field_page
from portal.core.errors import ConflictError, InvalidInputError, NotFoundError
from portal.core.text import loose_pattern, whole_number
from procedures import drafting, form_edits, sheet_drafting
from procedures.models import Bundle, DraftState, FormDraft, ProcedureVersion
from procedures.national import beside

MOST_LISTED = 50


@never_cache
@require_GET
def procedure_list(request: HttpRequest) -> HttpResponse:
    """Procedures she may edit: open drafts first, others by code or name."""
    official = operator(request)
    typed = request.GET.get("q", "").replace("\x00", "").strip()[:120]
    found = builder.editable_by(official).select_related("procedure")
    if typed:
        found = found.filter(Q(procedure__code__startswith=typed) | Q(name__regex=loose_pattern(typed)))
    drafts = {
        draft.procedure_id: draft for draft in FormDraft.objects.filter(state=DraftState.OPEN).order_by("-updated_at")
    }
    sheets = {draft.code: draft for draft in sheet_drafting.open_drafts()}
    drafts_first = Case(When(Q(procedure__in=drafts) | Q(procedure__code__in=sheets), then=0), default=1)
    versions = list(found.order_by(drafts_first, "procedure__code")[: MOST_LISTED + 1])
    bundles = {
        row.procedure_id: row for row in Bundle.objects.filter(procedure__in=[each.procedure_id for each in versions])
    }
    rows = [
        {
            "version": version,
            "bundle": bundles.get(version.procedure_id),
            "draft": drafts.get(version.procedure_id),
            "sheet_draft": sheets.get(version.procedure.code),
        }
        for version in versions[:MOST_LISTED]
    ]
    begun = [draft for draft in sheets.values() if draft.base_id is None]
    context = {
        "official": official,
        "rows": rows,
        "begun": builder.hers(official, begun),
        "may_begin": official.user.is_superuser or any(post.agency.level in PUBLISHING for post in official.posts),
        "waiting": builder.first_ones_waiting(official),
        "records": beside.changed(builder.editable_by(official)),
        "typed": typed,
        "limit": MOST_LISTED,
        "is_cut": len(versions) > MOST_LISTED,
    }
    return render(request, "backoffice/builder_list.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def outline(request: HttpRequest, code: str) -> HttpResponse:
    """The draft's pages and questions; POST begins a draft."""
    official, version = builder.editor_of(request, code)
    if request.method == "POST":
        drafting.begin(code, user=official.user)
        return redirect("admin:form_outline", code)
    draft = drafting.open_draft(code)
    if draft is None:
        context = {"official": official, "version": version, "waiting": drafting.waiting(version.procedure)}
        return render(request, "backoffice/builder_begin.html", context)
    return _outline(request, draft, version)


def _outline(request: HttpRequest, draft: FormDraft, version: ProcedureVersion, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    context = {
        "official": official_of(request),
        "version": version,
        "draft": draft,
        "waiting": drafting.waiting(version.procedure),
        "pages": builder.outline(draft.form),
        "undo": _undo(request, draft),
        "new_field": NewFieldForm(auto_id="new_%s", others=outline_steps.others(draft)),
        "new_part": NewPartForm(auto_id="part_%s"),
        "errors": [],
        "chosen_target": request.GET.get("vao", "")[:200],
        **more,
    }
    context["chosen_group"] = "/".join(context["chosen_target"].split("/")[:2])
    groups = {f"{page['key']}/{group['key']}" for page in context["pages"] for group in page["groups"]}
    context["adds_below"] = context["chosen_group"] not in groups
    return render(request, "backoffice/builder.html", context, status=status)


def _undo(request: HttpRequest, draft: FormDraft) -> dict[str, Any] | None:
    """What was just taken out, and the change to go back to; None once something else was changed."""
    if whole_number(request.GET.get("vua-xoa", ""), most_figures=9) != draft.revision or draft.revision < 2:
        return None
    last = draft.revisions.get(number=draft.revision)
    return {"number": draft.revision - 1, "words": f"{last.change}."}


@never_cache
@require_POST
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """One step of the outline: move, take out, add."""
    _official, version = builder.editor_of(request, code)
    operation, target = request.POST.get("do", ""), request.POST.get("what", "")
    if operation == "add_field":
        change = _adding_field(request, code, version, target)
    elif operation in {"add_page", "add_group"}:
        change = _adding_part(request, code, version, operation, target)
    else:
        change = outline_steps.of_step(code, operation, target)
    if isinstance(change, HttpResponse):
        return change
    takes_out = operation.startswith("remove")
    response = _change(request, code, change.words, change.work, is_told=not takes_out, **change.shown)
    if response is not None:
        return response
    if change.goes_to:
        messages.info(
            request,
            _("Câu này gồm nhiều phần, bắt đầu với một phần. Hãy xem lại tên phần ấy và thêm những phần cần hỏi."),
        )
        return redirect(change.goes_to)
    undo = f"?vua-xoa={builder.seen_in(request) + 1}" if takes_out else ""
    return redirect(f"{reverse('admin:form_outline', args=[code])}{undo}{change.anchor}")


def _adding_field(request: HttpRequest, code: str, version: ProcedureVersion, target: str) -> Change | HttpResponse:
    """A question more, in `page/group` or in the question of parts `page/group/owner`; the page again where wrong."""
    draft = builder.draft_of(code)
    form = NewFieldForm(request.POST, auto_id="new_%s", others=outline_steps.others(draft))
    page_key, group_key, owner = ([*target.split("/"), "", ""])[:3]
    if form.is_valid() and owner and form.cleaned_data["type"] in NOT_IN_PARTS:
        form.add_error("type", _("Loại này không đứng trong một câu khác được. Hãy chọn loại khác."))
    if not form.is_valid():
        return _refused(request, code, version, form, "new_field")
    row, options, words, work = outline_steps.new_field(form, draft, page_key, group_key, owner)
    return Change(
        words=words,
        work=work,
        anchor=f"#f-{owner or row['key']}",
        goes_to=f"{reverse('admin:form_field', args=[code, row['key']])}#columns" if row["type"] in WITH_PARTS else "",
        shown={"new_field": form},
    )


def _adding_part(
    request: HttpRequest, code: str, version: ProcedureVersion, operation: str, target: str
) -> Change | HttpResponse:
    """A page or a group more; the page again where its form is not right."""
    part = NewPartForm(request.POST, auto_id="part_%s")
    if not part.is_valid():
        return _refused(request, code, version, part, "new_part")
    words = _("Thêm “%(title)s”") % {"title": part.cleaned_data["title_vi"]}
    return Change(words, outline_steps.adding(operation, target, part), shown={"new_part": part})


@never_cache
@require_POST
def edit_columns(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """One step with the columns of a repeat or the parts of a person: move, take out, add."""
    official, _version = builder.editor_of(request, code)
    operation, part = request.POST.get("do", ""), request.POST.get("what", "")
    form = NewColumnForm(request.POST, auto_id="new_%s") if operation == "add" else None
    refused: dict[str, Any] = {"new_column": form} if form else {}
    if form is not None:
        if not form.is_valid():
            return field_page(request, code, key, refused=refused | {"errors": links(form), "status": 422})
        owned = next((row for row in top_rows(dict(builder.draft_of(code).form)) if row["key"] == key), {})
        row, options = form.row([each["key"] for each in owned.get("fields") or ()]), form.options()
        part = row["key"]
        words = gettext_lazy("Thêm phần “%(title)s”")
        work: Edit = lambda draft: form_edits.add_part(draft, key, row, options)  # noqa: E731 - one of two
    elif operation in outline_steps.COLUMN_STEPS:
        step, words = outline_steps.COLUMN_STEPS[operation]
        work = lambda draft: step(draft, key, part)  # noqa: E731 - as above
    else:
        raise NotFoundError
    owner, title = outline_steps.part_called(builder.draft_of(code), key, part, form)
    told = str(words) % {"title": title}
    try:
        # in the history the question stands before its part: there is no page around it that says so
        drafting.change(code, seen=builder.seen_in(request), user=official.user, words=f"{owner}: {told}", edit=work)
    except (ConflictError, InvalidInputError) as error:
        href = f"#{form['key'].auto_id}" if form and error.status == InvalidInputError.status else "#main"
        wrong = {"errors": [(href, str(error.message))], "status": error.status}
        return field_page(request, code, key, refused=refused | wrong)
    messages.success(request, done(told))
    anchor = "columns" if operation == "remove" else f"p-{part}"
    return redirect(f"{reverse('admin:form_field', args=[code, key])}#{anchor}")


def _refused(request: HttpRequest, code: str, version: ProcedureVersion, form: Any, name: str) -> HttpResponse:
    return _outline(
        request,
        builder.draft_of(code),
        version,
        status=422,
        **{name: form},
        errors=links(form),
        chosen_target=request.POST.get("what", ""),
    )


def _change(
    request: HttpRequest, code: str, words: str, work: Edit, *, is_told: bool, **shown: Any
) -> HttpResponse | None:
    """Apply one edit; None when it was done, else the page that says why not, with the form that was filled in.

    `is_told`: that it was done is said by a message; what was taken out is named beside the way to undo it.
    """
    official, version = builder.editor_of(request, code)
    try:
        drafting.change(code, seen=builder.seen_in(request), user=official.user, words=words, edit=work)
    except (ConflictError, InvalidInputError) as error:
        [href] = [f"#{form['key'].auto_id}" for form in shown.values() if error.status == 422] or ["#main"]
        shown |= {"errors": [(href, str(error.message))], "chosen_target": request.POST.get("what", "")}
        return _outline(request, builder.draft_of(code), version, status=error.status, **shown)
    if is_told:
        messages.success(request, done(words))
    return None
