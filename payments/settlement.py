"""What the money of an order settles (gạch nợ): line by line, in the transaction of the notice; the rest goes back.

A bundle's order pays for several dossiers: each is settled through its own door under the one gateway transaction, each
collecting agency gives one receipt of what was due, and a line that nobody owes any more goes back while the others
stand. What is only held has no receipt until its charge takes it (payments.ahead).
"""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import TypeVar

from django.utils import timezone

from dossiers import access as dossier_access
from dossiers import obligations, paid_ahead
from dossiers.models import BundleFiling, Dossier, ObligationState
from payments import receipts, refunds
from payments.gateways.base import Gateway, Notice
from payments.lifecycle import RefundReason
from payments.models import GatewayNotice, OrderLine, PaymentOrder
from portal.agencies.actors import Actor
from portal.agencies.models import Agency

Key = TypeVar("Key", int, str)


def lock(provider: Gateway, reference: str) -> PaymentOrder | None:
    """The order of a notice, locked behind its dossier, or its bundle and all dossiers of it; None: there is none."""
    found = (
        PaymentOrder.objects.filter(reference=reference, gateway=provider.name)
        .values("pk", "dossier__code", "bundle")
        .first()
    )
    if found is None:
        return None
    actor = Actor.payment(provider.name)
    if found["bundle"] is not None:
        lock_bundle(found["bundle"], actor=actor)
    dossier = dossier_access.lock_dossier(found["dossier__code"] or "", actor=actor)
    order = PaymentOrder.objects.select_for_update(of=("self",)).select_related("payer").get(pk=found["pk"])
    order.dossier = dossier
    return order


def lock_bundle(pk: int, *, actor: Actor) -> tuple[BundleFiling, list[Dossier]]:
    """A bundle and its filed dossiers by id: none takes a step, and none is added, until the transaction ends."""
    bundle = BundleFiling.objects.select_for_update(of=("self",)).select_related("owner", "filer").get(pk=pk)
    filed = Dossier.objects.filter(bundle_part__bundle=bundle, code__isnull=False).order_by("pk")
    codes = [code for code in filed.values_list("code", flat=True) if code]
    return bundle, [dossier_access.lock_dossier(code, actor=actor) for code in codes]


def settle(order: PaymentOrder, provider: Gateway, notice: Notice, row: GatewayNotice) -> None:
    """Settle what the order pays for and is still owed; the rest of the money goes back."""
    lines = lines_of(order)
    for line in lines:
        _take_up_asked(line)
    settled = [line for line in lines if _is_due(line)]
    order.lines.filter(pk__in=[line.pk for line in settled]).update(has_settled=True)
    for code, group in _grouped(settled, lambda line: _code_of(line, order)):
        obligations.settle_payment(
            code,
            actor=Actor.payment(provider.name),
            obligations=[line.obligation for line in group if line.obligation is not None],
            reference=notice.transaction,
        )
    for line in lines:
        if line.obligation is None:
            _hold(line, order, notice)
    taken = settled + [line for line in lines if line.obligation is None and line.paid_ahead is not None]
    for line in taken:
        if line.part is not None:
            line.save(update_fields=["obligation", "paid_ahead"])
    for _pk, group in _grouped(settled, lambda line: (line.agency or collector_of(order)).pk):
        receipts.issue(order, group, agency=group[0].agency or collector_of(order))
    left = [line for line in lines if line not in taken]
    if order.bundle_id is not None:
        for line in left:
            refunds.note_due(order, row, amount_vnd=line.amount_vnd, reason=_reason(line), line=line)
    elif rest := order.amount_vnd - sum(line.amount_vnd for line in taken):
        was_paid = any(_reason(line) == RefundReason.PAID_TWICE for line in left)
        reason = RefundReason.PAID_TWICE if was_paid else RefundReason.NOT_OWED
        refunds.note_due(order, row, amount_vnd=rest, reason=reason)


def send_back(order: PaymentOrder, row: GatewayNotice) -> None:
    """Note that all of a second payment of the same order goes back, by who collected it."""
    if order.bundle_id is None:
        refunds.note_due(order, row, amount_vnd=order.amount_vnd, reason=RefundReason.PAID_TWICE)
        return
    for line in lines_of(order):
        refunds.note_due(order, row, amount_vnd=line.amount_vnd, reason=RefundReason.PAID_TWICE, line=line)


def lines_of(order: PaymentOrder) -> list[OrderLine]:
    """What an order pays for, each line with its dossier as it is now."""
    joined = order.lines.select_related("obligation__dossier", "part__dossier", "agency", "order__dossier")
    return list(joined.order_by("pk"))


def collector_of(order: PaymentOrder) -> Agency:
    """Who collects an order whose lines do not say it."""
    agency = order.agency or order.dossier.agency
    if agency is None:
        raise ValueError("a submitted dossier has an agency")
    return agency


def _take_up_asked(line: OrderLine) -> None:
    """Give a line the charge that was asked for meanwhile, where it was to be paid ahead.

    Not one of another agency than the line's: that agency's receipt would stand for money it never got.
    """
    if line.obligation is None and line.dossier is not None and line.agency_id == line.dossier.agency_id:
        asked = line.dossier.obligations.filter(charge=line.charge).exclude(state=ObligationState.CANCELLED)
        line.obligation = asked.select_related("dossier").first()


def _is_due(line: OrderLine) -> bool:
    """Whether the line's charge waits for just this money."""
    owed = line.obligation
    return owed is not None and owed.state == ObligationState.DUE and owed.amount_vnd == line.amount_vnd


def _hold(line: OrderLine, order: PaymentOrder, notice: Notice) -> None:
    """Hold the money of a line that nobody asked for yet, where its part may still ask."""
    if line.part is None:
        return
    line.paid_ahead = paid_ahead.hold(
        line.part,
        charge=line.charge,
        amount_vnd=line.amount_vnd,
        collector=line.agency or collector_of(order),
        reference=notice.transaction,
        paid_at=timezone.now(),
    )


def _reason(line: OrderLine) -> RefundReason:
    was_paid = line.obligation is not None and line.obligation.state == ObligationState.PAID
    if line.obligation is None and line.part is not None:
        was_paid = paid_ahead.is_paid(line.part, line.charge)
    return RefundReason.PAID_TWICE if was_paid else RefundReason.NOT_OWED


def _code_of(line: OrderLine, order: PaymentOrder) -> str:
    return (line.dossier or order.dossier).code or ""


def _grouped(lines: Iterable[OrderLine], key: Callable[[OrderLine], Key]) -> list[tuple[Key, list[OrderLine]]]:
    """By a key and in its order, so that counters and dossiers are reached in the same order by everybody."""
    return [(found, list(group)) for found, group in groupby(sorted(lines, key=key), key=key)]
