"""Money paid ahead (khoản nộp trước): a receipt when its charge takes it, or back where nobody will ask for it.

A part may end, never be filed, ask for another amount or come to another agency. The sweep looks at what is held; each
is looked at again under the lock of its bundle and dossiers, so that a charge that is asked for in this moment takes it
or finds it gone. What is only held is no revenue of the agency's: its receipt comes with the collection.
"""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from dossiers import paid_ahead
from dossiers.models import ObligationState, PaidAhead
from payments import receipts, refunds, settlement
from payments.lifecycle import RefundReason, Verdict
from payments.models import OrderLine
from portal.agencies.actors import Actor
from portal.core import sweeping

A_TURN = 200


def give_back() -> int:
    """Note a refund for each payment ahead that nobody can ask for any more; return how many. Safe to run twice."""
    found = list(paid_ahead.useless().order_by("pk").values_list("pk", flat=True)[:A_TURN])
    return sweeping.each(found, _give_back, sweep="payments.give_back", name=str)


@transaction.atomic
def _give_back(pk: int) -> int:
    bundle = PaidAhead.objects.values_list("part__bundle", flat=True).get(pk=pk)
    settlement.lock_bundle(bundle, actor=Actor.system())
    row = paid_ahead.useless().filter(pk=pk).first()
    if row is None:
        return 0
    is_elsewhere = paid_ahead.elsewhere().filter(pk=pk).exists()
    row.returned_at = timezone.now()
    row.save(update_fields=["returned_at"])
    line = OrderLine.objects.select_related("order__dossier", "order__payer", "agency").get(paid_ahead=row)
    notice = line.order.notices.filter(verdict__in=[Verdict.PAID, Verdict.PAID_LATE]).latest("pk")
    reason = RefundReason.OTHER_COLLECTOR if is_elsewhere else RefundReason.NOT_ASKED
    refunds.note_due(line.order, notice, amount_vnd=row.amount_vnd, reason=reason, line=line)
    return 1


def give_receipts() -> int:
    """Give the receipt of each charge that took what was held for it; return how many. Safe to run twice."""
    found = list(_without_receipt().order_by("pk").values_list("pk", flat=True)[:A_TURN])
    return sweeping.each(found, _give_receipt, sweep="payments.give_receipts", name=str)


def _without_receipt() -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(
        paid_ahead__isnull=False, receipt=None, paid_ahead__obligation__state=ObligationState.PAID
    )


@transaction.atomic
def _give_receipt(pk: int) -> int:
    bundle = OrderLine.objects.values_list("part__bundle", flat=True).get(pk=pk)
    settlement.lock_bundle(bundle, actor=Actor.system())
    joined = ("order__dossier__organisation", "order__payer", "part__dossier", "agency", "paid_ahead__collector")
    line = _without_receipt().select_related(*joined).filter(pk=pk).first()
    if line is None or line.paid_ahead is None:
        return 0
    receipts.issue(line.order, [line], agency=line.paid_ahead.collector, held=line)
    return 1
