"""Linked procedures: how one declaration is split into dossiers."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procedures", "0009_no_search_in_the_database")]

    operations = [
        migrations.CreateModel(
            name="Bundle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("definition", models.JSONField(verbose_name="cách tách hồ sơ")),
                ("is_open", models.BooleanField(default=True, verbose_name="đang tách hồ sơ")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="sửa lúc")),
                (
                    "procedure",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bundle",
                        to="procedures.procedure",
                        verbose_name="thủ tục",
                    ),
                ),
            ],
            options={
                "verbose_name": "thủ tục liên thông",
                "verbose_name_plural": "thủ tục liên thông",
                "ordering": ["procedure__code"],
            },
        ),
    ]
