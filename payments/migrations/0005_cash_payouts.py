"""Refunds handed back in cash, and what a closing took off for them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0005_routing_rules"),
        ("payments", "0004_till"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="tillclosing",
            name="paid_out_vnd",
            field=models.PositiveBigIntegerField(db_default=0, default=0, verbose_name="đã hoàn bằng tiền mặt (đồng)"),
        ),
        migrations.CreateModel(
            name="CashPayout",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                        verbose_name="đơn vị thu",
                    ),
                ),
                (
                    "cashier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "closing",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to="payments.tillclosing",
                    ),
                ),
                (
                    "refund",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cash_payout", to="payments.refund"
                    ),
                ),
            ],
            options={
                "verbose_name": "khoản hoàn tiền mặt",
                "verbose_name_plural": "khoản hoàn tiền mặt",
                "indexes": [
                    models.Index(
                        condition=models.Q(("closing__isnull", True)), fields=["cashier"], name="payout_uncounted"
                    )
                ],
            },
        ),
    ]
