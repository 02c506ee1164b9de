"""Orders, notices from gateways, and receipts (thanh toán). Money is whole đồng."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.models import Document
from dossiers.models import Dossier, FinancialObligation
from payments.lifecycle import OrderState
from portal.core.work import QueuedWork, WorkQuerySet


class PaymentOrder(models.Model):
    """One attempt to pay what a dossier owes (lệnh thanh toán); its amount never changes, a new amount is a new order."""

    reference = models.CharField(_("mã tham chiếu"), max_length=20, unique=True)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="payment_orders")
    obligations = models.ManyToManyField(FinancialObligation, related_name="orders")
    payer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="payment_orders",
    )
    gateway = models.CharField(_("cổng thanh toán"), max_length=20)
    amount_vnd = models.PositiveBigIntegerField(_("số tiền (đồng)"))
    state = models.CharField(
        _("trạng thái"), max_length=10, choices=OrderState, default=OrderState.CREATED
    )
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(_("hết hạn lúc"))
    settled_at = models.DateTimeField(_("kết thúc lúc"), null=True, blank=True)
    gateway_transaction = models.CharField(
        _("mã giao dịch"), max_length=100, blank=True
    )
    bank_code = models.CharField(_("ngân hàng"), max_length=40, blank=True)
    failure = models.CharField(_("lý do thất bại"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("lệnh thanh toán")
        verbose_name_plural = _("lệnh thanh toán")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_vnd__gt=0), name="order_is_positive"
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(settled_at__isnull=False),
                name="paid_order_has_time",
            ),
            models.UniqueConstraint(
                fields=["gateway", "gateway_transaction"],
                condition=~Q(gateway_transaction="") & Q(state="paid"),
                name="one_order_per_transaction",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class GatewayNotice(models.Model):
    """A message from a gateway as it came (thông báo của cổng), with our verdict; kept even when it is refused."""

    gateway = models.CharField(max_length=20)
    order = models.ForeignKey(
        PaymentOrder, models.PROTECT, null=True, blank=True, related_name="notices"
    )
    reference = models.CharField(max_length=100, blank=True, db_index=True)
    fields = models.JSONField()
    verdict = models.CharField(max_length=30)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("thông báo của cổng thanh toán")
        verbose_name_plural = _("thông báo của cổng thanh toán")

    def __str__(self) -> str:
        return f"{self.gateway} {self.reference} {self.verdict}"


class ReceiptCounter(models.Model):
    """The last receipt number of a symbol; it restarts on 1 January with the year in the symbol – TT 91/2026/TT-BTC."""

    symbol = models.CharField(max_length=5, unique=True)
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("bộ đếm biên lai")
        verbose_name_plural = _("bộ đếm biên lai")

    def __str__(self) -> str:
        return f"{self.symbol} {self.last_number}"


class Receipt(QueuedWork):
    """An e-receipt (biên lai điện tử) – NĐ 254/2026/NĐ-CP, TT 91/2026/TT-BTC; never deleted, only replaced."""

    order = models.OneToOneField(PaymentOrder, models.PROTECT, related_name="receipt")
    symbol = models.CharField(_("ký hiệu"), max_length=5)
    number = models.PositiveIntegerField(_("số"))
    issued_at = models.DateTimeField(default=timezone.now)
    document = models.OneToOneField(
        Document, models.PROTECT, null=True, blank=True, related_name="receipt"
    )

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("biên lai")
        verbose_name_plural = _("biên lai")
        constraints = [
            models.UniqueConstraint(
                fields=["symbol", "number"], name="receipt_number_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                name="receipt_due",
                condition=Q(work_state="pending"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.symbol} {self.number:07d}"
