"""The builder's preview: a draft's pages as citizens get them, with a made-up applicant and what was typed before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from portal.backoffice import builder
from portal.core.errors import NotFoundError
from portal.core.text import whole_number
from procedures import eforms
from procedures.eforms.definition import Form, Page
from procedures.eforms.sampling import Sampler
from procedures.models import FormDraft
from procedures.simulating import fill
from procedures.territory import Territory

TYPED = "form_preview"
"""Where a session keeps what was typed: of one procedure at a time, as {draft, revision, answers}."""
MOST_KEPT = 100_000
"""Characters of it that are kept; a form with more is previewed page by page."""
MOST_TRIED = 15
"""Made-up applicants that are tried for one whom a page asks something."""


@dataclass(frozen=True, slots=True)
class Life:
    """A made-up applicant at a form: what the state knows, and what she says."""

    seed: int
    known: dict[str, Any]
    """What is filled in before she types."""
    answers: dict[str, Any]
    sources: dict[str, str]
    facts: dict[str, dict[str, Any]]


def live(form: Form, seed: int) -> Life:
    """The applicant that a seed makes."""
    today = timezone.localdate()
    sampler = Sampler(seed, today, Territory(today))
    facts = sampler.facts(form)
    known, sources = eforms.prefill(form, facts, on=today)
    said = dict(sources)
    return Life(seed, known, fill(form, dict(known), said, sampler, today, facts), said, facts)


def life_at(form: Form, page: Page, typed: dict[str, Any], seed: int) -> tuple[Life, dict[str, Any], dict[str, str]]:
    """An applicant with answers and sources at a page; without a seed the first one whom the page asks something."""
    chosen = [seed] if seed else range(1, MOST_TRIED + 1)
    found = None
    for number in chosen:
        life = live(form, number)
        answers, sources = said_with(form, life, typed)
        found = found or (life, answers, sources)
        if eforms.build_form(page, answers=answers, sources=sources).asked:
            return life, answers, sources
    assert found is not None  # noqa: S101 - there is at least one number
    return found


def said_with(form: Form, life: Life, typed: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Her answers with those typed in the preview instead, and what follows from these."""
    answers = {**life.answers, **typed}
    return eforms.refill(form, answers, life.sources, before=life.answers, facts=lambda: life.facts)


def _typed(request: HttpRequest, draft: FormDraft) -> dict[str, Any]:
    """What was typed of this revision: a question that was changed since may take answers of another shape."""
    kept = request.session.get(TYPED) or {}
    is_of_it = (kept.get("draft"), kept.get("revision")) == (draft.pk, draft.revision)
    answers: dict[str, Any] = kept["answers"] if is_of_it else {}
    return answers


def _seed(request: HttpRequest) -> int:
    return whole_number(request.GET.get("mau", ""), most_figures=6) or 0


@never_cache
@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """The draft as on a phone and as on a desktop, side by side, drawn by the very code that draws the real one.

    POST forgets what was typed.
    """
    official, version = builder.editor_of(request, code)
    draft = builder.draft_of(code)
    if request.method == "POST":
        request.session.pop(TYPED, None)
        return redirect("admin:form_preview", code)
    form = builder.readable(draft.form)
    pages = [(page.key, str(page.title)) for page in form.pages] if form else []
    asked = request.GET.get("trang", "")
    chosen = asked if asked in dict(pages) else pages[0][0] if pages else ""
    seed = _seed(request)
    context = {
        "official": official,
        "version": version,
        "draft": draft,
        "pages": pages,
        "chosen": chosen,
        "seed": seed,
        "next_seed": seed + 1,
        "has_typed": bool(_typed(request, draft)),
    }
    return render(request, "backoffice/builder_preview.html", context)


@never_cache
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type]  # its stubs know no views with arguments
@require_http_methods(["GET", "POST"])
def preview_page(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """One page of the draft in a frame; posting it judges it, and keeps what was typed for the pages behind it."""
    _official, version = builder.editor_of(request, code)
    draft = builder.draft_of(code)
    form = builder.readable(draft.form)
    page = form.page(key) if form else None
    if form is None or page is None:
        raise NotFoundError
    typed, seed = _typed(request, draft), _seed(request)
    life, answers, sources = life_at(form, page, typed, seed)
    shown = eforms.build_form(
        page,
        answers=answers if seed else _before_typing(page, life, typed, answers),
        sources=sources,
        data=request.POST if request.method == "POST" else None,
        files=request.FILES if request.method == "POST" else None,
    )
    is_right = request.method == "POST" and shown.is_valid()
    if is_right:
        typed = typed | eforms.answers_from(shown)
        _keep(request, draft, typed)
        answers, sources = said_with(form, life, typed)
    context = {
        "version": version,
        "page": page,
        "form": shown,
        "is_right": is_right,
        "asks": bool(shown.asked),
        "title": str(page.title),
        "seed": seed,
        "following": _following(form, page, answers, sources),
    }
    return render(request, "backoffice/builder_preview_page.html", context)


def _before_typing(page: Page, life: Life, typed: dict[str, Any], answers: dict[str, Any]) -> dict[str, Any]:
    """The answers, this page as it stands before anybody types: filled in by the state, and as typed here before."""
    own = {field.key for field in page.fields()}
    known = {key: life.known[key] for key in own & life.known.keys()}
    follows = {key: answers[key] for key in own & life.sources.keys() if key in answers}
    return (
        {key: said for key, said in answers.items() if key not in own}
        | known
        | follows
        | {key: typed[key] for key in own & typed.keys()}
    )


def _keep(request: HttpRequest, draft: FormDraft, typed: dict[str, Any]) -> None:
    if len(str(typed)) <= MOST_KEPT:
        request.session[TYPED] = {"draft": draft.pk, "revision": draft.revision, "answers": typed}


def _following(form: Form, page: Page, answers: dict[str, Any], sources: dict[str, str]) -> Page | None:
    """The next page that asks something of who said this."""
    behind = form.pages[page.position + 1 :]
    return next((each for each in behind if eforms.build_form(each, answers=answers, sources=sources).asked), None)
