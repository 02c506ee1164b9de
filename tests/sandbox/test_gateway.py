"""The gateway: only genuine requests open a page, and the merchant hears of each payment until it says so."""

import re
import secrets
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from portal.sandbox.gateway import npp, vnpay
from tests.sandbox.programs import SECRETS, Program, until


class Merchant:
    """The portal's end of both schemes."""

    def __init__(self, program: Program):
        self.program, self.answers = program, []
        program.portal.routes.clear()
        program.portal.routes.update(
            {("GET", "/thanh-toan/vnpay/ipn/"): self.answer, ("POST", "/thanh-toan/npp/ipn/"): self.answer}
        )
        self.reference = secrets.token_hex(6)

    def answer(self, request):
        is_ours = self.reference in f"{request.query}{request.body!r}"  # another test's may be on its way yet
        if is_ours and self.answers:
            return self.answers.pop(0)
        return 200, {"RspCode": "00", "Message": "Confirm Success", "MaLoi": "00", "MoTaLoi": "Thành công"}

    def vnpay_request(self, **changes: str) -> dict[str, str]:
        parameters = {
            "vnp_Version": "2.1.0",
            "vnp_Command": "pay",
            "vnp_TmnCode": "SANDBOX1",
            "vnp_Amount": "800000",
            "vnp_CreateDate": "20261122080000",
            "vnp_CurrCode": "VND",
            "vnp_IpAddr": "127.0.0.1",
            "vnp_Locale": "vn",
            "vnp_OrderInfo": "Le phi ho so thu nghiem",
            "vnp_OrderType": "other",
            "vnp_ReturnUrl": f"{self.program.portal.url}/thanh-toan/vnpay/tra-ve/",
            "vnp_TxnRef": self.reference,
        } | changes
        return vnpay.signed(parameters, SECRETS["VNPAY_HASH_SECRET"])

    def npp_init(self, **changes) -> dict:
        message = {
            "LoaiBanTin": "INIT",
            "PhienBan": "1.0.6",
            "MaDoiTac": "PORTAL01",
            "MaThamChieu": f"1_{self.reference}",
            "SoTien": "8000",
            "LoaiHinhThanhToan": "PAY",
            "MaKenhThanhToan": "1",
            "MaThietBi": "1",
            "NgonNgu": "vi-VN",
            "MaTienTe": "VND",
            "MaNganHang": "PAYMENT",
            "ThongTinGiaoDich": "Lệ phí hồ sơ",
            "ThoiGianGD": "20261122080000",
            "Ip": "127.0.0.1",
            "ThongTinBienLai": {"HoTenNguoiNop": "Nguyễn Thị Hoa"},
        } | changes
        return message | {"MaXacThuc": npp.checksum(message, npp.INIT, SECRETS["NPP_SECRET"])}

    def look_up(self, kind: str) -> dict:
        message = {
            "LoaiBanTin": kind,
            "PhienBan": "1.0.6",
            "MaDoiTac": "PORTAL01",
            "MaThamChieu": f"1_{self.reference}",
            "ThoiGianGD": "20261122080000",
        }
        return message | {"MaXacThuc": npp.checksum(message, npp.LOOK_UP, SECRETS["NPP_SECRET"])}

    def notices(self) -> list[dict]:
        get = [request.query for request in self.program.portal.requests("/thanh-toan/vnpay/ipn/")]
        posted = [request.json for request in self.program.portal.requests("/thanh-toan/npp/ipn/")]
        return [notice for notice in get + posted if self.reference in str(notice)]


@pytest.fixture
def merchant(gateway) -> Merchant:
    return Merchant(gateway)


def finish(program: Program, page: httpx.Response, **fields: str) -> httpx.Response:
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    form = {"csrfmiddlewaretoken": token, "bank_code": "NCB", "outcome": "paid", "trouble": "none"}
    return program.http.post(page.url.path, data=form | fields)


def open_vnpay(program: Program, merchant: Merchant, **changes: str) -> httpx.Response:
    return program.http.get("/paymentv2/vpcpay.html", params=merchant.vnpay_request(**changes), follow_redirects=True)


def test_vnpay_paid(gateway, merchant):
    page = open_vnpay(gateway, merchant)
    assert "8.000 đ" in page.text
    back = finish(gateway, page)
    notice = until(merchant.notices)[0]
    returned = dict(parse_qsl(urlsplit(back.headers["location"]).query))
    for answer in (notice, returned):
        assert vnpay.is_signed(answer, SECRETS["VNPAY_HASH_SECRET"])
        assert (answer["vnp_ResponseCode"], answer["vnp_TransactionStatus"]) == ("00", "00")
        assert (answer["vnp_Amount"], answer["vnp_TxnRef"]) == ("800000", merchant.reference)
    assert "hashtype" not in str(notice).lower()
    again = finish(gateway, page, outcome="failed")
    assert "vnp_ResponseCode=00" in again.headers["location"]
    assert len(merchant.notices()) == 1


@pytest.mark.parametrize(("outcome", "code"), [("failed", "51"), ("cancelled", "24")])
def test_vnpay_not_paid(gateway, merchant, outcome, code):
    back = finish(gateway, open_vnpay(gateway, merchant), outcome=outcome)
    assert f"vnp_ResponseCode={code}" in back.headers["location"]
    notice = until(merchant.notices)[0]
    assert (notice["vnp_ResponseCode"], notice["vnp_TransactionStatus"]) == (code, "02")


def test_vnpay_expired(gateway, merchant):
    page = open_vnpay(gateway, merchant, vnp_ExpireDate="20261101000000")
    assert "vnp_ResponseCode=11" in finish(gateway, page).headers["location"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"vnp_SecureHash": "0" * 128}, "Sai chữ ký"),
        ({"vnp_Amount": "100"}, "Sai chữ ký"),
        ({"vnp_TmnCode": "ANOTHER1"}, "vnp_TmnCode"),
    ],
)
def test_vnpay_forged_request_is_refused(gateway, merchant, changes, words):
    answer = gateway.http.get("/paymentv2/vpcpay.html", params=merchant.vnpay_request() | changes)
    assert answer.status_code == 400
    assert words in answer.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"vnp_ReturnUrl": "https://evil.example/"}, "vnp_ReturnUrl"),
        ({"vnp_Amount": "80,000"}, "vnp_Amount"),
        ({"vnp_Amount": "0"}, "lớn hơn 0"),
        ({"vnp_Version": "2.0.0"}, "vnp_Version"),
        ({"vnp_CreateDate": "22/11/2026"}, "vnp_CreateDate"),
        ({"vnp_OrderInfo": ""}, "vnp_OrderInfo"),
    ],
)
def test_vnpay_wrong_parameter_is_named(gateway, merchant, changes, words):
    answer = open_vnpay(gateway, merchant, **changes)
    assert answer.status_code == 400
    assert words in answer.text


def test_vnpay_reference_is_used_once(gateway, merchant):
    first = open_vnpay(gateway, merchant)
    assert open_vnpay(gateway, merchant).url == first.url
    assert open_vnpay(gateway, merchant, vnp_Amount="900000").status_code == 400


def test_notice_is_repeated_until_confirmed(gateway, merchant):
    merchant.answers += [(503, {}), (200, {"RspCode": "99", "Message": "Unknown"}), (200, {"RspCode": "02"})]
    finish(gateway, open_vnpay(gateway, merchant))
    until(lambda: len(merchant.notices()) == 3)
    until(lambda: "Bên nhận đã xác nhận" in gateway.http.get("/").text)
    assert len({str(notice) for notice in merchant.notices()}) == 1


def test_troubles_to_order(gateway, merchant):
    merchant.answers += [(200, {"RspCode": "04", "Message": "Invalid amount"})]
    finish(gateway, open_vnpay(gateway, merchant), trouble="wrong_amount")
    wrong = until(merchant.notices)[0]
    assert wrong["vnp_Amount"] == "900000"
    assert vnpay.is_signed(wrong, SECRETS["VNPAY_HASH_SECRET"])
    until(lambda: "04 Invalid amount" in gateway.http.get("/").text)

    other = Merchant(gateway)
    finish(gateway, open_vnpay(gateway, other), trouble="twice")
    until(lambda: len(other.notices()) == 2)
    assert other.notices()[0] == other.notices()[1]

    forged = Merchant(gateway)
    forged.answers += [(200, {"RspCode": "97", "Message": "Invalid signature"})]
    finish(gateway, open_vnpay(gateway, forged), trouble="wrong_signature")
    assert not vnpay.is_signed(until(forged.notices)[0], SECRETS["VNPAY_HASH_SECRET"])

    late = Merchant(gateway)
    back = finish(gateway, open_vnpay(gateway, late), trouble="late")
    assert back.status_code == 302
    assert late.notices() == []


def test_notices_survive_a_restart(gateway, merchant):
    merchant.answers += [(503, {})] * 3
    finish(gateway, open_vnpay(gateway, merchant))
    gateway.stop()
    merchant.answers.clear()
    before = len(merchant.notices())
    gateway.start_again()
    until(lambda: len(merchant.notices()) > before)


def test_choosing_no_bank_is_answered_on_the_page(gateway, merchant):
    answer = finish(gateway, open_vnpay(gateway, merchant), bank_code="")
    assert answer.status_code == 422
    assert "chọn một ngân hàng" in answer.text


def test_npp_paid_with_receipt(gateway, merchant):
    opened = gateway.http.post("/npp/init", json=merchant.npp_init()).json()
    assert opened["MaLoi"] == "00"
    assert gateway.http.post("/npp/init", json=merchant.npp_init()).json()["UrlThanhToan"] == opened["UrlThanhToan"]
    assert gateway.http.post("/npp/query", json=merchant.look_up("QUERY")).json()["TrangThaiGD"] == "3"
    assert gateway.http.post("/npp/bill", json=merchant.look_up("GET_BILL")).json()["MaLoi"] == "04"
    back = finish(gateway, gateway.http.get(opened["UrlThanhToan"]))
    assert back.headers["location"].startswith(f"{gateway.portal.url}/thanh-toan/npp/tra-ve/?")
    notice = until(merchant.notices)[0]
    assert npp.is_genuine(notice, npp.CALLBACK, SECRETS["NPP_SECRET"])
    assert (notice["MaLoi"], notice["SoTien"], notice["MaThamChieu"]) == ("00", "8000", f"1_{merchant.reference}")
    status = gateway.http.post("/npp/query", json=merchant.look_up("QUERY")).json()
    assert (status["TrangThaiGD"], status["MaGiaoDich"]) == ("1", notice["MaGiaoDich"])
    bill = gateway.http.post("/npp/bill", json=merchant.look_up("GET_BILL")).json()
    assert gateway.http.get(bill["UrlBienLai"]).content.startswith(b"%PDF-")
    as_pdf = gateway.http.post("/npp/bill", json=merchant.look_up("GET_BILL"), headers={"Accept": "application/pdf"})
    assert as_pdf.content.startswith(b"%PDF-")
    assert gateway.http.post("/npp/init", json=merchant.npp_init()).json()["MaLoi"] == "94"


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"MaXacThuc": "0" * 64}, "97"), ({"SoTien": "1"}, "97"), ({"MaDoiTac": "OTHER"}, "01")],
)
def test_npp_forged_init_is_refused(gateway, merchant, changes, code):
    assert gateway.http.post("/npp/init", json=merchant.npp_init() | changes).json()["MaLoi"] == code


def test_npp_init_with_wrong_amount_is_refused(gateway, merchant):
    assert gateway.http.post("/npp/init", json=merchant.npp_init(SoTien="8.000")).json()["MaLoi"] == "03"
    assert gateway.http.post("/npp/init", content=b"not json").json()["MaLoi"] == "03"
    forged = merchant.look_up("QUERY") | {"MaThamChieu": "1_other"}
    assert gateway.http.post("/npp/query", json=forged).json()["MaLoi"] == "97"
