"""Text messages: SMS and Zalo, each through a provider that an operator chooses by settings.

A text says that something happened and where to read it, nothing else: it is shown on locked screens (Luật
91/2025/QH15: no more personal data than the purpose needs).
"""

from abc import ABC, abstractmethod
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import CitizenProfile, User
from portal.core.language import speaking
from portal.notifications import links
from portal.notifications.channels.base import Channel, UndeliverableError
from portal.notifications.models import Channel as ChannelName
from portal.notifications.models import Message
from portal.notifications.topics import SUBJECT_SEPARATOR

LONGEST = 300
"""Characters: a Vietnamese SMS has 70 a part, and providers join few."""


class TextProvider(ABC):
    """One company's way to send texts (nhà cung cấp tin nhắn)."""

    @abstractmethod
    def send(self, *, channel: str, phone: str, text: str, message_id: str) -> None:
        """Send one text to a Vietnamese number (`0…`, ten digits).

        The same `message_id` may come again after a crash and must reach the person once. Raises UndeliverableError for
        a number that is refused for good, NotNowError while the company's system is away.
        """


class TextChannel(Channel):
    """What SMS and Zalo share."""

    setting: ClassVar[str]

    def provider(self) -> TextProvider:
        """The provider of this channel; raises ImproperlyConfigured without one."""
        path = getattr(settings, self.setting)
        if not path:
            raise ImproperlyConfigured(f"{self.setting} names no provider")
        made: TextProvider = import_string(path)()
        return made

    def reaches(self, user: User) -> bool:
        """Who told VNeID a telephone number."""
        return bool(phone_of(user))

    def send(self, message: Message) -> None:
        """Send one text; its id comes from the row."""
        phone = phone_of(message.recipient)
        if not phone:
            raise UndeliverableError("Người nhận không còn số điện thoại.")
        self.provider().send(channel=self.name, phone=phone, text=text_of(message), message_id=f"message-{message.pk}")


class SmsChannel(TextChannel):
    """SMS."""

    name = ChannelName.SMS.value
    setting = "SMS_PROVIDER"


class ZaloChannel(TextChannel):
    """Messages of the portal's Zalo account."""

    name = ChannelName.ZALO.value
    setting = "ZALO_PROVIDER"


def phone_of(user: User) -> str:
    """The number a person is texted at; "" without one."""
    try:
        return user.citizen.phone
    except CitizenProfile.DoesNotExist:
        return ""


BRIEF = {
    "document.expires_soon": _("Một giấy tờ trong kho của bạn sắp hết hiệu lực"),
    "document.digitised": _("Một giấy tờ của bạn đã được số hóa"),
}
"""Instead of a subject that names the kind of paper: a criminal record, a certificate of disability."""


def text_of(message: Message) -> str:
    """The subject, and where to read the rest."""
    path = links.in_language(message.link, message.language)
    address = f" {settings.BASE_URL}{path}" if path else ""
    with speaking(message.language):
        subject = str(BRIEF.get(message.kind) or _without_matter(message))
    return f"{subject[: LONGEST - len(address)]}{address}"


def _without_matter(message: Message) -> str:
    """A dossier's notice without its procedure, which tells of a marriage, a criminal record, a benefit."""
    return message.subject.partition(SUBJECT_SEPARATOR)[0] if message.kind.startswith("dossier.") else message.subject
