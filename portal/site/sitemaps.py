"""What search engines read: the pages, in both languages, in files of bounded size; and what they leave alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps import Sitemap, views
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from portal.site.views import CITIZEN_SLUG, ORGANISATION_SLUG
from procedures.models import LifeEvent, Procedure

PAGES = ("site:home", "procedures:search", "indicators:public", "site:help", "site:accessibility", "site:privacy")
PROCEDURES_A_FILE = 2_000
SECONDS = 3600
CLOSED = (
    "/quan-tri/", "/tai-khoan/", "/ho-so/", "/nop-ho-so/", "/kho-du-lieu/", "/thanh-toan/", "/tra-cuu/", "/xm/",
    "/mapi", "/metrics",
)  # fmt: skip
"""Pages of one person, of officials or of machines."""


class _BothLanguages(Sitemap):
    i18n = True
    alternates = True
    x_default = True
    limit = PROCEDURES_A_FILE


class Pages(_BothLanguages):
    """Pages of the portal, life events, the two entrances."""

    def items(self) -> list[tuple[str, dict[str, str]]]:
        """Names of addresses."""
        events = LifeEvent.objects.order_by("position").values_list("slug", flat=True)
        return [
            *((name, {}) for name in PAGES),
            *(("site:audience", {"slug": slug}) for slug in (CITIZEN_SLUG, ORGANISATION_SLUG)),
            *(("site:life_event", {"slug": slug}) for slug in events),
        ]

    def location(self, item: Any) -> str:
        """The address in the language in use."""
        name, values = item[0] if isinstance(item[0], tuple) else item
        return reverse(name, kwargs=values)


class Sheets(_BothLanguages):
    """The sheets of all published procedures."""

    def items(self) -> Any:
        """Codes and when they were published."""
        rows = Procedure.objects.filter(current__isnull=False, is_internal=False).order_by("code")
        return rows.values_list("code", "current__created_at")

    def location(self, item: Any) -> str:
        """The address in the language in use."""
        return reverse("procedures:detail", kwargs={"code": item[0]})

    def lastmod(self, item: Any) -> datetime:
        """When its version was published."""
        published_at: datetime = item[1]
        return published_at


SITEMAPS: dict[str, type[Sitemap[Any]] | Sitemap[Any]] = {"trang": Pages, "thu-tuc": Sheets}


@login_not_required
@require_safe
@conditional_page
@cache_control(public=True, max_age=SECONDS)
def index(request: HttpRequest) -> HttpResponse:
    """The list of files."""
    return views.index(request, SITEMAPS, sitemap_url_name="sitemap-part")


@login_not_required
@require_safe
@conditional_page
@cache_control(public=True, max_age=SECONDS)
def part(request: HttpRequest, section: str) -> HttpResponse:
    """One file."""
    if section not in SITEMAPS:
        raise Http404
    return views.sitemap(request, SITEMAPS, section=section)


@login_not_required
@require_safe
@conditional_page
@cache_control(public=True, max_age=SECONDS)
def robots(request: HttpRequest) -> HttpResponse:
    """What robots leave alone, in both languages, and where the sitemap is."""
    lines: Iterable[str] = (
        "User-agent: *",
        *(f"Disallow: {prefix}{path}" for path in CLOSED for prefix in ("", "/en")),
        "",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}",
    )
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
