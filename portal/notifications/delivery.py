"""Deliver written messages, one by one (gửi thông báo)."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from portal.notifications.channels import registry
from portal.notifications.channels.base import NotNowError, UndeliverableError
from portal.notifications.models import Message

RETRY_BUDGET = timedelta(days=2)


def deliver(work: Message) -> None:
    """Send one claimed message and note the outcome; no transaction is open while the channel works."""
    message = Message.objects.select_related("recipient").get(pk=work.pk)
    error, is_permanent = "", False
    try:
        registry.get(message.channel).send(message)
    except UndeliverableError as problem:
        error, is_permanent = str(problem), True
    except NotNowError as problem:
        error = str(problem)
    with transaction.atomic():
        current = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
        if error:
            current.mark_failed(error, now=timezone.now(), budget=RETRY_BUDGET, permanent=is_permanent)
        else:
            current.mark_done(timezone.now())
        current.save(update_fields=["work_state", "next_try_at", "last_error", "done_at"])
