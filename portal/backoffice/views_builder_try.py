"""The builder's trial: the whole draft filled in as a citizen would, and what comes of it question by question."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.backoffice import builder, trying
from portal.backoffice.trying import Trial
from portal.backoffice.views_builder_preview import Life, live, said_with
from portal.core.text import whole_number
from procedures import eforms
from procedures.eforms.definition import Form
from procedures.models import FormDraft

JSON_PREFIX = "-"
"""Before the names of the controls for technicians: no question of a form has a key that begins so."""


def json_object(text: str) -> dict[str, Any]:
    """An object of JSON that the database can hold. Raises ValidationError."""
    try:
        value = json.loads(text)
        # what the database cannot hold: NUL, halves of pairs, numbers beyond JSON
        if "\\u0000" in json.dumps(value, ensure_ascii=False, allow_nan=False).encode().decode():
            raise ValueError("NUL")
    except (ValueError, RecursionError):
        raise ValidationError(_("Không phải JSON. Hãy xem lại dấu ngoặc và dấu phẩy.")) from None
    if not isinstance(value, dict):
        raise ValidationError(_("Hãy viết một đối tượng JSON: { … }."))
    return value


class AnswersForm(forms.Form):
    """Answers to try, as JSON."""

    answers = forms.CharField(
        label=gettext_lazy("Câu trả lời (JSON)"),
        max_length=200_000,
        widget=forms.Textarea({"rows": 14, "spellcheck": "false"}),
    )

    def clean_answers(self) -> dict[str, Any]:
        """An object of answers by key."""
        return json_object(self.cleaned_data["answers"])


@never_cache
@require_http_methods(["GET", "POST"])
def try_answers(request: HttpRequest, code: str) -> HttpResponse:
    """The whole form, filled in for a made-up applicant; POST tells what comes of what stands there. Nothing is kept.

    ``?mau=`` is another applicant; 0 is one who typed nothing yet.
    """
    official, version = builder.editor_of(request, code)
    draft = builder.draft_of(code)
    form = builder.readable(draft.form)
    if form is None:
        messages.info(request, _("Bản thảo chưa có câu hỏi nào."))
        return redirect("admin:form_outline", code)
    number = whole_number(request.GET.get("mau", ""), most_figures=6)
    seed = 1 if number is None else number
    life = _life(form, seed)
    typed = AnswersForm(request.POST if _is_json(request) else None, prefix=JSON_PREFIX)
    if typed.is_bound:
        shown, trial = _by_json(form, draft, typed.cleaned_data["answers"] if typed.is_valid() else {})
    else:
        shown, trial, given = _by_hand(request, form, draft, life)
        typed.initial["answers"] = json.dumps(given, ensure_ascii=False, indent=1)
    is_wrong = bool(shown.is_bound and shown.errors) or bool(typed.errors)
    context = {
        "official": official,
        "version": version,
        "draft": draft,
        "form": shown,
        "typed": typed,
        "trial": trial,
        "is_posted": request.method == "POST",
        "is_json": typed.is_bound,
        "seed": seed,
        "next_seed": seed + 1,
    }
    return render(request, "backoffice/builder_try.html", context, status=422 if is_wrong else 200)


def _is_json(request: HttpRequest) -> bool:
    return f"{JSON_PREFIX}-answers" in request.POST


def _life(form: Form, seed: int) -> Life:
    """The applicant that a number makes; of number 0 only what the state fills in."""
    life = live(form, seed or 1)
    if seed:
        return life
    sources = {key: said for key, said in life.sources.items() if key in life.known}
    return Life(0, life.known, life.known, sources, life.facts)


def _by_hand(
    request: HttpRequest, form: Form, draft: FormDraft, life: Life
) -> tuple[eforms.PageForm, Trial | None, dict[str, Any]]:
    """The form as it was filled in, what comes of it, and its answers; no trial of a post that only changes rows."""
    today, page = timezone.localdate(), trying.whole(form)
    if request.method != "POST":
        shown = eforms.build_form(page, answers=life.answers, sources=life.sources)
        sources = life.sources if life.seed else {}
        trial = trying.made_of(form, draft.base, life.answers, sources, today) if life.seed else None
        return shown, trial, life.answers

    def built(answers: dict[str, Any], sources: dict[str, str], posted: QueryDict) -> eforms.PageForm:
        made = eforms.build_form(page, answers=answers, sources=sources, data=posted, files=request.FILES)
        made.is_valid()
        return made

    shown = built(life.answers, life.sources, request.POST)
    typed = shown.page_answers
    answers, sources = said_with(form, life, typed)
    changed = {key for key, said in answers.items() if said != typed.get(key, life.answers.get(key))}
    if changed or sources != life.sources:  # what follows from an answer is filled in, or asked, as on a later page
        fresh = eforms.build_form(page, answers=answers, sources=sources)
        shown = built(answers, sources, _with(request.POST, fresh, changed))
        answers |= shown.page_answers
    answers = {key: value for key, value in answers.items() if value is not None}
    if shown.is_action:
        return shown, None, answers
    known = {each.key for each in form.fields() if each.locked}
    known |= {key for key, said in sources.items() if said != life.sources.get(key)}
    known |= {key for key, said in answers.items() if said == life.answers.get(key)}
    told = {key: said for key, said in sources.items() if key in known}
    return shown, trying.made_of(form, draft.base, answers, told, today), answers


def _with(posted: QueryDict, fresh: eforms.PageForm, changed: set[str]) -> QueryDict:
    """A post as if what follows from its answers had stood in its controls."""
    data = posted.copy()
    for bound in fresh:
        if bound.name.partition("__")[0] in changed:
            value = bound.value()
            data.setlist(bound.name, [str(each) for each in (value if isinstance(value, list) else [value or ""])])
    return data


def _by_json(form: Form, draft: FormDraft, answers: dict[str, Any]) -> tuple[eforms.PageForm, Trial | None]:
    """As _by_hand, of answers that a technician wrote: what is wrong with them stands in no control."""
    today = timezone.localdate()
    trial = trying.made_of(form, draft.base, answers, {}, today)
    wrong = {path.partition(".")[0] for path in eforms.validate(form, answers, on=today)}
    fitting = {key: value for key, value in eforms.complete(form, answers, on=today).items() if key not in wrong}
    return eforms.build_form(trying.whole(form), answers=fitting), trial
