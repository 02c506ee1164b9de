"""Money that came for a charge of a bundle before its dossier asked for it."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0009_step_limits"),
        ("dossiers", "0041_words_of_letters"),
    ]

    operations = [
        migrations.CreateModel(
            name="PaidAhead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("charge", models.CharField(max_length=60, verbose_name="mã khoản thu")),
                ("amount_vnd", models.PositiveBigIntegerField(verbose_name="số tiền (đồng)")),
                ("reference", models.CharField(max_length=100, verbose_name="mã giao dịch")),
                ("paid_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="nộp lúc")),
                ("returned_at", models.DateTimeField(blank=True, null=True, verbose_name="trả lại lúc")),
                (
                    "collector",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                        verbose_name="đơn vị thu",
                    ),
                ),
                (
                    "obligation",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="paid_ahead",
                        to="dossiers.financialobligation",
                    ),
                ),
                (
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="paid_ahead", to="dossiers.bundlepart"
                    ),
                ),
            ],
            options={
                "verbose_name": "khoản nộp trước",
                "verbose_name_plural": "khoản nộp trước",
                "indexes": [
                    models.Index(
                        condition=models.Q(("obligation", None), ("returned_at", None)),
                        fields=["part"],
                        name="paid_ahead_held",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_vnd__gt", 0), models.Q(("charge", ""), _negated=True)),
                        name="paid_ahead_is_of_a_charge",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("obligation__isnull", True), ("returned_at__isnull", True), _connector="OR"
                        ),
                        name="paid_ahead_settles_or_returns",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("returned_at__isnull", True)),
                        fields=("part", "charge"),
                        name="one_payment_ahead_per_charge",
                    ),
                ],
            },
        ),
    ]
