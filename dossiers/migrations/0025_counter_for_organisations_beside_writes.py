"""The index of 0024's reference and its constraint over older rows, while the portal is used."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

from portal.core.migrating import index_of_reference


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("dossiers", "0024_counter_for_organisations")]

    operations = [
        *index_of_reference("dossiers_countervisit", "organisation_id"),
        ValidateConstraint("countervisit", "visit_for_organisation_has_proof"),
    ]
