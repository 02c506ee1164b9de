"""The builder's pages of one part each: a page, a group, a question, a column of a question."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.backoffice import builder
from portal.backoffice.builder_questions import beside, part_beside, questions_of
from portal.backoffice.field_editing import FieldForm
from portal.backoffice.form_editing import WITH_PARTS, GroupForm, NewColumnForm, TitleForm
from portal.backoffice.form_errors import links
from portal.core.errors import ConflictError, InvalidInputError, NotFoundError
from portal.core.language import pair_text
from portal.core.text import with_small_first_letter
from procedures import drafting, form_edits
from procedures.form_words import PROPERTIES, TYPES
from procedures.models import FormDraft

Edit = Callable[[dict[str, Any]], Any]
Found = TypeVar("Found")
_TYPE_WORDS = dict(TYPES)


@never_cache
@require_http_methods(["GET", "POST"])
def field(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """One question on a page of its own, with its columns or parts below."""
    return field_page(request, code, key)


def field_page(request: HttpRequest, code: str, key: str, *, refused: dict[str, Any] | None = None) -> HttpResponse:
    """The page of a question; ``refused``: of a step with its columns that could not be made, what to say of it."""
    builder.editor_of(request, code)
    draft = builder.draft_of(code)
    here = _part(lambda: beside(draft.form, key))
    form = FieldForm(request.POST if request.method == "POST" and not refused else None, beside=here)

    def work(changed: dict[str, Any]) -> None:
        form_edits.replace_field(changed, key, form.row(form_edits.find_field(changed, key)), form.answers())

    title = _("Sửa câu hỏi “%(title)s”") % {"title": _title(here.row["label"], key)}
    anchor = f"{reverse('admin:form_outline', args=[code])}#f-{key}"
    parts = {"columns": _columns(here.row), "new_column": NewColumnForm(auto_id="new_%s")}
    shown = {"key": key, **(parts if here.row["type"] in WITH_PARTS else {}), **(refused or {})}
    own = reverse("admin:form_field", args=[code, key])
    after = lambda: own if form.is_of_new_type else anchor  # noqa: E731 - asked once the form is judged
    return _edited(request, code, draft, form, work, title, after, own=own, **shown)


@never_cache
@require_http_methods(["GET", "POST"])
def column(request: HttpRequest, code: str, key: str, part: str) -> HttpResponse:
    """A column of a repeat, or a part of a person, on a page of its own."""
    builder.editor_of(request, code)
    draft = builder.draft_of(code)
    here = _part(lambda: part_beside(draft.form, key, part))
    form = FieldForm(request.POST if request.method == "POST" else None, beside=here)

    def work(changed: dict[str, Any]) -> None:
        row = form.row(form_edits.find_part(changed, key, part))
        form_edits.replace_part(changed, key, part, row, form.answers())

    title = _("Sửa phần “%(title)s”") % {"title": _title(here.row["label"], part)}
    back = reverse("admin:form_field", args=[code, key])
    own = reverse("admin:form_column", args=[code, key, part])
    after = lambda: own if form.is_of_new_type else f"{back}#p-{part}"  # noqa: E731 - asked once the form is judged
    owner = _title(form_edits.find_field(draft.form, key)["label"], key)
    return _edited(request, code, draft, form, work, title, after, key=part, back=back, back_to=owner, own=own)


def _columns(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The columns or parts as the page of their question lists them."""
    return [
        {
            "key": part["key"],
            "label": part["label"]["vi"],
            "type": str(_TYPE_WORDS.get(part["type"], part["type"])),
            "is_required": bool(part.get("required")),
            "has_condition": bool(part.get("visible_if")),
        }
        for part in row.get("fields") or ()
    ]


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """A page's title and words."""
    builder.editor_of(request, code)
    draft = builder.draft_of(code)
    row = _part(lambda: form_edits.find_page(draft.form, key))
    form = TitleForm(request.POST or None, initial=TitleForm.initial_of(row))
    words = _("Sửa trang “%(title)s”") % {"title": _title(row["title"], key)}
    return _edited(request, code, draft, form, lambda made: form.apply(form_edits.find_page(made, key)), words)


@never_cache
@require_http_methods(["GET", "POST"])
def group(request: HttpRequest, code: str, page_key: str, key: str) -> HttpResponse:
    """A group's title and condition."""
    builder.editor_of(request, code)
    draft = builder.draft_of(code)
    row = _part(lambda: form_edits.find_group(draft.form, page_key, key))
    form = GroupForm(request.POST if request.method == "POST" else None, initial=GroupForm.initial_of(row))
    form.set_conditions(row, {"visible_if": PROPERTIES["visible_if"]}, questions_of(draft.form, group=row))
    words = _("Sửa mục “%(title)s”") % {"title": _title(row.get("title"), key)}
    return _edited(
        request, code, draft, form, lambda made: form.apply(form_edits.find_group(made, page_key, key)), words
    )


def done(words: str) -> str:
    """What was done, said of a change as the history calls it."""
    return _("Đã %(done)s.") % {"done": with_small_first_letter(words)}


def _title(words: dict[str, str] | None, key: str) -> str:
    """What a part is called on the screen; a group may have no title."""
    return pair_text(words) or key


def _part(find: Callable[[], Found]) -> Found:
    try:
        return find()
    except form_edits.EditError:
        raise NotFoundError from None


def _edited(
    request: HttpRequest,
    code: str,
    draft: FormDraft,
    form: Any,
    work: Edit,
    words: str,
    after: Callable[[], str] | None = None,
    **shown: Any,
) -> HttpResponse:
    """Show one part's form, or keep what was typed; a conflict or a refusal shows it again with everything typed.

    `after` tells where to go once it is kept, the outline unless it is given; `shown` goes to the template, `errors`
    and `status` in it are of a step that was refused elsewhere.
    """
    official, version = builder.editor_of(request, code)
    errors: list[tuple[str, str]] = shown.pop("errors", [])
    status: int = shown.pop("status", 200)
    outline = reverse("admin:form_outline", args=[code])
    if form.is_bound:
        if form.is_valid():
            try:
                drafting.change(code, seen=builder.seen_in(request), user=official.user, words=words, edit=work)
            except (ConflictError, InvalidInputError) as error:
                errors, status = [("#main", str(error.message))], error.status
            else:
                messages.success(request, done(words))
                return redirect(after() if after else outline)
        else:
            errors, status = links(form), 422
    context = {
        "official": official,
        "version": version,
        "draft": draft,
        "form": form,
        "errors": errors,
        "revision": builder.seen_in(request) if form.is_bound else draft.revision,
        "is_stale": status == ConflictError.status,
        "title": words,
        "key": "",
        "own": request.path,
        "back": outline,
        "back_to": "",
        "columns": [],
        "new_column": None,
        **shown,
    }
    return render(request, "backoffice/builder_part.html", context, status=status)
