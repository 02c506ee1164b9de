"""Checksums of both payment schemes against published vectors."""

import pytest

from portal.sandbox.gateway import npp, vnpay

# the messages and digests of the golden vectors; their secret is the word itself
INIT = {
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
}
CALLBACK = INIT | {"LoaiBanTin": "CONFIRM", "MaLoi": "00", "MaGiaoDich": "GD1", "MaNganHang": "NCB"}
RECEIPT = INIT | {"LoaiBanTin": "GET_BILL"}


@pytest.mark.parametrize(
    ("message", "names", "digest"),
    [
        (INIT, npp.INIT, "ccf56dcaa07e1b693d64f9d91cc20847edf19d706633f0b23b3242f952894d7f"),
        (CALLBACK, npp.CALLBACK, "48b7b6dd3f9b868bc73c6acd9a2454b1b5a1224b3102ae959afc83b74948b47f"),
        (RECEIPT, npp.LOOK_UP, "552b629fa70b5cf7d461c0f7e761b7b7ac7085ea201aa16b908be95b5a05964a"),
    ],
)
def test_npp_vectors(message, names, digest):
    assert npp.checksum(message, names, "secret") == digest
    assert npp.is_genuine(message | {"MaXacThuc": digest.upper()}, names, "secret")
    assert not npp.is_genuine(message | {"MaThamChieu": "1_abd", "MaXacThuc": digest}, names, "secret")
    assert not npp.is_genuine(message, names, "secret")


def test_vnpay_hash_of_a_written_out_example():
    # sorted by name, a space as +, the hash itself and empty values left out; digest computed with openssl dgst -sha512
    parameters = {"vnp_TxnRef": "HS 1", "vnp_Amount": "800000", "vnp_BankCode": "", "vnp_ReturnUrl": "http://a/?b=c"}
    digest = (
        "97afbdf51b2b3eb977ece7457f726ba398f8db7a588ac2ad1c890958ab3c911e"
        "f8740878ca247599b2558566798f890ccf0c78cc1dea9fb5e43f39885b3e40f5"
    )
    assert vnpay.secure_hash(parameters, "secret") == digest
    assert vnpay.is_signed(parameters | {"vnp_SecureHash": digest, "vnp_SecureHashType": "SHA512"}, "secret")
    assert not vnpay.is_signed(parameters | {"vnp_Amount": "800001", "vnp_SecureHash": digest}, "secret")
    assert not vnpay.is_signed(parameters, "secret")
