"""One payment for a bundle: each dossier is settled once, each agency gives a receipt, what nobody owes goes back."""

from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from dossiers import obligations, services
from dossiers.lifecycle import DossierState
from dossiers.models import BundlePart, Dossier, FinancialObligation, ObligationState, PaidAhead
from payments import bundle_orders, reconciliation, refunds
from payments.lifecycle import OrderState, RefundReason
from payments.models import GatewayNotice, OrderLine, PaymentOrder, Receipt, Refund
from portal.agencies.actors import ActorKind
from portal.core.errors import ConflictError, NotFoundError
from tests import factories
from tests.at_once import at_once
from tests.dossiers.filing_pages import signed_in, text
from tests.payments.bundle_situations import Costly, both_ask, costly, order_for
from tests.payments.conftest import FakePlatform
from tests.payments.situations import (
    npp_fields,
    open_order,
    owing_dossier,
    tell_npp,
    tell_vnpay,
    verdicts,
    vnpay_fields,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def owing(db: None) -> Costly:
    """Both filed dossiers wait for money, at two agencies."""
    found = costly()
    both_ask(found)
    return found


def state(dossier: Dossier) -> str:
    return Dossier.objects.values_list("state", flat=True).get(pk=dossier.pk)


def test_two_agencies_one_order_two_receipts(owing: Costly) -> None:
    order = order_for(owing.bundle, with_later=False)
    assert (order.amount_vnd, order.lines.count(), order.agency) == (13000, 2, None)
    assert tell_vnpay(vnpay_fields(order))["RspCode"] == "00"
    assert state(owing.first) == state(owing.third) == DossierState.ACCEPTED
    told = Receipt.objects.order_by("amount_vnd").values_list("agency__code", "amount_vnd", "content__dossier_code")
    assert list(told) == [
        (owing.there.code, 5000, owing.third.code),
        (owing.here.code, 8000, owing.first.code),
    ]
    for dossier in (owing.first, owing.third):
        paid = dossier.events.get(name="dossier.paid")
        assert (paid.source, paid.source_reference) == ("payment:vnpay", f"9{order.pk:07d}")
    assert not Refund.objects.exists() and not OrderLine.objects.filter(is_open=True).exists()
    assert OrderLine.objects.filter(has_settled=True, receipt__isnull=False).count() == 2


def test_the_same_notice_again_changes_nothing(owing: Costly) -> None:
    order = order_for(owing.bundle, with_later=True)
    for code in ("00", "02", "02"):
        assert tell_vnpay(vnpay_fields(order))["RspCode"] == code
    assert Receipt.objects.count() == 2 and not Refund.objects.exists()
    assert owing.first.events.filter(name="dossier.paid").count() == 1
    assert BundlePart.objects.filter(paid_ahead__amount_vnd=10000).count() == 1


def test_a_part_that_was_stopped_meanwhile_gets_its_line_back_and_the_other_stands(owing: Costly) -> None:
    order = order_for(owing.bundle, with_later=False)
    services.stop(owing.third.code or "", actor=factories.official_actor(owing.there), reason="Người nộp đổi ý")
    tell_vnpay(vnpay_fields(order))
    assert (state(owing.first), state(owing.third)) == (DossierState.ACCEPTED, DossierState.STOPPED)
    refund = Refund.objects.get()
    assert (refund.amount_vnd, refund.agency, refund.reason) == (5000, owing.there, RefundReason.NOT_OWED)
    assert refund.dossier == owing.third and Receipt.objects.get().amount_vnd == 8000
    leader = factories.official_actor(owing.there, ActorKind.LEADER)
    with pytest.raises(NotFoundError):  # the other agency collected nothing of it
        refunds.mark_done(refund.pk, actor=factories.official_actor(owing.here, ActorKind.LEADER), voucher_number="A")
    assert refunds.mark_done(refund.pk, actor=leader, voucher_number="UNC-1").state == "done"
    assert owing.third.events.latest().name == "dossier.refunded"


def test_a_second_payment_of_the_same_order_goes_back_by_who_collected_it(owing: Costly) -> None:
    order = order_for(owing.bundle, with_later=False)
    tell_vnpay(vnpay_fields(order))
    tell_vnpay(vnpay_fields(order, vnp_TransactionNo="777"))
    assert set(Refund.objects.values_list("agency", "amount_vnd", "reason")) == {
        (owing.here.pk, 8000, "paid_twice"),
        (owing.there.pk, 5000, "paid_twice"),
    }
    assert verdicts() == ["paid", "overpaid"] and Receipt.objects.count() == 2


def test_single_page_and_bundle_page_exclude_each_other(owing: Costly) -> None:
    whole = order_for(owing.bundle, with_later=False)
    single = open_order(owing.first)
    whole.refresh_from_db()
    assert (whole.state, single.amount_vnd) == (OrderState.CANCELLED, 8000)
    again = order_for(owing.bundle, with_later=False)
    single.refresh_from_db()
    assert single.state == OrderState.CANCELLED and again.amount_vnd == 13000
    tell_vnpay(vnpay_fields(single))  # its money came all the same
    tell_vnpay(vnpay_fields(again))
    assert state(owing.first) == state(owing.third) == DossierState.ACCEPTED
    assert [(row.amount_vnd, row.reason, row.line_id is not None) for row in Refund.objects.all()] == [
        (8000, "paid_twice", True)
    ]
    assert sorted(Receipt.objects.values_list("amount_vnd", flat=True)) == [5000, 8000]


def test_an_order_of_another_bundle_or_dossier_is_left_alone(owing: Costly) -> None:
    stranger = open_order(owing_dossier(8001))
    order_for(owing.bundle, with_later=True)
    stranger.refresh_from_db()
    assert stranger.state == OrderState.CREATED


def test_the_database_lets_an_obligation_wait_in_one_order_only(owing: Costly) -> None:
    order = order_for(owing.bundle, with_later=True)
    for line in order.lines.all():
        copy = OrderLine.objects.get(pk=line.pk)
        copy.pk, copy.order = (
            None,
            PaymentOrder.objects.create(
                reference=f"X{line.pk}", dossier=order.dossier, gateway="vnpay", amount_vnd=1, expires_at=timezone.now()
            ),
        )
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save()
    for changes in ({"obligation": None, "part": None, "charge": ""}, {"obligation": None, "charge": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OrderLine.objects.filter(pk=order.lines.order_by("pk").first().pk).update(**changes)
    tell_vnpay(vnpay_fields(order))
    receipt = Receipt.objects.first()
    receipt.pk, receipt.number = None, 99
    with pytest.raises(IntegrityError), transaction.atomic():
        receipt.save()


def test_two_tabs_find_one_order_and_another_sum_is_refused(owing: Costly) -> None:
    one = order_for(owing.bundle, with_later=False)
    assert order_for(owing.bundle, with_later=False) == one
    assert order_for(owing.bundle, with_later=False, is_fresh=True) != one
    with pytest.raises(ConflictError) as refused:
        bundle_orders.create_order(
            owing.bundle.public_id,
            user=owing.bundle.filer,
            gateway="vnpay",
            with_later=False,
            shown_vnd=8000,
            client_ip="127.0.0.1",
        )
    assert "13.000" in str(refused.value.message)
    assert PaymentOrder.objects.filter(state=OrderState.CREATED).count() == 1


def test_nothing_is_settled_where_one_line_fails(owing: Costly, monkeypatch: pytest.MonkeyPatch) -> None:
    order = order_for(owing.bundle, with_later=False)
    settle, calls = obligations.settle_payment, []

    def fail_at_the_second(code: str, **more: Any) -> Dossier:
        calls.append(code)
        if len(calls) == 2:
            raise RuntimeError("the worker was killed")
        return settle(code, **more)

    monkeypatch.setattr(obligations, "settle_payment", fail_at_the_second)
    assert tell_vnpay(vnpay_fields(order))["RspCode"] == "99"
    assert len(calls) == 2 and state(owing.first) == state(owing.third) == DossierState.AWAITING_PAYMENT
    assert not Receipt.objects.exists() and not GatewayNotice.objects.exists()
    monkeypatch.setattr(obligations, "settle_payment", settle)
    assert tell_vnpay(vnpay_fields(order))["RspCode"] == "00"
    assert Receipt.objects.count() == 2 and state(owing.third) == DossierState.ACCEPTED


def test_a_lost_notice_is_made_good_by_asking(owing: Costly, platform: FakePlatform) -> None:
    order = order_for(owing.bundle, with_later=False, gateway="npp")
    PaymentOrder.objects.update(next_query_at=timezone.now())
    platform.answer = {
        "MaLoi": "00",
        "MaThamChieu": order.reference,
        "TrangThaiGD": "1",
        "SoTien": str(order.amount_vnd),
        "MaGiaoDich": "GD1",
    }
    assert reconciliation.ask_gateways() == 1
    assert state(owing.first) == state(owing.third) == DossierState.ACCEPTED and Receipt.objects.count() == 2
    assert tell_npp(npp_fields(order, MaGiaoDich="GD1"))["MaLoi"] == "00"
    assert Receipt.objects.count() == 2 and not Refund.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_notices_and_presses_in_the_same_moment_count_once() -> None:
    found = costly()
    both_ask(found)
    orders = at_once([partial(order_for, found.bundle, with_later=True)] * 4)
    assert len({order.pk for order in orders}) == 1
    single = open_order(found.first)  # and one press on the single page, paid at the same time
    tells = [partial(tell_vnpay, vnpay_fields(orders[0]))] * 4 + [partial(tell_vnpay, vnpay_fields(single))]
    at_once(tells)
    assert state(found.first) == state(found.third) == DossierState.ACCEPTED
    assert FinancialObligation.objects.exclude(state=ObligationState.PAID).count() == 0
    assert [refund.amount_vnd for refund in Refund.objects.all()] == [8000]
    money = sum(PaymentOrder.objects.filter(state=OrderState.PAID).values_list("amount_vnd", flat=True))
    assert PaidAhead.objects.get().amount_vnd == 10000
    assert money == sum(Receipt.objects.values_list("amount_vnd", flat=True)) + 8000 + 10000, "sent back, and held"


def test_pages_from_the_bundle_to_its_receipts(owing: Costly) -> None:
    client = signed_in(owing.bundle.filer)
    home, page = f"/lien-thong/{owing.bundle.public_id}/", f"/thanh-toan/lien-thong/{owing.bundle.public_id}/"
    shown = text(client.get(home))
    assert "Nộp tất cả 23.000 đ" in shown and f'href="{page}"' in shown
    shown = text(client.get(page))
    for words in ("8.000 đ", "5.000 đ", "10.000 đ", "Chưa đến hạn, nộp trước được", owing.there.name):
        assert words in shown
    assert 'value="tat-ca-23000" checked' in shown and 'value="den-han-13000"' in shown
    stale = client.post(page, {"gateway": "vnpay", "what": "tat-ca-22000"})
    assert stale.status_code == 422 and "Số tiền phải nộp vừa đổi" in text(stale)
    stale = client.post(page, {"gateway": "vnpay", "what": "den-han-12000"})
    assert stale.status_code == 422 and 'value="den-han-13000" checked' in text(stale), "what was chosen stays chosen"
    assert client.post(page, {"what": "tat-ca-23000", "gateway": "x"}).status_code == 422
    assert not PaymentOrder.objects.exists()
    assert client.post(page, {"gateway": "vnpay", "what": "den-han-13000"}).status_code == 302
    order = PaymentOrder.objects.get()
    assert order.amount_vnd == 13000
    result = f"/thanh-toan/ket-qua/vnpay/?vnp_TxnRef={order.reference}"
    assert f'href="{page}"' in text(client.get(result))
    tell_vnpay(vnpay_fields(order))
    told = text(client.get(result))
    assert "Đã nhận 13.000 đ" in told and f'href="{home}"' in told
    assert owing.first.code in told and owing.third.code in told
    listed = text(client.get("/thanh-toan/"))
    assert listed.count("Biên lai đang được lập") == 2
    for dossier in (owing.first, owing.third):
        assert client.get(f"/thanh-toan/{dossier.code}/bien-lai/").url == f"/ho-so/{dossier.code}/"
    assert "Nộp tất cả 10.000 đ" in text(client.get(home)), "what is left is offered, not asked for"
    stranger = signed_in(factories.make_citizen("Người Lạ"))
    assert stranger.get(page).status_code == stranger.post(page, {"what": "tat-ca-10000"}).status_code == 404
    assert stranger.get(result).status_code == 404
