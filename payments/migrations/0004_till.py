"""Who took which cash order, and what was counted at the end of the day."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0005_routing_rules"),
        ("payments", "0003_who_collected"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TillClosing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("expected_vnd", models.PositiveBigIntegerField(verbose_name="theo biên lai (đồng)")),
                ("counted_vnd", models.PositiveBigIntegerField(verbose_name="đếm được (đồng)")),
                ("receipts", models.PositiveIntegerField(verbose_name="số biên lai")),
                ("reason", models.TextField(blank=True, verbose_name="lý do chênh lệch")),
                ("closed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="đối soát lúc")),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="till_closings",
                        to="agencies.agency",
                        verbose_name="đơn vị thu",
                    ),
                ),
                (
                    "cashier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="till_closings",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người thu",
                    ),
                ),
            ],
            options={
                "verbose_name": "lần đối soát quỹ",
                "verbose_name_plural": "lần đối soát quỹ",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["agency", "-id"], name="till_of_agency")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("counted_vnd", models.F("expected_vnd")),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="till_difference_has_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CashTaking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "cashier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cash_taking",
                        to="payments.paymentorder",
                    ),
                ),
                (
                    "closing",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="takings",
                        to="payments.tillclosing",
                    ),
                ),
            ],
            options={
                "verbose_name": "khoản thu tiền mặt",
                "verbose_name_plural": "khoản thu tiền mặt",
                "indexes": [
                    models.Index(
                        condition=models.Q(("closing__isnull", True)), fields=["cashier"], name="taking_uncounted"
                    )
                ],
            },
        ),
    ]
