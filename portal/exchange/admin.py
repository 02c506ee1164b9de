"""Messages to and from partners in the generic lists; redriving has its own page."""

from django.contrib import admin

from portal.agencies.administration import AgencyScopedReadOnly
from portal.exchange.models import DeliveryLane, InboundRequest, InboxMessage, OutboxMessage


class ExchangeAdmin(AgencyScopedReadOnly):
    """Rows of a partner's system; what a message carries is personal data and is not shown."""

    agency_path = "client__agency__path"
    list_select_related = ("client",)
    ordering = ("-pk",)


@admin.register(OutboxMessage)
class OutboxAdmin(ExchangeAdmin):
    """Messages to partners."""

    exclude = ("payload",)
    list_display = ("subject", "type", "client", "work_state", "attempts", "response_status", "done_at")
    list_filter = ("work_state", "type")
    search_fields = ("subject", "message_id")


@admin.register(InboxMessage)
class InboxAdmin(ExchangeAdmin):
    """Reports from partners."""

    exclude = ("payload",)
    list_display = ("subject", "service", "client", "work_state", "attempts", "done_at")
    list_filter = ("work_state", "service")
    search_fields = ("subject",)


@admin.register(InboundRequest)
class InboundRequestAdmin(ExchangeAdmin):
    """Requests already answered, by their key."""

    exclude = ("response_body",)
    list_display = ("operation", "client", "response_status", "received_at")
    search_fields = ("key",)


@admin.register(DeliveryLane)
class DeliveryLaneAdmin(ExchangeAdmin):
    """How delivery to each partner goes."""

    exclude = ("holder", "held_until")
    list_display = ("client", "failures", "rests_until", "last_success_at", "last_failure_at")
