"""Deliver written messages, one by one, or a day's as one letter (gửi thông báo)."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.notifications.channels import registry
from portal.notifications.channels.base import NotNowError, UndeliverableError
from portal.notifications.models import Message

RETRY_BUDGET = timedelta(days=2)


def deliver(work: Message) -> None:
    """Send one claimed message and note the outcome; no transaction is open while the channel works.

    A message that waits for the day's letter takes along the others of the same person that wait for it, too.
    """
    message = Message.objects.select_related("recipient").get(pk=work.pk)
    together = [message, *(_take_along(message) if message.is_digest else [])]
    error, is_permanent = "", False
    channel = registry.get(message.channel)
    try:
        if len(together) > 1:
            channel.send_together(sorted(together, key=lambda row: row.pk))
        else:
            channel.send(message)
    except UndeliverableError as problem:
        error, is_permanent = str(problem), True
    except NotNowError as problem:
        error = str(problem)
    with transaction.atomic():
        rows = Message.objects.select_for_update(of=("self",)).filter(pk__in=[row.pk for row in together])
        for current in rows.order_by("pk"):
            if error:
                current.mark_failed(error, now=timezone.now(), budget=RETRY_BUDGET, permanent=is_permanent)
            else:
                current.mark_done(timezone.now())
            current.save(update_fields=["work_state", "next_try_at", "last_error", "done_at"])


def _take_along(message: Message) -> list[Message]:
    """Claim, with a lease as for one, what else is due for the same letter; another worker's are left to it."""
    now = timezone.now()
    with transaction.atomic():
        rows = list(
            Message.objects.due(now)
            .filter(recipient=message.recipient_id, channel=message.channel, is_digest=True)
            .exclude(pk=message.pk)
            .select_for_update(skip_locked=True, of=("self",))
        )
        for row in rows:
            row.attempts += 1
            row.next_try_at = now + timedelta(seconds=settings.WORK_LEASE_SECONDS)
            row.save(update_fields=["attempts", "next_try_at"])
            row.recipient = message.recipient
    return rows
