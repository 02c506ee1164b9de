"""Where dossiers stand among the stages of an internal process: a table of its own, empty while nobody has stages."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0010_internal_processes"),
        ("dossiers", "0048_papers_between_agencies"),
    ]

    operations = [
        migrations.CreateModel(
            name="DossierStage",
            fields=[
                (
                    "dossier",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="stage",
                        serialize=False,
                        to="dossiers.dossier",
                    ),
                ),
                ("stages", models.JSONField(verbose_name="các bước")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="bước thứ")),
                ("name", models.CharField(blank=True, max_length=60, verbose_name="bước đang làm")),
                ("entered_at", models.DateTimeField(verbose_name="vào bước lúc")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="hạn của bước")),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.internalprocess",
                    ),
                ),
            ],
            options={
                "verbose_name": "bước đang làm",
                "verbose_name_plural": "bước đang làm",
                "indexes": [
                    models.Index(fields=["name", "dossier"], name="dossier_in_stage", condition=~Q(("name", ""))),
                    models.Index(fields=["due_at"], name="stage_with_limit", condition=Q(("due_at__isnull", False))),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("due_at__isnull", True)) | ~Q(("name", "")), name="limit_is_of_a_stage"
                    ),
                    models.CheckConstraint(
                        condition=Q(("due_at__isnull", True)) | Q(("due_at__gte", F("entered_at"))),
                        name="stage_ends_after_it_begins",
                    ),
                ],
            },
        ),
    ]
