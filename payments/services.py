"""The one door for orders and gateways' notices (thanh toán).

Rows are locked in one order everywhere, bundle before its dossiers by id before orders, so that two of these functions
never wait for each other.
HTTP to a gateway happens outside transactions.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dossiers import access as dossier_access
from dossiers import audience
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, FinancialObligation, ObligationState
from payments import settlement
from payments.errors import GatewayUnavailableError, NothingOwedError
from payments.gateways import registry
from payments.gateways.base import BadSignatureError, Gateway, Notice, Opening, has_unstorable_text, storable
from payments.lifecycle import MONEY_CAME, OrderState, Verdict, judge, state_after
from payments.models import GatewayNotice, OrderLine, PaymentOrder, PaymentOrderQuerySet
from portal.accounts.models import User
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import InvalidInputError, TooManyRequestsError, UpstreamError
from portal.core.language import speaking

log = structlog.get_logger(__name__)

ORDER_LIFETIME = timedelta(minutes=15)
"""How long a payer has on the gateway's page."""
LEAST_TIME_LEFT = timedelta(minutes=3)
"""An open order with less time left than this is replaced, not reused."""
FIRST_QUERY_AFTER = timedelta(minutes=2)
ORDERS_PER_HOUR = 20
"""Orders one dossier may have in an hour; a person needs two or three, a script is stopped."""
FORGERIES_KEPT, FORGERY_WINDOW_SECONDS = 200, 3600
"""Unsigned notices kept of a gateway in an hour, as evidence; a wrong secret shows in the first ones."""
_REFERENCE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def create_order(
    dossier_code: str, *, actor: Actor, gateway: str, client_ip: str, is_fresh: bool = False, language: str = "vi"
) -> tuple[PaymentOrder, str]:
    """Make an order for everything the dossier owes now, and return it with the address of the payment page.

    A double click finds the open order of the same amount and gateway; `is_fresh` asks for another one after a failure
    whose notice has not come. Orders left behind are cancelled, and are still paid when money comes for them. Raises
    NotFoundError for a dossier that is not the actor's, NothingOwedError, InvalidInputError("gateway"),
    TooManyRequestsError, GatewayUnavailableError.
    """
    provider = offered(gateway)
    order = _take_order(dossier_code, actor=actor, provider=provider, is_fresh=is_fresh, language=language)
    return order, open_page(order, provider, client_ip=client_ip)


def offered(gateway: str) -> Gateway:
    """A gateway that a payer may choose now. Raises InvalidInputError("gateway")."""
    provider = next((offered for offered in registry.offered() if offered.name == gateway), None)
    if provider is None:
        raise InvalidInputError(fields={"gateway": [_("Hãy chọn một cổng thanh toán trong danh sách.")]})
    return provider


@transaction.atomic
def _take_order(code: str, *, actor: Actor, provider: Gateway, is_fresh: bool, language: str) -> PaymentOrder:
    dossier = dossier_access.lock_dossier(code, actor=actor)
    owed = owed_now(dossier)
    if not owed:
        raise NothingOwedError
    now = timezone.now()
    wanted = {(obligation.pk, obligation.amount_vnd) for obligation in owed}
    payer = payer_of(dossier, actor)
    kept = keep_one(
        PaymentOrder.objects.open_for([dossier]),
        None if is_fresh else provider,
        now,
        lambda order: (
            order.bundle_id is None
            and order.payer_id == getattr(payer, "pk", None)
            and {(line.obligation_id, line.amount_vnd) for line in order.lines.all()} == wanted
        ),
    )
    if kept is not None:
        return kept
    check_pace(dossier.payment_orders.all(), now)
    order = new_order(
        provider,
        now,
        dossier=dossier,
        agency=dossier.agency,
        payer=payer,
        amount_vnd=sum(obligation.amount_vnd for obligation in owed),
        language=language,
    )
    write_lines(order, owed)
    return order


def keep_one(
    waiting: PaymentOrderQuerySet, provider: Gateway | None, now: datetime, fits: Callable[[PaymentOrder], bool]
) -> PaymentOrder | None:
    """The open order that a double click finds, with time left at this gateway; the others are cancelled."""
    kept, left = None, []
    for order in waiting.order_by("pk").select_for_update(of=("self",)).prefetch_related("lines"):
        has_time = order.expires_at - now >= LEAST_TIME_LEFT
        if kept is None and provider is not None and order.gateway == provider.name and has_time and fits(order):
            kept = order
        else:
            left.append(order.pk)
    PaymentOrder.objects.filter(pk__in=left).close(OrderState.CANCELLED, now)
    return kept


def check_pace(orders: PaymentOrderQuerySet, now: datetime) -> None:
    """Raise TooManyRequestsError where there were more orders in an hour than a person needs."""
    if orders.filter(created_at__gt=now - timedelta(hours=1)).count() >= ORDERS_PER_HOUR:
        raise TooManyRequestsError(retry_after_seconds=600)


def new_order(provider: Gateway, now: datetime, **fields: Any) -> PaymentOrder:
    """An order that waits for money at this gateway."""
    return PaymentOrder.objects.create(
        reference=new_reference(now),
        gateway=provider.name,
        created_at=now,
        expires_at=now + ORDER_LIFETIME,
        next_query_at=now + FIRST_QUERY_AFTER if provider.can_query else None,
        **fields,
    )


def write_lines(
    order: PaymentOrder, owed: Sequence[FinancialObligation], *, has_settled: bool = False
) -> list[OrderLine]:
    """Freeze what an order pays for.

    A line of an order that the release before this one closed may still say that it is open; none is, here.
    """
    OrderLine.objects.filter(obligation__in=owed, is_open=True).update(is_open=False)
    return OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            obligation=obligation,
            kind=obligation.kind,
            description=obligation.description,
            legal_basis=obligation.legal_basis,
            amount_vnd=obligation.amount_vnd,
            has_settled=has_settled,
            is_open=not has_settled,
        )
        for obligation in owed
    )


def payer_of(dossier: Dossier, actor: Actor) -> User | None:
    """Whose payment it is and who gets the receipt: the citizen herself, or for whom an official takes it.

    Where the filer acts for its owner no more, at the counter it is who goes on in her place, as for a supplement.
    """
    if actor.kind == ActorKind.CITIZEN:
        return actor.user
    if dossier.filer_id is not None and audience.has_left(dossier, dossier.filer_id):
        return next(iter(audience.representatives(dossier)), dossier.owner)
    return dossier.filer or dossier.owner


def owed_now(dossier: Dossier) -> list[FinancialObligation]:
    """What a dossier owes and waits for, in the order in which it came up; empty when it does not wait for money."""
    if dossier.state != DossierState.AWAITING_PAYMENT:
        return []
    return list(dossier.obligations.filter(state=ObligationState.DUE).order_by("pk"))


def new_reference(now: datetime) -> str:
    """A reference of 18 letters and figures: day of the order, then 60 random bits."""
    tail = "".join(secrets.choice(_REFERENCE_LETTERS) for _letter in range(12))
    return f"{timezone.localtime(now):%y%m%d}{tail}"


def open_page(order: PaymentOrder, provider: Gateway, *, client_ip: str) -> str:
    """Open the gateway's page once; a second click at the same time gets the first one's address."""
    if order.payment_url:
        return order.payment_url
    with speaking(order.language):
        path = reverse("payments:return", args=[provider.name])
    opening = Opening(client_ip=client_ip, return_url=f"{settings.BASE_URL}{path}", language=order.language)
    try:
        address = provider.open(order, opening)
    except UpstreamError as error:
        with transaction.atomic():
            current = PaymentOrder.objects.select_for_update().get(pk=order.pk)
            if current.payment_url:
                return current.payment_url
            if current.state == OrderState.CREATED:
                current.state = OrderState.FAILED
                current.settled_at = timezone.now()
                with translation.override("vi"):  # kept in the source language, translated where it is shown
                    current.failure = str(GatewayUnavailableError.message)[:200]
                current.next_query_at = None
                current.save(update_fields=["state", "settled_at", "failure", "next_query_at"])
                current.lines.filter(is_open=True).update(is_open=False)
        log.warning("payment.page_not_opened", gateway=provider.name, dossier=order.dossier.code, code=error.code)
        raise GatewayUnavailableError from error
    with transaction.atomic():
        current = PaymentOrder.objects.select_for_update().get(pk=order.pk)
        if not current.payment_url:
            current.payment_url = address
            current.save(update_fields=["payment_url"])
    order.payment_url = current.payment_url
    return current.payment_url


def record_notice(gateway: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Take a gateway's notice and return what it wants to hear. Every notice is kept with a verdict, refused ones too.

    Checked in this order: signature, terminal, order, amount, already confirmed; then recorded. A failure of ours is
    answered in the gateway's own words for "try again".
    """
    provider = registry.get(gateway)
    try:
        verdict: Verdict | None = _take_notice(provider, fields)
    except Exception:  # whatever went wrong, the gateway must hear that it shall try again
        log.exception("payment.notice_failed", gateway=provider.name)
        verdict = None
    else:
        log.info("payment.notice", gateway=provider.name, verdict=str(verdict))
    return provider.reply(verdict, fields)


def _take_notice(provider: Gateway, fields: Mapping[str, Any]) -> Verdict:
    kept = storable(fields, leave_out=provider.private_fields)
    try:
        if has_unstorable_text(fields):
            raise BadSignatureError
        notice = provider.read_notice(fields)
    except BadSignatureError:
        if _may_keep_forgery(provider.name):
            GatewayNotice.objects.create(gateway=provider.name, fields=kept, verdict=Verdict.BAD_SIGNATURE)
        return Verdict.BAD_SIGNATURE
    return record(provider, notice, kept)


def _may_keep_forgery(gateway: str) -> bool:
    """Whether another unsigned notice is kept: anybody may send them, and the disk is not anybody's to fill."""
    key = f"payments:forgeries:{gateway}"
    try:
        cache.add(key, 0, FORGERY_WINDOW_SECONDS)
        return cache.incr(key) <= FORGERIES_KEPT
    except ValueError:  # the cache is away: evidence matters more
        return True


@transaction.atomic
def record(provider: Gateway, notice: Notice, fields: dict[str, str], *, is_answer: bool = False) -> Verdict:
    """Apply a genuine message about an order, in one transaction with all that follows from it, and keep it."""
    row = GatewayNotice(
        gateway=provider.name,
        reference=notice.reference[:100],
        gateway_transaction=notice.transaction,
        fields=fields,
        is_answer=is_answer,
    )
    order = None
    if notice.terminal != provider.terminal:
        row.verdict = Verdict.WRONG_TERMINAL
    else:
        order = settlement.lock(provider, notice.reference)
        row.verdict = Verdict.UNKNOWN_ORDER if order is None else _judge(order, notice)
    row.order = order
    row.save()
    if order is not None:
        _apply(order, provider, notice, row)
    return Verdict(row.verdict)


def _judge(order: PaymentOrder, notice: Notice) -> Verdict:
    if notice.amount_vnd != order.amount_vnd:
        return Verdict.WRONG_AMOUNT
    if not notice.is_paid:
        return judge(order.state, is_paid=False, is_known_transaction=False)
    if not notice.transaction:
        return Verdict.UNREADABLE
    counted = GatewayNotice.objects.filter(
        gateway=order.gateway, gateway_transaction=notice.transaction, verdict__in=MONEY_CAME
    )
    if counted.exclude(order=order).exists():
        return Verdict.FOREIGN_TRANSACTION
    return judge(order.state, is_paid=True, is_known_transaction=counted.exists())


def _apply(order: PaymentOrder, provider: Gateway, notice: Notice, row: GatewayNotice) -> None:
    verdict, now = Verdict(row.verdict), timezone.now()
    if verdict in {Verdict.PAID, Verdict.PAID_LATE}:
        order.state = state_after(order.state, verdict)
        order.settled_at = now
        order.gateway_transaction = notice.transaction
        order.bank_code = notice.bank_code
        order.failure = ""
        order.next_query_at = None
        order.save()
        order.lines.filter(is_open=True).update(is_open=False)
        settlement.settle(order, provider, notice, row)
    elif verdict == Verdict.OVERPAID:
        settlement.send_back(order, row)
    elif verdict == Verdict.FAILED and order.state == OrderState.CREATED:
        order.state = state_after(order.state, verdict)
        order.settled_at = now
        order.bank_code = notice.bank_code
        order.failure = notice.failure[:200]
        order.next_query_at = None
        order.save()
        order.lines.filter(is_open=True).update(is_open=False)


def expire_orders(now: datetime | None = None) -> int:
    """Close orders whose time on the payment page is over; money that comes later is still taken. Returns how many."""
    now = now or timezone.now()
    over = PaymentOrder.objects.filter(state=OrderState.CREATED, expires_at__lt=now).order_by("pk")
    with transaction.atomic():  # one that a notice holds in this moment is settled by it
        return over.select_for_update(skip_locked=True, of=("self",)).close(OrderState.EXPIRED, now)
