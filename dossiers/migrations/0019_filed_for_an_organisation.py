"""The organisation that a dossier is filed for; 0020 builds the index of the reference."""

import django.db.models.deletion
from django.db import migrations, models

from portal.core.migrating import reference_without_index


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_members_of_organisations"), ("dossiers", "0018_rebased_to_beside_writes")]

    operations = [
        reference_without_index(
            "dossier",
            "organisation",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="dossiers",
                to="accounts.organisation",
                verbose_name="nộp thay tổ chức",
            ),
        ),
    ]
