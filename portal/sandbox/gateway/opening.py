"""Taking a merchant's request for a payment: check it as the real gateway does, then open one payment page for it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.sandbox.common.http import is_portal_url
from portal.sandbox.gateway import npp, vnpay
from portal.sandbox.gateway.models import Payment

SMALLEST_VND, LARGEST_VND = 1, 1_000_000_000_000


class OpeningProblem(Exception):
    """The request is refused; code as the scheme numbers it, and words for the merchant's engineer."""

    def __init__(self, code: str, text: str):
        super().__init__(text)
        self.code = code


def open_vnpay(parameters: Mapping[str, str]) -> Payment:
    """Open a page for a VNPAY 2.1.0 redirect; the same signed request opened twice leads to the same page."""
    values = settings.SANDBOX.values
    if parameters.get("vnp_TmnCode") != values["VNPAY_TMN_CODE"]:
        raise OpeningProblem("72", "Không tìm thấy website: vnp_TmnCode không đúng.")
    if not vnpay.is_signed(parameters, values["VNPAY_HASH_SECRET"]):
        raise OpeningProblem("70", "Sai chữ ký: vnp_SecureHash không khớp.")
    if parameters.get("vnp_Version") != "2.1.0" or parameters.get("vnp_Command") != "pay":
        raise OpeningProblem("03", "vnp_Version phải là 2.1.0 và vnp_Command phải là pay.")
    for name in (
        "vnp_TxnRef",
        "vnp_OrderInfo",
        "vnp_ReturnUrl",
        "vnp_CreateDate",
        "vnp_IpAddr",
        "vnp_OrderType",
        "vnp_Locale",
    ):
        if not parameters.get(name):
            raise OpeningProblem("03", f"Thiếu {name}.")
    if parameters.get("vnp_CurrCode") != "VND":
        raise OpeningProblem("03", "vnp_CurrCode phải là VND.")
    if not is_portal_url(parameters["vnp_ReturnUrl"]):
        raise OpeningProblem("71", "Website chưa được phê duyệt: vnp_ReturnUrl không nằm trên Cổng.")
    hundredths = parameters.get("vnp_Amount", "")
    if not hundredths.isdecimal() or int(hundredths) % 100:
        raise OpeningProblem("03", "vnp_Amount phải là số tiền nhân 100.")
    _moment(parameters["vnp_CreateDate"], "vnp_CreateDate")
    expires = parameters.get("vnp_ExpireDate", "")
    return _open(
        Payment.Scheme.VNPAY,
        merchant=parameters["vnp_TmnCode"],
        reference=parameters["vnp_TxnRef"],
        amount=str(int(hundredths) // 100),
        description=parameters["vnp_OrderInfo"],
        message=dict(parameters),
        expires_at=_moment(expires, "vnp_ExpireDate") if expires else None,
    )


def open_npp(message: Mapping[str, Any]) -> Payment:
    """Open a page for an INIT message of the national payment platform; the same INIT again gives the same page."""
    values = settings.SANDBOX.values
    if message.get("MaDoiTac") != values["NPP_PARTNER_CODE"]:
        raise OpeningProblem("01", "MaDoiTac không đúng.")
    if not npp.is_genuine(message, npp.INIT, values["NPP_SECRET"]):
        raise OpeningProblem("97", "MaXacThuc không khớp.")
    if message.get("LoaiBanTin") != "INIT" or message.get("LoaiHinhThanhToan") != "PAY":
        raise OpeningProblem("03", "LoaiBanTin phải là INIT và LoaiHinhThanhToan phải là PAY.")
    if message.get("MaTienTe") != "VND":
        raise OpeningProblem("03", "MaTienTe phải là VND.")
    if not isinstance(message.get("ThongTinBienLai"), dict):
        raise OpeningProblem("03", "Thiếu ThongTinBienLai.")
    if not str(message.get("MaThamChieu") or ""):
        raise OpeningProblem("03", "Thiếu MaThamChieu.")
    return _open(
        Payment.Scheme.NPP,
        merchant=str(message["MaDoiTac"]),
        reference=str(message["MaThamChieu"]),
        amount=str(message.get("SoTien") or ""),
        description=str(message.get("ThongTinGiaoDich") or ""),
        message=dict(message),
        expires_at=None,
    )


@transaction.atomic
def _open(scheme: str, *, merchant: str, reference: str, amount: str, description: str, message, expires_at) -> Payment:
    if not amount.isdecimal() or not SMALLEST_VND <= int(amount) <= LARGEST_VND:
        raise OpeningProblem("03", "Số tiền phải là số đồng nguyên, lớn hơn 0.")
    if len(reference) > 100:
        raise OpeningProblem("03", "Mã tham chiếu dài quá 100 ký tự.")
    payment, _ = Payment.objects.get_or_create(
        scheme=scheme,
        merchant=merchant,
        reference=reference,
        defaults={"amount_vnd": int(amount), "description": description, "message": message, "expires_at": expires_at},
    )
    if payment.message != message:
        raise OpeningProblem("94", "Mã tham chiếu này đã dùng cho một giao dịch khác.")
    return payment


def _moment(text: str, name: str) -> datetime:
    try:
        return timezone.make_aware(datetime.strptime(text, "%Y%m%d%H%M%S"))  # noqa: DTZ007 - local time by definition
    except ValueError:
        raise OpeningProblem("03", f"{name} phải có dạng yyyyMMddHHmmss.") from None
