import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from portal.core.migrating import reference_without_index


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0013_counter_visits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="dossierevent",
            name="actor_kind",
            field=models.CharField(
                choices=[
                    ("citizen", "Người nộp hồ sơ"),
                    ("helper", "Người hỗ trợ"),
                    ("desk", "Bộ phận một cửa"),
                    ("agency", "Cơ quan giải quyết"),
                    ("leader", "Lãnh đạo cơ quan"),
                    ("consulted", "Cơ quan được hỏi ý kiến"),
                    ("partner", "Hệ thống của cơ quan"),
                    ("payment", "Nền tảng thanh toán"),
                    ("system", "Hệ thống"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="Assistance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("helper_name", models.CharField(blank=True, max_length=200, verbose_name="người hỗ trợ")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("post_office", "Nhân viên bưu điện"),
                            ("community", "Tổ công nghệ số cộng đồng"),
                            ("relative", "Người thân"),
                        ],
                        max_length=12,
                        verbose_name="ai giúp",
                    ),
                ),
                ("procedure_code", models.CharField(blank=True, max_length=60, verbose_name="mã thủ tục")),
                ("field_code", models.CharField(blank=True, max_length=60, verbose_name="mã lĩnh vực")),
                ("may_use_store", models.BooleanField(default=False, verbose_name="được dùng giấy tờ trong kho")),
                ("code_index", models.CharField(blank=True, default="", editable=False, max_length=64)),
                ("code_expires_at", models.DateTimeField(verbose_name="mã hết hạn lúc")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="trao lúc")),
                ("valid_until", models.DateTimeField(verbose_name="có giá trị đến")),
                ("claimed_at", models.DateTimeField(blank=True, null=True, verbose_name="nhận lúc")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="thu hồi lúc")),
                (
                    "citizen",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assistances_given",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "helper",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assistances_held",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "quyền giúp nộp hồ sơ",
                "verbose_name_plural": "quyền giúp nộp hồ sơ",
                "indexes": [
                    models.Index(fields=["citizen", "-id"], name="assistance_of_citizen"),
                    models.Index(fields=["helper", "-id"], name="assistance_of_helper"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("code_index", ""), _negated=True),
                        fields=("code_index",),
                        name="one_open_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("claimed_at__isnull", True), ("helper__isnull", True)),
                            models.Q(("claimed_at__isnull", False), ("code_index", ""), ("helper__isnull", False)),
                            _connector="OR",
                        ),
                        name="assistance_claimed_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("helper__isnull", True),
                            models.Q(("helper", models.F("citizen")), _negated=True),
                            _connector="OR",
                        ),
                        name="nobody_helps_herself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valid_until__gt", models.F("created_at"))),
                        name="assistance_ends_after_it_begins",
                    ),
                ],
            },
        ),
        reference_without_index(
            "dossier",
            "assistance",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="dossiers",
                to="dossiers.assistance",
                verbose_name="quyền giúp nộp",
            ),
        ),
    ]
