"""Money that has to go back (hoàn tiền): noted with its notice, told to the payer, closed by an official."""

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dossiers import access as dossier_access
from payments.lifecycle import RefundReason, RefundState
from payments.models import GatewayNotice, PaymentOrder, Refund
from portal.agencies.actors import Actor
from portal.core.errors import ConflictError, InvalidInputError, NotFoundError
from portal.core.money import format_vnd
from portal.core.text import clean_line
from portal.notifications import services as notifications


def owe(order: PaymentOrder, notice: GatewayNotice, *, amount_vnd: int, reason: RefundReason) -> Refund:
    """Note that money of a notice goes back, and tell the payer; within the notice's transaction."""
    refund = Refund.objects.create(order=order, notice=notice, amount_vnd=amount_vnd, reason=reason)
    if order.payer is not None:
        with translation.override(order.payer.language):
            notifications.notify(
                recipient=order.payer,
                kind="payment.refund_due",
                subject=_("Bạn sẽ được hoàn %(amount)s") % {"amount": format_vnd(amount_vnd)},
                body=_(
                    "Cổng nhận được %(amount)s cho hồ sơ %(code)s. %(reason)s. "
                    "Cơ quan thu phí sẽ hoàn số tiền này. Bạn không phải làm gì thêm."
                )
                % {
                    "amount": format_vnd(amount_vnd),
                    "code": order.dossier.code,
                    "reason": RefundReason(reason).label,
                },
                link="/thanh-toan/",
                reference=order.dossier.code or "",
                dedupe_key=f"refund.{refund.pk}",
            )
    return refund


@transaction.atomic
def mark_done(refund_id: int, *, actor: Actor, transfer_reference: str) -> Refund:
    """Note that an official sent the money back, with the reference of the transfer (mã lệnh chuyển tiền).

    Raises NotFoundError outside the actor's agency, InvalidInputError without a reference, ConflictError when done.
    """
    refund = Refund.objects.select_for_update(of=("self",)).select_related("order").filter(pk=refund_id).first()
    if refund is None or not dossier_access.visible_to(actor).filter(pk=refund.order.dossier_id).exists():
        raise NotFoundError(code="refund.not_found")
    if refund.state == RefundState.DONE:
        raise ConflictError(_("Khoản này đã được hoàn."), code="refund.already_done")
    reference = clean_line(transfer_reference)[:100]
    if not reference:
        raise InvalidInputError(fields={"transfer_reference": [_("Hãy ghi mã lệnh chuyển tiền.")]})
    refund.state, refund.done_at, refund.done_by = RefundState.DONE, timezone.now(), actor.user
    refund.transfer_reference = reference
    refund.save()
    return refund
