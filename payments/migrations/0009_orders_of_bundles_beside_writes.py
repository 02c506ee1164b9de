"""Indexes and uniques of orders of bundles, built while orders are made and paid; then the check of every line.

The uniques of one receipt an order and one refund a notice go last, when the ones that take their place stand.
"""

import django.db.models.deletion
from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations, models
from django.db.models import Q

from portal.core.migrating import index_beside_writes, index_of_reference, unique_beside_writes

LINE_OF_PART = models.Index(condition=Q(("part__isnull", False)), fields=["part"], name="line_of_part")
LINE_ON_RECEIPT = models.Index(condition=Q(("receipt__isnull", False)), fields=["receipt"], name="line_on_receipt")
WITHOUT_RECEIPT = models.Index(
    condition=Q(("paid_ahead__isnull", False), ("receipt__isnull", True)),
    fields=["paid_ahead"],
    name="line_without_receipt",
)
OF_BUNDLE = models.Index(condition=Q(("bundle__isnull", False)), fields=["bundle", "state"], name="order_of_bundle")
PAYS_AHEAD_ONCE = models.UniqueConstraint(
    condition=Q(("paid_ahead__isnull", False)), fields=("paid_ahead",), name="one_line_per_payment_ahead"
)
OBLIGATION_OPEN = models.UniqueConstraint(
    condition=Q(("is_open", True)), fields=("obligation",), name="obligation_in_one_open_order"
)
CHARGE_OPEN = models.UniqueConstraint(
    condition=Q(("is_open", True), Q(("charge", ""), _negated=True)),
    fields=("part", "charge"),
    name="charge_ahead_in_one_open_order",
)
RECEIPT_OF_DUE = models.UniqueConstraint(
    condition=Q(("line__isnull", True)), fields=("order", "agency"), name="one_receipt_per_order_and_agency"
)
RECEIPT_OF_HELD = models.UniqueConstraint(
    condition=Q(("line__isnull", False)), fields=("line",), name="one_receipt_per_held_line"
)
REFUND_OF_NOTICE = models.UniqueConstraint(
    condition=Q(("line__isnull", True)), fields=("notice",), name="one_refund_per_notice"
)
REFUND_OF_LINE = models.UniqueConstraint(
    condition=Q(("line__isnull", False)), fields=("notice", "line"), name="one_refund_per_line_of_notice"
)
VOUCHER = models.UniqueConstraint(
    condition=Q(("shares__isnull", True), Q(("voucher_number", ""), _negated=True)),
    fields=("agency", "voucher_number"),
    name="one_order_per_voucher_of_agency",
)


def one_to_many(model, name, related_name, to, **more):
    """Let a one-to-one reference be one to many: its unique goes, its index is there already.

    PostgreSQL named the unique when the table was made. An attempt that broke off may have dropped it.
    """
    table = f"payments_{model}"
    unique = f"{table}_{name}_id_key"
    return migrations.RunSQL(
        f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{unique}"',
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{unique}" UNIQUE ("{name}_id")',
        state_operations=[
            migrations.AlterField(
                model,
                name,
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to, **more
                ),
            )
        ],
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("payments", "0008_orders_of_bundles"),
    ]

    operations = [
        *index_beside_writes("orderline", LINE_OF_PART),
        *index_beside_writes("orderline", LINE_ON_RECEIPT),
        *index_beside_writes("orderline", WITHOUT_RECEIPT),
        *index_beside_writes("paymentorder", OF_BUNDLE),
        *index_of_reference("payments_receipt", "order_id"),
        *index_of_reference("payments_refund", "notice_id"),
        *unique_beside_writes(
            "orderline",
            PAYS_AHEAD_ONCE,
            "ON payments_orderline (paid_ahead_id) WHERE paid_ahead_id IS NOT NULL",
        ),
        *unique_beside_writes("orderline", OBLIGATION_OPEN, "ON payments_orderline (obligation_id) WHERE is_open"),
        *unique_beside_writes(
            "orderline", CHARGE_OPEN, "ON payments_orderline (part_id, charge) WHERE is_open AND charge <> ''"
        ),
        *unique_beside_writes(
            "receipt", RECEIPT_OF_DUE, "ON payments_receipt (order_id, agency_id) WHERE line_id IS NULL"
        ),
        *unique_beside_writes("receipt", RECEIPT_OF_HELD, "ON payments_receipt (line_id) WHERE line_id IS NOT NULL"),
        *unique_beside_writes("refund", REFUND_OF_NOTICE, "ON payments_refund (notice_id) WHERE line_id IS NULL"),
        *unique_beside_writes(
            "refund", REFUND_OF_LINE, "ON payments_refund (notice_id, line_id) WHERE line_id IS NOT NULL"
        ),
        *unique_beside_writes(
            "refund",
            VOUCHER,
            "ON payments_refund (agency_id, transfer_reference) WHERE shares_id IS NULL AND transfer_reference <> ''",
        ),
        ValidateConstraint("orderline", "line_pays_for_something"),
        one_to_many("receipt", "order", "receipts", "payments.paymentorder", related_query_name="receipt"),
        one_to_many("refund", "notice", "refunds", "payments.gatewaynotice"),
        migrations.RemoveConstraint("refund", "one_refund_per_transfer_of_agency"),
    ]
