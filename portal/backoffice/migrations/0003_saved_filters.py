"""Filters that officials save for themselves."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0002_jobs_over_whole_queues"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="tên bộ lọc")),
                ("queue", models.CharField(max_length=40, verbose_name="hàng đợi")),
                ("narrowed", models.JSONField(default=dict)),
                ("is_start", models.BooleanField(default=False, verbose_name="trang đầu")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("deleted_at", models.DateTimeField(blank=True, null=True, verbose_name="xóa lúc")),
                (
                    "official",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "bộ lọc đã lưu",
                "verbose_name_plural": "bộ lọc đã lưu",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)),
                        fields=("official", "name"),
                        name="one_saved_filter_per_name",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None), ("is_start", True)),
                        fields=("official",),
                        name="one_start_page",
                    ),
                ],
            },
        ),
    ]
