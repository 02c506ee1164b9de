"""Who collected the money: orders and refunds name the agency, and a transfer's reference is one agency's own.

Rows of before get the agency of their receipt, else the one their dossier was first moved away from after the order was
made, else the one it is with. The columns stay empty where the release before this one writes a row meanwhile; reading
then falls back on the dossier. Going back drops the columns; two agencies that used the same reference keep it from
being unique again, then the old constraint is not put back but the migration fails, and nothing is lost.
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def name_collectors(apps: Any, _editor: Any) -> None:
    order, refund = apps.get_model("payments", "PaymentOrder"), apps.get_model("payments", "Refund")
    agency, event = apps.get_model("agencies", "Agency"), apps.get_model("dossiers", "DossierEvent")
    receipt, dossier = apps.get_model("payments", "Receipt"), apps.get_model("dossiers", "Dossier")
    moved_from = (
        event.objects.filter(
            dossier=OuterRef("dossier"), name="dossier.forwarded", received_at__gt=OuterRef("created_at")
        )
        .order_by("sequence")
        .values("data__from")[:1]
    )
    receipt_agency = receipt.objects.filter(order=OuterRef("pk")).values("agency")[:1]
    present = dossier.objects.filter(pk=OuterRef("dossier")).values("agency")[:1]
    for row in (
        order.objects.filter(agency__isnull=True)
        .annotate(came_from=Subquery(moved_from), printed=Subquery(receipt_agency), present=Subquery(present))
        .iterator()
    ):
        left = agency.objects.filter(code=row.came_from).first() if row.came_from and not row.printed else None
        order.objects.filter(pk=row.pk).update(agency_id=row.printed or (left.pk if left else row.present))
    collector = order.objects.filter(pk=OuterRef("order")).values("agency")[:1]
    refund.objects.filter(agency__isnull=True).update(agency_id=Subquery(collector))


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0001_initial"),
        ("dossiers", "0005_unread_answers_of_a_draft"),
        ("payments", "0002_refund_proof"),
    ]

    operations = [
        migrations.AddField(
            model_name="paymentorder",
            name="agency",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payment_orders",
                to="agencies.agency",
                verbose_name="đơn vị thu",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="agency",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refunds",
                to="agencies.agency",
                verbose_name="đơn vị thu",
            ),
        ),
        migrations.RunPython(name_collectors, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="refund", name="one_refund_per_transfer"),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                condition=models.Q(("transfer_reference", ""), _negated=True),
                fields=("agency", "transfer_reference"),
                name="one_refund_per_transfer_of_agency",
            ),
        ),
    ]
