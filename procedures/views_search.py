"""The search page: a plain form, results with what they cost and take, filters with counts."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.core.language import column_text
from portal.core.page_cache import cached_for_anonymous
from portal.core.text import clean_line
from procedures import related, search, search_cards, search_filters
from procedures.publication import edition_or_none
from procedures.search_filters import FACETS
from procedures.searching.understanding import LONGEST

RESULTS_A_PAGE = 20
FEW = 3
"""So few results may all be of something else: help stands beside them."""
LONGEST_WITHIN = 80
"""Characters of what is sought among the values of a filter."""


@login_not_required
@require_safe
@cached_for_anonymous(edition_or_none, parameters=("q", "page", *FACETS))
def search_page(request: HttpRequest) -> HttpResponse:
    """Search and browse; works as a plain form, suggestions are an extra."""
    filters = search_filters.chosen(request.GET)
    found = search.search(request.GET.get("q", ""), filters)
    page = Paginator(found.hits, RESULTS_A_PAGE).get_page(request.GET.get("page"))
    event = next((each for each in search_filters.life_events() if each.slug == filters.life_event), None)
    kept = search_filters.kept(request.GET, drop=("page",))
    context = {
        "query": found.query,
        "cards": search_cards.cards(list(page.object_list)),
        "page_obj": page,
        "total": len(found.hits),
        "is_helped": bool(found.query.text) and len(found.hits) <= FEW,
        "closed": related.closed(found.closed),
        "filters": filters,
        "facets": search_filters.facets(found.counts, filters, request.GET),
        "life_event": event,
        "life_event_name": column_text(event, "name") if event else "",
        "life_event_text": column_text(event, "description") if event else "",
        "chosen_filters": _chosen(request.GET),
        "suggestions_url": reverse("procedures:suggestions"),
        "kept_query": f"{kept}&" if kept else "",
        "all_url": reverse("procedures:search"),
        "without_filters_url": search_filters.address(request.GET, drop=(*FACETS, "page")),
    }
    if found.query.was_cut:
        context["too_long_text"] = _("Câu hỏi dài quá %(limit)d ký tự nên chỉ tìm theo phần đầu.") % {"limit": LONGEST}
    if not found.hits:
        context["event_links"] = [
            {
                "url": search_filters.of_life_event(each.slug),
                "name": column_text(each, "name"),
                "icon": each.icon,
            }
            for each in search_filters.life_events()
        ]
    return render(request, "procedures/search.html", context)


def _chosen(query: QueryDict) -> list[tuple[str, str]]:
    """Chosen filters as a form hands them on."""
    return [(parameter, query.get(parameter, "")[:80]) for parameter in FACETS if query.get(parameter)]


@login_not_required
@require_safe
@cached_for_anonymous(edition_or_none, parameters=("q", *FACETS))
def filter_page(request: HttpRequest, parameter: str) -> HttpResponse:
    """All values of one filter for what is being searched, with a form to find one; 404 for no filter of ours."""
    name = FACETS.get(parameter)
    if name is None:
        raise Http404
    filters = search_filters.chosen(request.GET)
    asked = request.GET.get("q", "")
    found = search.search(asked, filters)
    within = clean_line(request.GET.get("tim", "")[: 4 * LONGEST_WITHIN])[:LONGEST_WITHIN]
    title, options = search_filters.all_options(name, found.counts[name], filters, request.GET, within)
    context = {
        "title": title,
        "query": found.query,
        "options": options,
        "within": within,
        "kept_fields": [*([("q", asked[:LONGEST])] if asked else []), *_chosen(request.GET)],
        "back_url": search_filters.address(request.GET, drop=("page",)),
        "self_url": request.path,
        "all_url": f"{request.path}?{kept}" if (kept := search_filters.kept(request.GET)) else request.path,
    }
    return render(request, "procedures/filter.html", context)
