"""Messages to people: states only, their words are between the portal and the person."""

from django.contrib import admin

from portal.core.admin import ServiceOwnedAdmin
from portal.notifications.models import Message


@admin.register(Message)
class MessageAdmin(ServiceOwnedAdmin):
    """Whether a message went out."""

    exclude = ("body", "subject", "recipient")
    list_display = ("kind", "channel", "reference", "work_state", "attempts", "done_at")
    list_filter = ("channel", "work_state")
    search_fields = ("reference",)
    ordering = ("-pk",)
