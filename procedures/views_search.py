"""The search page: a plain form, results with what they cost and take, filters with counts."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page, Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.agencies.models import Agency, AgencyLevel
from portal.core.language import column_text, pair_text
from portal.core.page_cache import cached_for_anonymous
from procedures import publication, search, sheets
from procedures.models import Audience, FeeRule, Field, LifeEvent, ProcedureVersion, ServiceLevel
from procedures.publication import edition_or_none
from procedures.searching.documents import Document
from procedures.searching.understanding import LONGEST

RESULTS_A_PAGE = 20
FILTERS = {
    "audience": "danh-cho",
    "online": "truc-tuyen",
    "level": "cap",
    "field": "linh-vuc",
    "agency": "co-quan",
    "life_event": "su-kien",
}
"""Filters by their name in the address, in the order of the page."""
OPEN_OPTIONS = 8
"""Options of a filter that show at once; the rest, less frequent, unfolds."""


@login_not_required
@require_safe
@cached_for_anonymous(edition_or_none, parameters=("q", "page", *FILTERS.values()))
def search_page(request: HttpRequest) -> HttpResponse:
    """Search and browse; works as a plain form, suggestions are an extra."""
    chosen = {name: request.GET.get(parameter, "")[:80] for name, parameter in FILTERS.items()}
    filters = search.Filters(**chosen)
    found = search.search(request.GET.get("q", ""), filters)
    page = Paginator(found.hits, RESULTS_A_PAGE).get_page(request.GET.get("page"))
    events = publication.remembered("life events", lambda: list(LifeEvent.objects.all()))
    event = next((each for each in events if each.slug == filters.life_event), None)
    context = {
        "query": found.query,
        "results": _results(page),
        "page_obj": page,
        "total": len(found.hits),
        "filters": filters,
        "facets": _facets(found, filters, events, request.GET),
        "life_event": event,
        "life_event_name": column_text(event, "name") if event else "",
        "life_event_text": column_text(event, "description") if event else "",
        "event_links": [
            {
                "url": _address(QueryDict(), **{FILTERS["life_event"]: each.slug}),
                "name": column_text(each, "name"),
                "icon": each.icon,
            }
            for each in events
        ],
        "chosen_filters": [(FILTERS[name], value) for name, value in chosen.items() if value],
        "suggestions_url": reverse("procedures:suggestions"),
        "too_long_text": _("Câu hỏi dài quá %(limit)d ký tự nên chỉ tìm theo phần đầu.") % {"limit": LONGEST},
        "kept_query": _kept(request.GET, drop=("page",)),
        "all_url": reverse("procedures:search"),
        "without_filters_url": _address(request.GET, drop=(*FILTERS.values(), "page")),
    }
    return render(request, "procedures/search.html", context)


def _results(page: Page[Document]) -> list[dict[str, Any]]:
    hits = list(page.object_list)
    versions = (
        ProcedureVersion.objects.select_related("procedure__field")
        .defer("sheet", "form", "source_record", "search_text", "search_vector")
        .annotate(summary=F("sheet__summary"))
        .in_bulk([hit.version_id for hit in hits])
    )
    rules: dict[int, list[FeeRule]] = {}
    today = timezone.localdate()
    for rule in FeeRule.objects.filter(version_id__in=versions).order_by("version_id", "position"):
        rules.setdefault(rule.version_id, []).append(rule)
    return [
        _result(hit, versions[hit.version_id], rules.get(hit.version_id, []), today)
        for hit in hits
        if hit.version_id in versions
    ]


def _result(hit: Document, version: Any, rules: list[FeeRule], today: Any) -> dict[str, Any]:
    return {
        "url": reverse("procedures:detail", kwargs={"code": hit.code}),
        "name": version.title,
        "summary": pair_text(version.summary),
        "code": hit.code,
        "level": sheets.level_words(version),
        "level_tone": sheets.LEVEL_TONES[ServiceLevel(version.service_level)],
        "processing": sheets.processing_words(version),
        "fee": sheets.cost_words(version, rules, today, channel=sheets.usual_channel(version)),
        "field": column_text(version.procedure.field, "name"),
        "local_agency": version.issuer_name if hit.province_code else "",
    }


def _kept(query: QueryDict, *, drop: tuple[str, ...] = (), **changes: str) -> str:
    """The query string with some parameters changed or dropped, ready for more: ``q=…&cap=…&``."""
    known = ("q", *FILTERS.values(), "page")
    kept = QueryDict(mutable=True)
    for name in known:
        value = changes.get(name, query.get(name, ""))
        if value and (name not in drop or name in changes):
            kept[name] = value
    return f"{kept.urlencode()}&" if kept else ""


def _address(query: QueryDict, *, drop: tuple[str, ...] = (), **changes: str) -> str:
    kept = _kept(query, drop=drop, **changes).rstrip("&")
    return reverse("procedures:search") + (f"?{kept}" if kept else "")


def _labels(events: list[LifeEvent]) -> dict[str, tuple[str, dict[str, str]]]:
    """Title and labels of each facet, in the order of the page and in the active language."""
    fields, agencies = publication.remembered(
        "facet names", lambda: (list(Field.objects.all()), dict(Agency.objects.values_list("code", "name")))
    )
    online = {
        ServiceLevel.FULL.value: _("Trọn vẹn"),
        ServiceLevel.PARTIAL.value: _("Một phần"),
        ServiceLevel.NONE.value: _("Trực tiếp"),
    }
    return {
        "audience": (_("Dành cho"), {value: str(label) for value, label in Audience.choices}),
        "online": (_("Làm trên mạng"), online),
        "level": (_("Cấp giải quyết"), {value: str(label) for value, label in AgencyLevel.choices}),
        "field": (_("Lĩnh vực"), {field.code: column_text(field, "name") for field in fields}),
        "agency": (_("Cơ quan công bố"), agencies),
        "life_event": (_("Sự kiện trong đời"), {event.slug: column_text(event, "name") for event in events}),
    }


def _facets(
    found: search.Found, filters: search.Filters, events: list[LifeEvent], query: QueryDict
) -> list[dict[str, Any]]:
    facets = []
    for name, (title, labels) in _labels(events).items():
        counts, chosen = found.counts[name], getattr(filters, name)
        values = [value for value in counts if value and counts[value]]
        if chosen and chosen not in values:
            values.append(chosen)
        if name in {"field", "agency"}:
            values.sort(key=lambda value: (-counts[value], labels.get(value, value)))
        else:
            values.sort(key=lambda value: list(labels).index(value) if value in labels else len(labels))
        if len(values) < 2 and not chosen:
            continue
        if chosen in values[OPEN_OPTIONS:]:
            values.remove(chosen)
            values.insert(0, chosen)
        options = [_option(name, value, labels.get(value, value), counts[value], chosen, query) for value in values]
        facets.append(
            {
                "title": title,
                "options": options[:OPEN_OPTIONS],
                "more": options[OPEN_OPTIONS:],
                "is_chosen": bool(chosen),
            }
        )
    return facets


def _option(name: str, value: str, label: str, count: int, chosen: str, query: QueryDict) -> dict[str, Any]:
    parameter = FILTERS[name]
    is_chosen = value == chosen
    changes = {} if is_chosen else {parameter: value}
    return {
        "label": label,
        "count": count,
        "is_chosen": is_chosen,
        "url": _address(query, drop=("page", *([parameter] if is_chosen else [])), **changes),
    }
