"""Small lists for scripts: suggestions while typing, communes of a province, agencies by name."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from portal.agencies.models import AgencyLevel, Branch
from procedures import search, shown_names
from procedures.models import ProcedureVersion
from procedures.territory import Territory

MOST_AGENCIES = 20


@login_not_required
@require_safe
@cache_control(public=True, max_age=60)
def suggestions(request: HttpRequest) -> JsonResponse:
    """Procedures that what was typed so far can mean, as ``{results: [{value, label, url, note}]}``."""
    hits = search.suggest(request.GET.get("q", ""))
    names = ProcedureVersion.objects.only("short_name", "short_name_en", "name", "name_en").in_bulk(
        [hit.version_id for hit in hits]
    )
    results = []
    for hit in hits:
        label = shown_names.tidied(names[hit.version_id].title)
        results.append(
            {
                "value": label,
                "label": label,
                "note": hit.code,
                "url": reverse("procedures:detail", kwargs={"code": hit.code}),
            }
        )
    return JsonResponse({"results": results})


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
def communes(request: HttpRequest, province_code: str) -> JsonResponse:
    """The communes of a province, as ``{results: [{value, label}]}``; 404 for an unknown one."""
    territory = Territory()
    if not territory.is_province(province_code):
        raise Http404
    units = territory.communes(province_code)
    return JsonResponse({"results": [{"value": unit.code, "label": unit.full_name} for unit in units]})


@login_not_required
@require_safe
@cache_control(public=True, max_age=60)
def agencies(request: HttpRequest) -> JsonResponse:
    """Agencies by name, narrowed by ``level`` and ``branch``, as ``{results: [{value, label, note}]}``."""
    routing = {
        key: value
        for key, allowed in (("level", AgencyLevel.values), ("branch", Branch.values))
        if (value := request.GET.get(key, "")) in allowed
    }
    typed = request.GET.get("q", "")[:200]
    found = Territory().find_agencies(typed, routing, limit=MOST_AGENCIES) if len(typed.strip()) >= 2 else []
    return JsonResponse(
        {"results": [{"value": code, "label": name, "note": code} for code, name in found[:MOST_AGENCIES]]}
    )
