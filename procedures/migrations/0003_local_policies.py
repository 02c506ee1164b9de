"""What a province decides by resolution: lower fees, shorter times."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0001_initial"),
        ("procedures", "0002_national_catalogue"),
    ]

    operations = [
        migrations.CreateModel(
            name="LocalPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=80, unique=True, verbose_name="mã")),
                ("name", models.CharField(max_length=300, verbose_name="tên")),
                ("name_en", models.CharField(blank=True, max_length=300, verbose_name="tên tiếng Anh")),
                ("legal_basis", models.CharField(max_length=200, verbose_name="căn cứ")),
                (
                    "effect",
                    models.CharField(
                        choices=[
                            ("fee_percent", "Giảm phần trăm mức thu"),
                            ("fee_less", "Giảm một số tiền"),
                            ("fee_new", "Mức thu mới"),
                            ("fee_free", "Không thu (0 đồng)"),
                            ("time_percent", "Giảm phần trăm thời hạn"),
                            ("time_new", "Thời hạn mới"),
                        ],
                        max_length=12,
                        verbose_name="nội dung",
                    ),
                ),
                (
                    "percent",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=4, null=True, verbose_name="phần trăm giảm"
                    ),
                ),
                ("amount_vnd", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="số tiền (đồng)")),
                ("time_value", models.PositiveIntegerField(blank=True, null=True, verbose_name="thời hạn mới")),
                ("time_unit", models.CharField(blank=True, max_length=20, verbose_name="đơn vị thời hạn")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("online", "Nộp trực tuyến"),
                            ("direct", "Nộp trực tiếp, bưu chính"),
                            ("all", "Mọi cách nộp"),
                        ],
                        default="online",
                        max_length=6,
                        verbose_name="cách nộp",
                    ),
                ),
                (
                    "provinces",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), size=None, verbose_name="tỉnh, thành phố"
                    ),
                ),
                (
                    "communes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=5),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="xã, phường, đặc khu",
                    ),
                ),
                (
                    "procedure_codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="mã thủ tục",
                    ),
                ),
                (
                    "field_codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="mã lĩnh vực",
                    ),
                ),
                (
                    "fee_kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("phi", "Phí"),
                                ("le_phi", "Lệ phí"),
                                ("gia", "Giá dịch vụ"),
                                ("nghia_vu", "Nghĩa vụ tài chính"),
                            ],
                            max_length=10,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="loại tiền",
                    ),
                ),
                (
                    "charges",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="khoản thu",
                    ),
                ),
                ("condition", models.JSONField(blank=True, null=True, verbose_name="điều kiện")),
                ("when_text", models.TextField(blank=True, verbose_name="khi nào")),
                ("when_text_en", models.TextField(blank=True, verbose_name="khi nào (tiếng Anh)")),
                ("valid_from", models.DateField(verbose_name="từ ngày")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="đến ngày")),
                ("source_sha256", models.CharField(blank=True, editable=False, max_length=64)),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="sửa lúc")),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="local_policies",
                        to="agencies.agency",
                        verbose_name="cơ quan",
                    ),
                ),
            ],
            options={
                "verbose_name": "chính sách địa phương",
                "verbose_name_plural": "chính sách địa phương",
                "ordering": ["code"],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["procedure_codes"], name="policy_by_procedure"),
                    django.contrib.postgres.indexes.GinIndex(fields=["field_codes"], name="policy_by_field"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="policy_ends_after_it_begins",
                        violation_error_message="Ngày kết thúc phải từ ngày bắt đầu trở đi.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("provinces__len__gt", 0)),
                        name="policy_has_a_province",
                        violation_error_message="Hãy chọn ít nhất một tỉnh, thành phố.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("procedure_codes__len__gt", 0), ("field_codes__len__gt", 0), _connector="OR"
                        ),
                        name="policy_covers_something",
                        violation_error_message="Hãy ghi ít nhất một mã thủ tục hoặc một mã lĩnh vực.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("legal_basis", ""), _negated=True),
                        name="policy_has_legal_basis",
                        violation_error_message="Hãy ghi số, ký hiệu của nghị quyết.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("effect__in", ["fee_percent", "time_percent"]),
                                ("amount_vnd__isnull", True),
                                ("percent__isnull", False),
                                ("time_value__isnull", True),
                            ),
                            models.Q(
                                ("effect__in", ["fee_less", "fee_new"]),
                                ("amount_vnd__isnull", False),
                                ("percent__isnull", True),
                                ("time_value__isnull", True),
                            ),
                            models.Q(
                                ("effect__in", ["fee_free"]),
                                ("amount_vnd__isnull", True),
                                ("percent__isnull", True),
                                ("time_value__isnull", True),
                            ),
                            models.Q(
                                ("effect__in", ["time_new"]),
                                ("amount_vnd__isnull", True),
                                ("percent__isnull", True),
                                ("time_value__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="policy_has_the_figure_of_its_effect",
                        violation_error_message="Mỗi nội dung cần đúng một con số: phần trăm khi giảm phần trăm, số tiền khi giảm tiền hoặc đặt mức thu mới, thời hạn khi đặt thời hạn mới; không thu thì để trống.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("percent__isnull", True),
                                models.Q(("percent__gt", 0), ("percent__lt", 100)),
                                _connector="OR",
                            ),
                            models.Q(("amount_vnd__isnull", True), ("amount_vnd__gt", 0), _connector="OR"),
                            models.Q(
                                models.Q(("time_unit", ""), ("time_value__isnull", True)),
                                models.Q(("time_value__gt", 0), models.Q(("time_unit", ""), _negated=True)),
                                _connector="OR",
                            ),
                        ),
                        name="policy_figures_are_sensible",
                        violation_error_message="Phần trăm phải lớn hơn 0 và nhỏ hơn 100; số tiền và thời hạn phải lớn hơn 0, thời hạn có đơn vị.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effect__in", ["fee_free", "fee_less", "fee_new", "fee_percent"]),
                            models.Q(
                                ("charges__len", 0), ("effect__in", ["time_new", "time_percent"]), ("fee_kinds__len", 0)
                            ),
                            _connector="OR",
                        ),
                        name="policy_on_time_names_no_charge",
                        violation_error_message="Chính sách về thời hạn không ghi loại tiền hay khoản thu.",
                    ),
                ],
            },
        ),
    ]
