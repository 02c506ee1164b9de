"""The demo mailbox: a mail backend that lays mails in a table instead of sending them (development only)."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import make_msgid

from portal.notifications.channels.text import TextProvider
from portal.notifications.models import DemoMail


class DemoMailboxBackend(BaseEmailBackend):
    """Write a DemoMail for every recipient; the page /hop-thu-thu-nghiem/ shows them."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep the mails; one that is already there (same Message-ID and recipient) is not kept twice."""
        for mail in email_messages:
            mail_id = mail.extra_headers.get("Message-ID") or make_msgid(domain="demo")
            DemoMail.objects.bulk_create(
                [
                    DemoMail(message_id=f"{mail_id} {to}"[:250], to=to, subject=mail.subject[:250], body=str(mail.body))
                    for to in mail.recipients()
                ],
                ignore_conflicts=True,
            )
        return len(email_messages)


class DemoTextProvider(TextProvider):
    """Lay texts beside the mails, on the same page."""

    def send(self, *, channel: str, phone: str, text: str, message_id: str) -> None:
        """Keep one text; one that is already there is not kept twice."""
        DemoMail.objects.bulk_create(
            [DemoMail(message_id=f"{message_id} {channel} {phone}"[:250], channel=channel, to=phone, body=text)],
            ignore_conflicts=True,
        )
