"""What the gateway tells the merchant about a payment: notice and browser return, in the words of each scheme."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone

from portal.sandbox.gateway import npp, vnpay
from portal.sandbox.gateway.models import Notice, Payment

# VNPAY's published response codes: done, not enough money, payer cancelled, time ran out
VNPAY_CODES = {"paid": "00", "failed": "51", "cancelled": "24", "expired": "11"}
NPP_CODES = {"paid": "00", "failed": "51", "cancelled": "24", "expired": "11"}
WRONG_BY_VND = 1000


def _stamp(moment) -> str:
    return timezone.localtime(moment).strftime("%Y%m%d%H%M%S")


def notice_parameters(payment: Payment, kind: str) -> dict[str, Any]:
    """Return the parameters of a notice, signed; wrong on purpose where the kind says so."""
    amount = payment.amount_vnd + (WRONG_BY_VND if kind == Notice.Kind.WRONG_AMOUNT else 0)
    parameters = _vnpay(payment, amount) if payment.scheme == Payment.Scheme.VNPAY else _npp(payment, amount)
    if kind == Notice.Kind.WRONG_SIGNATURE:
        name = "vnp_SecureHash" if payment.scheme == Payment.Scheme.VNPAY else "MaXacThuc"
        parameters[name] = parameters[name][::-1]
    return parameters


def return_url(payment: Payment) -> str:
    """Return where the payer's browser goes after the payment; it proves nothing, only the notice does."""
    if payment.scheme == Payment.Scheme.VNPAY:
        target, query = (payment.message["vnp_ReturnUrl"], _vnpay(payment, payment.amount_vnd))
    else:
        target = settings.SANDBOX.values["NPP_RETURN_URL"]
        query = {"MaDoiTac": payment.merchant, "MaThamChieu": payment.reference, "MaLoi": NPP_CODES[payment.state]}
    return f"{target}{'&' if '?' in target else '?'}{urlencode(query)}"


def _vnpay(payment: Payment, amount_vnd: int) -> dict[str, str]:
    paid = payment.state == Payment.State.PAID
    parameters = {
        "vnp_TmnCode": payment.merchant,
        "vnp_Amount": str(amount_vnd * 100),
        "vnp_BankCode": payment.bank_code or "VNPAY",
        "vnp_CardType": "ATM",
        "vnp_PayDate": _stamp(payment.decided_at),
        "vnp_OrderInfo": payment.message.get("vnp_OrderInfo", ""),
        "vnp_TransactionNo": payment.transaction_no,
        "vnp_ResponseCode": VNPAY_CODES[payment.state],
        "vnp_TransactionStatus": "00" if paid else "02",
        "vnp_TxnRef": payment.reference,
    }
    if paid:
        parameters["vnp_BankTranNo"] = f"VNP{payment.transaction_no}"
    return vnpay.signed(parameters, settings.SANDBOX.values["VNPAY_HASH_SECRET"])


def _npp(payment: Payment, amount_vnd: int) -> dict[str, Any]:
    message = {
        "LoaiBanTin": "CONFIRM",
        "MaLoi": NPP_CODES[payment.state],
        "MaDoiTac": payment.merchant,
        "MaThamChieu": payment.reference,
        "SoTien": str(amount_vnd),
        "MaTienTe": "VND",
        "MaGiaoDich": payment.transaction_no,
        "MaNganHang": payment.bank_code or "PAYMENT",
        "ThoiGianGD": _stamp(payment.decided_at),
        "ThongTinGiaoDich": payment.description,
    }
    return message | {"MaXacThuc": npp.checksum(message, npp.CALLBACK, settings.SANDBOX.values["NPP_SECRET"])}
