"""The workbench of one dossier and its steps: read, decide, hand on."""

from collections import ChainMap
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dossiers import (
    at_hand,
    component_checks,
    consultation,
    draft_papers,
    opening,
    supplement_senders,
)
from dossiers.access import OFFICIALS
from dossiers.forms import MessageForm
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from portal.accounts import interrupted
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.memberships import first_actor
from portal.backoffice import (
    forms,
    forms_course,
    forms_drafts,
    forms_hand_over,
    forms_lines,
    forms_replacing,
    forms_supplement,
    opinions,
    passages,
    presence,
    steps,
    talk,
    walking,
)
from portal.backoffice import workbench as bench
from portal.backoffice.forms import RevealForm, StepForm
from portal.backoffice.officials import Official, official_of
from portal.backoffice.sites import keeps_words, same_page
from portal.core import form_errors
from portal.core.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    PortalError,
    TooManyRequestsError,
)
from portal.core.text import whole_number
from portal.core.tries import is_one_too_many

STEPS_WITH_FILES, STEP_SECONDS = 60, 3600
"""Steps with files that one official may send in an hour: each file is kept before the step is looked at."""


HANDLER_WAS = "official_was"
"""Who had the dossier on her page: what she left as it was is no choice."""


@never_cache
@require_GET
def workbench(request: HttpRequest, code: str) -> HttpResponse:
    """Papers on the left, answers and history in the middle, decisions on the right."""
    official = official_of(request)
    dossier = official.get_dossier(code)
    return bench_page(request, official, dossier, extra=_typed_before(request, code))


def _typed_before(request: HttpRequest, code: str) -> dict[str, Any]:
    """A message or a note that was sent after the session had run out, in its place again."""
    if typed := interrupted.take_back(request, reverse("admin:message", args=[code])):
        _say_what_is_back(request, typed)
        return {"message_form": MessageForm(typed.posted, has_files=typed.had_files), "is_talk_open": True}
    if typed := interrupted.take_back(request, reverse("admin:note", args=[code])):
        _say_what_is_back(request, typed)
        return {"note_form": MessageForm(typed.posted, auto_id="note_%s"), "is_note_open": True}
    return {}


def _say_what_is_back(request: HttpRequest, typed: interrupted.Interrupted) -> None:
    words = _("Phiên đăng nhập đã hết trước khi gửi. Những gì bạn gõ còn nguyên; hãy xem lại rồi gửi.")
    messages.warning(request, f"{words} {_('Tệp thì hãy chọn lại.')}" if typed.had_files else words)


@keeps_words(same_page)
@never_cache
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """One step: its form beside the papers, then the service, then back; what was typed stays when it is refused."""
    try:
        return _step(request, code, name)
    except NotFoundError:
        # the second press of a step that took the dossier out of her sight
        if request.method != "POST" or not passages.has_taken(code, name, user=official_of(request).user):
            raise
    messages.info(request, str(passages.AlreadyDoneError.message))
    return _to_queue(request)


def _step(request: HttpRequest, code: str, name: str) -> HttpResponse:
    official = official_of(request)
    dossier = official.get_dossier(code)
    actors = bench.actors(official, dossier)
    is_post = request.method == "POST"
    try:
        offer = steps.offer_for(dossier, actors, name, is_attempt=is_post)
    except ConflictError:
        raise
    except PortalError as error:
        if error.status != 409:
            raise
        messages.error(request, str(error.message))
        return to_workbench(request, code)
    typed = interrupted.take_back(request)
    posted = typed.posted if typed else request.POST if is_post else None
    files = request.FILES if is_post and not typed else None
    form = _form_of(offer.step.name)(posted, files, dossier=dossier, actor=offer.actor)
    if typed:
        _say_what_is_back(request, typed)
    if not is_post:
        return bench_page(request, official, dossier, offer=offer, form=form)
    if (
        files
        and form.takes_files
        and is_one_too_many(
            request, "step-files", most=STEPS_WITH_FILES, seconds=STEP_SECONDS, account=official.user.pk
        )
    ):
        form.add_error(None, str(TooManyRequestsError.message))  # on the page, with what she typed
        form.refused()
        return bench_page(request, official, dossier, offer=offer, form=form, status=429)
    if form.asks_otherwise():
        form.add_error(None, _("Trang này hỏi khác từ lúc bạn mở; chưa ghi gì. Hãy bấm “Thôi” rồi mở lại bước này."))
        return bench_page(request, official, dossier, offer=offer, form=form, status=409)
    if not form.is_valid() or not form.prepare():
        form.refused()
        return bench_page(request, official, dossier, offer=offer, form=form, status=422)
    try:
        taken = passages.take(
            code,
            offer,
            seen_sequence=form.cleaned_data["sequence"],
            arguments=form.arguments(),
            handler=_chosen_handler(request) if offer.step.takes_handler else None,
        )
    except passages.AlreadyDoneError as done:
        messages.info(request, str(done.message))
    except PortalError as error:
        if error.status not in {409, 422}:
            raise
        form_errors.tell(form, error)
        form.refused()
        if isinstance(error, passages.ChangedMeanwhileError):
            form.told_as_of(error.as_of)
        return bench_page(request, official, official.get_dossier(code), offer=offer, form=form, status=error.status)
    else:
        at_once = offer.step.done_at_once if taken.state != DossierState.AWAITING_PAYMENT else ""
        words = at_once or offer.step.done
        messages.success(request, str(words))
    return _back(request, official, code)


def _chosen_handler(request: HttpRequest) -> passages.Choice | None:
    """The handler as chosen on the page when a step's own button was pressed; None where she left it as it was."""
    chosen = request.POST.get("official")
    if chosen is None or chosen == request.POST.get(HANDLER_WAS):
        return None
    number = whole_number(chosen)
    return passages.Choice(number if number is not None or not chosen else 0)  # what is no number is nobody's


def _handler_shown(request: HttpRequest, dossier: Dossier) -> str:
    """Whom a page that is shown again has selected: her choice, else who has the dossier now."""
    chosen = request.POST.get("official")
    if chosen is None or chosen == request.POST.get(HANDLER_WAS):
        return str(dossier.assignee_id or "")
    return chosen[:12]


def _form_of(name: str) -> type[StepForm]:
    """The form of a step; without questions it still carries the event it decides on."""
    modules = (forms_course, forms_drafts, forms_hand_over, forms_lines, forms_replacing, forms_supplement)
    return ChainMap(forms.FORMS, *(module.FORMS for module in modules)).get(name, StepForm)


def _back(request: HttpRequest, official: Official, code: str) -> HttpResponse:
    """To the workbench; where the step took the dossier out of her sight, to the queue or the first page."""
    try:
        official.get_dossier(code)
    except NotFoundError:
        return _to_queue(request)
    return to_workbench(request, code)


def _to_queue(request: HttpRequest) -> HttpResponse:
    walk = walking.Walk.read(request.GET)
    return redirect(walk.queue_url if walk else "admin:index")


def to_workbench(request: HttpRequest, code: str, place: str = "") -> HttpResponse:
    """Back to the dossier, in the queue she came from; `place` is a part of the page, with its mark."""
    return redirect(f"{reverse('admin:dossier', args=[code])}{walking.query_of(request.GET)}{place}")


@never_cache
@require_POST
def assign(request: HttpRequest, code: str) -> HttpResponse:
    """Give the dossier to an official of its agency."""
    official = official_of(request)
    dossier = official.get_dossier(code)
    actor = any_actor(official, dossier)
    try:
        passages.assign(
            code,
            actor=actor,
            official_id=whole_number(request.POST.get("official", "")),
            seen_sequence=whole_number(request.POST.get("sequence", ""), most_figures=9) or 0,
        )
    except passages.AlreadyDoneError as done:
        messages.info(request, str(done.message))
    except InvalidInputError as error:
        messages.error(request, error.words)
    except PortalError as error:
        if error.status != 409:
            raise
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("Đã phân công."))
    return to_workbench(request, code)


@never_cache
@require_GET
def open_now(request: HttpRequest, code: str) -> HttpResponse:
    """Say that the workbench is still open, and who else has it open."""
    official = official_of(request)
    dossier = official.get_dossier(code)
    any_actor(official, dossier)
    context = {
        "dossier": dossier,
        "present": presence.in_words(presence.note(dossier, official.user)),
        "every": presence.ASKED_EVERY_SECONDS,
    }
    return render(request, "backoffice/_presence.html", context)


@never_cache
@require_POST
def reveal(request: HttpRequest, code: str) -> HttpResponse:
    """Show the whole identification number for half an hour, against a reason that is kept."""
    official = official_of(request)
    dossier = official.get_dossier(code)
    form = RevealForm(request.POST)
    if not form.is_valid():
        return bench_page(request, official, dossier, reveal_form=form, status=422)
    passages.reveal_identity(code, actor=any_actor(official, dossier), reason=form.cleaned_data["reason"])
    messages.info(request, _("Số định danh hiện đầy đủ trong 30 phút. Lượt xem và lý do đã được ghi lại."))
    return to_workbench(request, code)


def any_actor(official: Official, dossier: Dossier) -> Actor:
    """As whom she acts for the deciding agency; one that is only asked neither assigns nor reveals."""
    actor = first_actor(bench.actors(official, dossier), OFFICIALS)
    if actor is None:
        raise NotAllowedError
    return actor


def _reader(official: Official, dossier: Dossier) -> Actor:
    """As whom somebody reads who may not answer for the agency that is asked: by her post there."""
    actors = [actor for row in consultation.open_ones(dossier) for actor in official.actors_at(row.agency)]
    if not actors:
        raise NotFoundError(code="dossier.not_found")
    return replace(actors[0], kind=ActorKind.CONSULTED)


def bench_page(
    request: HttpRequest,
    official: Official,
    dossier: Dossier,
    *,
    offer: steps.Offer | None = None,
    form: StepForm | None = None,
    reveal_form: RevealForm | None = None,
    extra: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The workbench as this official sees it, which the person's log names; `extra` carries forms that were refused."""
    at_hand.read(dossier)
    actors = bench.actors(official, dossier)
    may_act = first_actor(actors, OFFICIALS) is not None
    walk = walking.Walk.read(request.GET)
    opening.note(dossier, actor=actors[0] if actors else _reader(official, dossier))
    context: dict[str, Any] = {
        "official": official,
        "walk": walk,
        "walk_query": walk.query if walk else "",
        "walk_more": f"{walk.query[1:]}&" if walk else "",
        "offers": steps.offers(dossier, actors),
        "offer": offer,
        "form": form,
        "reveal_form": reveal_form or RevealForm(),
        "is_reveal_open": reveal_form is not None,
        "may_act": may_act,
        "chosen_handler": _handler_shown(request, dossier),
        "present": presence.in_words(presence.note(dossier, official.user)) if may_act else "",
        "presence_every": presence.ASKED_EVERY_SECONDS,
        "can_mark": may_act and component_checks.are_open(dossier),
        "has_draft_paper": may_act and draft_papers.is_drawable(dossier),
        "may_supplement": supplement_senders.at_counter(dossier, actors) is not None,
        **(talk.context(official, dossier, template_id=talk.template_of(request)) if may_act else {}),
        **bench.context(official, dossier, shown=opinions.Shown.read(request.GET)),
        **(extra or {}),
    }
    return render(request, "backoffice/workbench.html", context, status=status)
