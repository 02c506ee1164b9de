"""Recording that money went back: by the agency's leader, once, with the reference of the transfer."""

import pytest

from payments import refunds
from payments.models import PaymentOrder, Refund
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import ConflictError, InvalidInputError, NotFoundError
from tests import factories
from tests.payments.situations import (
    tell_vnpay,
    vnpay_fields,
)

pytestmark = pytest.mark.django_db


def test_official_closes_a_refund_with_proof(order: PaymentOrder) -> None:
    tell_vnpay(vnpay_fields(order))
    tell_vnpay(vnpay_fields(order, vnp_TransactionNo="777"))
    refund, agency = Refund.objects.get(), order.dossier.agency
    assert agency is not None
    official = factories.official_actor(agency, ActorKind.LEADER)
    stranger = factories.official_actor(factories.make_agency("H99.00001"), ActorKind.LEADER)
    with pytest.raises(NotFoundError):
        refunds.mark_done(refund.pk, actor=stranger, voucher_number="UNC-1")
    with pytest.raises(InvalidInputError) as missing:
        refunds.mark_done(refund.pk, actor=official, voucher_number=" \x00 ")
    assert "voucher_number" in missing.value.fields
    done = refunds.mark_done(refund.pk, actor=official, voucher_number="UNC-1")
    assert (done.state, done.done_by) == ("done", official.user)
    with pytest.raises(ConflictError):
        refunds.mark_done(refund.pk, actor=official, voucher_number="UNC-2")


def test_citizen_cannot_close_a_refund_of_others(order: PaymentOrder) -> None:
    with pytest.raises(NotFoundError):
        refunds.mark_done(1, actor=Actor.citizen(factories.make_citizen()), voucher_number="x")


def test_a_reference_recorded_at_the_same_moment_is_refused_like_an_old_one(
    order: PaymentOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for transaction in ("1", "777", "778"):
        tell_vnpay(vnpay_fields(order, vnp_TransactionNo=transaction))
    first, second = Refund.objects.order_by("pk")
    assert order.dossier.agency is not None
    leader = factories.official_actor(order.dossier.agency, ActorKind.LEADER)
    refunds.mark_done(first.pk, actor=leader, voucher_number="UNC-1")
    monkeypatch.setattr(refunds, "_first_of", lambda reference, refund: None)
    with pytest.raises(InvalidInputError) as refused:
        refunds.mark_done(second.pk, actor=leader, voucher_number="UNC-1")
    assert "voucher_number" in refused.value.fields
    second.refresh_from_db()
    assert second.state == "due"
