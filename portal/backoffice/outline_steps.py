"""The steps of the builder's outline (các bước sửa dàn ý): for each what the history calls it, and what it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.backoffice import builder
from portal.backoffice.builder_questions import Pairs, named, top_rows
from portal.backoffice.form_editing import WITH_PARTS, NewColumnForm, NewFieldForm, NewPartForm
from portal.core.errors import NotFoundError
from procedures import form_edits
from procedures.form_titles import around_fields
from procedures.models import FormDraft

Edit = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the outline: how it is called in the history, what it does, and where she sees it."""

    words: str
    work: Edit
    anchor: str = ""
    goes_to: str = ""
    """Another page than the outline, where there is more to do."""
    shown: Mapping[str, Any] = field(default_factory=dict)
    """The form that it came from, by its name on the page, to be shown again where the draft refuses it."""


def of_step(code: str, operation: str, target: str) -> Change:
    """A question, a page or a group moved or taken out; raises NotFoundError for any other step."""
    found = _STEPS.get(operation)
    if found is None:
        raise NotFoundError
    make, said = found
    words = str(said) % {"title": _called(builder.draft_of(code), operation, target)}
    return Change(words, make(target), anchor=f"#f-{target}" if operation in {"up", "down"} else "")


COLUMN_STEPS: dict[str, tuple[Callable[[dict[str, Any], str, str], Any], Any]] = {
    "up": (lambda form, key, part: form_edits.move_part(form, key, part, -1), gettext_lazy("Chuyển “%(title)s” lên")),
    "down": (
        lambda form, key, part: form_edits.move_part(form, key, part, 1),
        gettext_lazy("Chuyển “%(title)s” xuống"),
    ),
    "remove": (form_edits.remove_part, gettext_lazy("Xóa phần “%(title)s”")),
}


def new_field(
    form: NewFieldForm, draft: FormDraft, page_key: str, group_key: str, owner: str
) -> tuple[dict[str, Any], list[dict[str, str]] | None, str, Edit]:
    """A new question, its options, what is said of it, and the edit: in a section, or in a repeat or person there."""
    made = dict(draft.form)
    inside = next((row for row in top_rows(made) if row["key"] == owner and row["type"] in WITH_PARTS), None)
    taken = [row["key"] for row in (inside["fields"] if inside else top_rows(made))]
    row, options = form.row(taken), form.options()
    if owner:
        words = _("Thêm phần “%(title)s” vào “%(owner)s”")
        titles = {"title": row["label"]["vi"], "owner": _label_of(inside) or owner}
        return row, options, words % titles, lambda draft: form_edits.add_part(draft, owner, row, options)
    words = _("Thêm câu hỏi “%(title)s”") % {"title": row["label"]["vi"]}
    return row, options, words, lambda draft: form_edits.add_field(draft, page_key, group_key, row, options)


def others(draft: FormDraft) -> Pairs:
    """The questions that a condition of a new one may look at."""
    return named(top_rows(draft.form), around_fields(draft.form))


def _called(draft: FormDraft, operation: str, target: str) -> str:
    """What a question, a page or a group is called on the screen; its key once it is gone."""
    form = dict(draft.form)
    if operation in {"up", "down", "remove"}:
        return next((row["label"]["vi"] for row in top_rows(form) if row["key"] == target), target)
    page_key, key = _page_and_group(target)
    for page in form["pages"]:
        if page["key"] == page_key:
            row = next((group for group in page["groups"] if group["key"] == key), {}) if key else page
            return str((row.get("title") or {}).get("vi") or key or page_key)
    return target


def part_called(draft: FormDraft, key: str, part: str, form: NewColumnForm | None) -> tuple[str, str]:
    """What a question is called, and its part."""
    owner = next((row for row in top_rows(dict(draft.form)) if row["key"] == key), None)
    rows = (owner or {}).get("fields") or ()
    title = (
        form.cleaned_data["label_vi"] if form else _label_of(next((row for row in rows if row["key"] == part), None))
    )
    return _label_of(owner) or key, title or part


def _label_of(row: Mapping[str, Any] | None) -> str:
    return str(((row or {}).get("label") or {}).get("vi") or "")


def adding(operation: str, target: str, part: NewPartForm) -> Edit:
    """The edit that puts a page at the end, or a group at the end of its page; a known key is refused by it."""

    def add(draft: dict[str, Any]) -> None:
        rows = draft["pages"] if operation == "add_page" else form_edits.find_page(draft, target)["groups"]
        row = part.row(known["key"] for known in rows)
        if any(known["key"] == row["key"] for known in rows):
            raise form_edits.EditError(_("Mã “%(key)s” đã có. Hãy chọn mã khác.") % {"key": row["key"]})
        rows.append({**row, "groups": []} if operation == "add_page" else {**row, "fields": []})

    return add


def _page_and_group(target: str) -> tuple[str, str]:
    page_key, _slash, key = target.partition("/")
    return page_key, key


_STEPS: dict[str, tuple[Callable[[str], Edit], Any]] = {
    "up": (lambda key: lambda form: form_edits.move_field(form, key, -1), gettext_lazy("Chuyển “%(title)s” lên")),
    "down": (lambda key: lambda form: form_edits.move_field(form, key, 1), gettext_lazy("Chuyển “%(title)s” xuống")),
    "remove": (lambda key: lambda form: form_edits.remove_field(form, key), gettext_lazy("Xóa câu hỏi “%(title)s”")),
    "page_up": (
        lambda key: lambda form: form_edits.move(form["pages"], key, -1),
        gettext_lazy("Chuyển trang “%(title)s” lên"),
    ),
    "page_down": (
        lambda key: lambda form: form_edits.move(form["pages"], key, 1),
        gettext_lazy("Chuyển trang “%(title)s” xuống"),
    ),
    "remove_page": (
        lambda key: lambda form: form_edits.remove_page(form, key),
        gettext_lazy("Xóa trang “%(title)s”"),
    ),
    "group_up": (lambda key: lambda form: _move_group(form, key, -1), gettext_lazy("Chuyển mục “%(title)s” lên")),
    "group_down": (lambda key: lambda form: _move_group(form, key, 1), gettext_lazy("Chuyển mục “%(title)s” xuống")),
    "remove_group": (
        lambda key: lambda form: form_edits.remove_group(form, *_page_and_group(key)),
        gettext_lazy("Xóa mục “%(title)s”"),
    ),
}


def _move_group(form: dict[str, Any], target: str, step: int) -> None:
    page_key, key = _page_and_group(target)
    form_edits.move(form_edits.find_page(form, page_key)["groups"], key, step)
