"""Notices of gateways: the order of checks, what is recorded, and that nothing counts twice."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dossiers import services as dossiers
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, ObligationState
from payments import services
from payments.lifecycle import OrderState, RefundReason, Verdict
from payments.models import GatewayNotice, PaymentOrder, Receipt, Refund
from portal.notifications.models import Message
from tests import factories
from tests.payments.conftest import FakePlatform
from tests.payments.situations import (
    NPP_IPN,
    VNPAY_IPN,
    npp_fields,
    open_order,
    owing_dossier,
    tell_npp,
    tell_vnpay,
    verdicts,
    vnpay_failure,
    vnpay_fields,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def npp_order(platform: FakePlatform) -> PaymentOrder:
    """An open order on the national platform."""
    return open_order(owing_dossier(8000), "npp")


def test_paid_notice_settles_the_dossier_and_numbers_a_receipt(order: PaymentOrder) -> None:
    assert tell_vnpay(vnpay_fields(order)) == {"RspCode": "00", "Message": "Confirm Success"}
    order.refresh_from_db()
    assert order.state == OrderState.PAID and order.settled_at and order.bank_code == "NCB"
    dossier = Dossier.objects.get(pk=order.dossier_id)
    assert dossier.state == DossierState.SUBMITTED
    assert dossier.obligations.get().state == ObligationState.PAID
    event = dossier.events.latest()
    assert (event.name, event.actor_kind) == ("dossier.paid", "payment")
    assert event.source_reference == order.gateway_transaction
    receipt = Receipt.objects.get(order=order)
    assert str(receipt) == f"{timezone.localdate():%y}TAA 00000001"
    assert verdicts() == ["paid"]


def test_paid_callback_of_the_national_platform(npp_order: PaymentOrder) -> None:
    fields = npp_fields(npp_order)
    answer = tell_npp(fields)
    assert answer["MaLoi"] == "00" and answer["MaThamChieu"] == npp_order.reference
    assert answer["MaXacThuc"] == fields["MaXacThuc"]
    npp_order.refresh_from_db()
    assert npp_order.state == OrderState.PAID
    assert npp_order.next_query_at is None


def test_replayed_ipn_changes_nothing(order: PaymentOrder) -> None:
    fields = vnpay_fields(order)
    codes = [tell_vnpay(fields)["RspCode"] for _turn in range(4)]
    assert codes == ["00", "02", "02", "02"]
    assert Receipt.objects.count() == 1 and not Refund.objects.exists()
    assert Dossier.objects.get(pk=order.dossier_id).events.filter(name="dossier.paid").count() == 1
    assert verdicts() == ["paid", "repeated", "repeated", "repeated"]


def test_replayed_callback_is_confirmed_again(npp_order: PaymentOrder) -> None:
    fields = npp_fields(npp_order)
    assert [tell_npp(fields)["MaLoi"] for _turn in range(2)] == ["00", "00"]
    assert verdicts() == ["paid", "repeated"]


@pytest.mark.parametrize(
    ("forge", "code", "verdict"),
    [
        (lambda o: vnpay_fields(o, secret="guessed"), "97", "bad_signature"),
        (lambda o: {**vnpay_fields(o), "vnp_SecureHash": ""}, "97", "bad_signature"),
        (lambda o: {k: v for k, v in vnpay_fields(o).items() if k != "vnp_SecureHash"}, "97", "bad_signature"),
        (lambda o: {**vnpay_fields(o), "vnp_Amount": "100"}, "97", "bad_signature"),
        (lambda o: {**vnpay_fields(o), "vnp_Added": "x"}, "97", "bad_signature"),
        (lambda o: {}, "97", "bad_signature"),
        (lambda o: {"vnp_TxnRef": "é\ud7ff" * 5000, "vnp_SecureHash": "ü"}, "97", "bad_signature"),
        (lambda o: vnpay_fields(o, vnp_TmnCode="OTHER001"), "01", "wrong_terminal"),
        (lambda o: vnpay_fields(o, vnp_TxnRef="261122NOSUCHORDER"), "01", "unknown_order"),
        (lambda o: vnpay_fields(o, vnp_TxnRef=""), "01", "unknown_order"),
        (lambda o: vnpay_fields(o, vnp_Amount="800100"), "04", "wrong_amount"),
        (lambda o: vnpay_fields(o, vnp_Amount="800001"), "04", "wrong_amount"),
        (lambda o: vnpay_fields(o, vnp_Amount="-800000"), "04", "wrong_amount"),
        (lambda o: vnpay_fields(o, vnp_Amount="٨٠٠٠٠٠"), "04", "wrong_amount"),
        (lambda o: vnpay_fields(o, vnp_Amount="9" * 400), "04", "wrong_amount"),
        (lambda o: vnpay_fields(o, vnp_TransactionNo="0"), "99", "unreadable"),
    ],
)
def test_forged_or_wrong_ipn_is_refused_and_kept(
    order: PaymentOrder, forge: Callable[[PaymentOrder], dict[str, str]], code: str, verdict: str
) -> None:
    assert tell_vnpay(forge(order))["RspCode"] == code
    assert verdicts() == [verdict]
    order.refresh_from_db()
    assert order.state == OrderState.CREATED
    assert Dossier.objects.get(pk=order.dossier_id).state == DossierState.AWAITING_PAYMENT


@pytest.mark.parametrize(
    ("forge", "verdict"),
    [
        (lambda o: npp_fields(o, secret="guessed"), "bad_signature"),
        (lambda o: {**npp_fields(o), "SoTien": "1"}, "bad_signature"),
        (lambda o: {**npp_fields(o), "MaXacThuc": None}, "bad_signature"),
        (lambda o: {}, "bad_signature"),
        (lambda o: [], "bad_signature"),
        (lambda o: {"MaThamChieu": "\x00", "MaXacThuc": "\ud800"}, "bad_signature"),
        (lambda o: {"MaThamChieu": {"a": [1, "\ud800"]}, "SoTien": 1.5}, "bad_signature"),
        (lambda o: npp_fields(o, MaDoiTac="PARTNER99"), "wrong_terminal"),
        (lambda o: npp_fields(o, MaThamChieu="1_nothing"), "unknown_order"),
        (lambda o: npp_fields(o, SoTien="8001"), "wrong_amount"),
        (lambda o: npp_fields(o, SoTien="8000.00"), "wrong_amount"),
        (lambda o: npp_fields(o, MaTienTe="USD"), "wrong_amount"),
        (lambda o: npp_fields(o, MaGiaoDich=""), "unreadable"),
    ],
)
def test_forged_or_wrong_callback_is_refused_and_kept(
    npp_order: PaymentOrder, forge: Callable[[PaymentOrder], Any], verdict: str
) -> None:
    assert tell_npp(forge(npp_order))["MaLoi"] == "99"
    assert verdicts() == [verdict]
    npp_order.refresh_from_db()
    assert npp_order.state == OrderState.CREATED


def test_amount_as_a_number_is_the_same_amount(npp_order: PaymentOrder) -> None:
    assert tell_npp(npp_fields(npp_order, SoTien=8000))["MaLoi"] == "00"


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b"null", b'{"a":' + b"9" * 5000 + b"}", b"\xff\xfe"])
def test_callback_that_is_no_message_gets_an_answer_not_an_error(body: bytes) -> None:
    response = Client().post(NPP_IPN, body, content_type="application/json")
    assert (response.status_code, response.json()["MaLoi"]) == (200, "99")


def test_parameter_given_twice_counts_for_nothing(order: PaymentOrder) -> None:
    fields = vnpay_fields(order)
    query = "&".join(f"{name}={value}" for name, value in fields.items()) + "&vnp_Amount=100"
    assert Client().get(f"{VNPAY_IPN}?{query}").json()["RspCode"] == "97"


def test_notice_needs_its_method() -> None:
    assert Client().post(VNPAY_IPN).status_code == 405
    assert Client().get(NPP_IPN).status_code == 405


def test_notice_for_an_order_of_another_gateway_is_unknown(npp_order: PaymentOrder) -> None:
    assert tell_vnpay(vnpay_fields(npp_order))["RspCode"] == "01"


def test_secrets_of_the_payer_are_not_kept(npp_order: PaymentOrder) -> None:
    tell_npp({**npp_fields(npp_order), "SoThe": "9704000000000018", "Token": "abc"})
    assert not {"SoThe", "Token"} & set(GatewayNotice.objects.get().fields)


def test_failed_payment_is_recorded_with_its_reason_and_the_next_order_pays(order: PaymentOrder) -> None:
    assert tell_vnpay(vnpay_failure(order))["RspCode"] == "00"
    order.refresh_from_db()
    assert order.state == OrderState.FAILED and "không đủ số dư" in order.failure
    assert tell_vnpay(vnpay_failure(order))["RspCode"] == "02"
    second = open_order(order.dossier)
    assert second.pk != order.pk
    assert tell_vnpay(vnpay_failure(second, "24"))["RspCode"] == "00"
    third = open_order(order.dossier)
    assert tell_vnpay(vnpay_fields(third))["RspCode"] == "00"
    assert Dossier.objects.get(pk=order.dossier_id).state == DossierState.SUBMITTED


@pytest.mark.parametrize(("code", "status"), [("00", "02"), ("07", "00"), ("00", "")])
def test_only_both_codes_zero_mean_paid(order: PaymentOrder, code: str, status: str) -> None:
    tell_vnpay(vnpay_fields(order, vnp_ResponseCode=code, vnp_TransactionStatus=status))
    order.refresh_from_db()
    assert order.state == OrderState.FAILED


@pytest.mark.parametrize("state", [OrderState.EXPIRED, OrderState.CANCELLED, OrderState.FAILED])
def test_late_money_is_still_money(order: PaymentOrder, state: OrderState) -> None:
    PaymentOrder.objects.update(state=state)
    assert tell_vnpay(vnpay_fields(order))["RspCode"] == "00"
    assert verdicts() == ["paid_late"]
    assert Dossier.objects.get(pk=order.dossier_id).state == DossierState.SUBMITTED
    assert Receipt.objects.count() == 1


def test_two_orders_paid_flag_a_refund_for_the_second(order: PaymentOrder) -> None:
    other = open_order(order.dossier, is_fresh=True)
    assert tell_vnpay(vnpay_fields(other))["RspCode"] == "00"
    assert tell_vnpay(vnpay_fields(order))["RspCode"] == "00"
    refund = Refund.objects.get()
    assert (refund.order, refund.amount_vnd, refund.reason) == (order, 8000, RefundReason.PAID_TWICE)
    assert Receipt.objects.count() == 1, "money that goes back has no receipt"
    assert order.lines.get().has_settled is False and other.lines.get().has_settled is True
    letter = Message.objects.get(kind="payment.refund_due", channel="inbox")
    assert "hoàn 8.000 đ" in letter.subject


def test_one_order_paid_by_two_transactions_flags_the_second(order: PaymentOrder) -> None:
    tell_vnpay(vnpay_fields(order))
    again = vnpay_fields(order, vnp_TransactionNo="777")
    assert tell_vnpay(again)["RspCode"] == "00"
    assert tell_vnpay(again)["RspCode"] == "02", "the second movement counts once, too"
    assert Refund.objects.get().amount_vnd == 8000
    assert verdicts() == ["paid", "overpaid", "repeated"]


def test_transaction_of_another_order_is_not_counted_again(order: PaymentOrder) -> None:
    other = open_order(owing_dossier(8000))
    tell_vnpay(vnpay_fields(order, vnp_TransactionNo="555"))
    assert tell_vnpay(vnpay_fields(other, vnp_TransactionNo="555"))["RspCode"] == "99"
    other.refresh_from_db()
    assert other.state == OrderState.CREATED
    assert verdicts()[-1] == Verdict.FOREIGN_TRANSACTION


def test_part_that_was_paid_at_the_desk_goes_back(order: PaymentOrder) -> None:
    dossier = order.dossier
    dossier.obligations.create(kind="phi", description="Phí bản sao", amount_vnd=5000)
    both = open_order(dossier)
    dossier.obligations.filter(amount_vnd=8000).update(state=ObligationState.PAID, paid_at=timezone.now())
    tell_vnpay(vnpay_fields(both))
    assert Receipt.objects.get().amount_vnd == 5000
    refund = Refund.objects.get()
    assert (refund.amount_vnd, refund.reason) == (8000, RefundReason.PAID_TWICE)
    assert Dossier.objects.get(pk=dossier.pk).state == DossierState.SUBMITTED


def test_money_for_a_stopped_dossier_goes_back(order: PaymentOrder) -> None:
    agency = order.dossier.agency
    assert agency is not None
    dossiers.stop(order.dossier.code or "", actor=factories.official_actor(agency), reason="Không nộp phí")
    assert tell_vnpay(vnpay_fields(order))["RspCode"] == "00"
    assert Refund.objects.get().reason == RefundReason.NOT_OWED
    assert Dossier.objects.get(pk=order.dossier_id).state == DossierState.STOPPED
    assert not Receipt.objects.exists()


def test_our_own_failure_asks_the_gateway_to_try_again(order: PaymentOrder, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_more: Any) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr("payments.settlement.receipts.issue", broken)
    assert tell_vnpay(vnpay_fields(order))["RspCode"] == "99"
    order.refresh_from_db()
    assert order.state == OrderState.CREATED
    assert Dossier.objects.get(pk=order.dossier_id).state == DossierState.AWAITING_PAYMENT, "all or nothing"
    monkeypatch.undo()
    assert tell_vnpay(vnpay_fields(order))["RspCode"] == "00"


def test_forgeries_do_not_fill_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    order = open_order(owing_dossier())
    monkeypatch.setattr(services, "FORGERIES_KEPT", 3)
    for _number in range(5):
        assert tell_vnpay(vnpay_fields(order, secret="guessed"))["RspCode"] == "97"
    assert GatewayNotice.objects.filter(verdict="bad_signature").count() == 3
    assert tell_vnpay(vnpay_fields(order))["RspCode"] == "00", "what is signed is taken as ever"
