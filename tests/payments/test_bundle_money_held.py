"""Money held for a bundle's charges: whose it is, how long it lies, and how it goes back."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from dossiers import reversal, services
from dossiers.lifecycle import DossierState
from dossiers.models import BundlePart, Dossier, ObligationState, PaidAhead
from payments import ahead, refunds
from payments.lifecycle import OrderState, RefundReason
from payments.models import OrderLine, PaymentOrder, Receipt, Refund
from portal.agencies.actors import ActorKind
from portal.core.errors import InvalidInputError
from portal.notifications.models import Message
from tests import factories
from tests.dossiers.bundle_situations import part
from tests.payments.bundle_situations import Costly, ask, order_for, pay_all, refunds_due, second_filed
from tests.payments.situations import open_order, owing_dossier, tell_vnpay, vnpay_fields

pytestmark = pytest.mark.django_db


def test_one_agencys_money_settles_no_charge_of_another(found: Costly) -> None:
    pay_all(found.bundle)
    Dossier.objects.filter(pk=found.first.pk).update(agency=found.there)
    ask(found.first, found.there)
    first = Dossier.objects.get(pk=found.first.pk)
    assert first.state == DossierState.AWAITING_PAYMENT and first.obligations.get().state == ObligationState.DUE
    assert ahead.give_back() == 1 and refunds_due() == [(8000, RefundReason.OTHER_COLLECTOR)]
    assert Refund.objects.get().agency == found.here, "who collected it sends it back"
    told = Message.objects.filter(recipient=found.bundle.filer, kind="payment.refund_due").first()
    assert told is not None and "cơ quan khác thu phí" in told.body
    assert ahead.give_receipts() == 0


def test_money_on_the_way_settles_no_charge_that_another_agency_asked_for_meanwhile(found: Costly) -> None:
    order = order_for(found.bundle, with_later=True)
    Dossier.objects.filter(pk=found.first.pk).update(agency=found.there)
    ask(found.first, found.there)
    tell_vnpay(vnpay_fields(order))
    assert found.first.obligations.get().state == ObligationState.DUE and not Receipt.objects.exists()
    assert ahead.give_back() == 1 and refunds_due() == [(8000, RefundReason.OTHER_COLLECTOR)]


@pytest.mark.parametrize("field", ["handled_by", "source"])
def test_what_a_system_of_the_agencys_own_would_charge_goes_back_at_once(found: Costly, field: str) -> None:
    pay_all(found.bundle)
    assert ahead.give_back() == 0
    Dossier.objects.filter(pk=found.third.pk).update(**{field: factories.make_client(found.there)})
    assert ahead.give_back() == 1 and refunds_due() == [(5000, RefundReason.OTHER_COLLECTOR)]


def test_a_part_that_lies_as_a_draft_gives_its_money_back_after_30_days(found: Costly) -> None:
    pay_all(found.bundle)
    dossier = second_filed(found, not_charged="Miễn theo diện")
    ahead.give_back()
    Refund.objects.all().delete()
    Dossier.objects.filter(pk=dossier.pk).update(state=DossierState.DRAFT, code=None)
    now = timezone.now()
    for opened_days, paid_days, returned in ((29, 40, 0), (31, 29, 0), (31, 31, 1)):
        BundlePart.objects.filter(node="second").update(opened_at=now - timedelta(days=opened_days))
        PaidAhead.objects.filter(part__node="second").update(paid_at=now - timedelta(days=paid_days))
        assert ahead.give_back() == returned
    assert refunds_due() == [(10000, RefundReason.NOT_ASKED)]


def test_what_waits_for_a_draft_gives_its_money_back_with_the_draft(found: Costly) -> None:
    pay_all(found.bundle)
    dossier = second_filed(found, not_charged="Miễn theo diện")
    ahead.give_back()
    Refund.objects.all().delete()
    Dossier.objects.filter(pk=dossier.pk).update(state=DossierState.DRAFT, code=None)
    draft, waits = part(found.bundle, "second"), part(found.bundle, "third")
    BundlePart.objects.filter(pk=waits.pk).update(dossier=None, opened_at=None)
    waits.needs.add(draft)
    between = BundlePart.objects.create(bundle=found.bundle, node="between", position=9, procedure_code="1.000009")
    now = timezone.now()
    for opened_days, paid_days, returned in ((29, 40, 0), (31, 29, 0), (31, 31, 2)):
        BundlePart.objects.filter(pk=draft.pk).update(opened_at=now - timedelta(days=opened_days))
        PaidAhead.objects.update(paid_at=now - timedelta(days=paid_days))
        assert ahead.give_back() == returned
    assert refunds_due() == [(5000, RefundReason.NOT_ASKED), (10000, RefundReason.NOT_ASKED)]
    between.needs.add(draft)
    waits.needs.set([between])
    since = now - timedelta(days=30)
    assert set(BundlePart.objects.lying(since)) == {draft, between, waits}, "also over one between them"
    BundlePart.objects.filter(pk=waits.pk).update(opened_at=now)
    assert set(BundlePart.objects.lying(since)) == {draft, between}


def test_a_line_that_the_release_before_left_open_blocks_nobody(found: Costly) -> None:
    order = order_for(found.bundle, with_later=True)
    PaymentOrder.objects.filter(pk=order.pk).update(state=OrderState.EXPIRED, settled_at=timezone.now())
    again = order_for(found.bundle, with_later=True)
    assert again != order and not OrderLine.objects.filter(order=order, is_open=True).exists()


def test_who_pays_a_charge_ahead_twice_is_told_so(found: Costly) -> None:
    one = order_for(found.bundle, with_later=True)
    two = order_for(found.bundle, with_later=True, is_fresh=True)
    for order in (one, two):
        tell_vnpay(vnpay_fields(order))
    assert refunds_due() == [(amount, RefundReason.PAID_TWICE) for amount in (5000, 8000, 10000)]
    assert PaidAhead.objects.filter(obligation=None, returned_at=None).count() == 3


def test_a_dossier_opened_again_takes_what_is_held_for_it(found: Costly) -> None:
    pay_all(found.bundle)
    ours = PaidAhead.objects.filter(part__dossier=found.first)
    ours.update(collector=found.there)
    ask(found.first, found.here)
    code, desk = found.first.code or "", factories.official_actor(found.here)
    services.stop(code, actor=desk, reason="Dừng nhầm")
    ours.update(collector=found.here)
    reversal.reopen(code, actor=factories.official_actor(found.here, ActorKind.LEADER), reason="Mở lại")
    first = Dossier.objects.get(code=code)
    assert first.state == DossierState.ACCEPTED
    assert list(first.obligations.order_by("pk").values_list("state", flat=True)) == ["cancelled", "paid"]
    assert ours.get().obligation == first.obligations.latest("pk")


def test_one_transfer_sends_back_several_lines_of_one_order(found: Costly) -> None:
    order = pay_all(found.bundle)
    tell_vnpay(vnpay_fields(order, vnp_TransactionNo="777"))
    leader = factories.official_actor(found.here, ActorKind.LEADER)
    done = partial(refunds.mark_done, actor=leader)
    first, second = Refund.objects.filter(agency=found.here).order_by("pk")
    done(first.pk, voucher_number="UNC-1")
    assert done(second.pk, voucher_number="UNC-1").shares == first
    tell_vnpay(vnpay_fields(order, vnp_TransactionNo="778"))
    third, fourth = Refund.objects.filter(agency=found.here, state="due").order_by("pk")
    assert done(third.pk, voucher_number="UNC-1").shares == first
    other = open_order(owing_dossier(8001))
    tell_vnpay(vnpay_fields(other))
    tell_vnpay(vnpay_fields(other, vnp_TransactionNo="779"))
    foreign = Refund.objects.get(agency=found.here, order=other)
    with pytest.raises(InvalidInputError) as refused:
        done(foreign.pk, voucher_number="UNC-1")
    assert "voucher_number" in refused.value.fields
    assert Refund.objects.get(pk=fourth.pk).state == "due"
