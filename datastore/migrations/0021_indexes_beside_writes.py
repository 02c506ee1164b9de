"""Indexes of files and papers, and the constraint of 0014 over the rows of before, while the portal is used."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations, models

from portal.core.migrating import index_beside_writes, index_of_reference

BY_KEY = models.Index(fields=["key_id", "id"], name="blob_by_key")
RUNS_OUT = models.Index(
    fields=["valid_until", "id"],
    name="document_runs_out",
    condition=models.Q(("is_listed", True), ("status", "valid"), ("valid_until__isnull", False)),
)
OF_ORGANISATION = models.Index(
    fields=["organisation", "-created_at", "-id"],
    name="document_of_organisation",
    condition=models.Q(
        ("is_listed", True), ("organisation__isnull", False), models.Q(("status", "deleted"), _negated=True)
    ),
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("datastore", "0020_edition_of_results")]

    operations = [
        *index_beside_writes("blob", BY_KEY),
        *index_beside_writes("document", RUNS_OUT),
        *index_beside_writes("document", OF_ORGANISATION),
        *index_of_reference("datastore_document", "organisation_id"),
        ValidateConstraint("blob", "sealed_blob_has_its_key"),
    ]
