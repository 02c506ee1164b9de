"""What is owed, choosing a gateway, and what a double click does."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from dossiers.models import ObligationState
from payments import services
from payments.gateways import npp, vnpay
from payments.lifecycle import OrderState
from payments.models import PaymentOrder
from portal.agencies.actors import Actor
from portal.core.errors import UpstreamError
from procedures.models import FeeRule
from tests import factories
from tests.payments.conftest import FakePlatform
from tests.payments.situations import open_order, owing_dossier, tell_vnpay, vnpay_fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def payer(client: Client) -> tuple[Client, Any]:
    """A signed-in citizen and her dossier that owes 8.000 đ."""
    dossier = owing_dossier(8000)
    client.force_login(dossier.filer)
    return client, dossier


def pay(client: Client, dossier: Any, gateway: str = "vnpay", **more: str) -> Any:
    return client.post(f"/thanh-toan/{dossier.code}/", {"gateway": gateway, **more})


def test_page_says_what_is_owed_line_by_line(payer: tuple[Client, Any]) -> None:
    client, dossier = payer
    dossier.obligations.update(legal_basis="Thông tư 85/2019/TT-BTC")
    page = client.get(f"/thanh-toan/{dossier.code}/").content.decode()
    for words in ("Lệ phí thử", "8.000\u00a0đ", "85/2019/TT-BTC", "VNPAY", "Nền tảng thanh toán quốc gia"):
        assert words in page


def test_a_published_fee_is_named_in_english_and_what_an_official_wrote_stays(payer: tuple[Client, Any]) -> None:
    client, dossier = payer
    FeeRule.objects.filter(version=dossier.procedure_version).update(name_en="Fee for the test")
    dossier.obligations.create(kind="le_phi", description="Khoản khác", amount_vnd=5000)
    page = client.get(f"/en/thanh-toan/{dossier.code}/").content.decode()
    assert "Fee for the test" in page and "Lệ phí thử" not in page and "Khoản khác" in page
    client.post(f"/en/thanh-toan/{dossier.code}/", {"gateway": "vnpay"})
    paid = PaymentOrder.objects.latest("pk")
    tell_vnpay(vnpay_fields(paid))
    result = client.get(f"/en/thanh-toan/ket-qua/vnpay/?vnp_TxnRef={paid.reference}").content.decode()
    assert "Fee for the test" in result and "Lệ phí thử" not in result


def test_choosing_vnpay_leads_to_its_page_with_a_signed_request(payer: tuple[Client, Any], settings: Any) -> None:
    client, dossier = payer
    response = pay(client, dossier)
    order = PaymentOrder.objects.get()
    assert response.status_code == 302
    address = urlsplit(response["Location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == settings.VNPAY_PAY_URL
    sent = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert sent.pop("vnp_SecureHash") == vnpay.secure_hash(sent, settings.VNPAY_HASH_SECRET)
    assert sent["vnp_Amount"] == "800000" and sent["vnp_TxnRef"] == order.reference
    assert sent["vnp_ReturnUrl"] == f"{settings.BASE_URL}/thanh-toan/ket-qua/vnpay/"
    assert sent["vnp_OrderInfo"].isascii() and dossier.code in sent["vnp_OrderInfo"]
    assert len(order.reference) <= 20
    assert "vnp_SecureHashType" not in sent


def test_english_page_comes_back_in_english(payer: tuple[Client, Any]) -> None:
    client, dossier = payer
    client.post(f"/en/thanh-toan/{dossier.code}/", {"gateway": "vnpay"})
    order = PaymentOrder.objects.get()
    assert "vnp_Locale=en" in order.payment_url and "%2Fen%2Fthanh-toan%2Fket-qua" in order.payment_url


def test_choosing_the_national_platform_sends_init_and_follows_its_answer(
    payer: tuple[Client, Any], platform: FakePlatform, settings: Any
) -> None:
    client, dossier = payer
    response = pay(client, dossier, "npp")
    assert (response.status_code, response["Location"]) == (302, platform.page)
    (message,) = platform.messages
    assert message["LoaiBanTin"] == "INIT" and message["SoTien"] == "8000"
    assert message["MaXacThuc"] == npp.checksum(message, npp.INIT, settings.NPP_SECRET)
    receipt = message["ThongTinBienLai"]
    assert receipt["MaHoSo"] == dossier.code and receipt["SoCMNDNguoiNop"] == ""
    assert receipt["DSKhoanNop"] == [{"NoiDung": "Lệ phí thử", "SoTien": "8000"}]


@pytest.mark.parametrize("gateway", ["vnpay", "npp"])
def test_double_click_finds_the_same_order(payer: tuple[Client, Any], platform: FakePlatform, gateway: str) -> None:
    client, dossier = payer
    first, second = pay(client, dossier, gateway), pay(client, dossier, gateway)
    assert first["Location"] == second["Location"]
    assert PaymentOrder.objects.count() == 1
    assert len(platform.messages) == (1 if gateway == "npp" else 0)


def test_second_click_while_init_is_on_its_way_gets_the_first_ones_page(
    payer: tuple[Client, Any], platform: FakePlatform
) -> None:
    _client, dossier = payer

    def answered_meanwhile() -> None:
        PaymentOrder.objects.update(payment_url="http://127.0.0.1:8003/thanh-toan/first/")
        raise UpstreamError

    platform.before_answer = answered_meanwhile
    assert open_order(dossier, "npp").state == OrderState.CREATED


def test_other_gateway_replaces_the_open_order(payer: tuple[Client, Any], platform: FakePlatform) -> None:
    client, dossier = payer
    pay(client, dossier, "vnpay")
    pay(client, dossier, "npp")
    assert sorted(PaymentOrder.objects.values_list("gateway", "state")) == [("npp", "created"), ("vnpay", "cancelled")]


def test_trying_again_after_a_failure_makes_a_fresh_order(payer: tuple[Client, Any]) -> None:
    client, dossier = payer
    pay(client, dossier)
    pay(client, dossier, fresh="1")
    assert list(PaymentOrder.objects.order_by("pk").values_list("state", flat=True)) == ["cancelled", "created"]


def test_order_about_to_expire_is_replaced(payer: tuple[Client, Any]) -> None:
    client, dossier = payer
    pay(client, dossier)
    PaymentOrder.objects.update(expires_at=timezone.now() + timedelta(minutes=1))
    pay(client, dossier)
    assert PaymentOrder.objects.filter(state=OrderState.CREATED).count() == 1
    assert PaymentOrder.objects.count() == 2


def test_changed_amount_is_a_new_order(payer: tuple[Client, Any]) -> None:
    client, dossier = payer
    pay(client, dossier)
    dossier.obligations.create(kind="phi", description="Phí cấp bản sao", amount_vnd=5000)
    pay(client, dossier)
    assert sorted(PaymentOrder.objects.values_list("amount_vnd", "state")) == [(8000, "cancelled"), (13000, "created")]


def test_amount_comes_from_what_is_owed_not_from_the_browser(payer: tuple[Client, Any]) -> None:
    client, dossier = payer
    pay(client, dossier, amount_vnd="1", amount="1", obligations="0")
    assert PaymentOrder.objects.get().amount_vnd == 8000


def test_gateway_that_is_away_is_told_in_words_and_the_next_try_works(
    payer: tuple[Client, Any], platform: FakePlatform
) -> None:
    client, dossier = payer
    platform.is_away = True
    response = pay(client, dossier, "npp")
    assert response.status_code == 503
    assert "Tiền của bạn chưa bị trừ" in response.content.decode()
    assert PaymentOrder.objects.get().state == OrderState.FAILED
    platform.is_away = False
    assert pay(client, dossier, "npp")["Location"] == platform.page
    assert PaymentOrder.objects.count() == 2


@pytest.mark.parametrize(
    "answer",
    [
        {"MaLoi": "97", "MoTaLoi": "MaXacThuc không khớp."},
        {"MaLoi": "00"},
        {"MaLoi": "00", "UrlThanhToan": "https://evil.example/pay"},
        {"MaLoi": "00", "UrlThanhToan": "javascript:alert(1)"},
        {"MaLoi": "00", "UrlThanhToan": "http://[bad"},
    ],
)
def test_answer_that_leads_nowhere_safe_is_not_followed(
    payer: tuple[Client, Any], platform: FakePlatform, answer: dict[str, str]
) -> None:
    client, dossier = payer
    platform.answer = answer
    assert pay(client, dossier, "npp").status_code == 503


@pytest.mark.parametrize("raw", [b"<html>", b"[]", b'"00"', b"\xff"])
def test_answer_that_cannot_be_read_is_told_in_words(
    payer: tuple[Client, Any], platform: FakePlatform, raw: bytes
) -> None:
    client, dossier = payer
    platform.raw = raw
    assert pay(client, dossier, "npp").status_code == 503


@pytest.mark.parametrize("gateway", ["", "paypal", "x" * 10_000, "vnpay\n"])
def test_unknown_gateway_is_named_at_its_field(payer: tuple[Client, Any], gateway: str) -> None:
    client, dossier = payer
    response = pay(client, dossier, gateway)
    assert response.status_code == 422
    assert "Hãy chọn một cổng thanh toán" in response.content.decode()
    assert not PaymentOrder.objects.exists()


def test_gateway_that_is_switched_off_is_not_offered(payer: tuple[Client, Any], settings: Any) -> None:
    client, dossier = payer
    settings.PAYMENT_GATEWAYS = ["vnpay"]
    assert "Nền tảng thanh toán quốc gia" not in client.get(f"/thanh-toan/{dossier.code}/").content.decode()
    assert pay(client, dossier, "npp").status_code == 422


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_citizens_dossier_looks_as_if_it_did_not_exist(client: Client, method: str) -> None:
    dossier = owing_dossier()
    client.force_login(factories.make_citizen("Người Khác"))
    response = getattr(client, method)(f"/thanh-toan/{dossier.code}/", {"gateway": "vnpay"})
    missing = getattr(client, method)("/thanh-toan/H99-261122-0001/", {"gateway": "vnpay"})
    assert response.status_code == missing.status_code == 404
    assert not PaymentOrder.objects.exists()


def test_visitor_is_sent_to_sign_in(client: Client) -> None:
    dossier = owing_dossier()
    response = client.get(f"/thanh-toan/{dossier.code}/")
    assert response.status_code == 302 and "/thanh-toan/" in response["Location"]


def test_nothing_owed_is_said_and_makes_no_order(client: Client) -> None:
    dossier = factories.file_dossier()
    client.force_login(dossier.filer)
    assert "Hiện không phải nộp gì" in client.get(f"/thanh-toan/{dossier.code}/").content.decode()
    assert pay(client, dossier).status_code == 409
    assert not PaymentOrder.objects.exists()


def test_paid_dossier_owes_nothing_more(payer: tuple[Client, Any]) -> None:
    client, dossier = payer
    tell_vnpay(vnpay_fields(open_order(dossier)))
    assert "Bạn đã nộp đủ" in client.get(f"/thanh-toan/{dossier.code}/").content.decode()
    assert pay(client, dossier).status_code == 409


def test_cancelled_obligation_is_not_charged(payer: tuple[Client, Any]) -> None:
    client, dossier = payer
    dossier.obligations.create(kind="phi", description="Đã miễn", amount_vnd=5000, state=ObligationState.CANCELLED)
    pay(client, dossier)
    assert PaymentOrder.objects.get().amount_vnd == 8000


def test_endless_orders_are_slowed_down(payer: tuple[Client, Any]) -> None:
    client, dossier = payer
    for _turn in range(services.ORDERS_PER_HOUR):
        assert pay(client, dossier, fresh="1").status_code == 302
    response = pay(client, dossier, fresh="1")
    assert response.status_code == 429 and response["Retry-After"]


def test_references_are_short_and_never_the_same() -> None:
    made = {services.new_reference(timezone.now()) for _turn in range(2000)}
    assert len(made) == 2000
    assert all(len(reference) == 18 and reference.isalnum() for reference in made)


def test_actor_without_the_dossier_cannot_order(payer: tuple[Client, Any]) -> None:
    from portal.core.errors import NotFoundError

    _client, dossier = payer
    with pytest.raises(NotFoundError):
        services.create_order(
            dossier.code,
            actor=Actor.citizen(factories.make_citizen()),
            gateway="vnpay",
            client_ip="127.0.0.1",
        )
