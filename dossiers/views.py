"""Pages of the citizen's own dossiers, and tracking without signing in."""

import hashlib
from typing import Any

import structlog
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from datastore import services as datastore
from datastore.models import TrustLevel
from dossiers import access, filing, services, timeline
from dossiers.forms import ReasonForm, SupplementAnswerForm, TrackForm
from dossiers.lifecycle import FINISHED_STATES, DossierState, allowed
from dossiers.models import Dossier, DossierComponent, ObligationState
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import InvalidInputError, TooManyRequestsError, TransitionError
from portal.core.templatetags.portal_format import vn_datetime

log = structlog.get_logger(__name__)
PAGE_SIZE = 20
TRACK_TRIES = 10
TRACK_WINDOW_SECONDS = 600


@never_cache
@require_GET
def dossier_list(request: HttpRequest) -> HttpResponse:
    """My dossiers, newest first, unfinished drafts on top; keyset pages."""
    before = request.GET.get("truoc", "")
    mine = Dossier.objects.of_citizen(request.user).select_related("agency", "procedure_version").order_by("-id")
    if before.isdecimal():
        mine = mine.filter(pk__lt=int(before[:18]))
    rows = list(mine[: PAGE_SIZE + 1])
    drafts = (
        Dossier.objects.filter(filer=request.user, state=DossierState.DRAFT)
        .select_related("procedure_version")
        .order_by("-updated_at")[:20]
        if not before
        else []
    )
    dossiers = [{"dossier": row, "turn": timeline.whose_turn(row)} for row in rows[:PAGE_SIZE]]
    next_url = f"?truoc={rows[PAGE_SIZE - 1].pk}" if len(rows) > PAGE_SIZE else ""
    return render(request, "dossiers/list.html", {"dossiers": dossiers, "drafts": drafts, "next_url": next_url})


@never_cache
@require_GET
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """One dossier: whose turn, what happened, papers, money, letters."""
    actor = Actor.citizen(request.user)
    dossier = access.get_dossier(code, actor=actor)
    steps = {row.name for row in allowed(dossier.state, ActorKind.CITIZEN)}
    context = {
        "dossier": dossier,
        "turn": timeline.whose_turn(dossier),
        "items": timeline.items(dossier),
        "components": dossier.components.order_by("supplement_round", "id"),
        "obligations": dossier.obligations.order_by("id"),
        "owes": dossier.obligations.filter(state=ObligationState.DUE).exists(),
        "letters": dossier.letters.select_related("document").order_by("id"),
        "supplement_request": dossier.supplement_requests.filter(answered_at__isnull=True).last(),
        "can_withdraw": "request_withdrawal" in steps,
        "can_supplement": "supplement" in steps,
        "is_finished": dossier.state in FINISHED_STATES,
        "can_rate": dossier.state in {DossierState.RETURNED, DossierState.REFUSED, DossierState.STOPPED},
    }
    return render(request, "dossiers/detail.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def supplement(request: HttpRequest, code: str) -> HttpResponse:
    """Answer a supplement request in place: every item with its own upload or a paper from the store."""
    actor = Actor.citizen(request.user)
    dossier = access.get_dossier(code, actor=actor)
    asked = dossier.supplement_requests.filter(answered_at__isnull=True).last()
    if dossier.state != DossierState.AWAITING_SUPPLEMENT or asked is None:
        messages.info(request, _("Hồ sơ này không chờ bổ sung."))
        return redirect("dossiers:detail", code)
    items = _supplement_items(dossier, asked.items)
    form = SupplementAnswerForm(request.POST or None)
    errors: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            added = _deposit_supplements(request, dossier, items)
            services.supplement(code, actor=actor, answer=form.cleaned_data["answer"], components=added)
        except InvalidInputError as error:
            texts = [str(text) for field_texts in error.fields.values() for text in field_texts]
            errors = [("#main", text) for text in texts or [str(error.message)]]
        else:
            messages.success(request, _("Đã gửi phần bổ sung. Cơ quan tiếp tục giải quyết hồ sơ."))
            return redirect("dossiers:detail", code)
    context = {"dossier": dossier, "asked": asked, "items": items, "form": form, "errors": errors}
    return render(request, "dossiers/supplement.html", context, status=422 if errors else 200)


def _supplement_items(dossier: Dossier, asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is asked for, each with the published component behind it where there is one."""
    published = (
        {component.code: component for component in dossier.procedure_version.components.all()}
        if dossier.procedure_version
        else {}
    )
    wanted = asked or [{"component_code": "bo-sung", "name": _("Giấy tờ bổ sung"), "text": ""}]
    return [
        {**item, "field": f"file:{at}", "component": published.get(item["component_code"])}
        for at, item in enumerate(wanted)
    ]


def _deposit_supplements(request: HttpRequest, dossier: Dossier, items: list[dict[str, Any]]) -> list[DossierComponent]:
    added = []
    for item in items:
        component = item["component"]
        for upload in request.FILES.getlist(item["field"]):
            document = datastore.deposit(
                owner=request.user,
                content=upload,
                name=upload.name or "",
                type_code=component.document_types[0] if component and component.document_types else "GT.KHAC",
                title=item["name"] or _("Giấy tờ bổ sung"),
                trust=TrustLevel.UPLOADED,
                procedure_code=dossier.procedure_code,
            )
            added.append(
                DossierComponent(
                    component_code=item["component_code"] or "bo-sung",
                    name=item["name"] or _("Giấy tờ bổ sung"),
                    document=document,
                    files=filing.file_digests(document),
                )
            )
    return added


@never_cache
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Ask, say what is lost, then ask the agency to let the dossier go."""
    actor = Actor.citizen(request.user)
    dossier = access.get_dossier(code, actor=actor)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.request_withdrawal(code, actor=actor, reason=form.cleaned_data["reason"])
        except TransitionError as error:
            messages.error(request, str(error.message))
        else:
            messages.success(request, _("Đã gửi yêu cầu rút hồ sơ."))
        return redirect("dossiers:detail", code)
    return render(request, "dossiers/withdraw.html", {"dossier": dossier, "form": form})


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
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
        _count_try(request, form.cleaned_data["code"])
        found = _find_tracked(form.cleaned_data["code"], form.cleaned_data["phone_tail"])
        missing = found is None
    context = {
        "form": form,
        "dossier": found,
        "missing": missing,
        "items": timeline.items(found, with_names=False) if found else [],
        "due": vn_datetime(found.due_at) if found and found.due_at else "",
    }
    return render(request, "dossiers/track.html", context, status=404 if missing else 200)


def _find_tracked(code: str, phone_tail: str) -> Dossier | None:
    dossier = Dossier.objects.exclude(state=DossierState.DRAFT).filter(code=code).select_related("agency").first()
    if dossier is None or not dossier.applicant_phone.endswith(phone_tail):
        return None
    return dossier


def _count_try(request: HttpRequest, code: str) -> None:
    """Ten tries in ten minutes for one code and for one address; a cache that is away lets people through."""
    address = request.META.get("REMOTE_ADDR", "")
    for scope in (f"code:{code}", f"address:{address}"):
        key = "track:" + hashlib.sha256(scope.encode()).hexdigest()
        try:
            cache.add(key, 0, TRACK_WINDOW_SECONDS)
            tries = cache.incr(key)
        except ValueError:  # the key fell out between the two calls, or the cache is away
            log.warning("track.uncounted")
            continue
        if tries > TRACK_TRIES:
            raise TooManyRequestsError(retry_after_seconds=TRACK_WINDOW_SECONDS)
