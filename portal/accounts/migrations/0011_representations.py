"""Who acts for a child, a ward or by mandate; whom a record of a certificate is about."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_digital_citizens"),
    ]

    operations = [
        migrations.AddField(
            model_name="citizenprofile",
            name="from_paper",
            field=models.CharField(blank=True, db_default="", default="", max_length=400, verbose_name="lập theo giấy"),
        ),
        migrations.AddField(
            model_name="user",
            name="represents_others",
            field=models.BooleanField(
                db_default=False, default=False, editable=False, verbose_name="từng đại diện cho người khác"
            ),
        ),
        migrations.CreateModel(
            name="Representation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("child", "Cha, mẹ đại diện cho con"),
                            ("ward", "Người giám hộ"),
                            ("mandate", "Người được ủy quyền"),
                        ],
                        max_length=8,
                        verbose_name="căn cứ",
                    ),
                ),
                ("procedure_codes", models.JSONField(blank=True, default=list, verbose_name="thủ tục")),
                ("may_use_store", models.BooleanField(default=False, verbose_name="được dùng giấy tờ trong kho")),
                ("valid_from", models.DateField(verbose_name="từ ngày")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="đến hết ngày")),
                (
                    "proof",
                    models.CharField(
                        choices=[
                            ("paper", "Giấy trong kho dữ liệu"),
                            ("official", "Cán bộ xác nhận tại quầy"),
                            ("principal", "Chính người ủy quyền xác nhận"),
                        ],
                        max_length=9,
                        verbose_name="chứng minh bằng",
                    ),
                ),
                ("proof_document_id", models.BigIntegerField(blank=True, editable=False, null=True)),
                ("proof_words", models.CharField(blank=True, max_length=400, verbose_name="giấy tờ")),
                ("confirmed_by_name", models.CharField(max_length=300, verbose_name="người xác nhận")),
                ("confirmed_at", models.DateTimeField(verbose_name="xác nhận lúc")),
                ("code_index", models.CharField(blank=True, default="", editable=False, max_length=64)),
                ("code_expires_at", models.DateTimeField(blank=True, null=True, verbose_name="mã hết hạn lúc")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="chấm dứt lúc")),
                (
                    "end_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("withdrawn", "Người ủy quyền đã thu hồi"),
                            ("given_up", "Người đại diện tự thôi"),
                            ("paper_ended", "Giấy làm căn cứ không còn giá trị"),
                            ("renewed", "Đã hết hạn và được thay"),
                        ],
                        max_length=11,
                        verbose_name="lý do chấm dứt",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "principal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="representations_of",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "representative",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="representations_held",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "quan hệ đại diện",
                "verbose_name_plural": "quan hệ đại diện",
                "indexes": [
                    models.Index(
                        condition=models.Q(("proof_document_id__isnull", False)),
                        fields=["proof_document_id"],
                        name="representation_by_paper",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True), ("representative__isnull", False)),
                        fields=("principal", "representative", "kind"),
                        name="one_open_representation",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("code_index", ""), _negated=True),
                        fields=("code_index",),
                        name="one_open_mandate_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("representative__isnull", True),
                            models.Q(("representative", models.F("principal")), _negated=True),
                            _connector="OR",
                        ),
                        name="nobody_represents_herself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code_index", ""), ("representative__isnull", False)),
                            models.Q(("kind", "mandate"), ("representative__isnull", True)),
                            _connector="OR",
                        ),
                        name="represented_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="representation_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["child", "mandate"]), _negated=True),
                            ("valid_to__isnull", False),
                            _connector="OR",
                        ),
                        name="representation_has_last_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end_reason", ""), ("ended_at__isnull", True)),
                            models.Q(("ended_at__isnull", False), models.Q(("end_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="representation_ends_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("proof", "paper"), ("proof_document_id__isnull", False)),
                            models.Q(models.Q(("proof", "paper"), _negated=True), ("proof_document_id__isnull", True)),
                            _connector="OR",
                        ),
                        name="representation_names_its_paper",
                    ),
                ],
            },
        ),
    ]
