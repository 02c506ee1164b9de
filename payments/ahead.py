"""Money paid ahead that nobody will ask for (khoản nộp trước không được thu): it goes back, line by line.

A part may end, never be filed, or ask for another amount. The sweep looks at what is held; each is looked at again
under the lock of its bundle and dossiers, so that a charge that is asked for in this moment takes it or finds it gone.
"""

from django.db import transaction
from django.utils import timezone

from dossiers import paid_ahead
from dossiers.models import PaidAhead
from payments import refunds, settlement
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
    row.returned_at = timezone.now()
    row.save(update_fields=["returned_at"])
    line = OrderLine.objects.select_related("order__dossier", "order__payer", "agency").get(paid_ahead=row)
    notice = line.order.notices.filter(verdict__in=[Verdict.PAID, Verdict.PAID_LATE]).latest("pk")
    refunds.note_due(line.order, notice, amount_vnd=row.amount_vnd, reason=RefundReason.NOT_ASKED, line=line)
    return 1
