"""The representation by which a dossier is filed for another person."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_representations"),
        ("dossiers", "0038_component_checks"),
    ]

    operations = [
        migrations.AddField(
            model_name="dossier",
            name="representation",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="dossiers",
                to="accounts.representation",
                verbose_name="nộp thay cá nhân",
            ),
        ),
    ]
