import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from portal.core.migrating import reference_without_index


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0005_routing_rules"),
        ("dossiers", "0014_assistance"),
    ]

    operations = [
        reference_without_index(
            "dossier",
            "desk",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="dossiers",
                to="agencies.onestopdesk",
                verbose_name="bộ phận một cửa",
            ),
        ),
    ]
