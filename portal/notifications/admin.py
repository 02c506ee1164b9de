"""Messages to people: states only, their words are between the portal and the person."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from portal.core.admin import ServiceOwnedAdmin
from portal.notifications import kinds
from portal.notifications.models import Message


@admin.register(Message)
class MessageAdmin(ServiceOwnedAdmin):
    """Whether a message went out."""

    exclude = ("body", "subject", "recipient", "kind")
    readonly_fields = ("named",)
    list_display = ("named", "channel", "reference", "work_state", "done_at")
    list_filter = ("channel", "work_state")
    search_fields = ("reference",)
    ordering = ("-pk",)

    @admin.display(description=_("loại"), ordering="kind")
    def named(self, message: Message) -> str:
        """What it tells of."""
        return kinds.name(message.kind)
