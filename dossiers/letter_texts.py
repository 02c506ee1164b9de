"""Which own words of an agency a letter carries on a day (lời riêng trên văn bản)."""

from datetime import date

from django.db.models import Q

from dossiers.models import LetterText
from portal.agencies.models import Agency


def in_force(agency: Agency | None, kind: str, day: date) -> LetterText | None:
    """The version that began last of the nearest agency that has one: its own, one above it, or the whole country's."""
    codes = agency.line_codes if agency is not None else []
    found = LetterText.objects.filter(
        Q(agency__isnull=True) | Q(agency__code__in=codes), kind=kind, valid_from__lte=day
    ).select_related("agency")
    return max(found, key=lambda text: (_depth(text), text.valid_from, text.pk), default=None)


def _depth(text: LetterText) -> int:
    return len(text.agency.path) if text.agency is not None else 0
