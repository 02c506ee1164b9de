"""Ratings in the generic lists."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.agencies.administration import AgencyScopedReadOnly
from portal.feedback.models import LEAST, Rating


@admin.register(Rating)
class RatingAdmin(AgencyScopedReadOnly):
    """What people say, without who said it: of which dossier and on which day would tell.

    An agency reads it from `LEAST` ratings on.
    """

    agency_path = "dossier__agency__path"
    exclude = ("dossier", "rater", "created_at", "changed_at")
    readonly_fields = ("of_agency", "month")
    list_display = ("satisfaction", "reason", "of_agency", "month")
    list_select_related = ("dossier__agency",)
    list_filter = ("satisfaction",)
    ordering = ("satisfaction", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Ratings of agencies that have enough of them."""
        rows = super().get_queryset(request)
        by_agency = rows.order_by().values("dossier__agency").annotate(count=Count("pk")).filter(count__gte=LEAST)
        return rows.filter(dossier__agency__in=by_agency.values("dossier__agency"))

    @admin.display(description=_("cơ quan"))
    def of_agency(self, rating: Rating) -> str:
        """Which agency decided."""
        return rating.dossier.agency.title if rating.dossier.agency else ""

    @admin.display(description=_("tháng"))
    def month(self, rating: Rating) -> str:
        """When it was given, no nearer."""
        return f"{timezone.localtime(rating.created_at):%m/%Y}"
