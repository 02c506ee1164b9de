"""What the builder's pages show of a draft, and who may edit it (trình soạn biểu mẫu)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from datastore.models import DocumentType
from portal.agencies.models import Agency
from portal.backoffice.officials import Official, official_of
from portal.core.errors import NotFoundError
from portal.core.text import whole_number
from procedures import access, drafting, eforms
from procedures.eforms.conditions import condition_words
from procedures.eforms.definition import DefinitionError, Form
from procedures.eforms.reading import read_form
from procedures.form_comparing import Difference, compare
from procedures.form_words import TYPES, prefill_words
from procedures.models import FormDraft, ProcedureVersion, SheetDraft

_TYPE_WORDS = dict(TYPES)


def seen_in(request: HttpRequest) -> int:
    """The revision of the draft that was on the page when its button was pressed; 0 where the form says none."""
    return whole_number(request.POST.get("revision", ""), most_figures=9) or 0


def may_edit(official: Official, version: ProcedureVersion) -> bool:
    """The national editor (a superuser), or an administrator of the agency that publishes the procedure, or above."""
    return may_publish_for(official, version.issuer_code)


def may_publish_for(official: Official, agency_code: str) -> bool:
    """The national editor, or an administrator of this agency or of one above it."""
    if official.user.is_superuser:
        return True
    issuer = Agency.objects.filter(code=agency_code).first()
    return issuer is not None and any(issuer.path.startswith(path) for path in official.administered_paths)


def hers(official: Official, drafts: list[SheetDraft]) -> list[SheetDraft]:
    """Of drafts of new procedures, those she may go on with."""
    if official.user.is_superuser:
        return drafts
    codes = {str(draft.facts.get("issued_by")) for draft in drafts}
    paths = Agency.objects.filter(code__in=codes).values_list("code", "path")
    mine = {code for code, path in paths if any(path.startswith(one) for one in official.administered_paths)}
    return [draft for draft in drafts if draft.facts.get("issued_by") in mine]


def editable_by(official: Official) -> QuerySet[ProcedureVersion]:
    """The versions in force that `may_edit` lets her edit."""
    return _hers(official, ProcedureVersion.objects.filter(current_of__isnull=False))


def first_ones_waiting(official: Official) -> QuerySet[ProcedureVersion]:
    """First versions, of those she may edit, whose day has not come: their procedures are in no list yet."""
    waiting = ProcedureVersion.objects.filter(procedure__current=None, valid_from__gt=timezone.localdate())
    return _hers(official, waiting).select_related("procedure").order_by("valid_from", "procedure__code")


def _hers(official: Official, versions: QuerySet[ProcedureVersion]) -> QuerySet[ProcedureVersion]:
    if official.user.is_superuser:
        return versions
    hers = Q(pk__in=())
    for path in official.administered_paths:
        hers |= Q(path__startswith=path)
    return versions.filter(issuer_code__in=Agency.objects.filter(hers).values("code"))


def editor_of(request: HttpRequest, code: str) -> tuple[Official, ProcedureVersion]:
    """Who edits which procedure; raises NotFoundError for one that is not there or not hers."""
    official = official_of(request)
    version = access.get_version(code)
    if not may_edit(official, version):
        raise NotFoundError
    return official, version


def draft_of(code: str) -> FormDraft:
    """The open draft; raises NotFoundError."""
    draft = drafting.open_draft(code)
    if draft is None:
        raise NotFoundError
    return draft


def readable(form: dict[str, Any]) -> Form | None:
    """The draft's form as citizens would get it: pages and groups that ask something; None while there are none."""
    pages = [{**page, "groups": [group for group in page["groups"] if group["fields"]]} for page in form["pages"]]
    filled = [page for page in pages if page["groups"]]
    try:
        return read_form({**form, "pages": filled}) if filled else None
    except DefinitionError:
        return None


@dataclass(frozen=True, slots=True)
class Line:
    """One question in the outline."""

    key: str
    label: str
    type: str
    when: str
    is_required: bool
    prefill: str
    has_parts: bool
    """Whether questions can stand in it."""


def paper_names(*forms: Mapping[str, Any]) -> dict[str, str]:
    """The names of the kinds of papers that questions are filled in from, by code."""
    sources = [
        field.get("prefill") or ""
        for form in forms
        for page in form.get("pages") or ()
        for group in page.get("groups") or ()
        for field in group.get("fields") or ()
    ]
    parts = (part.strip() for prefill in sources if isinstance(prefill, str) for part in prefill.split("|"))
    codes = {part.removeprefix("store.").partition("#")[0] for part in parts if part.startswith("store.")}
    return dict(DocumentType.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}


def outline(form: dict[str, Any]) -> list[dict[str, Any]]:
    """Pages, groups and questions as the builder lists them."""
    read = readable(form)
    fields = read.by_key() if read else {}
    papers = paper_names(form)
    pages = []
    for page in form["pages"]:
        groups = [
            {
                "key": group["key"],
                "title": (group.get("title") or {}).get("vi", ""),
                "when": condition_words(group.get("visible_if"), fields),
                "lines": [_line(field, fields, papers) for field in group["fields"]],
            }
            for group in page["groups"]
        ]
        pages.append({"key": page["key"], "title": page["title"]["vi"], "groups": groups})
    return pages


def _line(field: dict[str, Any], fields: dict[str, Any], papers: Mapping[str, str]) -> Line:
    return Line(
        key=field["key"],
        label=field["label"]["vi"],
        type=str(_TYPE_WORDS.get(field["type"], field["type"])),
        when=condition_words(field.get("visible_if"), fields),
        is_required=bool(field.get("required")),
        prefill=prefill_words(field.get("prefill", ""), fields, papers),
        has_parts=field["type"] in {"person", "repeat"},
    )


def differences(draft: FormDraft) -> list[Difference]:
    """What a draft changes of the version it began with."""
    before = published_form(draft.base)
    return compare(before, draft.form, paper_names(before, draft.form))


def published_form(version: ProcedureVersion) -> dict[str, Any]:
    """The form that is in force, for comparing."""
    return dict(eforms.form_for(version))
