import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0004_who_takes_cash"),
    ]

    operations = [
        migrations.CreateModel(
            name="RoutingRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("procedure_code", models.CharField(blank=True, max_length=60, verbose_name="mã thủ tục")),
                (
                    "branch",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("peoples_committee", "Ủy ban nhân dân"),
                            ("police", "Công an"),
                            ("insurance", "Bảo hiểm xã hội"),
                            ("justice", "Tư pháp"),
                            ("finance", "Tài chính"),
                            ("industry_trade", "Công Thương"),
                            ("home_affairs", "Nội vụ"),
                            ("health", "Y tế"),
                            ("construction", "Xây dựng"),
                            ("electricity", "Điện lực"),
                            ("other", "Khác"),
                        ],
                        max_length=20,
                        verbose_name="ngành",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ministry", "Cấp bộ"),
                            ("province", "Cấp tỉnh"),
                            ("commune", "Cấp xã"),
                            ("other", "Cơ quan khác"),
                        ],
                        max_length=10,
                        verbose_name="cấp",
                    ),
                ),
                ("province_code", models.CharField(blank=True, max_length=2, verbose_name="mã tỉnh")),
                ("commune_code", models.CharField(blank=True, max_length=5, verbose_name="mã xã")),
                ("legal_basis", models.CharField(max_length=200, verbose_name="căn cứ")),
                ("valid_from", models.DateField(verbose_name="từ ngày")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="đến ngày")),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="routing_rules",
                        to="agencies.agency",
                        verbose_name="chuyển về cơ quan",
                    ),
                ),
                (
                    "desk",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="routing_rules",
                        to="agencies.onestopdesk",
                        verbose_name="bộ phận một cửa",
                    ),
                ),
            ],
            options={
                "verbose_name": "quy tắc chuyển hồ sơ",
                "verbose_name_plural": "quy tắc chuyển hồ sơ",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("branch", ""),
                            ("commune_code", ""),
                            ("level", ""),
                            ("procedure_code", ""),
                            ("province_code", ""),
                            _negated=True,
                        ),
                        name="routing_rule_names_something",
                    ),
                    models.UniqueConstraint(
                        fields=("procedure_code", "branch", "level", "province_code", "commune_code", "valid_from"),
                        name="one_routing_rule_per_scope_and_day",
                    ),
                ],
            },
        ),
    ]
