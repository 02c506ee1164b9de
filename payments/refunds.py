"""Money that has to go back (hoàn tiền): noted with its notice, told to the payer, recorded by the agency's leader."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import access as dossier_access
from dossiers import audience, passage
from dossiers.models import Dossier
from dossiers.passage import Occasion
from payments import access, till
from payments.lifecycle import RefundReason, RefundState
from payments.models import GatewayNotice, OrderLine, PaymentOrder, Refund
from portal.accounts.models import User
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, Text
from portal.core.language import speaking
from portal.core.money import format_vnd
from portal.core.text import clean_line
from portal.notifications import services as notifications

REFERENCE_LENGTH = 100


def note_due(
    order: PaymentOrder,
    notice: GatewayNotice,
    *,
    amount_vnd: int,
    reason: RefundReason,
    line: OrderLine | None = None,
) -> Refund:
    """Note that money of a notice goes back, and tell the payer; within the notice's transaction.

    Of a bundle's order `line` says for what it came, and so who collected it.
    """
    agency = (line.agency if line is not None else None) or order.agency or order.dossier.agency
    refund = Refund.objects.create(
        order=order, agency=agency, notice=notice, line=line, amount_vnd=amount_vnd, reason=reason
    )
    code = refund.dossier.code or ""
    if order.payer is not None:
        with speaking(order.payer.language):
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
                    "code": code,
                    "reason": RefundReason(reason).label,
                },
                link="/thanh-toan/",
                reference=code,
                dedupe_key=f"refund.{refund.pk}",
            )
    return refund


RECORDED_BY = frozenset({ActorKind.LEADER})
"""Who records a refund: the head of the collecting body decides on it (docs/assumptions.md)."""
DONE_EVENT = "dossier.refunded"


@transaction.atomic
def mark_done(refund_id: int, *, actor: Actor, voucher_number: str, cashier: User | None = None) -> Refund:
    """Record that the money went back, with the number of what proves it: of the transfer (mã lệnh chuyển tiền).

    With a `cashier` it was handed back in cash out of her till (payments.till), and the number is that of the payment
    slip (số phiếu chi).

    Dossier and refund are locked in this order, an event is left and the payer is told. Raises NotFoundError outside
    the collecting agency, wherever the dossier is now, NotAllowedError for another role,
    InvalidInputError("voucher_number") without a number or with one that paid a refund of another of its orders,
    InvalidInputError("paid_from") where the till does not hold it, ConflictError when it is done already.
    """
    found = Refund.objects.select_related("agency", *access.OF_REFUND).filter(pk=refund_id).first()
    if found is None or actor.user is None or not _is_seen_by(found, actor):
        raise NotFoundError(code="refund.not_found")
    if actor.kind not in RECORDED_BY:
        raise NotAllowedError(_("Chỉ lãnh đạo của đơn vị thu được ghi nhận hoàn tiền."), code="refund.not_allowed")
    # The dossier may have been moved out of the collecting agency's sight; the money stays its own.
    dossier = dossier_access.lock_dossier(found.dossier.code or "", actor=Actor.system())
    refund = Refund.objects.select_for_update(of=("self",)).select_related("order__payer").get(pk=refund_id)
    if refund.state == RefundState.DONE:
        raise ConflictError(_("Khoản này đã được hoàn."), code="refund.already_done")
    reference = clean_line(voucher_number)
    refund.state, refund.done_at, refund.done_by = RefundState.DONE, timezone.now(), actor.user
    refund.voucher_number, refund.shares = reference, _first_of(reference, refund)
    try:
        with transaction.atomic():
            refund.save(update_fields=["state", "done_at", "done_by", "voucher_number", "shares"])
    except IntegrityError as error:  # another one recorded it at this very moment
        raise _refused(_already_recorded()) from error
    data = {"amount_vnd": refund.amount_vnd, "order": refund.order.reference}
    collector = access.collector_of(found)
    if cashier is not None:
        if collector is None:
            raise InvalidInputError(
                fields={"paid_from": [_("Khoản này không do quỹ nào thu: hãy trả bằng chuyển khoản.")]}
            )
        till.hand_back(refund, cashier=cashier, agency=collector)
        data["in_cash"] = True
    passage.record(dossier, DONE_EVENT, actor=actor, occasion=Occasion(data=data, reference=f"refund:{refund.pk}"))
    dossier.save(update_fields=["last_sequence", "updated_at"])
    _tell_of_return(refund, dossier, in_cash=cashier is not None)
    return refund


def _is_seen_by(refund: Refund, actor: Actor) -> bool:
    """Whether an official's agency collected the money, or the actor is the citizen whose dossier it is about."""
    dossier = refund.dossier
    if actor.kind == ActorKind.CITIZEN and actor.user is not None:
        return actor.user.pk in {dossier.filer_id, dossier.owner_id} and audience.reads(dossier, actor.user.pk)
    collector = access.collector_of(refund)
    return actor.agency is not None and collector is not None and collector.is_within(actor.agency)


def _first_of(reference: str, refund: Refund) -> Refund | None:
    """The refund of another line of the same order that this voucher paid, too; one transfer sends several lines back.

    Raises InvalidInputError for no number, and for one that paid a refund of another order.
    """
    problem: Text = ""
    same = Refund.objects.filter(voucher_number=reference, agency=refund.agency_id, shares=None)
    if not reference:
        problem = _("Hãy ghi mã lệnh chuyển tiền hoặc số phiếu chi.")
    elif len(reference) > REFERENCE_LENGTH:
        problem = _("Số chứng từ dài quá %(limit)d ký tự.") % {"limit": REFERENCE_LENGTH}
    first = None if problem else same.first()
    if first is not None and (first.order_id != refund.order_id or refund.line_id is None or first.line_id is None):
        problem = _already_recorded()
    if problem:
        raise _refused(problem)
    return first


def _already_recorded() -> str:
    return _("Chứng từ này đã ghi cho một khoản hoàn khác. Hãy kiểm tra lại.")


def _refused(problem: Text) -> InvalidInputError:
    return InvalidInputError(fields={"voucher_number": [problem]})


def _tell_of_return(refund: Refund, dossier: Dossier, *, in_cash: bool) -> None:
    if refund.order.payer is None:
        return
    with speaking(refund.order.payer.language):
        names = {"amount": format_vnd(refund.amount_vnd), "code": dossier.code}
        subject, body = (
            (
                _("Đã hoàn %(amount)s tiền mặt"),
                _("Cơ quan thu phí ghi đã trả lại bạn %(amount)s tiền mặt của hồ sơ %(code)s."),
            )
            if in_cash
            else (
                _("Đã chuyển hoàn %(amount)s"),
                _("Cơ quan thu phí đã chuyển hoàn %(amount)s của hồ sơ %(code)s về nơi bạn đã trả."),
            )
        )
        notifications.notify(
            recipient=refund.order.payer,
            kind="payment.refunded",
            subject=subject % names,
            body=body % names,
            link="/thanh-toan/",
            reference=dossier.code or "",
            dedupe_key=f"refund.{refund.pk}.done",
        )
