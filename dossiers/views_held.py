"""The page on which an applicant says that the State has a paper already."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from datastore.signed_in import SignedInRequest
from dossiers import access, acting, already_held, asked_words, draft_access, steps, supplement_requests
from dossiers.forms import HeldForm
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from portal.accounts import representing
from portal.agencies.actors import Actor
from portal.core.errors import NotAllowedError, NotFoundError
from procedures import eforms

COMPONENT = "thanh-phan"


@never_cache
@require_http_methods(["GET", "POST"])
def in_draft(request: SignedInRequest, code: str, public_id: UUID) -> HttpResponse:
    """Of a paper that the form asks for."""
    actor = acting.on_draft(request.user, public_id)
    dossier = draft_access.get_draft(public_id, actor=actor)
    version = dossier.procedure_version
    if version is None or dossier.procedure_code != code or dossier.state != DossierState.DRAFT:
        raise NotFoundError(code="dossier.not_found")
    wanted = {
        component.code: component.name for component, _needed in eforms.required_components(version, dossier.answers)
    }
    return _page(request, dossier, wanted, back_url=steps.address(dossier, steps.PAPERS), is_supplement=False)


@never_cache
@require_http_methods(["GET", "POST"])
def in_supplement(request: SignedInRequest, code: str) -> HttpResponse:
    """Of a paper that the agency asks for afterwards."""
    actor = Actor.citizen(request.user)
    dossier = access.get_dossier(code, actor=actor)
    if not access.may_act(dossier, actor=actor):
        raise NotAllowedError(representing.ONLY_READS)
    asked = supplement_requests.open_one(dossier)
    if dossier.state != DossierState.AWAITING_SUPPLEMENT or asked is None:
        raise NotFoundError(code="dossier.not_found")
    wanted = {item["component_code"]: item["name"] for item in asked.items if item["component_code"]}
    return _page(request, dossier, wanted, back_url=reverse("dossiers:supplement", args=[code]), is_supplement=True)


def _page(
    request: SignedInRequest, dossier: Dossier, wanted: dict[str, Any], *, back_url: str, is_supplement: bool
) -> HttpResponse:
    component = request.GET.get(COMPONENT, "")
    name = already_held.asked_name(wanted, component)
    form = HeldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"]
        already_held.say(dossier, component, name, user=request.user, words=words, is_supplement=is_supplement)
        messages.success(request, _("Đã ghi nhận. Cơ quan đọc được, và số lần như vậy được công khai."))
        return redirect(back_url)
    context = {
        "form": form,
        "name": asked_words.papers(dossier).get(name, name),
        "back_url": back_url,
        "is_supplement": is_supplement,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "dossiers/already_held.html", context, status=status)
