"""The worker's door: the rows say what is due. Safe to run twice."""

from celery import shared_task

from payments import ahead, receipts, reconciliation, services
from payments.models import Receipt
from portal.core.sweeping import in_turn
from portal.core.work import drain


@shared_task(name=receipts.WRITE_TASK)
def write_receipts() -> None:
    """Draw receipts that are due."""
    drain(Receipt, receipts.write)


@shared_task(name="payments.expire_orders")
def expire_orders() -> None:
    """Ask gateways about open orders, close those whose time is over, see to what was paid ahead (payments.ahead)."""
    in_turn(
        "payments.expire_orders",
        reconciliation.ask_gateways,
        services.expire_orders,
        ahead.give_back,
        ahead.give_receipts,
    )
