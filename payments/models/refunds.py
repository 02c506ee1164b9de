"""Money that has to go back (hoàn tiền)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers.models import Dossier
from payments.lifecycle import RefundReason, RefundState
from payments.models.orders import GatewayNotice, OrderLine, PaymentOrder
from portal.agencies.models import Agency


class Refund(models.Model):
    """Money that came though nothing was owed for it, and has to go back (hoàn tiền)."""

    order = models.ForeignKey(PaymentOrder, models.PROTECT, related_name="refunds")
    notice = models.ForeignKey(GatewayNotice, models.PROTECT, related_name="refunds")
    line = models.ForeignKey(OrderLine, models.PROTECT, null=True, blank=True, db_index=False, related_name="refunds")
    """Of a bundle's order: what the money was for; each of its lines goes back by itself."""
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
    shares = models.ForeignKey("self", models.PROTECT, null=True, blank=True, db_index=False, related_name="+")
    """The refund of another line of the same order that the same transfer paid, recorded first."""

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
                condition=Q(shares__isnull=True) & ~Q(voucher_number=""),
                name="one_order_per_voucher_of_agency",
            ),
            models.UniqueConstraint(fields=["notice"], condition=Q(line__isnull=True), name="one_refund_per_notice"),
            models.UniqueConstraint(
                fields=["notice", "line"], condition=Q(line__isnull=False), name="one_refund_per_line_of_notice"
            ),
        ]
        indexes = [models.Index(fields=["created_at"], name="refund_due", condition=Q(state=RefundState.DUE))]

    def __str__(self) -> str:
        return f"{self.order} {self.amount_vnd}"

    @property
    def dossier(self) -> Dossier:
        """The dossier it is told under: that of its line once there is one, else the order's."""
        return (self.line.dossier if self.line is not None else None) or self.order.dossier
