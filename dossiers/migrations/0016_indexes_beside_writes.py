"""Indexes of the two large tables, built while the portal is used: the desk's, catalogue gaps, what new
columns refer to, the journal's."""

from django.db import migrations, models
from django.db.models import Q

from portal.core.migrating import index_beside_writes, index_of_reference, unique_beside_writes

OPEN = [
    "accepted",
    "awaiting_payment",
    "awaiting_supplement",
    "consulting",
    "processing",
    "submitted",
    "withdrawal_requested",
]
ACTS_BY = models.Case(models.When(state="submitted", then=models.F("intake_due_at")), default=models.F("due_at"))
DESK = models.Index(
    models.F("agency"),
    ACTS_BY,
    models.F("id"),
    name="dossier_desk",
    condition=Q(("handled_by__isnull", True), ("source__isnull", True), ("state__in", OPEN)),
    include=("state", "assignee", "clock_stopped_at", "intake_due_at", "due_at", "proposed_at"),
)
ELSEWHERE = models.Index(
    fields=["agency"],
    name="dossier_elsewhere",
    condition=Q(("state__in", OPEN), Q(("handled_by__isnull", False), ("source__isnull", False), _connector="OR")),
)
CATALOGUE_GAP = models.Index(
    fields=["source", "procedure_code"], name="dossier_catalogue_gap", condition=Q(("is_catalogue_gap", True))
)
NOT_IN_JOURNAL = models.Index(
    fields=["partner", "id"],
    name="event_not_in_journal",
    condition=Q(("is_public", True), ("journal_number__isnull", True), ("partner__isnull", False)),
)
JOURNAL_NUMBER = models.UniqueConstraint(
    fields=("partner", "journal_number"),
    name="one_event_per_journal_number",
    condition=Q(("journal_number__isnull", False)),
)
BUILD_JOURNAL_NUMBER = """
ON "dossiers_dossierevent" ("partner_id", "journal_number") WHERE "journal_number" IS NOT NULL
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("dossiers", "0015_desk_by_rule"),
    ]

    operations = [
        *index_beside_writes("dossier", DESK),
        *index_beside_writes("dossier", ELSEWHERE),
        *index_beside_writes("dossier", CATALOGUE_GAP),
        *index_of_reference("dossiers_dossier", "counter_visit_id"),
        *index_of_reference("dossiers_dossier", "assistance_id"),
        *index_of_reference("dossiers_dossier", "desk_id"),
        *index_beside_writes("dossierevent", NOT_IN_JOURNAL),
        *unique_beside_writes("dossierevent", JOURNAL_NUMBER, BUILD_JOURNAL_NUMBER),
    ]
