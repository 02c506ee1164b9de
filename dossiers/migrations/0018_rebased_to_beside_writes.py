"""The index of 0017's reference, and its constraint over the rows of before, while the portal is used."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

from portal.core.migrating import index_of_reference


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("dossiers", "0017_rebased_to")]

    operations = [
        *index_of_reference("dossiers_dossier", "rebased_to_id"),
        ValidateConstraint("dossier", "rebased_to_another_version"),
    ]
