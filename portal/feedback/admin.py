"""Ratings in the generic lists."""

from django.contrib import admin

from portal.agencies.administration import AgencyScopedReadOnly
from portal.feedback.models import Rating


@admin.register(Rating)
class RatingAdmin(AgencyScopedReadOnly):
    """What people say, without who said it."""

    agency_path = "dossier__agency__path"
    exclude = ("rater",)
    list_display = ("dossier", "satisfaction", "reason", "created_at")
    list_select_related = ("dossier",)
    list_filter = ("satisfaction",)
    ordering = ("-pk",)
