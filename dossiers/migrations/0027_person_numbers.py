"""Personal numbers that come with the registration of a birth."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import portal.core.encryption


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0026_drafts_of_results")]

    operations = [
        migrations.CreateModel(
            "PersonNumber",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "work_state",
                    models.CharField(
                        choices=[
                            ("pending", "Chờ thực hiện"),
                            ("done", "Đã xong"),
                            ("dead", "Dừng, cần người xử lý"),
                        ],
                        default="pending",
                        max_length=8,
                        verbose_name="trạng thái việc",
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="số lần thử")),
                (
                    "next_try_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="lần thử tiếp"),
                ),
                ("last_error", models.TextField(blank=True, default="", verbose_name="lỗi gần nhất")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="tạo lúc"),
                ),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="xong lúc")),
                (
                    "number",
                    portal.core.encryption.EncryptedTextField(
                        blank=True, default="", verbose_name="số định danh cá nhân"
                    ),
                ),
                (
                    "dossier",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="person_number",
                        to="dossiers.dossier",
                    ),
                ),
            ],
            {
                "verbose_name": "số định danh cấp khi đăng ký",
                "verbose_name_plural": "số định danh cấp khi đăng ký",
                "indexes": [
                    models.Index(
                        condition=models.Q(("work_state", "pending")),
                        fields=["next_try_at", "id"],
                        name="person_number_due",
                    )
                ],
            },
        )
    ]
