"""Since when an open dossier is in its state: what the watch reads oldest first, of those that are decided here.

What systems of their own push is not in it, so that a push writes no more than before.
"""

from django.db import migrations, models
from django.db.models import Q

from portal.core.migrating import index_beside_writes

OPEN = [
    "accepted",
    "awaiting_payment",
    "awaiting_supplement",
    "consulting",
    "processing",
    "submitted",
    "withdrawal_requested",
]
WAITS_SINCE = models.Index(
    fields=["state_occurred_at", "id"],
    name="dossier_waits_since",
    condition=Q(("handled_by__isnull", True), ("source__isnull", True), ("state__in", OPEN)),
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("dossiers", "0044_several_agencies_asked"),
    ]

    operations = index_beside_writes("dossier", WAITS_SINCE)
