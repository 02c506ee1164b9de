"""The stages by which agencies divide their work: a new table; while it is empty, nothing has stages."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0009_step_limits"),
    ]

    operations = [
        migrations.CreateModel(
            name="InternalProcess",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("procedure_code", models.CharField(blank=True, max_length=60, verbose_name="mã thủ tục")),
                ("field_code", models.CharField(blank=True, max_length=60, verbose_name="mã lĩnh vực")),
                ("stages", models.JSONField(verbose_name="các bước")),
                ("legal_basis", models.CharField(max_length=200, verbose_name="căn cứ")),
                ("valid_from", models.DateField(verbose_name="từ ngày")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="đến ngày")),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="internal_processes",
                        to="agencies.agency",
                        verbose_name="cơ quan",
                    ),
                ),
            ],
            options={
                "verbose_name": "quy trình nội bộ",
                "verbose_name_plural": "quy trình nội bộ (các bước xử lý)",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("procedure_code", ""), ("field_code", ""), _connector="OR"),
                        name="process_of_a_procedure_or_a_field",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="process_ends_after_it_begins",
                    ),
                    models.UniqueConstraint(
                        fields=("agency", "procedure_code", "field_code", "valid_from"),
                        name="one_process_per_scope_and_day",
                    ),
                ],
            },
        ),
    ]
