"""Cash taken and handed back, and the end of a cashier's day (quỹ)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.models.orders import PaymentOrder
from payments.models.refunds import Refund
from portal.agencies.models import Agency


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
