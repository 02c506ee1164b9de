"""Ratings in the generic lists."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import TruncMonth
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.agencies.administration import AgencyScopedReadOnly
from portal.feedback.models import LEAST_RATINGS_TOLD, Rating
from portal.feedback.services import CHANGE_WITHIN

MONTHS = 12
"""So many past months of ratings an agency reads."""


@admin.register(Rating)
class RatingAdmin(AgencyScopedReadOnly):
    """What people say, without who said it: of which dossier, on which day and in which order would tell.

    An agency's ratings of a month are read together, once none of them can change, and from `LEAST_RATINGS_TOLD` on.
    They are the agency's own to read, in a list without addresses of single ones: a superuser without a post reads the
    figures.
    """

    agency_path = "dossier__agency__path"
    list_display = ("satisfaction", "reason", "of_agency", "of_month")
    list_display_links = None
    list_select_related = ("dossier__agency",)
    list_filter = ("satisfaction",)
    ordering = ("satisfaction", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Ratings of agencies and months that have enough of them."""
        first, last = _months(timezone.now())
        if request.user.is_superuser:
            return super().get_queryset(request).none()
        given = super().get_queryset(request).filter(created_at__gte=first, created_at__lt=last)
        month = given.annotate(month=TruncMonth("created_at"))
        together = month.annotate(count=Window(Count("pk"), partition_by=[F("dossier__agency"), F("month")]))
        # by their keys: a filter of the list narrows what is shown, never what is counted
        enough = together.filter(count__gte=LEAST_RATINGS_TOLD).values("pk")
        return given.filter(pk__in=enough).annotate(month=TruncMonth("created_at"))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The list; no rating has a page of its own."""
        return obj is None and super().has_view_permission(request)

    @admin.display(description=_("cơ quan"))
    def of_agency(self, rating: Rating) -> str:
        """Which agency decided."""
        return rating.dossier.agency.title if rating.dossier.agency else ""

    @admin.display(description=_("tháng"))
    def of_month(self, rating: Any) -> str:
        """When it was given, no nearer."""
        return f"{timezone.localtime(rating.month):%m/%Y}"


def _months(now: datetime) -> tuple[datetime, datetime]:
    """The first moments of the oldest month that is read and of the first one that is not: it can still change."""
    settled = timezone.localtime(now - CHANGE_WITHIN)
    last = settled.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    years, months = divmod(last.year * 12 + last.month - 1 - MONTHS, 12)
    return last.replace(year=years, month=months + 1), last
