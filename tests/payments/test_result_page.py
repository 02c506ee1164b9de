"""Where the payer comes back to: it displays, and never decides."""

import base64
import json
from typing import Any

import pytest
from django.test import Client

from payments.lifecycle import OrderState
from payments.models import GatewayNotice, PaymentOrder, Receipt
from payments.tasks import write_receipts
from portal.notifications.models import Message
from procedures.models import FeeRule
from tests import factories
from tests.payments.conftest import FakePlatform
from tests.payments.situations import (
    npp_fields,
    open_order,
    owing_dossier,
    tell_npp,
    tell_vnpay,
    vnpay_failure,
    vnpay_fields,
)

pytestmark = pytest.mark.django_db
RETURN = "/thanh-toan/ket-qua/vnpay/"


@pytest.fixture
def order(client: Client) -> PaymentOrder:
    """An open order of the signed-in citizen."""
    made = open_order(owing_dossier(8000))
    client.force_login(made.payer)
    return made


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_return_before_the_notice_waits_and_asks_again(client: Client, order: PaymentOrder) -> None:
    page = text_of(client.get(RETURN, vnpay_fields(order)))
    assert "Đang chờ xác nhận thanh toán" in page and "Đừng trả lần nữa" in page
    assert 'hx-trigger="every 3s"' in page and '<noscript><meta http-equiv="refresh"' in page
    order.refresh_from_db()
    assert order.state == OrderState.CREATED and not GatewayNotice.objects.exists()


def test_page_changes_by_itself_once_the_notice_is_there(client: Client, order: PaymentOrder) -> None:
    fields = vnpay_fields(order)
    tell_vnpay(fields)
    fragment = text_of(client.get(RETURN, fields, headers={"HX-Request": "true"}))
    assert fragment.lstrip().startswith("<div") and "Đã nhận 8.000\u00a0đ" in fragment
    assert "Biên lai điện tử đang được lập" in fragment and "hx-trigger" in fragment, "the button comes by itself"
    write_receipts()
    page = text_of(client.get(RETURN, fields))
    assert "Tải biên lai điện tử" in page and order.reference in page and "hx-trigger" not in page


def test_the_receipt_is_one_press_away_from_dossier_notice_and_payment(client: Client, order: PaymentOrder) -> None:
    code = order.dossier.code
    address = f"/thanh-toan/{code}/bien-lai/"
    assert client.get(address)["Location"] == f"/thanh-toan/{code}/" and address not in text_of(
        client.get(f"/ho-so/{code}/")
    )
    tell_vnpay(vnpay_fields(order))
    assert client.get(address)["Location"] == f"/ho-so/{code}/", "it is being drawn"
    write_receipts()
    document = Receipt.objects.get(order=order).document
    assert document is not None
    told = Message.objects.get(recipient=order.payer, kind="dossier.paid", channel="inbox")
    opened = client.post(f"/hop-thu/{told.pk}/mo/")["Location"]
    assert opened == address and address in text_of(client.get(f"/ho-so/{code}/"))
    assert address in text_of(client.get(f"/thanh-toan/{code}/"))
    assert client.get(address)["Location"] == f"/kho-du-lieu/{document.pk}/tep/"
    client.force_login(factories.make_citizen("Người Khác"))
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(("code", "words", "may_be_taken"), [("51", "không đủ số dư", False), ("07", "nghi ngờ", True)])
def test_failure_says_why_and_offers_another_try(
    client: Client, order: PaymentOrder, code: str, words: str, may_be_taken: bool
) -> None:
    tell_vnpay(vnpay_failure(order, code))
    page = text_of(client.get(RETURN, vnpay_failure(order, code)))
    assert "Thanh toán chưa thành công" in page and words in page
    assert ("đừng trả lần nữa" in page) == may_be_taken, "where the gateway says that nothing was taken, it is not said"
    assert f'href="/thanh-toan/{order.dossier.code}/"' in page


def test_signed_failure_before_the_notice_offers_a_fresh_order(client: Client, order: PaymentOrder) -> None:
    page = text_of(client.get(RETURN, vnpay_failure(order, "24")))
    assert "Bạn đã hủy giao dịch." in page and 'name="fresh" value="1"' in page
    assert "đừng trả lần nữa" not in page, "who turned back herself has paid nothing"
    order.refresh_from_db()
    assert order.state == OrderState.CREATED, "the return decides nothing"
    tell_vnpay(vnpay_failure(order, "24"))
    for prefix in ("", "/en"):
        assert "đừng trả lần nữa" not in text_of(client.get(prefix + RETURN, vnpay_failure(order, "24")))


def test_forged_return_shows_only_what_we_know(client: Client, order: PaymentOrder) -> None:
    forged = {**vnpay_failure(order), "vnp_SecureHash": "0" * 128}
    assert "Đang chờ xác nhận" in text_of(client.get(RETURN, forged))
    paid = vnpay_fields(order, secret="guessed")
    assert "Đang chờ xác nhận" in text_of(client.get(RETURN, paid))


@pytest.mark.parametrize(
    ("state", "words"), [("expired", "Đã hết thời gian thanh toán"), ("cancelled", "đã được thay bằng lệnh khác")]
)
def test_closed_orders_say_so(client: Client, order: PaymentOrder, state: str, words: str) -> None:
    PaymentOrder.objects.update(state=state)
    assert words in text_of(client.get(RETURN, {"vnp_TxnRef": order.reference}))


def test_payment_that_goes_back_says_so(client: Client, order: PaymentOrder) -> None:
    other = open_order(order.dossier, is_fresh=True)
    tell_vnpay(vnpay_fields(other))
    tell_vnpay(vnpay_fields(order))
    page = text_of(client.get(RETURN, {"vnp_TxnRef": order.reference}))
    assert "Bạn sẽ được hoàn 8.000\u00a0đ" in page and "Biên lai điện tử đang được lập" not in page


@pytest.mark.parametrize("reference", ["", "261122NOSUCHORDER", "x" * 10_000, "'; drop table"])
def test_unknown_reference_is_not_found(client: Client, order: PaymentOrder, reference: str) -> None:
    assert client.get(RETURN, {"vnp_TxnRef": reference}).status_code == 404


def test_another_citizens_order_looks_as_if_it_did_not_exist(client: Client, order: PaymentOrder) -> None:
    client.force_login(factories.make_citizen("Người Khác"))
    assert client.get(RETURN, {"vnp_TxnRef": order.reference}).status_code == 404


def test_unknown_gateway_is_not_found(client: Client, order: PaymentOrder) -> None:
    assert client.get("/thanh-toan/ket-qua/paypal/", {"vnp_TxnRef": order.reference}).status_code == 404


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("way", ["get", "post_json", "post_form"])
def test_national_platform_returns_by_get_or_by_post_without_a_session(
    platform: FakePlatform, way: str, language: str
) -> None:
    order = open_order(owing_dossier(8000), "npp")
    PaymentOrder.objects.update(language=language)
    client, address = Client(enforce_csrf_checks=True), "/thanh-toan/npp/tra-ve/"
    if way == "get":
        response = client.get(address, {"MaDoiTac": "X", "MaThamChieu": order.reference, "MaLoi": "00"})
    else:
        told = {"MaThamChieu": order.reference}
        text = json.dumps(told) if way == "post_json" else f"MaThamChieu={order.reference}"
        response = client.post(address, {"data": base64.b64encode(text.encode()).decode()})
    prefix = "/en" if language == "en" else ""
    assert response.status_code == 303
    assert response["Location"] == f"{prefix}/thanh-toan/ket-qua/npp/?MaThamChieu={order.reference}"


@pytest.mark.parametrize("data", ["", "%%%", "bm90aGluZw==", base64.b64encode(b"[1]").decode(), "A" * 9000])
def test_return_with_nonsense_still_lands_on_our_page(data: str) -> None:
    response = Client().post("/thanh-toan/npp/tra-ve/", {"data": data})
    assert response.status_code == 303 and response["Location"].startswith("/thanh-toan/ket-qua/npp/")


def test_my_payments_show_what_waits_what_was_paid_and_what_goes_back(
    client: Client, platform: FakePlatform, order: PaymentOrder
) -> None:
    other = open_order(order.dossier, "npp")
    tell_npp(npp_fields(other))
    tell_vnpay(vnpay_fields(order))
    write_receipts()
    waiting = owing_dossier(5000, citizen=order.payer)
    page = text_of(client.get("/thanh-toan/"))
    assert f"Hồ sơ {waiting.code} chờ bạn nộp 5.000\u00a0đ" in page
    assert "Biên lai" in page and "TAA 00000001" in page
    assert "Chờ cơ quan hoàn 8.000\u00a0đ." in page
    assert f"/thanh-toan/chung-tu/npp/{other.reference}/" in page


def test_my_payments_are_mine(client: Client, order: PaymentOrder) -> None:
    stranger = open_order(owing_dossier(8000))
    page = text_of(client.get("/thanh-toan/"))
    assert order.reference in page and stranger.reference not in page


def test_my_payments_page_by_page(client: Client, order: PaymentOrder) -> None:
    for number in range(24):
        copy = PaymentOrder.objects.get(pk=order.pk)
        copy.pk, copy.reference, copy.state = None, f"COPY{number:03d}", OrderState.EXPIRED
        copy.save(force_insert=True)
    first = text_of(client.get("/thanh-toan/"))
    assert first.count("COPY") >= 20 and "Trang sau" in first
    last_shown = PaymentOrder.objects.order_by("-pk")[19].pk
    second = text_of(client.get("/thanh-toan/", {"truoc": last_shown}))
    assert order.reference in second and "Trang trước" in second
    assert client.get("/thanh-toan/", {"truoc": "٣"}).status_code == 200


def test_my_payments_cost_the_same_however_many(
    client: Client, order: PaymentOrder, django_assert_max_num_queries: Any
) -> None:
    for _turn in range(5):
        tell_vnpay(vnpay_fields(open_order(owing_dossier(8000, citizen=order.payer))))
    FeeRule.objects.update(name_en="Fee for the test")
    with django_assert_max_num_queries(12):
        page = text_of(client.get("/en/thanh-toan/"))
    assert "Fee for the test" in page and "Lệ phí thử" not in page


def test_nobody_paid_yet(client: Client) -> None:
    client.force_login(factories.make_citizen())
    assert "Chưa có lần thanh toán nào" in text_of(client.get("/thanh-toan/"))


def test_gateways_own_voucher(client: Client, platform: FakePlatform) -> None:
    order = open_order(owing_dossier(8000), "npp")
    client.force_login(order.payer)
    address = f"/thanh-toan/chung-tu/npp/{order.reference}/"
    assert client.get(address).status_code == 404, "nothing paid, no voucher"
    tell_npp(npp_fields(order))
    platform.raw = b"%PDF-1.7 straight"
    response = client.get(address)
    assert response["Content-Type"] == "application/pdf" and response.content == b"%PDF-1.7 straight"
    assert platform.messages[-1]["LoaiBanTin"] == "GET_BILL"
    platform.raw, platform.answer = None, {"MaLoi": "00", "URLBienLai": "http://127.0.0.1:8003/npp/bien-lai/x.pdf"}
    assert client.get(address).content.startswith(b"%PDF-1.7 from http://127.0.0.1:8003")
    platform.answer = {"MaLoi": "00", "UrlBienLai": "http://evil.example/x.pdf"}
    assert client.get(address).status_code == 503
    client.force_login(factories.make_citizen())
    assert client.get(address).status_code == 404
