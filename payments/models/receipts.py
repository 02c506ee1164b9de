"""E-receipts and their numbers (biên lai điện tử)."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.models import Document
from payments.models.orders import OrderLine, PaymentOrder
from portal.agencies.models import Agency
from portal.core.work import QueuedWork, WorkQuerySet


class ReceiptCounter(models.Model):
    """The last receipt number of a collecting body's symbol; a new year is a new symbol – TT 91/2026/TT-BTC."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="receipt_counters")
    symbol = models.CharField(_("ký hiệu"), max_length=5)
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("bộ đếm biên lai")
        verbose_name_plural = _("bộ đếm biên lai")
        constraints = [models.UniqueConstraint(fields=["agency", "symbol"], name="one_counter_per_symbol")]

    def __str__(self) -> str:
        return f"{self.symbol} {self.last_number}"


class Receipt(QueuedWork):
    """An e-receipt (biên lai điện tử) – NĐ 254/2026/NĐ-CP, TT 91/2026/TT-BTC; never deleted, only replaced."""

    TEMPLATE_CODE = "EBL01"

    order = models.ForeignKey(PaymentOrder, models.PROTECT, related_name="receipts", related_query_name="receipt")
    """Each agency that collects by an order gives one, and one for each charge of it that was paid ahead."""
    line = models.ForeignKey(OrderLine, models.PROTECT, null=True, blank=True, db_index=False, related_name="+")
    """Of what was paid ahead: the line whose charge took the money; it gets a receipt of its own then."""
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="receipts", verbose_name=_("đơn vị thu"))
    symbol = models.CharField(_("ký hiệu"), max_length=5)
    number = models.PositiveIntegerField(_("số"))
    amount_vnd = models.PositiveBigIntegerField(_("số tiền (đồng)"))
    content = models.JSONField(_("nội dung"), default=dict)
    """What is printed, frozen at issue: names of payer and collecting body, tax code, lines."""
    issued_at = models.DateTimeField(_("lập lúc"), default=timezone.now)
    document = models.OneToOneField(Document, models.PROTECT, null=True, blank=True, related_name="receipt")

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("biên lai")
        verbose_name_plural = _("biên lai")
        constraints = [
            models.UniqueConstraint(fields=["agency", "symbol", "number"], name="receipt_number_once"),
            models.UniqueConstraint(
                fields=["order", "agency"], condition=Q(line__isnull=True), name="one_receipt_per_order_and_agency"
            ),
            models.UniqueConstraint(fields=["line"], condition=Q(line__isnull=False), name="one_receipt_per_held_line"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=99_999_999), name="receipt_number_has_eight_figures"
            ),
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="receipt_is_positive"),
        ]
        indexes = [models.Index(fields=["next_try_at", "id"], name="receipt_due", condition=Q(work_state="pending"))]

    def __str__(self) -> str:
        return f"{self.symbol} {self.printed_number}"

    @property
    def printed_number(self) -> str:
        """The number as it is printed, eight figures."""
        return f"{self.number:08d}"
