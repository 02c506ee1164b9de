"""Bells of the exchange; the work itself lies in rows."""

from celery import shared_task

from portal.exchange import delivery


@shared_task(name="exchange.deliver_due")
def deliver_due() -> None:
    """Deliver what waits in the outbox."""
    delivery.deliver_due()
