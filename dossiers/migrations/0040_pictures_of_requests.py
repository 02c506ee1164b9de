"""Pictures beside what a supplement request asks for."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A new table; nothing of the release before reads it."""

    dependencies = [
        ("datastore", "0032_whose_certificate"),
        ("dossiers", "0039_filed_for_a_person"),
    ]

    operations = [
        migrations.CreateModel(
            name="RequestPicture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.PositiveSmallIntegerField()),
                ("files", models.JSONField(default=list)),
                ("mark", models.JSONField(blank=True, null=True)),
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shown_with",
                        to="datastore.document",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pictures",
                        to="dossiers.supplementrequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "ảnh kèm yêu cầu bổ sung",
                "verbose_name_plural": "ảnh kèm yêu cầu bổ sung",
            },
        ),
    ]
