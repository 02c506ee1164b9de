"""Money that has to go back (hoàn tiền): noted with its notice, told to the payer, recorded by the agency's leader."""

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dossiers import access as dossier_access
from dossiers import passage
from dossiers.models import Dossier
from dossiers.passage import Occasion
from payments.lifecycle import RefundReason, RefundState
from payments.models import GatewayNotice, PaymentOrder, Refund
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, Text
from portal.core.money import format_vnd
from portal.core.text import clean_line
from portal.notifications import services as notifications

REFERENCE_LENGTH = 100


def note_due(order: PaymentOrder, notice: GatewayNotice, *, amount_vnd: int, reason: RefundReason) -> Refund:
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


RECORDED_BY = frozenset({ActorKind.LEADER})
"""Who records a refund: the head of the collecting body decides on it (docs/assumptions.md)."""
DONE_EVENT = "dossier.refunded"


@transaction.atomic
def mark_done(refund_id: int, *, actor: Actor, transfer_reference: str) -> Refund:
    """Record that the money was sent back, with the reference of the transfer (mã lệnh chuyển tiền).

    Dossier and refund are locked in this order, an event is left and the payer is told. Raises NotFoundError outside
    the actor's agency, NotAllowedError for another role, InvalidInputError("transfer_reference") without a reference or
    with one that paid another refund, ConflictError when it is done already.
    """
    code = Refund.objects.filter(pk=refund_id).values_list("order__dossier__code", flat=True).first()
    if code is None or actor.user is None:
        raise NotFoundError(code="refund.not_found")
    dossier = dossier_access.lock_dossier(code, actor=actor)
    if actor.kind not in RECORDED_BY:
        raise NotAllowedError(_("Chỉ lãnh đạo của đơn vị thu được ghi nhận hoàn tiền."), code="refund.not_allowed")
    refund = Refund.objects.select_for_update(of=("self",)).select_related("order__payer").get(pk=refund_id)
    if refund.state == RefundState.DONE:
        raise ConflictError(_("Khoản này đã được hoàn."), code="refund.already_done")
    reference = clean_line(transfer_reference)
    refund.state, refund.done_at, refund.done_by = RefundState.DONE, timezone.now(), actor.user
    refund.transfer_reference = _checked(reference)
    try:
        with transaction.atomic():
            refund.save(update_fields=["state", "done_at", "done_by", "transfer_reference"])
    except IntegrityError as error:  # another one recorded it at this very moment
        raise _refused(_already_recorded()) from error
    data = {"amount_vnd": refund.amount_vnd, "order": refund.order.reference}
    passage.record(dossier, DONE_EVENT, actor=actor, occasion=Occasion(data=data, reference=f"refund:{refund.pk}"))
    dossier.save(update_fields=["last_sequence", "updated_at"])
    _tell_of_transfer(refund, dossier)
    return refund


def _checked(reference: str) -> str:
    problem: Text = ""
    if not reference:
        problem = _("Hãy ghi mã lệnh chuyển tiền.")
    elif len(reference) > REFERENCE_LENGTH:
        problem = _("Mã lệnh chuyển tiền dài quá %(limit)d ký tự.") % {"limit": REFERENCE_LENGTH}
    elif Refund.objects.filter(transfer_reference=reference).exists():
        problem = _already_recorded()
    if problem:
        raise _refused(problem)
    return reference


def _already_recorded() -> str:
    return _("Mã lệnh này đã ghi cho một khoản hoàn khác. Hãy kiểm tra lại chứng từ.")


def _refused(problem: Text) -> InvalidInputError:
    return InvalidInputError(fields={"transfer_reference": [problem]})


def _tell_of_transfer(refund: Refund, dossier: Dossier) -> None:
    if refund.order.payer is None:
        return
    with translation.override(refund.order.payer.language):
        amount = format_vnd(refund.amount_vnd)
        notifications.notify(
            recipient=refund.order.payer,
            kind="payment.refunded",
            subject=_("Đã chuyển hoàn %(amount)s") % {"amount": amount},
            body=_("Cơ quan thu phí đã chuyển hoàn %(amount)s của hồ sơ %(code)s về nơi bạn đã trả.")
            % {"amount": amount, "code": dossier.code},
            link="/thanh-toan/",
            reference=dossier.code or "",
            dedupe_key=f"refund.{refund.pk}.done",
        )
