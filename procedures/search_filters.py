"""The filters of the search page with their counts, and the page that lists all values of one."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from html import escape  # quicker than Django's, which makes a SafeString each time
from typing import Any
from urllib.parse import quote_plus, urlencode

from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.agencies import successors
from portal.agencies.models import Agency, AgencyLevel
from portal.core.language import column_text, in_language
from portal.core.text import fold, vietnamese_order
from procedures import field_names, publication, search
from procedures.models import Audience, LifeEvent
from procedures.sheets import level_names

FILTERS = {
    "audience": "danh-cho",
    "online": "truc-tuyen",
    "level": "cap",
    "field": "linh-vuc",
    "agency": "co-quan",
    "life_event": "su-kien",
}
"""Filters by their name in the address, in the order of the page."""
FACETS = {parameter: name for name, parameter in FILTERS.items()}
OPEN_OPTIONS = 8
"""Options of a filter that the search page shows; all of them, with a way to find one, have a page of their own."""
BY_COUNT = frozenset({"field", "agency"})
"""Filters with many values: the most frequent come first. The others have an order of their own."""


def chosen(query: QueryDict) -> search.Filters:
    """What the address narrows to; an agency that ended is the one that has its tasks today, as in the index."""
    wanted = {name: query.get(parameter, "")[:80] for name, parameter in FILTERS.items()}
    if wanted["agency"]:
        today = publication.remembered(f"agencies of {timezone.localdate()}", successors.codes_today)
        wanted["agency"] = today.get(wanted["agency"], wanted["agency"])
    return search.Filters(**wanted)


def kept(query: QueryDict, *, drop: tuple[str, ...] = (), **changes: str) -> str:
    """The query string with some parameters changed or dropped: ``q=…&cap=…``."""
    wanted = ((name, changes.get(name, query.get(name, ""))) for name in ("q", *FACETS, "page"))
    return urlencode([(name, value) for name, value in wanted if value and (name not in drop or name in changes)])


def address(query: QueryDict, *, drop: tuple[str, ...] = (), **changes: str) -> str:
    """The search page with some parameters changed or dropped."""
    text = kept(query, drop=drop, **changes)
    return _page_address("", get_language()) + (f"?{text}" if text else "")


def of_life_event(slug: str) -> str:
    """The search page of one life event."""
    return f"{reverse('procedures:search')}?{urlencode({FILTERS['life_event']: slug})}"


def life_events() -> list[LifeEvent]:
    """All life events, remembered."""
    return publication.remembered("life events", lambda: list(LifeEvent.objects.all()))


def labels() -> dict[str, tuple[str, dict[str, str]]]:
    """Title and labels of each facet, in the order of the page and in the active language."""
    return publication.remembered(f"facet labels {get_language()}", _labels)


def _labels() -> dict[str, tuple[str, dict[str, str]]]:
    return {
        "audience": (_("Dành cho"), {value: str(label) for value, label in Audience.choices}),
        "online": (_("Làm trên mạng"), level_names()),
        "level": (_("Cấp giải quyết"), {value: str(label) for value, label in AgencyLevel.choices}),
        "field": (_("Lĩnh vực"), field_names.labels()),
        "agency": (
            _("Cơ quan công bố"),
            {
                code: in_language(name, name_en)
                for code, name, name_en in Agency.objects.values_list("code", "name", "name_en")
            },
        ),
        "life_event": (_("Sự kiện trong đời"), {event.slug: column_text(event, "name") for event in life_events()}),
    }


def facets(counts: dict[str, Counter[str]], filters: search.Filters, query: QueryDict) -> list[dict[str, Any]]:
    """The filters worth showing, each with its first options."""
    here = kept(query, drop=("page",))
    return [
        facet
        for name in FILTERS
        if (facet := _facet(name, counts[name], getattr(filters, name), query, here)) is not None
    ]


def _facet(name: str, counts: Counter[str], wanted: str, query: QueryDict, here: str) -> dict[str, Any] | None:
    title, names = labels()[name]
    values = _ordered(name, counts, wanted, names)
    if len(values) < 2 and not wanted:
        return None
    shown = values[:OPEN_OPTIONS]
    if wanted in values[OPEN_OPTIONS:]:
        shown = [wanted, *shown[:-1]]
    options = _options(name, shown, counts, wanted, names, query, here)
    return {
        "title": title,
        "options": options,
        # One value for the template instead of a loop: most pages have no chosen option.
        "drawn": "" if wanted else SafeString("".join([option["drawn"] for option in options])),
        "more": len(values) - len(shown),
        "all_url": _page_address(FILTERS[name], get_language()) + (f"?{here}" if here else ""),
        "is_chosen": bool(wanted),
    }


@lru_cache(maxsize=64)
def _page_address(parameter: str, _language: str | None) -> str:
    """The search page, or the page of a filter, in a language: reversing is slow, and a page has a dozen of them."""
    return reverse("procedures:filter", kwargs={"parameter": parameter}) if parameter else reverse("procedures:search")


def _ordered(name: str, counts: Counter[str], wanted: str, names: dict[str, str]) -> list[str]:
    values = [value for value, count in counts.items() if value and count]
    if wanted and wanted not in values:
        values.append(wanted)
    if name in BY_COUNT:
        return sorted(values, key=lambda value: (-counts[value], names.get(value, value)))
    order = {value: at for at, value in enumerate(names)}
    return sorted(values, key=lambda value: order.get(value, len(order)))


def _options(
    name: str,
    values: list[str],
    counts: Counter[str],
    wanted: str,
    names: dict[str, str],
    query: QueryDict,
    here: str | None = None,
) -> list[dict[str, Any]]:
    parameter = FILTERS[name]
    others = kept(query, drop=("page", parameter)) if wanted or here is None else here
    without = _page_address("", get_language())
    start = f"{without}?{others}&{parameter}=" if others else f"{without}?{parameter}="
    draw = publication.remembered(f"filter option {get_language()}", _Drawing)
    return [
        {
            "label": names.get(value, value),
            "count": counts[value],
            "url": (url := f"{start}{quote_plus(value)}"),
            "drawn": draw(names.get(value, value), counts[value], url),
        }
        if value != wanted
        else {
            "label": names.get(value, value),
            "count": counts[value],
            "url": f"{without}?{others}" if others else without,
            "is_chosen": True,
        }
        for value in values
    ]


class _Drawing:
    """The template of an option drawn once, to be filled in many times: a page has dozens of them."""

    def __init__(self) -> None:
        marks = {"label": "@label@", "count": "@count@", "url": "@url@"}
        drawn = render_to_string("procedures/_filter_option.html", {"option": marks, "counted": _("thủ tục")})
        self.before, rest = drawn.split("@url@")
        self.between, rest = rest.split("@label@")
        self.middle, self.after = rest.split("@count@")
        self.counts: dict[int, str] = {}

    def __call__(self, label: str, count: int, url: str) -> SafeString:
        """The option as it stands on the page."""
        number = self.counts.get(count)
        if number is None:
            number = self.counts[count] = str(localize(count))
        return mark_safe(  # noqa: S308 - its parts are escaped here
            f"{self.before}{escape(url)}{self.between}{escape(label)}{self.middle}{number}{self.after}"
        )


def all_options(
    name: str, counts: Counter[str], filters: search.Filters, query: QueryDict, within: str
) -> tuple[str, list[dict[str, Any]]]:
    """Title of a filter, and all its options whose label has the words sought, by alphabet."""
    title, names = labels()[name]
    wanted = getattr(filters, name)
    words = fold(within).split()
    values = [
        value
        for value in _ordered(name, counts, wanted, names)
        if all(word in fold(names.get(value, value)) for word in words)
    ]
    if name in BY_COUNT:
        values.sort(key=lambda value: vietnamese_order(str(names.get(value, value))))
    return title, _options(name, values, counts, wanted, names, query)
