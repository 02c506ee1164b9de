"""Who looked at my data (nhật ký truy cập): the page, the proof to take away, and the heads for anybody."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET

from datastore import pages, proofs
from datastore.models import AccessAction
from datastore.signed_in import SignedInRequest
from portal.accounts import representing
from portal.accounts.models import Organisation
from portal.core import tries
from portal.core.errors import TooManyRequestsError
from portal.core.text import whole_number

PROOFS, PROOFS_SECONDS = 30, 600
"""A proof reads every row of the person and up to a thousand beside each: so many from one address, and no more."""


@never_cache
@require_GET
def access_log(request: SignedInRequest) -> HttpResponse:
    """Who looked at my data, or at an organisation's, in plain words, by agency, by what was done and by dossier."""
    chosen = _chosen(request)
    wanted = _filter(chosen)
    organisation = _organisation(request)
    holder = organisation or request.user
    page = pages.accesses(holder, wanted, after=request.GET.get("sau", ""))
    agencies = pages.agencies_that_looked(holder)
    whose = {"to-chuc": str(organisation.pk)} if organisation else {}
    kept = whose | {name: value for name, value in chosen.items() if value}
    whole_url = reverse("datastore:access_log") + (f"?{urlencode(whose)}" if whose else "")
    context: dict[str, Any] = {
        "accesses": page.rows,
        "next_url": pages.next_url(page.next_mark, **kept),
        "organisation": organisation,
        "whole_url": whole_url,
        "first_url": whole_url if request.GET.get("sau") else "",
        "proof_url": reverse("datastore:access_proof") + (f"?{urlencode(kept)}" if kept else ""),
        "agencies": [{"id": str(pk), "name": name} for pk, name in agencies],
        "actions": AccessAction.choices,
        "agency_id": chosen["co-quan"],
        "action": chosen["viec"],
        "dossier_code": chosen["ho-so"],
        "is_filtered": bool(wanted),
    }
    return render(request, "datastore/access_log.html", context)


@never_cache
@require_GET
def proof(request: SignedInRequest) -> JsonResponse:
    """My rows with the path of each to a signed head, as a file that datastore.log_verifier checks."""
    if tries.is_one_too_many(request, "access-proof", most=PROOFS, seconds=PROOFS_SECONDS):
        raise TooManyRequestsError(retry_after_seconds=PROOFS_SECONDS)
    holder = _organisation(request) or request.user
    body = proofs.of(pages.accesses_of(holder, _filter(_chosen(request))))
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False, "indent": 1})
    name = f"ai-da-xem-{timezone.localdate():%Y-%m-%d}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@login_not_required
@require_GET
@cache_control(max_age=300, public=True)
def heads(request: HttpRequest) -> JsonResponse:
    """The signed heads of the last days: counts and digests, nothing of anybody. Keep them, and compare later."""
    response = JsonResponse({"heads": proofs.published()}, json_dumps_params={"separators": (",", ":")})
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _organisation(request: SignedInRequest) -> Organisation | None:
    """Whose log it is: an organisation's that the reader acts for, or None for her own; raises NotFoundError."""
    asked = request.GET.get("to-chuc", "")
    return representing.organisation_of(request.user, whole_number(asked) or 0) if asked else None


def _chosen(request: SignedInRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "")[:50] for name in ("co-quan", "viec", "ho-so")}


def _filter(chosen: dict[str, str]) -> pages.AccessFilter:
    """What nobody could have chosen narrows nothing."""
    return pages.AccessFilter(
        agency_id=whole_number(chosen["co-quan"]),
        action=chosen["viec"] if chosen["viec"] in AccessAction.values else "",
        dossier_code=chosen["ho-so"].strip(),
    )
