"""Pages of helping and being helped with a filing (giúp nộp hồ sơ)."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from datastore.signed_in import SignedInRequest
from dossiers import appointment, assistance, naming, steps
from dossiers.errors import IdentityLevelError, ProcedureClosedError
from dossiers.forms_assistance import ClaimForm, GiveForm
from dossiers.lifecycle import DossierState
from dossiers.models import Assistance
from portal.agencies.actors import Actor
from portal.core import form_errors, qr, tries
from portal.core.errors import ConflictError, InvalidInputError, NotAllowedError
from procedures import access as catalogue
from procedures import search
from procedures.models import Field as ProcedureField

TRIES, TRIES_SECONDS = 10, 900
SHOWN = 20


@never_cache
@require_GET
def overview(request: SignedInRequest) -> HttpResponse:
    """Who helps me, and whom I help with what."""
    now = timezone.now()
    given = Assistance.objects.filter(citizen=request.user).order_by("-id")[:SHOWN]
    held = Assistance.objects.in_force(now).filter(helper=request.user).select_related("citizen").order_by("-id")
    names = _field_names([*given, *held])
    context = {
        "given": [{"right": right, "scope": _scope(right, names), **_standing(right)} for right in given],
        "held": [
            {"right": right, "scope": _scope(right, names), "dossiers": _dossiers_under(right)}
            for right in held[:SHOWN]
        ],
    }
    return render(request, "dossiers/assistance.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def give(request: SignedInRequest) -> HttpResponse:
    """Give a right; the answer shows the code once, as only its digest is kept."""
    form = GiveForm(request.POST or None, initial={"procedure_code": request.GET.get("thu-tuc", "")[:20]})
    if request.method == "POST" and form.is_valid():
        try:
            made = assistance.give(actor=Actor.citizen(request.user), **form.arguments())
        except (InvalidInputError, ConflictError, IdentityLevelError) as error:
            form_errors.tell(form, error)
        else:
            shown = f"{made.code[:4]} {made.code[4:]}"
            # behind the #, which no browser sends: the code stands in no server's log
            address = f"{settings.BASE_URL}{reverse('dossiers:assistance_claim')}#{made.code}"
            drawn = qr.draw(address, label=_("Mã QR để người giúp quét"))
            context = {"right": made.assistance, "code": shown, "qr": drawn.svg, "scope": _scope(made.assistance)}
            return render(request, "dossiers/assistance_given.html", context, status=201)
    status = 422 if request.method == "POST" else 200
    return render(request, "dossiers/assistance_give.html", {"form": form}, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def claim(request: SignedInRequest) -> HttpResponse:
    """Take up a right by its code; guessing is stopped by address and by account."""
    form = ClaimForm(request.POST or None)
    if request.method == "POST":
        tries.refuse_after(request, "assistance", tries=TRIES, seconds=TRIES_SECONDS, account=request.user.pk)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            held = assistance.claim(data["code"], actor=Actor.citizen(request.user), organisation=data["organisation"])
        except InvalidInputError as error:
            tries.note_failure(request, "assistance", seconds=TRIES_SECONDS, account=request.user.pk)
            form.add_error("code", [str(text) for text in error.texts])
        except IdentityLevelError as error:
            form_errors.tell(form, error)
        else:
            return redirect("dossiers:assistance_file", held.public_id)
    status = 422 if request.method == "POST" else 200
    return render(request, "dossiers/assistance_claim.html", {"form": form}, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def file_for(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Choose what to file for the person (`?q=` finds a procedure), and begin."""
    held, actor = assistance.get_held(public_id, user=request.user)
    if request.method == "POST":
        version = catalogue.get_open_version(request.POST.get("thu-tuc", "")[:20])
        try:
            draft = assistance.start(held, version, actor=actor)
        except (ProcedureClosedError, NotAllowedError, IdentityLevelError) as error:
            messages.error(request, str(error.message))
        else:
            return redirect(steps.address(draft, draft.step or steps.PLACE))
    typed = request.GET.get("q", "")[:120]
    context = {
        "right": held,
        "scope": _scope(held),
        "typed": typed,
        "asks": not held.procedure_code,
        "procedures": _offered(held, typed),
        "dossiers": _dossiers_under(held),
    }
    return render(request, "dossiers/assistance_file.html", context)


@require_POST
def end(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """End a right at once, as who gave or who holds it."""
    ended = assistance.end(public_id, user=request.user)
    if ended.citizen_id == request.user.pk:
        messages.success(request, _("Đã thu hồi. Người ấy không xem và không nộp thay bạn được nữa."))
    else:
        messages.success(request, _("Bạn đã thôi giúp. Bản nháp còn lại là của người nhờ."))
    return redirect("dossiers:assistance")


def _offered(held: Assistance, typed: str) -> list[Any]:
    """Procedures in the scope: the one that is named, or what fits the words."""
    if held.procedure_code:
        return [document for document in search.suggest(held.procedure_code) if document.code == held.procedure_code]
    if not typed:
        return []
    found = search.suggest(typed, limit=60)
    if held.field_code:
        name = _field_names([held]).get(held.field_code, "")
        found = [document for document in found if document.field == name]
    return found[:12]


def _dossiers_under(right: Assistance) -> list[dict[str, Any]]:
    """What was begun and filed under a right: name, code and state, no answers."""
    rows = right.dossiers.select_related("procedure_version", "agency").order_by("-id")[:SHOWN]
    return [
        {
            "dossier": row,
            "title": naming.dossier_title(row),
            "is_paused": appointment.is_paused(row),
            "url": steps.address(row, row.step or steps.PLACE) if row.state == DossierState.DRAFT else "",
        }
        for row in rows
    ]


def _field_names(rights: list[Assistance]) -> dict[str, str]:
    codes = {right.field_code for right in rights if right.field_code}
    return dict(ProcedureField.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}


def _scope(right: Assistance, names: dict[str, str] | None = None) -> str:
    """What the right covers, in words."""
    if right.procedure_code:
        return _("thủ tục %(code)s") % {"code": right.procedure_code}
    if right.field_code:
        known = _field_names([right]) if names is None else names
        return _("lĩnh vực %(field)s") % {"field": known.get(right.field_code, right.field_code)}
    return _("mọi thủ tục")


def _standing(right: Assistance) -> dict[str, Any]:
    """How a right stands, as a word with its colour."""
    now = timezone.now()
    if right.revoked_at is not None:
        return {"status": _("Đã thu hồi"), "tone": "neutral", "is_open": False}
    if right.valid_until <= now:
        return {"status": _("Đã hết hạn"), "tone": "neutral", "is_open": False}
    if right.claimed_at is not None:
        return {"status": _("Đang có hiệu lực"), "tone": "jade", "is_open": True}
    if right.code_expires_at <= now:
        return {"status": _("Mã không được dùng"), "tone": "neutral", "is_open": False}
    return {"status": _("Chờ người giúp nhập mã"), "tone": "amber", "is_open": True}
