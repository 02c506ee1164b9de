"""One order for the dossiers of a bundle: lines over dossiers, a receipt an agency, a refund a line.

Columns only; indexes, uniques and the scan of the check come beside the writes (0009). The references have no index of
their own. Backwards it stops at the first order of a bundle, whose lines have no obligation.
"""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


def reference(to, related_name):
    return models.ForeignKey(
        blank=True,
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to=to,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0009_step_limits"),
        ("datastore", "0032_whose_certificate"),
        ("dossiers", "0042_paid_ahead"),
        ("payments", "0007_voucher_number"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("orderline", "agency", reference("agencies.agency", "+")),
        migrations.AddField(
            "orderline",
            "charge",
            models.CharField(blank=True, db_default="", default="", max_length=60, verbose_name="mã khoản thu"),
        ),
        migrations.AddField(
            "orderline",
            "is_open",
            models.BooleanField(db_default=False, default=False, verbose_name="đang chờ tiền"),
        ),
        migrations.AddField("orderline", "paid_ahead", reference("dossiers.paidahead", "order_lines")),
        migrations.AddField("orderline", "part", reference("dossiers.bundlepart", "order_lines")),
        migrations.AddField("orderline", "receipt", reference("payments.receipt", "lines")),
        migrations.AddField("paymentorder", "bundle", reference("dossiers.bundlefiling", "payment_orders")),
        migrations.AddField("receipt", "line", reference("payments.orderline", "+")),
        migrations.AddField("refund", "line", reference("payments.orderline", "refunds")),
        migrations.AddField("refund", "shares", reference("payments.refund", "+")),
        migrations.RunSQL(  # AlterField would drop the foreign key and check every line again
            "ALTER TABLE payments_orderline ALTER COLUMN obligation_id DROP NOT NULL",
            "ALTER TABLE payments_orderline ALTER COLUMN obligation_id SET NOT NULL",
            state_operations=[
                migrations.AlterField(
                    model_name="orderline",
                    name="obligation",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order_lines",
                        to="dossiers.financialobligation",
                    ),
                )
            ],
        ),
        migrations.AlterField(
            model_name="refund",
            name="reason",
            field=models.CharField(
                choices=[
                    ("paid_twice", "Khoản này đã được nộp bằng giao dịch khác"),
                    ("not_owed", "Hồ sơ không còn phải nộp khoản này"),
                    ("not_asked", "Khoản nộp trước này không được thu"),
                    ("other_collector", "Hồ sơ nay do cơ quan khác thu phí"),
                ],
                max_length=20,
                verbose_name="lý do",
            ),
        ),
        AddConstraintNotValid(
            "orderline",
            models.CheckConstraint(
                condition=models.Q(
                    ("obligation__isnull", False),
                    models.Q(("part__isnull", False), models.Q(("charge", ""), _negated=True)),
                    _connector="OR",
                ),
                name="line_pays_for_something",
            ),
        ),
    ]
