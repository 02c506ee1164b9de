"""VNPAY 2.1.0 (public vendor interface): a signed redirect out, a signed IPN back by GET.

HMAC-SHA512 over the parameters sorted by name and form-encoded. Only the IPN changes anything; the browser's return
displays. VNPAY's query interface is not wired: an order whose IPN never comes stays expired until the daily statement
is compared.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.gateways.base import PAYER_CANCELLED, BadSignatureError, Gateway, Notice, Opening, whole_number
from payments.lifecycle import Verdict
from payments.models import PaymentOrder
from portal.core.errors import Text
from portal.core.text import fold

VERSION = "2.1.0"
NOT_HASHED = frozenset({"vnp_SecureHash", "vnp_SecureHashType"})
VNPAY_TIME_ZONE = ZoneInfo("Etc/GMT-7")  # POSIX sign: this is UTC+7
SUCCESS = "00"

FAILURES: dict[str, Text] = {
    "07": _("Ngân hàng trừ tiền nhưng nghi ngờ gian lận. Hãy gọi ngân hàng của bạn."),
    "09": _("Thẻ hoặc tài khoản chưa đăng ký thanh toán trực tuyến."),
    "10": _("Xác thực thông tin thẻ sai quá ba lần."),
    "11": _("Đã hết thời gian thanh toán."),
    "12": _("Thẻ hoặc tài khoản bị khóa."),
    "13": _("Mã xác thực (OTP) không đúng."),
    "24": PAYER_CANCELLED,
    "51": _("Tài khoản không đủ số dư."),
    "65": _("Tài khoản vượt hạn mức giao dịch trong ngày."),
    "75": _("Ngân hàng đang bảo trì."),
    "79": _("Nhập sai mật khẩu thanh toán quá số lần quy định."),
}
"""Published values of vnp_ResponseCode, in words for the payer."""
MAY_HAVE_TAKEN = frozenset({"07", "11"})
"""Of these the ones after which money may have left the account all the same."""
OTHER_FAILURE = _("Giao dịch không thành công. Tiền của bạn chưa bị trừ.")

REPLIES: dict[Verdict, tuple[str, str]] = {
    Verdict.PAID: ("00", "Confirm Success"),
    Verdict.PAID_LATE: ("00", "Confirm Success"),
    Verdict.OVERPAID: ("00", "Confirm Success"),
    Verdict.FAILED: ("00", "Confirm Success"),
    Verdict.REPEATED: ("02", "Order already confirmed"),
    Verdict.UNKNOWN_ORDER: ("01", "Order not found"),
    Verdict.WRONG_TERMINAL: ("01", "Order not found"),
    Verdict.WRONG_AMOUNT: ("04", "Invalid amount"),
    Verdict.BAD_SIGNATURE: ("97", "Invalid signature"),
    Verdict.FOREIGN_TRANSACTION: ("99", "Transaction belongs to another order"),
    Verdict.UNREADABLE: ("99", "Input data required"),
}


def hash_text(fields: Mapping[str, Any]) -> str:
    """The text that is signed: name=value sorted by name, form-encoded, empty values left out."""
    return "&".join(
        f"{quote_plus(name)}={quote_plus(str(value))}"
        for name, value in sorted(fields.items())
        if name not in NOT_HASHED and value != ""
    )


def secure_hash(fields: Mapping[str, Any], secret: str) -> str:
    """vnp_SecureHash: HMAC-SHA512 in lower-case hex."""
    return hmac.new(secret.encode(), hash_text(fields).encode(), hashlib.sha512).hexdigest()


class Vnpay(Gateway):
    """VNPAY as one merchant terminal."""

    name = "vnpay"
    label = _("VNPAY")
    description = _("Thẻ ATM, tài khoản ngân hàng, thẻ quốc tế hoặc quét mã VNPAY-QR.")
    return_field = "vnp_TxnRef"
    untouched = tuple(words for code, words in FAILURES.items() if code not in MAY_HAVE_TAKEN)

    @property
    def terminal(self) -> str:
        """vnp_TmnCode."""
        return settings.VNPAY_TMN_CODE

    def open(self, order: PaymentOrder, opening: Opening) -> str:
        """The signed address of VNPAY's page; no call is made."""
        fields = {
            "vnp_Version": VERSION,
            "vnp_Command": "pay",
            "vnp_TmnCode": self.terminal,
            "vnp_Amount": str(order.amount_vnd * 100),
            "vnp_CreateDate": _stamp(order.created_at),
            "vnp_ExpireDate": _stamp(order.expires_at),
            "vnp_CurrCode": "VND",
            "vnp_IpAddr": opening.client_ip,
            "vnp_Locale": "en" if opening.language == "en" else "vn",
            # letters without marks and figures only, as the vendor asks; no personal data
            "vnp_OrderInfo": fold(f"Nop phi le phi ho so {order.dossier.code}").upper(),
            "vnp_OrderType": "other",
            "vnp_ReturnUrl": opening.return_url,
            "vnp_TxnRef": order.reference,
        }
        signature = secure_hash(fields, settings.VNPAY_HASH_SECRET)
        return f"{settings.VNPAY_PAY_URL}?{hash_text(fields)}&vnp_SecureHash={signature}"

    def read_notice(self, fields: Mapping[str, Any]) -> Notice:
        """Read an IPN; both vnp_ResponseCode and vnp_TransactionStatus must be 00 for a paid one."""
        signed = {name: value for name, value in fields.items() if name.startswith("vnp_")}
        given = str(signed.get("vnp_SecureHash", "")).lower().encode()
        if not settings.VNPAY_HASH_SECRET or not hmac.compare_digest(
            given, secure_hash(signed, settings.VNPAY_HASH_SECRET).encode()
        ):
            raise BadSignatureError
        hundredths = whole_number(signed.get("vnp_Amount"))
        code, status = signed.get("vnp_ResponseCode", ""), signed.get("vnp_TransactionStatus", "")
        transaction = str(signed.get("vnp_TransactionNo", ""))[:100]
        is_paid = code == SUCCESS and status == SUCCESS
        return Notice(
            reference=str(signed.get("vnp_TxnRef", "")),
            terminal=str(signed.get("vnp_TmnCode", "")),
            amount_vnd=hundredths // 100 if hundredths is not None and hundredths % 100 == 0 else None,
            is_paid=is_paid,
            transaction="" if transaction.strip("0") == "" else transaction,
            bank_code=str(signed.get("vnp_BankCode", ""))[:40],
            failure="" if is_paid else str(FAILURES.get(str(code), OTHER_FAILURE)),
            occurred_at=_moment(str(signed.get("vnp_PayDate", ""))),
        )

    def reply(self, verdict: Verdict | None, fields: Mapping[str, Any]) -> dict[str, Any]:
        """RspCode and Message with the vendor's capitals."""
        code, message = ("99", "Unknown error") if verdict is None else REPLIES[verdict]
        return {"RspCode": code, "Message": message}


def _stamp(moment: datetime) -> str:
    return moment.astimezone(VNPAY_TIME_ZONE).strftime("%Y%m%d%H%M%S")


def _moment(text: str) -> datetime | None:
    try:
        return timezone.make_aware(datetime.strptime(text, "%Y%m%d%H%M%S"), VNPAY_TIME_ZONE)  # noqa: DTZ007 - zone is set here
    except ValueError:
        return None
