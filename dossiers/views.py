"""Pages of the citizen's own dossiers, and tracking without signing in."""

from typing import Any

import structlog
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from dossiers import (
    access,
    acting,
    appointment,
    asked_words,
    bundle_reading,
    charging,
    clock_reading,
    correspondence,
    declared,
    draft_access,
    draft_checks,
    due_explanation,
    naming,
    own_list,
    paid_ahead,
    steps,
    subjects,
    supplement_requests,
    timeline,
    tracking_tries,
    turns,
    uncharged,
    views_drafts,
    views_messages,
    withdrawal,
)
from dossiers.forms import MessageForm, ReasonForm, TrackForm
from dossiers.lifecycle import FINISHED_STATES, DossierState, allowed
from dossiers.models import BundlePart, Dossier, FinancialObligation, ObligationState, Side, SupplementRequest
from dossiers.models.requests import Wanted
from dossiers.views_supplement import typed
from portal.accounts.interrupted import keeps_what_was_typed, take_back
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import TransitionError
from portal.core.language import is_english

log = structlog.get_logger(__name__)
PAGE_SIZE = 20
ENDED = FINISHED_STATES - {DossierState.DECIDED}
"""Nothing is waited for any more; of a decided dossier the paper may still be to fetch."""


@never_cache
@require_GET
def dossier_list(request: HttpRequest) -> HttpResponse:
    """My dossiers in the order of dossiers.own_list, unfinished drafts on top; keyset pages."""
    mine = Dossier.objects.of_citizen(request.user).select_related("agency", "procedure_version", "result_document")
    page = own_list.page(mine.annotate(unread=_unread_messages()), request, size=PAGE_SIZE)
    to_confirm = draft_checks.open_among(page.rows)
    asked, owed = supplement_requests.open_among(page.rows), charging.due_among(page.rows)
    unfinished = draft_access.drafts_of(Actor.citizen(request.user)).filter(state=DossierState.DRAFT)
    drafts = (
        list(unfinished.select_related("procedure_version", "owner").order_by("-updated_at")[:20])
        if page.is_first
        else []
    )
    purposes = subjects.purposes([*drafts, *page.rows])
    context = {
        "bundles": bundle_reading.newest(request.user) if page.is_first else [],
        "dossiers": [
            {
                "dossier": row,
                "title": subjects.titled(row),
                "turn": turns.whose_turn(
                    row, has_draft=row.pk in to_confirm, asked=asked.get(row.pk), owed_vnd=owed.get(row.pk, 0)
                ),
                "asked": asked.get(row.pk),
                "purpose": purposes.get(row.pk, ""),
            }
            for row in page.rows
        ],
        "drafts": [
            {
                "draft": row,
                "title": subjects.titled(row),
                "purpose": purposes.get(row.pk, ""),
                "url": steps.address(row, row.step or steps.PLACE),
                "is_old": row.procedure_version is not None and row.procedure_version.is_over(timezone.localdate()),
            }
            for row in drafts
        ],
        "next_url": page.next_url,
        "first_url": page.first_url,
    }
    return render(request, "dossiers/list.html", context)


def _unread_messages() -> Subquery:
    """How many messages of the agency the reader has not seen, by the index of unread ones."""
    waiting = correspondence.unread(Side.APPLICANT).filter(dossier=OuterRef("pk")).order_by()
    return Subquery(waiting.values("dossier").annotate(number=Count("pk")).values("number"))


@never_cache
@require_GET
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """One dossier: whose turn, what happened, papers, money, letters."""
    actor = Actor.citizen(request.user)
    dossier = access.get_dossier(code, actor=actor)
    moves, may_act = _moves(dossier, actor), access.may_act(dossier, actor=actor)
    owed = list(dossier.obligations.order_by("id"))
    not_charged = charging.fees_never_asked_for(dossier, owed)
    asked = supplement_requests.open_one(dossier) if "supplement" in moves else None
    draft = views_drafts.section(dossier, actor) if draft_checks.is_offered(dossier) else None
    names = naming.component_titles(dossier)
    owed_vnd = sum(row.amount_vnd for row in owed if row.state == ObligationState.DUE)
    has_draft = draft is not None
    clocks = clock_reading.of(dossier, timezone.now())
    turn = turns.whose_turn(
        dossier, with_reason=True, has_draft=has_draft, asked=asked, owed_vnd=owed_vnd, clocks=clocks
    )
    bundle_part = BundlePart.objects.select_related("bundle__procedure_version").filter(dossier=dossier).first()
    if may_act and dossier.owner_id != request.user.pk:
        acting.note_draft_seen(dossier, actor)  # what she reads of another person's answers leaves its row
    context = {
        "dossier": dossier,
        "title": naming.dossier_title(dossier),
        "heading": subjects.titled(dossier),
        "declared": declared.as_filed(dossier) if may_act else [],
        "bundle_part": bundle_part,
        "turn": turn,
        "action": _void(dossier) if turn.is_void else _action(dossier, moves, owes=owed_vnd > 0, asked=asked),
        "items": timeline.items(dossier),
        "clocks": clocks,
        "appointment": appointment.of(dossier),
        "limits": due_explanation.limits(dossier),
        "papers": [
            {"name": names.get(row.component_code, row.name), "files": row.files, "round": row.supplement_round}
            for row in dossier.components.order_by("supplement_round", "id")
        ],
        "obligations": _obligations(dossier, owed),
        "fees_to_come": charging.fees_to_come(dossier, owed),
        "paid_ahead": set(paid_ahead.held_for(dossier)) if bundle_part else set(),
        "fees_never_asked_for": not_charged,
        "not_charged_reason": uncharged.reason_for(dossier) if not_charged else "",
        "owes": owed_vnd > 0,
        "has_paid": any(row.state == ObligationState.PAID for row in owed),
        "opens_letters": may_act,
        "letters": dossier.letters.select_related("document", "event").order_by("id"),
        "supplement_request": asked_words.as_read(asked, dossier) if asked else None,
        "draft": draft,
        "talk": views_messages.section(dossier, actor),
        "message_form": MessageForm(),
        "can_withdraw": "request_withdrawal" in moves,
        "can_rate": dossier.state in ENDED,
    }
    return render(request, "dossiers/detail.html", context)


def _obligations(dossier: Dossier, rows: list[FinancialObligation]) -> list[dict[str, Any]]:
    """What was charged, by the published name in the reader's language."""
    names = naming.charge_titles(dossier) if rows and is_english() else {}
    return [
        {
            "description": names.get(row.description, row.description),
            "amount_vnd": row.amount_vnd,
            "state": row.get_state_display(),
        }
        for row in rows
    ]


def _moves(dossier: Dossier, actor: Actor) -> set[str]:
    """The steps open to the citizen now; none where an agency's own system has the dossier, or to who only reads it."""
    if dossier.is_reported or not access.may_act(dossier, actor=actor):
        return set()
    return {row.name for row in allowed(dossier.state, ActorKind.CITIZEN)}


def _void(dossier: Dossier) -> dict[str, str]:
    """Where the result no longer counts: the procedure again, from its sheet, and the paper as it was."""
    paper = {
        "more_url": reverse("datastore:detail", args=[dossier.result_document_id]),
        "more_text": _("Xem giấy đã bị thu hồi"),
    }
    if dossier.procedure_version_id is None:
        return paper
    sheet = reverse("procedures:detail", args=[dossier.procedure_code])
    return {"url": sheet, "text": _("Nộp hồ sơ mới"), **paper}


def _action(dossier: Dossier, moves: set[str], *, owes: bool, asked: SupplementRequest | None) -> dict[str, str]:
    """The one thing to do next on the dossier's page, when it is the reader's turn or the result is there."""
    if "supplement" in moves:
        wanted = asked.wanted if asked is not None else Wanted.PAPERS
        return {"url": reverse("dossiers:supplement", args=[dossier.code]), "text": str(wanted.label)}
    if owes and dossier.state == DossierState.AWAITING_PAYMENT:
        return {"url": reverse("payments:start", args=[dossier.code]), "text": _("Thanh toán")}
    if dossier.result_document_id and dossier.state in {DossierState.DECIDED, DossierState.RETURNED}:
        return {"url": reverse("datastore:detail", args=[dossier.result_document_id]), "text": _("Xem kết quả")}
    return {}


@keeps_what_was_typed
@never_cache
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Ask, say what is lost, then ask the agency to let the dossier go."""
    actor = Actor.citizen(request.user)
    dossier = access.get_dossier(code, actor=actor)
    if "request_withdrawal" not in _moves(dossier, actor):
        messages.info(request, _("Hồ sơ này không rút được ở trạng thái hiện tại."))
        return redirect("dossiers:detail", code)
    interrupted = take_back(request)
    form = ReasonForm(typed(request, interrupted))
    if request.method == "POST" and form.is_valid():
        try:
            withdrawal.request(code, actor=actor, reason=form.cleaned_data["reason"])
        except TransitionError as error:
            messages.error(request, str(error.message))
        else:
            messages.success(request, _("Đã gửi yêu cầu rút hồ sơ."))
        return redirect("dossiers:detail", code)
    context = {
        "dossier": dossier,
        "title": naming.dossier_title(dossier),
        "form": form,
        "has_paid": dossier.obligations.filter(state=ObligationState.PAID).exists(),
    }
    return render(request, "dossiers/withdraw.html", context, status=422 if form.errors and not interrupted else 200)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Track by code and a second fact; status and dates only, and no telling which of the two was wrong."""
    form = (
        TrackForm(request.POST)
        if request.method == "POST"
        else TrackForm(initial={"code": request.GET.get("code", "")[:60]})
    )
    found: Dossier | None = None
    missing = False
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        tracking_tries.refuse_after_too_many(request, code)
        found = _find_tracked(code, form.cleaned_data["phone_tail"])
        missing = found is None
        if missing:
            tracking_tries.note_wrong(request, code)
    context = {
        "form": form,
        "dossier": found,
        "missing": missing,
        "is_void": found is not None and turns.is_void(found),
        "items": timeline.items(found, with_names=False) if found else [],
        "appointment": appointment.of(found) if found and found.state not in ENDED else None,
    }
    return render(request, "dossiers/track.html", context, status=404 if missing else 200)


def _find_tracked(code: str, phone_tail: str) -> Dossier | None:
    dossier = (
        Dossier.objects.exclude(state=DossierState.DRAFT)
        .filter(code=code)
        .select_related("agency", "result_document")
        .first()
    )
    if dossier is None or not dossier.applicant_phone.endswith(phone_tail):
        return None
    return dossier
