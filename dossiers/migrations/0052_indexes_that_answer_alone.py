"""Indexes that answer alone: what a queue's pages and the board count over is read without the rows themselves.

Each takes the place of another one. The one by state over all rows is left out: the planner chose it for the open
dossiers of an agency and then read their rows, for a page of fifty thousands of them.
"""

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Coalesce

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
NEW = (
    models.Index(fields=["agency", "submitted_at", "id"], name="dossier_by_day"),
    models.Index(
        fields=["agency", "submitted_at", "id"],
        name="dossier_open",
        condition=models.Q(("state__in", OPEN)),
        include=["state", "assignee", "handled_by", "source", "clock_stopped_at", "due_at", "finished_at"],
    ),
    models.Index(fields=["agency"], name="dossier_decided", condition=models.Q(("state", "decided"))),
    models.Index(
        models.F("agency"),
        Coalesce("finished_at", "submitted_at"),
        models.F("id"),
        name="dossier_finished",
        condition=models.Q(("state__in", ["decided", "refused", "returned", "stopped"])),
        include=["finished_at", "submitted_at", "due_at", "original_due_at", "assignee", "handled_by", "source"],
    ),
)
OLD = ("dossier_queue", "dossier_of_agency_day", "dossier_ended")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("dossiers", "0051_whose_stage")]

    operations = [
        *(step for index in NEW for step in index_beside_writes("dossier", index)),
        *(RemoveIndexConcurrently("dossier", name) for name in OLD),
    ]
