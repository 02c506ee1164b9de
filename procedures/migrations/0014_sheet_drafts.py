"""Drafts of what a procedure's sheet says, written in the back office."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("procedures", "0013_closed_by_hand"),
    ]

    operations = [
        migrations.CreateModel(
            "SheetDraft",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, verbose_name="mã thủ tục")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Đang soạn"), ("published", "Đã công bố"), ("discarded", "Đã bỏ")],
                        default="open",
                        max_length=10,
                        verbose_name="trạng thái",
                    ),
                ),
                ("facts", models.JSONField(verbose_name="nội dung công bố")),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="lần sửa")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "base",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sheet_drafts_from",
                        to="procedures.procedureversion",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người sửa",
                    ),
                ),
                (
                    "published",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="published_sheets",
                        to="procedures.procedureversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "bản thảo nội dung thủ tục",
                "verbose_name_plural": "bản thảo nội dung thủ tục",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("code",),
                        name="one_open_sheet_per_procedure",
                    )
                ],
            },
        ),
    ]
