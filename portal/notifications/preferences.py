"""How a person wants to hear of things (cách nhận tin): kept on the account, so that asking costs no query."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

from portal.accounts.models import User
from portal.core.errors import InvalidInputError, Text
from portal.notifications import topics
from portal.notifications.models import Channel
from portal.notifications.topics import Mode, Topic

DIGEST_AT = time(7, 30)
"""When the day's gathered letter goes out, on the clock of Việt Nam."""


class Choice(NamedTuple):
    """One line of the page: a topic on a channel, what is chosen and what could be."""

    topic: Topic
    channel: str
    mode: Mode
    offered: tuple[Mode, ...]

    @property
    def channel_label(self) -> Text:
        """What people call the channel."""
        return Channel(self.channel).label


def mode_for(user: User, kind: str, channel: str) -> Mode:
    """How this channel carries this kind of message to this person."""
    return topics.mode(user.notice_modes, topics.of(kind, is_official=user.is_official), channel)


def choices_of(user: User, channels: list[str]) -> list[Choice]:
    """Everything this person may choose, by topic and channel."""
    return [
        Choice(topic, channel, topics.mode(user.notice_modes, topic, channel), topics.MODES[channel])
        for topic in topics.offered(is_official=user.is_official)
        for channel in channels
        if channel in topics.MODES
    ]


def choose(user: User, wanted: Mapping[tuple[str, str], str]) -> None:
    """Keep what a person chose by (topic, channel); raises InvalidInputError for what a channel cannot do.

    Only what differs from the portal's own choice is kept: when that changes, whoever never chose goes along.
    """
    kept: dict[str, dict[str, str]] = {}
    for (topic, channel), said in wanted.items():
        if topic not in Topic.values or said not in topics.MODES.get(channel, ()):
            raise InvalidInputError(fields={f"{topic}-{channel}": ["?"]})
        if topics.FIRST[channel].get(Topic(topic), Mode.OFF) != said:
            kept.setdefault(channel, {})[topic] = said
    user.notice_modes = kept
    user.save(update_fields=["notice_modes"])


def next_digest(now: datetime) -> datetime:
    """The moment when the next gathered letter goes out."""
    local = timezone.localtime(now)
    today = local.replace(hour=DIGEST_AT.hour, minute=DIGEST_AT.minute, second=0, microsecond=0)
    return today if local < today else today + timedelta(days=1)
