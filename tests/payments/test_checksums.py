"""Golden vectors: what others sign must come out the same here."""

import pytest

from payments import vietqr
from payments.gateways import npp, vnpay

VNPAY_FIELDS = {
    "vnp_Version": "2.1.0",
    "vnp_Command": "pay",
    "vnp_TmnCode": "DEMOV210",
    "vnp_Amount": "1806000",
    "vnp_CreateDate": "20210801153333",
    "vnp_CurrCode": "VND",
    "vnp_IpAddr": "127.0.0.1",
    "vnp_Locale": "vn",
    "vnp_OrderInfo": "Thanh toan don hang :5",
    "vnp_OrderType": "other",
    "vnp_ReturnUrl": "https://domainmerchant.vn/ReturnUrl",
    "vnp_TxnRef": "5",
}
# The text is the vendor's published example address up to its hash.
VNPAY_TEXT = (
    "vnp_Amount=1806000&vnp_Command=pay&vnp_CreateDate=20210801153333&vnp_CurrCode=VND&vnp_IpAddr=127.0.0.1"
    "&vnp_Locale=vn&vnp_OrderInfo=Thanh+toan+don+hang+%3A5&vnp_OrderType=other"
    "&vnp_ReturnUrl=https%3A%2F%2Fdomainmerchant.vn%2FReturnUrl&vnp_TmnCode=DEMOV210&vnp_TxnRef=5&vnp_Version=2.1.0"
)


def test_vnpay_hashes_the_text_of_the_vendors_example() -> None:
    assert vnpay.hash_text(VNPAY_FIELDS) == VNPAY_TEXT
    assert vnpay.secure_hash(VNPAY_FIELDS, "SECRETKEY") == (
        "4461aaca0fb2c8af7ed53d2fa1c560fecccf36a5b16a8c43c1aefb63ba68f82c"
        "5b03fb1f78cfd351f18ed4db0a59e43c184d7662a946ac2d0f0137c7d2f6e20e"
    )


def test_vnpay_leaves_out_hash_hash_type_and_empty_values() -> None:
    more = {**VNPAY_FIELDS, "vnp_SecureHash": "x", "vnp_SecureHashType": "SHA256", "vnp_BankCode": ""}
    assert vnpay.hash_text(more) == VNPAY_TEXT


@pytest.mark.parametrize(
    ("names", "message", "digest"),
    [
        (
            npp.INIT,
            {
                "LoaiBanTin": "INIT",
                "PhienBan": "1.0.6",
                "MaDoiTac": "PARTNER01",
                "MaThamChieu": "1_abc",
                "SoTien": "50000",
                "LoaiHinhThanhToan": "PAY",
                "MaKenhThanhToan": "1",
                "MaThietBi": "1",
                "NgonNgu": "vi-VN",
                "MaTienTe": "VND",
                "MaNganHang": "PAYMENT",
                "ThongTinGiaoDich": "Nop phi",
                "ThoiGianGD": "20250102030405",
                "Ip": "127.0.0.1",
            },
            "ccf56dcaa07e1b693d64f9d91cc20847edf19d706633f0b23b3242f952894d7f",
        ),
        (
            npp.CALLBACK,
            {
                "LoaiBanTin": "CONFIRM",
                "MaLoi": "00",
                "MaDoiTac": "PARTNER01",
                "MaThamChieu": "1_abc",
                "SoTien": "50000",
                "MaTienTe": "VND",
                "MaGiaoDich": "GD1",
                "MaNganHang": "NCB",
                "ThoiGianGD": "20250102030405",
                "ThongTinGiaoDich": "Nop phi",
            },
            "48b7b6dd3f9b868bc73c6acd9a2454b1b5a1224b3102ae959afc83b74948b47f",
        ),
        (
            npp.LOOK_UP,
            {
                "LoaiBanTin": "GET_BILL",
                "PhienBan": "1.0.6",
                "MaDoiTac": "PARTNER01",
                "MaThamChieu": "1_abc",
                "ThoiGianGD": "20250102030405",
            },
            "552b629fa70b5cf7d461c0f7e761b7b7ac7085ea201aa16b908be95b5a05964a",
        ),
    ],
    ids=["init", "callback", "receipt"],
)
def test_national_platform(names: tuple[str, ...], message: dict[str, str], digest: str) -> None:
    assert npp.checksum(message, names, "secret") == digest


def test_crc_of_the_published_check_value() -> None:
    assert vietqr.crc16("123456789") == "29B1"


def test_vietqr_static_code_of_the_napas_guide() -> None:
    assert vietqr.payload(bank_bin="970403", account="0011012345678") == (
        "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63049E6F"
    )


def test_vietqr_dynamic_code_of_the_napas_guide() -> None:
    made = vietqr.payload(
        bank_bin="970403",
        account="0011012345678",
        amount_vnd=180000,
        bill_number="NPS6869",
        purpose="thanh toán đơn hàng",
    )
    assert made == (
        "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA"
        "530370454061800005802VN62340107NPS68690819thanh toan don hang63042E2E"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"bank_bin": "97040"},
        {"bank_bin": "97040x"},
        {"account": ""},
        {"account": "1" * 20},
        {"account": "12 34"},
        {"amount_vnd": 0},
        {"amount_vnd": 10**13},
        {"purpose": "x" * 100},
    ],
)
def test_vietqr_refuses_what_no_bank_would_take(wrong: dict[str, object]) -> None:
    right: dict[str, object] = {"bank_bin": "970403", "account": "0011012345678"}
    with pytest.raises(ValueError):
        vietqr.payload(**{**right, **wrong})  # type: ignore[arg-type]
