"""Tell people what happened (thông báo): rows in the transaction of the cause, delivery by the worker."""

from datetime import datetime

from django.utils import timezone

from portal.accounts.models import User
from portal.core import writes
from portal.core.errors import NotFoundError
from portal.core.rows import fresh
from portal.core.text import clean_block, clean_line
from portal.core.work import WorkState, ring
from portal.notifications import preferences
from portal.notifications.channels import registry
from portal.notifications.models import Channel, Message, MessageQuerySet
from portal.notifications.topics import Mode

SEND_TASK = "notifications.send_due"


def notify(
    *,
    recipient: User,
    kind: str,
    subject: str,
    body: str,
    body_outside: str = "",
    link: str = "",
    reference: str = "",
    dedupe_key: str,
    only_inbox: bool = False,
) -> None:
    """Write one message to one person for every channel that reaches her; the same `dedupe_key` writes nothing again.

    Which channels carry it, at once or gathered by day, is hers to choose (preferences); the inbox has all of them.

    The caller writes subject and body in `recipient.language`, without personal data: they travel by e-mail. Where
    the body tells what somebody typed, `body_outside` goes in its place wherever it leaves the portal. `link` is a
    Vietnamese path on the portal. `only_inbox` is for what follows a message that went by every way a moment before.
    Raises ValueError for a link that leaves the portal.
    """
    if link and (not link.startswith("/") or link.startswith(("//", "/\\"))):
        raise ValueError("a message links to a path on the portal")
    now, recipient_id = timezone.now(), recipient.pk
    says_same = body_outside in {"", body}
    subject, body = clean_line(subject)[:250], clean_block(body)
    outside = body if says_same else clean_block(body_outside)
    rows = []
    for channel in registry.channels():
        mode = Mode.NOW
        if channel.name != Channel.INBOX:  # the inbox has everything, always
            mode = preferences.mode_for(recipient, kind, channel.name)
        if mode == Mode.OFF or (only_inbox and channel.name != Channel.INBOX) or not channel.reaches(recipient):
            continue
        row = fresh(
            Message,
            recipient_id=recipient_id,
            channel=channel.name,
            kind=kind[:60],
            subject=subject,
            body=body if channel.name == Channel.INBOX else outside,
            language=recipient.language,
            link=link[:300],
            reference=reference[:60],
            dedupe_key=dedupe_key[:120],
        )
        if channel.is_delivered_by_writing:
            row.work_state, row.done_at = WorkState.DONE, now
        if mode == Mode.DAILY:
            row.is_digest, row.next_try_at = True, preferences.next_digest(now)
        rows.append(row)
    for row in rows:
        writes.insert(row, ignore_conflicts=True)
    if any(row.work_state == WorkState.PENDING and not row.is_digest for row in rows):
        ring(SEND_TASK)


def is_written(recipient: User, dedupe_key: str) -> bool:
    """Whether this person has a message of this key."""
    return Message.objects.filter(recipient=recipient, dedupe_key=dedupe_key).exists()


def inbox(user: User) -> MessageQuerySet:
    """A person's messages, of the inbox only."""
    return Message.objects.in_inbox_of(user)


def read(message_id: int, *, user: User, now: datetime | None = None) -> Message:
    """Mark a message as read and return it; raises NotFoundError when it is not in this person's inbox."""
    message: Message | None = Message.objects.in_inbox_of(user).filter(pk=message_id).first()
    if message is None:
        raise NotFoundError(code="message.not_found")
    if message.read_at is None:
        message.read_at = now or timezone.now()
        message.save(update_fields=["read_at"])
    return message


def read_all(*, user: User) -> int:
    """Mark every message of a person as read; return how many were unread."""
    return Message.objects.in_inbox_of(user).unread().update(read_at=timezone.now())


def unread_count(user: User, *, most: int = 100) -> int:
    """How many messages wait, counted up to `most`: the header says "99+" beyond."""
    return Message.objects.filter(recipient=user, channel=Channel.INBOX, read_at__isnull=True)[:most].count()
