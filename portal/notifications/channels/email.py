"""E-mail through Django's mail backend: SMTP, or the demo mailbox in development."""

import smtplib
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import ngettext

from portal.accounts.models import CitizenProfile, User
from portal.core.language import speaking
from portal.notifications import links
from portal.notifications.channels.base import Channel, NotNowError, UndeliverableError
from portal.notifications.models import Channel as ChannelName
from portal.notifications.models import Message

PERMANENT_FROM = 500
"""SMTP answers from 500 on are final."""


class EmailChannel(Channel):
    """Plain-text mail in the portal's layout."""

    name = ChannelName.EMAIL.value

    def reaches(self, user: User) -> bool:
        """Who told VNeID, or her agency, an address."""
        return bool(address_of(user))

    def send(self, message: Message) -> None:
        """Send one mail. Its Message-ID comes from the row, so that a mail sent twice is seen as one."""
        address = address_of(message.recipient)
        if not address:
            raise UndeliverableError("Người nhận không còn địa chỉ thư điện tử.")
        self._mail(address, message.subject, text_of(message), message_id(message))

    def send_together(self, messages: Sequence[Message]) -> None:
        """One letter with the day's messages, oldest first; its Message-ID is the first one's."""
        first = messages[0]
        address = address_of(first.recipient)
        if not address:
            raise UndeliverableError("Người nhận không còn địa chỉ thư điện tử.")
        with speaking(first.language):
            subject = ngettext(
                "Cổng Dịch vụ công: %(count)d tin trong ngày",
                "Cổng Dịch vụ công: %(count)d tin trong ngày",
                len(messages),
            ) % {"count": len(messages)}
        self._mail(address, subject, "\n\n".join(text_of(message) for message in messages), message_id(first))

    def _mail(self, address: str, subject: str, body: str, mail_id: str) -> None:
        mail = EmailMessage(subject=subject, body=body, to=[address], headers={"Message-ID": mail_id})
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _words in error.recipients.values()]
            if codes and min(codes) >= PERMANENT_FROM:
                raise UndeliverableError("Máy chủ thư từ chối địa chỉ của người nhận.") from error
            raise NotNowError("Máy chủ thư tạm từ chối địa chỉ của người nhận.") from error
        except (smtplib.SMTPException, OSError) as error:
            # the kind of failure only: a server's words may quote the address
            raise NotNowError(f"Máy chủ thư chưa nhận thư ({type(error).__name__}).") from error


def address_of(user: User) -> str:
    """The address a person is written to: VNeID's, else the account's; "" without one."""
    try:
        profile: CitizenProfile | None = user.citizen  # kept on the user once it was read
    except CitizenProfile.DoesNotExist:
        profile = None
    return (profile.email if profile is not None else "") or user.email


def message_id(message: Message) -> str:
    """A Message-ID that stays the same however often the mail is sent."""
    return f"<message-{message.pk}@{urlsplit(settings.BASE_URL).hostname}>"


def text_of(message: Message) -> str:
    """The mail's text: the message and what surrounds it in one language, and an address that stays in it."""
    path = links.in_language(message.link, message.language)
    with speaking(message.language):
        return render_to_string(
            "notifications/email.txt", {"message": message, "address": f"{settings.BASE_URL}{path}" if path else ""}
        )
