"""Orders of payment with their lines, and what gateways tell of them (lệnh thanh toán). Money is whole đồng."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers.models import BundleFiling, BundlePart, Dossier, FinancialObligation, PaidAhead
from payments.lifecycle import MONEY_CAME, OrderState, Verdict
from portal.accounts import representing
from portal.agencies.models import Agency

if TYPE_CHECKING:
    from payments.models.receipts import Receipt
    from portal.accounts.models import User


class PaymentOrderQuerySet(models.QuerySet["PaymentOrder"]):
    """Reads over orders."""

    def of(self, user: "User") -> Self:
        """Orders that pay for a dossier she may see (DossierQuerySet.of_citizen), or that she made for a person's.

        What she paid for an organisation is the organisation's: it goes out of her sight with her membership. What she
        paid for a person is her money also when she represents her no more; an order shows its code, sum and lines.
        """
        found = Q(dossier__organisation=None) & (Q(dossier__owner=user) | Q(payer=user))
        found |= Q(dossier__organisation=None, dossier__representation=None, dossier__filer=user)
        if user.represents_others:
            found |= Q(dossier__in=Dossier.objects.of_citizen(user).filter(representation__isnull=False).values("pk"))
        if organisations := representing.organisation_ids(user):
            found |= Q(dossier__organisation__in=organisations)
        return self.filter(found)

    def open_for(self, dossiers: Iterable[Dossier], bundle: BundleFiling | None = None) -> Self:
        """Orders that wait for money for any of these dossiers, or for any part of the bundle."""
        found = list(dossiers)
        lines = OrderLine.objects.filter(Q(obligation__dossier__in=found) | Q(part__dossier__in=found))
        about = Q(dossier__in=found) | Q(pk__in=lines.values("order"))
        if bundle is not None:
            about |= Q(bundle=bundle)
        return self.filter(about, state=OrderState.CREATED)

    def close(self, state: OrderState, at: datetime) -> int:
        """Close these locked orders that wait for money; what they were to pay for is free again. Returns how many."""
        keys = [order.pk for order in self]
        OrderLine.objects.filter(order__in=keys, is_open=True).update(is_open=False)
        return PaymentOrder.objects.filter(pk__in=keys, state=OrderState.CREATED).update(state=state, settled_at=at)


class PaymentOrder(models.Model):
    """One attempt to pay what a dossier, or the dossiers of a bundle, owe (lệnh thanh toán).

    Another amount is another order.
    """

    reference = models.CharField(_("mã tham chiếu"), max_length=20, unique=True)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="payment_orders")
    """Under whose code the gateway is told of it; of a bundle's order the first one that was filed."""
    bundle = models.ForeignKey(
        BundleFiling, models.PROTECT, null=True, blank=True, db_index=False, related_name="payment_orders"
    )
    """The bundle whose dossiers it pays for together; each line says for which."""
    payer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="payment_orders"
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, related_name="payment_orders", verbose_name=_("đơn vị thu")
    )
    """Who collects the money: the agency of the dossier when the order was made; a dossier may be moved later.

    None where several agencies collect; each line says which.
    """
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
            models.Index(fields=["bundle", "state"], name="order_of_bundle", condition=Q(bundle__isnull=False)),
            models.Index(fields=["payer", "-id"], name="order_of_payer"),
            models.Index(fields=["expires_at"], name="order_open", condition=Q(state=OrderState.CREATED)),
            models.Index(fields=["next_query_at"], name="order_to_ask", condition=Q(next_query_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def receipt(self) -> "Receipt | None":
        """Its receipt once there is one; of a bundle's order the first of several."""
        return next(iter(self.receipts.all()), None)


class OrderLine(models.Model):
    """One obligation an order pays for, or a charge that it pays ahead, with its amount frozen (khoản nộp)."""

    order = models.ForeignKey(PaymentOrder, models.CASCADE, related_name="lines")
    obligation = models.ForeignKey(
        FinancialObligation, models.PROTECT, null=True, blank=True, related_name="order_lines"
    )
    part = models.ForeignKey(
        BundlePart, models.PROTECT, null=True, blank=True, db_index=False, related_name="order_lines"
    )
    """Of a bundle's order: the part that owes it, or will be asked for it."""
    charge = models.CharField(_("mã khoản thu"), max_length=60, blank=True, default="", db_default="")
    """Of what is paid ahead: which published charge it is."""
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, db_index=False, related_name="+")
    """Of a bundle's order: who collects it. Of others the order says it."""
    paid_ahead = models.ForeignKey(
        PaidAhead, models.PROTECT, null=True, blank=True, db_index=False, related_name="order_lines"
    )
    """What became of money that came before it was asked for."""
    receipt = models.ForeignKey("Receipt", models.PROTECT, null=True, blank=True, db_index=False, related_name="lines")
    """Of a bundle's order: the receipt that it stands on; none while its money is only held."""
    kind = models.CharField(_("loại"), max_length=10)
    description = models.CharField(_("khoản"), max_length=300)
    legal_basis = models.CharField(_("căn cứ"), max_length=200, blank=True)
    amount_vnd = models.PositiveBigIntegerField(_("số tiền (đồng)"))
    has_settled = models.BooleanField(_("đã gạch nợ"), default=False)
    """Whether the money of this order settled the obligation; the database lets one line an obligation do so."""
    is_open = models.BooleanField(_("đang chờ tiền"), default=False, db_default=False)
    """Whether its order waits for money; the database lets one line an obligation, or a charge ahead, do so."""

    class Meta:
        verbose_name = _("khoản nộp")
        verbose_name_plural = _("khoản nộp")
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(obligation__isnull=False) | (Q(part__isnull=False) & ~Q(charge="")),
                name="line_pays_for_something",
            ),
            models.UniqueConstraint(
                fields=["obligation"], condition=Q(is_open=True), name="obligation_in_one_open_order"
            ),
            models.UniqueConstraint(
                fields=["part", "charge"],
                condition=Q(is_open=True) & ~Q(charge=""),
                name="charge_ahead_in_one_open_order",
            ),
            models.UniqueConstraint(
                fields=["paid_ahead"], condition=Q(paid_ahead__isnull=False), name="one_line_per_payment_ahead"
            ),
            models.UniqueConstraint(fields=["order", "obligation"], name="one_line_per_obligation"),
            models.UniqueConstraint(
                fields=["obligation"], condition=Q(has_settled=True), name="obligation_settled_once"
            ),
        ]
        indexes = [
            models.Index(fields=["part"], name="line_of_part", condition=Q(part__isnull=False)),
            models.Index(fields=["receipt"], name="line_on_receipt", condition=Q(receipt__isnull=False)),
            models.Index(
                fields=["paid_ahead"],
                name="line_without_receipt",
                condition=Q(paid_ahead__isnull=False, receipt__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.description}: {self.amount_vnd}"

    @property
    def dossier(self) -> Dossier | None:
        """Whose charge it is; None while the part of a bundle that will be asked for it has no dossier."""
        if self.obligation is not None:
            return self.obligation.dossier
        found = self.part.dossier if self.part else None
        return found if found is not None and found.code else None

    @property
    def is_held(self) -> bool:
        """Whether its money came ahead and waits for the charge: no receipt stands for it yet."""
        ahead = self.paid_ahead
        return ahead is not None and ahead.obligation_id is None and ahead.returned_at is None


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
