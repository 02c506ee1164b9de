"""The inbox on the portal: a message is there once its row is."""

from portal.accounts.models import User
from portal.notifications.channels.base import Channel
from portal.notifications.models import Channel as ChannelName
from portal.notifications.models import Message


class InboxChannel(Channel):
    """Pages under /hop-thu/."""

    name = ChannelName.INBOX.value
    is_delivered_by_writing = True

    def reaches(self, user: User) -> bool:
        """Everybody with an account."""
        return True

    def send(self, message: Message) -> None:
        """Nothing to do."""
