"""Payments in the generic lists, read only: gateways' signed messages are what changes them."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.gateways import registry
from payments.models import GatewayNotice, OrderLine, PaymentOrder, Receipt, Refund
from portal.agencies.administration import AgencyScopedReadOnly
from portal.agencies.scopes import within


class OfGatewayAdmin(AgencyScopedReadOnly):
    """Rows of a gateway, which is called by the name payers know."""

    readonly_fields = ("gateway_name",)

    @admin.display(description=_("cổng thanh toán"), ordering="gateway")
    def gateway_name(self, row: Any) -> str:
        """As it stands where one is chosen; the bare word for one that nobody wrote."""
        known = registry.KNOWN.get(row.gateway)
        return str(known.label) if known else str(row.gateway)


@admin.register(PaymentOrder)
class PaymentOrderAdmin(OfGatewayAdmin):
    """Orders of the administrator's agencies."""

    agency_path = "dossier__agency__path"
    exclude = ("payment_url", "gateway", "bundle")
    list_display = ("reference", "dossier", "gateway_name", "amount_vnd", "state", "created_at", "settled_at")
    list_select_related = ("dossier",)
    list_filter = ("state", "gateway")
    search_fields = ("reference", "dossier__code", "gateway_transaction")
    ordering = ("-pk",)

    def within(self, paths: Iterable[str]) -> Q:
        """Of a bundle's order also those of the agencies that collect a part of it."""
        led = list(paths)
        return super().within(led) | Q(pk__in=OrderLine.objects.filter(within(led)).values("order"))


@admin.register(GatewayNotice)
class GatewayNoticeAdmin(OfGatewayAdmin):
    """Messages of gateways with our verdict; those without an order are the superuser's."""

    exclude = ("gateway",)
    agency_path = "order__dossier__agency__path"
    list_display = ("gateway_name", "reference", "gateway_transaction", "verdict", "received_at")
    list_filter = ("verdict", "gateway")
    search_fields = ("reference", "gateway_transaction")
    ordering = ("-pk",)


@admin.register(Refund)
class RefundAdmin(AgencyScopedReadOnly):
    """Money that has to go back, of the agencies that collected it."""

    exclude = ("line",)
    agency_path = "agency__path"
    list_display = ("order", "amount_vnd", "reason", "state", "created_at", "done_at")
    list_select_related = ("order",)
    list_filter = ("state", "reason")
    ordering = ("-pk",)


@admin.register(Receipt)
class ReceiptAdmin(AgencyScopedReadOnly):
    """E-receipts issued by the administrator's agencies."""

    exclude = ("content",)
    list_display = ("symbol", "number_as_printed", "agency", "amount_vnd", "issued_at", "work_state")
    list_select_related = ("agency",)
    list_filter = ("work_state",)
    search_fields = ("order__reference",)
    ordering = ("-pk",)

    @admin.display(description=_("số in trên biên lai"))
    def number_as_printed(self, receipt: Receipt) -> str:
        """The number as it stands on the paper."""
        return receipt.printed_number
