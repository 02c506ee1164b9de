"""What every channel can do."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from portal.accounts.models import User
from portal.notifications.models import Message


class UndeliverableError(Exception):
    """The message can never be delivered this way: no address, or an address that is refused for good."""


class NotNowError(Exception):
    """The channel is away; the message is tried again."""


class Channel(ABC):
    """One way to reach people."""

    name: ClassVar[str]
    is_delivered_by_writing: ClassVar[bool] = False

    @abstractmethod
    def reaches(self, user: User) -> bool:
        """Whether this person can be reached this way."""

    @abstractmethod
    def send(self, message: Message) -> None:
        """Deliver a message; raises UndeliverableError or NotNowError. May run twice for one message after a crash."""

    def send_together(self, messages: Sequence[Message]) -> None:
        """Deliver several messages of one person as one; a channel that cannot sends them one by one."""
        for message in messages:
            self.send(message)
