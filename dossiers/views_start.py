"""The page before a filing (bắt đầu nộp hồ sơ): what it takes and costs, and the button that makes a draft."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dossiers import beginning, draft_access, for_others, naming, steps
from dossiers.lifecycle import DossierState
from portal.accounts import representing, vneid
from portal.accounts.models import CitizenProfile, IdentityLevel
from portal.agencies import routing
from portal.agencies.actors import Actor
from portal.core.errors import NotFoundError
from procedures import access as catalogue
from procedures import competence, eforms, fees, local, places, sheet_case, sheets
from procedures.local import NOWHERE, Where
from procedures.models import Audience, ProcedureVersion, ServiceLevel
from procedures.territory import Territory


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, code: str) -> HttpResponse:
    """What the filing takes, then a draft; signing in comes first."""
    try:
        version = catalogue.get_open_version(code)
    except NotFoundError:
        version = catalogue.get_version(code)
        if version.valid_from <= timezone.localdate():
            raise
        return render(request, "dossiers/start.html", {"version": version, "title": version.title, "is_to_come": True})
    if request.method == "POST":
        from_sheet = beginning.FROM_SHEET in request.POST
        where = Where(request.POST.get(places.PROVINCE, "")[:2], request.POST.get(places.COMMUNE, "")[:5])
        if not from_sheet:  # the sheet's link brings place and case in the address, where nobody was signed in there
            where = places.chosen(request, Territory()).where if places.PROVINCE in request.GET else NOWHERE
        case = sheet_case.answers_in(request.POST if from_sheet else request.GET, version, timezone.localdate())
        shown = beginning.Shown(where, case)
        if not request.user.is_authenticated:
            back = beginning.remember_press(request.session, version, request.path, shown=shown)
            return redirect(f"{reverse('accounts:sign_in')}?{urlencode({'next': back})}")
        if from_sheet and beginning.needs_start_page(version, request.user):
            told = urlencode(_address_of(shown, version), doseq=True)
            return redirect(f"{request.path}?{told}" if told else request.path)
        for_whom = request.POST.get("to-chuc", "")
        return redirect(beginning.begin(version, request.user, for_whom=for_whom, shown=shown))
    draft = (
        draft_access.drafts_of(Actor.citizen(request.user))
        .filter(state=DossierState.DRAFT, procedure_code=code)
        .filter(assistance=None, bundle_part=None)
        .order_by("-id")
        .first()
        if request.user.is_authenticated
        else None
    )
    word = request.GET.get(beginning.GOES_ON, "")
    pressed_at = beginning.take_press(request.session, version, word) if request.user.is_authenticated else None
    if pressed_at is not None and draft is None and not beginning.needs_start_page(version, request.user):
        return redirect(beginning.begin(version, request.user, for_whom="", shown=pressed_at))
    today = timezone.localdate()
    territory = Territory(today)
    where = places.chosen(request, territory).where
    case = sheet_case.answers_in(request.GET, version, today)
    if draft and draft.province_code:
        where = Where(draft.province_code, draft.commune_code)
    is_offered = version.procedure.takes_dossiers and version.service_level != ServiceLevel.NONE
    is_known = not is_offered or competence.is_known(version)
    citizen = request.user.is_authenticated and CitizenProfile.objects.filter(user=request.user).first()
    context = {
        "version": version,
        "title": version.title,
        **steps.closed(version.procedure),
        "charges": fees.amounts_due(
            version,
            answers=case,
            channel="online",
            on=today,
            where=where,
            facts={"digital_citizen": bool(citizen) and citizen.is_digital_citizen},
        ),
        "cost": sheets.cost_words(
            version, list(version.fees.all()), today, channel="online", where=where, answers=case
        ),
        "place_name": territory.name(where.commune_code or where.province_code) if where != NOWHERE else "",
        "has_local_terms": bool(local.policies_of(version, on=today)),
        "papers": [naming.component_title(row) for row, _needed in eforms.required_components(version, case)],
        "is_offered": is_offered and is_known,
        "nobody_known": routing.UNKNOWN if is_offered and not is_known else "",
        "in_person": "" if is_offered else sheets.in_person_words(version),
        "is_official": request.user.is_authenticated and not citizen,
        "again_url": vneid.sign_in_url(request.path),
        "level_too_low": bool(citizen) and citizen.identity_level < IdentityLevel.TWO,
        "draft": draft,
        "draft_is_old": draft is not None and draft.procedure_version_id != version.pk,
        "organisations": representing.organisations_of(request.user, filing=True)
        if citizen and version.is_filed_for_organisations
        else [],
        "people": for_others.represented(request.user, version) if citizen else [],
        "is_in_own_name": for_others.is_in_own_name(version),
        "may_add_people": bool(citizen) and for_others.is_open(version),
        "is_for_organisations_only": Audience.CITIZEN not in version.audience,
    }
    return render(request, "dossiers/start.html", context)


def _address_of(shown: beginning.Shown, version: ProcedureVersion) -> dict[str, list[str]]:
    where = {places.PROVINCE: [shown.where.province_code], places.COMMUNE: [shown.where.commune_code]}
    return {**(where if shown.where != NOWHERE else {}), **sheet_case.address_of(shown.case, version)}
