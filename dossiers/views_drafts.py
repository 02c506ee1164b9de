"""The draft of a result on the applicant's side: what the paper will say, and her two answers."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from datastore.signed_in import SignedInRequest
from dossiers import access, draft_changes, draft_checks, draft_papers, naming, paper_labels
from dossiers.forms import DraftAnswerForm
from dossiers.models import Dossier, DraftCheck, DraftState
from dossiers.views_supplement import typed
from portal.accounts import representing
from portal.accounts.interrupted import keeps_what_was_typed, take_back
from portal.agencies.actors import Actor
from portal.core import tries
from portal.core.errors import NotAllowedError, NotFoundError, TooManyRequestsError, TransitionError
from portal.core.pdf_responses import inline_pdf

DRAWN, DRAWN_SECONDS = 30, 600
"""Drawing a paper costs the portal a second: so many in ten minutes from one address."""
SHOWN = draft_checks.AGREED | {DraftState.OPEN}
"""A draft that was disputed is being mended; she sees the next one when it is sent."""


def section(dossier: Dossier, actor: Actor, form: DraftAnswerForm | None = None) -> dict[str, Any] | None:
    """What templates/dossiers/_draft.html shows, while a draft waits for her answer.

    A member of an organisation who only reads is told that it waits, and not what stands on it: that was declared.
    """
    check = draft_checks.open_one(dossier)
    if check is None or check.answer_due_at <= timezone.now() or not draft_papers.is_drawable(dossier):
        return None
    may_answer = access.may_act(dossier, actor=actor)
    return {
        "check": check,
        "rows": _rows(dossier) if may_answer else [],
        "changes": draft_changes.of(dossier) if may_answer else [],
        "form": form or DraftAnswerForm(initial={"number": check.round}),
        "may_answer": may_answer,
    }


def _rows(dossier: Dossier) -> list[tuple[str, str]]:
    return [(paper_labels.as_read(label), value) for label, value in draft_papers.rows(dossier)]


@keeps_what_was_typed
@never_cache
@require_http_methods(["GET", "POST"])
def draft(request: SignedInRequest, code: str) -> HttpResponse:
    """Look at the draft and answer: right, or where it is wrong."""
    actor = Actor.citizen(request.user)
    dossier = access.get_dossier(code, actor=actor)
    interrupted = take_back(request)
    form = DraftAnswerForm(typed(request, interrupted))
    if request.method == "POST" and form.is_valid():
        try:
            _answer(code, actor, form.cleaned_data)
        except TransitionError as error:
            _say_why(request, dossier, form.cleaned_data, error)
        else:
            is_right = form.cleaned_data["answer"] == form.RIGHT
            messages.success(
                request,
                _("Đã gửi xác nhận. Cơ quan ký và trả kết quả.")
                if is_right
                else _("Đã báo chỗ sai. Cơ quan sửa và gửi lại bản dự thảo để bạn xem."),
            )
        return redirect("dossiers:detail", code)
    shown = section(dossier, actor, form if form.is_bound else None)
    if shown is None:
        messages.info(request, _("Hồ sơ này không có bản dự thảo nào chờ bạn xác nhận."))
        return redirect("dossiers:detail", code)
    context = {"dossier": dossier, "title": naming.dossier_title(dossier), "draft": shown}
    return render(request, "dossiers/draft.html", context, status=422 if form.errors and not interrupted else 200)


def _answer(code: str, actor: Actor, said: dict[str, Any]) -> None:
    if said["answer"] == DraftAnswerForm.RIGHT:
        draft_checks.confirm_draft(code, actor=actor, number=said["number"])
    else:
        draft_checks.dispute_draft(code, actor=actor, number=said["number"], reason=said["reason"])


def _say_why(request: SignedInRequest, dossier: Dossier, said: dict[str, Any], error: TransitionError) -> None:
    """The second press of the same answer is no mistake; anything else says what happened meanwhile."""
    last = draft_checks.latest(dossier)
    wanted = DraftState.CONFIRMED if said["answer"] == DraftAnswerForm.RIGHT else DraftState.DISPUTED
    if last is not None and last.round == said["number"] and last.state == wanted:
        messages.success(request, _("Câu trả lời của bạn đã tới cơ quan. Bạn không phải gửi lại."))
    else:
        messages.error(request, str(error.message))


@never_cache
@require_GET
def draft_paper(request: SignedInRequest, code: str) -> HttpResponse:
    """The draft as PDF, once it was sent to her; not for who only reads, as what was declared is not."""
    actor = Actor.citizen(request.user)
    dossier = access.get_dossier(code, actor=actor)
    if not access.may_act(dossier, actor=actor):
        raise NotAllowedError(representing.ONLY_READS)
    sent: DraftCheck | None = draft_checks.latest(dossier)
    if sent is None or sent.state not in SHOWN:
        raise NotFoundError(code="dossier.not_found")
    if tries.is_one_too_many(request, "draft-paper", most=DRAWN, seconds=DRAWN_SECONDS):
        raise TooManyRequestsError(retry_after_seconds=DRAWN_SECONDS)
    return inline_pdf(draft_papers.draw(dossier, actor=actor), name=f"ban-du-thao-{dossier.code}.pdf")
