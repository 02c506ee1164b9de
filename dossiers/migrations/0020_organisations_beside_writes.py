"""The index of 0019's reference, built while the portal is used."""

from django.db import migrations

from portal.core.migrating import index_of_reference


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("dossiers", "0019_filed_for_an_organisation")]

    operations = [*index_of_reference("dossiers_dossier", "organisation_id")]
