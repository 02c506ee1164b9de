"""The channels this portal uses, in the order of settings.NOTIFICATION_CHANNELS."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from portal.notifications.channels.base import Channel
from portal.notifications.channels.email import EmailChannel
from portal.notifications.channels.inbox import InboxChannel
from portal.notifications.channels.text import SmsChannel, ZaloChannel

KNOWN: dict[str, type[Channel]] = {
    channel.name: channel for channel in (InboxChannel, EmailChannel, SmsChannel, ZaloChannel)
}


def channels() -> list[Channel]:
    """The channels in use; raises ImproperlyConfigured for a name nobody wrote."""
    unknown = [name for name in settings.NOTIFICATION_CHANNELS if name not in KNOWN]
    if unknown:
        raise ImproperlyConfigured(
            f"NOTIFICATION_CHANNELS names {', '.join(unknown)}; known are {', '.join(sorted(KNOWN))}"
        )
    return [KNOWN[name]() for name in settings.NOTIFICATION_CHANNELS]


def get(name: str) -> Channel:
    """A channel by name, in use now or not: a message written before it was switched off still goes out."""
    return KNOWN[name]()
