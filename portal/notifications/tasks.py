"""The worker's door: the rows say what is due. Safe to run twice."""

from celery import shared_task

from portal.core.work import drain
from portal.notifications import delivery
from portal.notifications.models import Message
from portal.notifications.services import SEND_TASK


@shared_task(name=SEND_TASK)
def send_due() -> None:
    """Send messages that are due."""
    drain(Message, delivery.deliver)
