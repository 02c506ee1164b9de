"""Orders, notices from gateways, receipts and refunds (thanh toán). Money is whole đồng."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.models import Document
from dossiers.models import Dossier, FinancialObligation
from payments.lifecycle import MONEY_CAME, OrderState, RefundReason, RefundState, Verdict
from portal.accounts import representing
from portal.agencies.models import Agency
from portal.core.work import QueuedWork, WorkQuerySet

if TYPE_CHECKING:
    from portal.accounts.models import User


class PaymentOrderQuerySet(models.QuerySet["PaymentOrder"]):
    """Reads over orders."""

    def of(self, user: "User") -> Self:
        """Orders that pay for a dossier she may see (DossierQuerySet.of_citizen), or that she made for a person's.

        What she paid for an organisation is the organisation's: it goes out of her sight with her membership.
        """
        found = Q(dossier__organisation=None, dossier__owner=user)
        found |= Q(dossier__organisation=None, dossier__representation=None) & (Q(payer=user) | Q(dossier__filer=user))
        if user.represents_others:
            found |= Q(dossier__in=Dossier.objects.of_citizen(user).filter(representation__isnull=False).values("pk"))
        if organisations := representing.organisation_ids(user):
            found |= Q(dossier__organisation__in=organisations)
        return self.filter(found)


class PaymentOrder(models.Model):
    """One attempt to pay what a dossier owes (lệnh thanh toán); another amount is another order."""

    reference = models.CharField(_("mã tham chiếu"), max_length=20, unique=True)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="payment_orders")
    payer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="payment_orders"
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, related_name="payment_orders", verbose_name=_("đơn vị thu")
    )
    """Who collects the money: the agency of the dossier when the order was made; a dossier may be moved later."""
    gateway = models.CharField(_("cổng thanh toán"), max_length=20)
    amount_vnd = models.PositiveBigIntegerField(_("số tiền (đồng)"))
    state = models.CharField(_("trạng thái"), max_length=10, choices=OrderState, default=OrderState.CREATED)
    payment_url = models.TextField(_("trang thanh toán"), blank=True)
    """Where the payer is sent; empty until the gateway opened its page. A double click finds the same one."""
    language = models.CharField(max_length=2, default="vi")
    """Language of the page the payer came from and comes back to."""
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(_("hết hạn lúc"))
    settled_at = models.DateTimeField(_("kết thúc lúc"), null=True, blank=True)
    gateway_transaction = models.CharField(_("mã giao dịch"), max_length=100, blank=True)
    bank_code = models.CharField(_("ngân hàng"), max_length=40, blank=True)
    failure = models.CharField(_("lý do thất bại"), max_length=200, blank=True)
    queries = models.PositiveSmallIntegerField(_("số lần hỏi cổng"), default=0)
    next_query_at = models.DateTimeField(_("hỏi cổng lần tới"), null=True, blank=True)
    """When to ask the gateway what became of an order whose notice does not come; None: never."""

    objects = PaymentOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("lệnh thanh toán")
        verbose_name_plural = _("lệnh thanh toán")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="order_is_positive"),
            models.CheckConstraint(
                condition=~Q(state=OrderState.PAID) | (Q(settled_at__isnull=False) & ~Q(gateway_transaction="")),
                name="paid_order_has_time_and_transaction",
            ),
            models.UniqueConstraint(
                fields=["gateway", "gateway_transaction"],
                condition=~Q(gateway_transaction=""),
                name="one_order_per_transaction",
            ),
        ]
        indexes = [
            models.Index(fields=["dossier", "state"], name="order_of_dossier"),
            models.Index(fields=["payer", "-id"], name="order_of_payer"),
            models.Index(fields=["expires_at"], name="order_open", condition=Q(state=OrderState.CREATED)),
            models.Index(fields=["next_query_at"], name="order_to_ask", condition=Q(next_query_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.reference


class OrderLine(models.Model):
    """One obligation an order pays for, with its amount frozen (khoản nộp)."""

    order = models.ForeignKey(PaymentOrder, models.CASCADE, related_name="lines")
    obligation = models.ForeignKey(FinancialObligation, models.PROTECT, related_name="order_lines")
    kind = models.CharField(_("loại"), max_length=10)
    description = models.CharField(_("khoản"), max_length=300)
    legal_basis = models.CharField(_("căn cứ"), max_length=200, blank=True)
    amount_vnd = models.PositiveBigIntegerField(_("số tiền (đồng)"))
    has_settled = models.BooleanField(_("đã gạch nợ"), default=False)
    """Whether the money of this order settled the obligation; the database lets one line an obligation do so."""

    class Meta:
        verbose_name = _("khoản nộp")
        verbose_name_plural = _("khoản nộp")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "obligation"], name="one_line_per_obligation"),
            models.UniqueConstraint(
                fields=["obligation"], condition=Q(has_settled=True), name="obligation_settled_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.description}: {self.amount_vnd}"


class GatewayNotice(models.Model):
    """A message from a gateway (thông báo của cổng) with our verdict; kept even when it is refused."""

    gateway = models.CharField(_("cổng thanh toán"), max_length=20)
    order = models.ForeignKey(PaymentOrder, models.PROTECT, null=True, blank=True, related_name="notices")
    reference = models.CharField(_("mã tham chiếu"), max_length=100, blank=True, db_index=True)
    gateway_transaction = models.CharField(_("mã giao dịch"), max_length=100, blank=True)
    is_answer = models.BooleanField(_("do Cổng hỏi"), default=False)
    """Whether it is the answer to our own status query instead of a call of the gateway."""
    fields = models.JSONField(_("nội dung"))
    verdict = models.CharField(_("kết luận"), max_length=20, choices=Verdict)
    received_at = models.DateTimeField(_("nhận lúc"), default=timezone.now)

    class Meta:
        verbose_name = _("thông báo của cổng thanh toán")
        verbose_name_plural = _("thông báo của cổng thanh toán")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "gateway_transaction"],
                condition=Q(verdict__in=sorted(MONEY_CAME)),
                name="money_of_a_transaction_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.reference} {self.verdict}"


class Refund(models.Model):
    """Money that came though nothing was owed for it, and has to go back (hoàn tiền)."""

    order = models.ForeignKey(PaymentOrder, models.PROTECT, related_name="refunds")
    notice = models.OneToOneField(GatewayNotice, models.PROTECT, related_name="refund")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="refunds", verbose_name=_("đơn vị thu"))
    """Who collected the money and sends it back, as its order says."""
    amount_vnd = models.PositiveBigIntegerField(_("số tiền (đồng)"))
    reason = models.CharField(_("lý do"), max_length=20, choices=RefundReason)
    state = models.CharField(_("tình trạng"), max_length=4, choices=RefundState, default=RefundState.DUE)
    created_at = models.DateTimeField(_("phát sinh lúc"), default=timezone.now)
    done_at = models.DateTimeField(_("hoàn lúc"), null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    voucher_number = models.CharField(
        _("số chứng từ hoàn tiền"), max_length=100, blank=True, db_column="transfer_reference"
    )
    """Of the transfer order (mã lệnh chuyển tiền); in cash, of the payment slip (số phiếu chi)."""

    class Meta:
        verbose_name = _("khoản phải hoàn")
        verbose_name_plural = _("khoản phải hoàn")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="refund_is_positive"),
            models.CheckConstraint(
                condition=~Q(state=RefundState.DONE) | (Q(done_at__isnull=False) & ~Q(voucher_number="")),
                name="refund_done_has_proof",
            ),
            models.CheckConstraint(
                condition=~Q(state=RefundState.DONE) | Q(done_by__isnull=False), name="refund_done_by_somebody"
            ),
            models.UniqueConstraint(
                fields=["agency", "voucher_number"],
                condition=~Q(voucher_number=""),
                name="one_refund_per_transfer_of_agency",
            ),
        ]
        indexes = [models.Index(fields=["created_at"], name="refund_due", condition=Q(state=RefundState.DUE))]

    def __str__(self) -> str:
        return f"{self.order} {self.amount_vnd}"


class TillClosing(models.Model):
    """The end of a cashier's day (đối soát quỹ): what the receipts say beside what she counted; never changed."""

    cashier = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="till_closings", verbose_name=_("người thu")
    )
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="till_closings", verbose_name=_("đơn vị thu"))
    expected_vnd = models.PositiveBigIntegerField(_("theo biên lai (đồng)"))
    """What the receipts say, less what was handed back in cash."""
    paid_out_vnd = models.PositiveBigIntegerField(_("đã hoàn bằng tiền mặt (đồng)"), default=0, db_default=0)
    counted_vnd = models.PositiveBigIntegerField(_("đếm được (đồng)"))
    receipts = models.PositiveIntegerField(_("số biên lai"))
    reason = models.TextField(_("lý do chênh lệch"), blank=True)
    closed_at = models.DateTimeField(_("đối soát lúc"), default=timezone.now)

    class Meta:
        verbose_name = _("lần đối soát quỹ")
        verbose_name_plural = _("lần đối soát quỹ")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(counted_vnd=models.F("expected_vnd")) | ~Q(reason=""), name="till_difference_has_reason"
            )
        ]
        indexes = [models.Index(fields=["agency", "-id"], name="till_of_agency")]

    def __str__(self) -> str:
        return f"{self.cashier} {self.closed_at:%Y-%m-%d}"

    @property
    def difference_vnd(self) -> int:
        """What there is more than the receipts say; less is negative."""
        return self.counted_vnd - self.expected_vnd


class CashTaking(models.Model):
    """Who took the money of a cash order, and which closing counted it; no order is counted twice."""

    order = models.OneToOneField(PaymentOrder, models.PROTECT, related_name="cash_taking")
    cashier = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closing = models.ForeignKey(TillClosing, models.PROTECT, null=True, blank=True, related_name="takings")

    class Meta:
        verbose_name = _("khoản thu tiền mặt")
        verbose_name_plural = _("khoản thu tiền mặt")
        indexes = [models.Index(fields=["cashier"], name="taking_uncounted", condition=Q(closing__isnull=True))]

    def __str__(self) -> str:
        return str(self.order)


class CashPayout(models.Model):
    """A refund handed back in cash (hoàn tiền mặt): out of whose till, and which closing took it off."""

    refund = models.OneToOneField(Refund, models.PROTECT, related_name="cash_payout")
    cashier = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("đơn vị thu"))
    closing = models.ForeignKey(TillClosing, models.PROTECT, null=True, blank=True, related_name="payouts")

    class Meta:
        verbose_name = _("khoản hoàn tiền mặt")
        verbose_name_plural = _("khoản hoàn tiền mặt")
        indexes = [models.Index(fields=["cashier"], name="payout_uncounted", condition=Q(closing__isnull=True))]

    def __str__(self) -> str:
        return str(self.refund)


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

    order = models.OneToOneField(PaymentOrder, models.PROTECT, related_name="receipt")
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
