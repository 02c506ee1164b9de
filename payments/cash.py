"""Fees taken in cash at the counter (thu phí, lệ phí bằng tiền mặt): an order that is paid the moment it is written.

One transaction settles what the dossier owes, gives the receipt its number and cancels what was begun at a gateway;
money that still comes from there goes back as any second payment (payments.refunds). Who may: an official whose post
says so. NĐ 254/2026/NĐ-CP, TT 91/2026/TT-BTC: a receipt is given for cash, too.
"""

import re

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import access as dossier_access
from dossiers import obligations
from payments import receipts, services
from payments.errors import NothingOwedError
from payments.gateways.cash import Cash
from payments.lifecycle import OrderState
from payments.models import CashTaking, PaymentOrder
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.memberships import may_take_cash
from portal.core.errors import ConflictError, InvalidInputError, NotAllowedError
from portal.core.money import format_vnd

KEY = re.compile(r"[0-9A-Z]{18}", re.ASCII)
"""What the form carries: the reference of the order it is about to make, so that a second press finds the first."""


@transaction.atomic
def take(code: str, *, actor: Actor, key: str, amount_vnd: int) -> PaymentOrder:
    """Record that this official took the whole amount a dossier owes; return the paid order with its receipt.

    `key` is services.new_reference, drawn with the page: the same one takes once. `amount_vnd` is what the page showed.
    Raises NotFoundError, NotAllowedError without the right, NothingOwedError, ConflictError where the amount changed
    since, InvalidInputError for a key that is none of ours.
    """
    if not KEY.fullmatch(key):
        raise InvalidInputError(fields={"key": [_("Hãy tải lại trang.")]})
    dossier = dossier_access.lock_dossier(code, actor=actor)
    if dossier.agency is None or actor.user is None or not may_take_cash(actor.user, dossier.agency):
        raise NotAllowedError(_("Bạn chưa được phân công thu tiền mặt. Hãy nhờ quản trị của cơ quan."))
    known = PaymentOrder.objects.filter(reference=key).first()
    if known is not None:
        if known.dossier_id != dossier.pk or known.gateway != Cash.name:
            raise InvalidInputError(fields={"key": [_("Hãy tải lại trang.")]})
        return known
    owed = services.owed_now(dossier)
    if not owed:
        raise NothingOwedError
    total = sum(obligation.amount_vnd for obligation in owed)
    if total != amount_vnd:
        words = _("Số tiền phải nộp vừa đổi thành %(amount)s. Chưa thu gì. Hãy xem lại rồi thu.")
        raise ConflictError(words % {"amount": format_vnd(total)}, code="payment.amount_changed")
    now = timezone.now()
    waiting = PaymentOrder.objects.open_for([dossier]).order_by("pk")
    waiting.select_for_update(of=("self",)).close(OrderState.CANCELLED, now)
    order = PaymentOrder.objects.create(
        reference=key,
        dossier=dossier,
        agency=dossier.agency,
        payer=services.payer_of(dossier, actor),
        gateway=Cash.name,
        amount_vnd=total,
        state=OrderState.PAID,
        created_at=now,
        expires_at=now,
        settled_at=now,
        gateway_transaction=key,
    )
    lines = services.write_lines(order, owed, has_settled=True)
    obligations.settle_payment(
        code,
        actor=Actor(kind=ActorKind.PAYMENT, user=actor.user, agency=actor.agency, name=actor.name),
        obligations=owed,
        reference=key,
        source=f"payment:{Cash.name}",
    )
    CashTaking.objects.create(order=order, cashier=actor.user)
    receipts.issue(order, lines, agency=dossier.agency, cashier=actor.name)
    return order
