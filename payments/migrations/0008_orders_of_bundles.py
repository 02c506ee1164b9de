"""One order for the dossiers of a bundle: lines over dossiers, a receipt an agency, a refund a line."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0009_step_limits"),
        ("datastore", "0032_whose_certificate"),
        ("dossiers", "0042_paid_ahead"),
        ("payments", "0007_voucher_number"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="orderline",
            name="agency",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="agencies.agency",
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="charge",
            field=models.CharField(blank=True, db_default="", default="", max_length=60, verbose_name="mã khoản thu"),
        ),
        migrations.AddField(
            model_name="orderline",
            name="is_open",
            field=models.BooleanField(db_default=False, default=False, verbose_name="đang chờ tiền"),
        ),
        migrations.AddField(
            model_name="orderline",
            name="paid_ahead",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="order_line",
                to="dossiers.paidahead",
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="part",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="order_lines",
                to="dossiers.bundlepart",
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="receipt",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="payments.receipt",
            ),
        ),
        migrations.AddField(
            model_name="paymentorder",
            name="bundle",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payment_orders",
                to="dossiers.bundlefiling",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="line",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refunds",
                to="payments.orderline",
            ),
        ),
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
        ),
        migrations.AlterField(
            model_name="receipt",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="receipts",
                related_query_name="receipt",
                to="payments.paymentorder",
            ),
        ),
        migrations.AlterField(
            model_name="refund",
            name="notice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="refunds", to="payments.gatewaynotice"
            ),
        ),
        migrations.AlterField(
            model_name="refund",
            name="reason",
            field=models.CharField(
                choices=[
                    ("paid_twice", "Khoản này đã được nộp bằng giao dịch khác"),
                    ("not_owed", "Hồ sơ không còn phải nộp khoản này"),
                    ("not_asked", "Khoản nộp trước này không được thu"),
                ],
                max_length=20,
                verbose_name="lý do",
            ),
        ),
        migrations.AddIndex(
            model_name="paymentorder",
            index=models.Index(
                condition=models.Q(("bundle__isnull", False)), fields=["bundle", "state"], name="order_of_bundle"
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("obligation__isnull", False),
                    models.Q(("part__isnull", False), models.Q(("charge", ""), _negated=True)),
                    _connector="OR",
                ),
                name="line_pays_for_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_open", True)), fields=("obligation",), name="obligation_in_one_open_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_open", True), models.Q(("charge", ""), _negated=True)),
                fields=("part", "charge"),
                name="charge_ahead_in_one_open_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(fields=("order", "agency"), name="one_receipt_per_order_and_agency"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                condition=models.Q(("line__isnull", True)), fields=("notice",), name="one_refund_per_notice"
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                condition=models.Q(("line__isnull", False)),
                fields=("notice", "line"),
                name="one_refund_per_line_of_notice",
            ),
        ),
    ]
