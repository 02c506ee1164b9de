"""Public figures, from real rows (số liệu công khai)."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.utils import timezone

from dossiers.lifecycle import DossierState
from dossiers.models import Dossier


def public_figures() -> dict[str, Any]:
    """Return dossiers_total, handled_this_month, on_time_percent (None without any) and as_of."""
    now = timezone.now()
    month = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    figures = Dossier.objects.exclude(state=DossierState.DRAFT).aggregate(
        total=Count("id"),
        handled=Count("id", filter=Q(finished_at__gte=month)),
        on_time=Count("id", filter=Q(finished_at__gte=month, finished_at__lte=F("due_at"))),
    )
    percent = round(100 * figures["on_time"] / figures["handled"], 1) if figures["handled"] else None
    return {
        "dossiers_total": figures["total"],
        "handled_this_month": figures["handled"],
        "on_time_percent": percent,
        "as_of": now - timedelta(0),
    }
