"""The national payment platform (Nền tảng thanh toán trực tuyến của Cổng Dịch vụ công quốc gia), messages 1.0.6.

INIT is a POST that answers with the address of the payment page; the result comes as a callback; status and receipt can
be asked for. MaXacThuc is a plain SHA-256 over chosen fields and the shared secret joined with "|" (protocol §10.1).
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.gateways.base import PAYER_CANCELLED, BadSignatureError, Gateway, Notice, Opening, storable, whole_number
from payments.lifecycle import RECORDED, Verdict
from payments.models import PaymentOrder
from portal.core.errors import Text, UpstreamError
from portal.exchange import transport

VERSION = "1.0.6"
SUCCESS = "00"
INIT = (
    "LoaiBanTin",
    "PhienBan",
    "MaDoiTac",
    "MaThamChieu",
    "SoTien",
    "LoaiHinhThanhToan",
    "MaKenhThanhToan",
    "MaThietBi",
    "NgonNgu",
    "MaTienTe",
    "MaNganHang",
    "ThongTinGiaoDich",
    "ThoiGianGD",
    "Ip",
)
CALLBACK = (
    "LoaiBanTin",
    "MaLoi",
    "MaDoiTac",
    "MaThamChieu",
    "SoTien",
    "MaTienTe",
    "MaGiaoDich",
    "MaNganHang",
    # the time stands before the description here, after it in INIT
    "ThoiGianGD",
    "ThongTinGiaoDich",
)
ECHOED = ("MaDoiTac", "MaThamChieu", "ThoiGianGD", "MaXacThuc")
LOOK_UP = ("LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "ThoiGianGD")

TRANSACTION_PAID, TRANSACTION_FAILED = "1", "4"
"""TrangThaiGD of a status answer; 3 means still open."""
FAILURES: dict[str, Text] = {
    "11": _("Đã hết thời gian thanh toán."),
    "24": PAYER_CANCELLED,
    "51": _("Tài khoản không đủ số dư."),
}
MAY_HAVE_TAKEN = frozenset({"11"})
"""Of these the ones after which money may have left the account all the same."""
OTHER_FAILURE = _("Giao dịch không thành công. Tiền của bạn chưa bị trừ.")
RECEIPT_NAME_LIMIT = 200
PDF_MARK = b"%PDF-"


def checksum(message: Mapping[str, Any], names: tuple[str, ...], secret: str) -> str:
    """MaXacThuc: lower-case hex SHA-256; a missing field counts as empty text."""
    joined = "|".join([*("" if message.get(name) is None else str(message[name]) for name in names), secret])
    return hashlib.sha256(joined.encode()).hexdigest()


class NationalPlatform(Gateway):
    """The national payment platform as one partner."""

    name = "npp"
    label = _("Nền tảng thanh toán quốc gia")
    description = _("Ngân hàng và ví điện tử đã nối với Cổng Dịch vụ công quốc gia.")
    return_field = "MaThamChieu"
    untouched = tuple(words for code, words in FAILURES.items() if code not in MAY_HAVE_TAKEN)
    can_query: ClassVar[bool] = True
    has_voucher: ClassVar[bool] = True
    private_fields: ClassVar[frozenset[str]] = frozenset({"SoThe", "Token", "MaToken", "TenChuThe", "NgayHetHanThe"})

    @property
    def terminal(self) -> str:
        """MaDoiTac."""
        return settings.NPP_PARTNER_CODE

    def open(self, order: PaymentOrder, opening: Opening) -> str:
        """Send INIT and return UrlThanhToan; raises UpstreamError when the platform refuses or does not answer."""
        message: dict[str, Any] = {
            "LoaiBanTin": "INIT",
            "PhienBan": VERSION,
            "MaDoiTac": self.terminal,
            "MaThamChieu": order.reference,
            "SoTien": str(order.amount_vnd),
            "LoaiHinhThanhToan": "PAY",
            "MaKenhThanhToan": "1",
            "MaThietBi": "1",
            "NgonNgu": "vi-VN",
            "MaTienTe": "VND",
            "MaNganHang": "PAYMENT",
            "ThongTinGiaoDich": f"Nop phi, le phi ho so {order.dossier.code}",
            "ThoiGianGD": _stamp(order.created_at),
            "Ip": opening.client_ip,
            "ThongTinBienLai": receipt_block(order),
        }
        message["MaXacThuc"] = checksum(message, INIT, settings.NPP_SECRET)
        answer = _answer(transport.post_json(settings.NPP_INIT_URL, message, is_ours=True))
        address = str(answer.get("UrlThanhToan") or "")
        if str(answer.get("MaLoi")) != SUCCESS or not _is_on_platform(address):
            raise UpstreamError
        return address

    def read_notice(self, fields: Mapping[str, Any]) -> Notice:
        """Read a callback; unlike known merchants we refuse a wrong MaXacThuc."""
        given = str(fields.get("MaXacThuc") or "").lower().encode()
        if not settings.NPP_SECRET or not hmac.compare_digest(
            given, checksum(fields, CALLBACK, settings.NPP_SECRET).encode()
        ):
            raise BadSignatureError
        code = str(fields.get("MaLoi") or "")
        is_paid = code == SUCCESS
        return Notice(
            reference=str(fields.get("MaThamChieu") or ""),
            terminal=str(fields.get("MaDoiTac") or ""),
            amount_vnd=whole_number(fields.get("SoTien")) if fields.get("MaTienTe") == "VND" else None,
            is_paid=is_paid,
            transaction=_transaction(fields),
            bank_code=str(fields.get("MaNganHang") or "")[:40],
            failure="" if is_paid else str(FAILURES.get(code, OTHER_FAILURE)),
            occurred_at=_moment(str(fields.get("ThoiGianGD") or "")),
        )

    def reply(self, verdict: Verdict | None, fields: Mapping[str, Any]) -> dict[str, Any]:
        """MaLoi "00" once it is recorded, now or before, else "99"; MaXacThuc is echoed as known merchants do."""
        is_recorded = verdict in RECORDED or verdict == Verdict.REPEATED
        text = "Lỗi hệ thống, hãy gửi lại" if verdict is None else str(verdict.label)
        echoed = storable({name: fields.get(name) or "" for name in ECHOED})
        return {"MaLoi": SUCCESS if is_recorded else "99", "MoTaLoi": text, **echoed}

    def query(self, order: PaymentOrder) -> tuple[Notice | None, dict[str, Any]]:
        """Ask for TrangThaiGD. The answer has no checksum: it is believed because we called the configured address."""
        answer = _answer(transport.post_json(settings.NPP_QUERY_URL, self._look_up("QUERY", order), is_ours=True))
        if str(answer.get("MaLoi")) != SUCCESS or str(answer.get("MaThamChieu") or order.reference) != order.reference:
            return None, answer
        status = str(answer.get("TrangThaiGD") or "")
        if status not in {TRANSACTION_PAID, TRANSACTION_FAILED}:
            return None, answer
        stated = answer.get("SoTien")
        is_paid = status == TRANSACTION_PAID
        return (
            Notice(
                reference=order.reference,
                terminal=str(answer.get("MaDoiTac") or self.terminal),
                amount_vnd=order.amount_vnd if stated in (None, "") else whole_number(stated),
                is_paid=is_paid,
                transaction=_transaction(answer),
                bank_code=str(answer.get("MaNganHang") or "")[:40],
                failure="" if is_paid else str(OTHER_FAILURE),
                occurred_at=_moment(str(answer.get("ThoiGianGD") or "")),
            ),
            answer,
        )

    def voucher(self, order: PaymentOrder) -> bytes:
        """Send GET_BILL; the platform answers with the PDF or with its address, as the partner is set up there."""
        message = self._look_up("GET_BILL", order)
        answer = transport.post_json(
            settings.NPP_BILL_URL, message, headers={"Accept": "application/pdf, application/json"}, is_ours=True
        )
        if answer.status_code == 200 and not answer.content.startswith(PDF_MARK):
            stated = _answer(answer)
            # one client reads UrlBienLai, another URLBienLai (protocol §10.1)
            address = str(stated.get("UrlBienLai") or stated.get("URLBienLai") or "")
            if not _is_on_platform(address):
                raise UpstreamError
            answer = transport.get(address, headers={"Accept": "application/pdf"}, is_ours=True)
        if answer.status_code != 200 or not answer.content.startswith(PDF_MARK):
            raise UpstreamError
        return answer.content

    def _look_up(self, kind: str, order: PaymentOrder) -> dict[str, str]:
        message = {
            "LoaiBanTin": kind,
            "PhienBan": VERSION,
            "MaDoiTac": self.terminal,
            "MaThamChieu": order.reference,
            "ThoiGianGD": _stamp(timezone.now()),
        }
        return message | {"MaXacThuc": checksum(message, LOOK_UP, settings.NPP_SECRET)}


def receipt_block(order: PaymentOrder) -> dict[str, Any]:
    """ThongTinBienLai: every key present, "" where unused; of the payer only the name is told."""
    dossier, agency = order.dossier, order.dossier.agency
    lines = list(order.lines.all())
    payer = order.payer.display_name if order.payer else ""
    return {
        "MaDichVu": "2",
        "MaDVC": dossier.procedure_code,
        "TenDVC": dossier.procedure_name[:RECEIPT_NAME_LIMIT],
        "MaTTHC": dossier.procedure_code,
        "TenTTHC": dossier.procedure_name[:RECEIPT_NAME_LIMIT],
        "MaDonVi": agency.code if agency else "",
        "TenDonVi": agency.name if agency else "",
        "MaHoSo": dossier.code or "",
        "PhiLePhi": [
            {
                "LoaiPhiLePhi": "1" if line.kind == "phi" else "2",
                "MaPhiLePhi": "",
                "TenPhiLePhi": line.description,
                "SoTien": str(line.amount_vnd),
            }
            for line in lines
        ],
        "TKThuHuong": agency.treasury_account if agency else "",
        "MaNHThuHuong": "",
        "TenTKThuHuong": agency.name if agency and agency.treasury_account else "",
        "HoTenNguoiNop": payer,
        "SoCMNDNguoiNop": "",
        "DiaChiNguoiNop": "",
        "HuyenNguoiNop": "",
        "TinhNguoiNop": "",
        "NoiDungThanhToan": f"Nop phi, le phi ho so {dossier.code}",
        "DSKhoanNop": [{"NoiDung": line.description, "SoTien": str(line.amount_vnd)} for line in lines],
    }


def _answer(response: transport.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        raise UpstreamError from None
    if response.status_code != 200 or not isinstance(answer, dict):
        raise UpstreamError
    return answer


def _is_on_platform(address: str) -> bool:
    """Only an address of the platform's own host is followed: the browser goes there with the payer's trust."""
    try:
        there, platform = urlsplit(address), urlsplit(settings.NPP_INIT_URL)
    except ValueError:
        return False
    return there.scheme in {"https", platform.scheme} and there.hostname == platform.hostname


def _transaction(fields: Mapping[str, Any]) -> str:
    text = str(fields.get("MaGiaoDich") or "")[:100]
    return "" if text.strip("0") == "" else text


def _stamp(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y%m%d%H%M%S")


def _moment(text: str) -> datetime | None:
    # Some senders use a 12-hour clock by mistake (protocol §10.1); the moment is shown, never compared.
    try:
        return timezone.make_aware(datetime.strptime(text, "%Y%m%d%H%M%S"))  # noqa: DTZ007 - local time by definition
    except ValueError:
        return None
