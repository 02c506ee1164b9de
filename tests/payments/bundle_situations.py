"""A bundle whose dossiers cost something: two agencies that ask now, and one part that will ask later."""

from dataclasses import dataclass

from dossiers import bundles, charging, obligations, services
from dossiers.models import BundleFiling, Dossier
from payments import bundle_orders
from payments.models import PaymentOrder, Refund
from portal.agencies.models import Agency
from procedures.models import FeeRule, Procedure
from tests import factories
from tests.dossiers import bundle_situations
from tests.dossiers.bundle_situations import FIRST, SECOND, THIRD
from tests.payments.situations import tell_vnpay, vnpay_fields

COSTS = {FIRST: 8000, SECOND: 10000, THIRD: 5000}


@dataclass
class Costly:
    """A bundle, its two filed dossiers, and who decides them; the second part waits for the first one's result."""

    bundle: BundleFiling
    first: Dossier
    third: Dossier
    here: Agency
    there: Agency


def costly() -> Costly:
    """A sent bundle; every part costs something on acceptance, and the first and third are filed, at two agencies."""
    version = bundle_situations.linked()
    for code, amount_vnd in COSTS.items():
        fee = {**factories.fee_fields(amount_vnd), "payable_on": "acceptance", "charge": f"charge_{code}"}
        FeeRule.objects.create(version=Procedure.objects.get(code=code).current, position=0, **fee)
    bundle = bundle_situations.send(version)
    there = factories.make_other_agency()
    third = bundle_situations.part(bundle, "third").dossier
    Dossier.objects.filter(pk=third.pk if third else None).update(agency=there)
    first = bundle_situations.part(bundle, "first").dossier
    third = bundle_situations.part(bundle, "third").dossier
    assert first is not None and third is not None and first.agency is not None
    return Costly(bundle, first, third, first.agency, there)


def ask(dossier: Dossier, agency: Agency) -> Dossier:
    """Accept it and ask for its published charge, as a desk does."""
    desk = factories.official_actor(agency)
    services.accept(dossier.code or "", actor=desk)
    lines = charging.not_asked_for(Dossier.objects.get(pk=dossier.pk))
    charges = [charging.Charge.of(line, line.amount_vnd or 0) for line in lines]
    return obligations.require_payment(dossier.code or "", actor=desk, charges=charges)


def both_ask(costly: Costly) -> None:
    """Both filed dossiers wait for money."""
    ask(costly.first, costly.here)
    ask(costly.third, costly.there)


def order_for(
    bundle: BundleFiling, *, with_later: bool, gateway: str = "vnpay", is_fresh: bool = False
) -> PaymentOrder:
    """One order for what the bundle owes, by who filed it; with what comes later if she wants."""
    lines = bundle_orders.due(bundle) + (bundle_orders.later(bundle) if with_later else [])
    order, _address = bundle_orders.create_order(
        bundle.public_id,
        user=bundle.filer,
        gateway=gateway,
        with_later=with_later,
        shown_vnd=bundle_orders.total_vnd(lines),
        client_ip="127.0.0.1",
        is_fresh=is_fresh,
    )
    return order


def pay_all(bundle: BundleFiling) -> PaymentOrder:
    """Everything, now and later, in one payment that went through."""
    order = order_for(bundle, with_later=True)
    tell_vnpay(vnpay_fields(order))
    return order


def second_filed(costly: Costly, **decision: str) -> Dossier:
    """The part that waited, filed with the first one's result."""
    bundle_situations.decide(costly.first, **decision)
    bundles.go_on()
    dossier = bundle_situations.part(costly.bundle, "second").dossier
    assert dossier is not None and dossier.code
    return dossier


def refunds_due() -> list[tuple[int, str]]:
    """What goes back, with why."""
    return sorted(Refund.objects.values_list("amount_vnd", "reason"))
