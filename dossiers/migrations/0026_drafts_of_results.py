"""Drafts of results that applicants confirm before they are signed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0025_counter_for_organisations_beside_writes")]

    operations = [
        migrations.CreateModel(
            "ResultDraft",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("corrections", models.JSONField(blank=True, default=dict, verbose_name="chỗ đã sửa")),
                (
                    "dossier",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="result_draft",
                        to="dossiers.dossier",
                    ),
                ),
            ],
            {"verbose_name": "bản dự thảo kết quả", "verbose_name_plural": "bản dự thảo kết quả"},
        ),
        migrations.CreateModel(
            "DraftCheck",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveSmallIntegerField(verbose_name="lần gửi")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Chờ xác nhận"),
                            ("confirmed", "Đã xác nhận"),
                            ("disputed", "Báo có chỗ sai"),
                            ("lapsed", "Hết hạn, coi như đã xác nhận"),
                            ("overtaken", "Không còn dùng"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="tình trạng",
                    ),
                ),
                ("sent_at", models.DateTimeField(verbose_name="gửi lúc")),
                ("answer_due_at", models.DateTimeField(verbose_name="hạn trả lời")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="trả lời lúc")),
                ("words", models.TextField(blank=True, verbose_name="chỗ sai")),
                ("is_on_paper", models.BooleanField(default=False, verbose_name="xác nhận trên giấy tại quầy")),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="draft_checks",
                        to="dossiers.dossier",
                    ),
                ),
            ],
            {
                "verbose_name": "lần gửi bản dự thảo",
                "verbose_name_plural": "lần gửi bản dự thảo",
                "ordering": ["dossier", "round"],
                "indexes": [
                    models.Index(condition=models.Q(("state", "open")), fields=["answer_due_at"], name="draft_runs_out")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("dossier", "round"), name="one_draft_per_round"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")), fields=("dossier",), name="one_open_draft"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("answered_at__isnull", True), ("state", "open"))
                        | (~models.Q(("state", "open")) & models.Q(("answered_at__isnull", False))),
                        name="answered_draft_has_time",
                    ),
                ],
            },
        ),
    ]
