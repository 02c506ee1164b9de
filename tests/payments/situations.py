"""Situations of paying: a dossier that owes, an order for it, and signed messages of the gateways."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.test import Client
from pypdf import PdfReader

from datastore import storage
from dossiers.models import Dossier
from payments import services
from payments.gateways import npp, vnpay
from payments.models import GatewayNotice, PaymentOrder, Receipt
from portal.accounts.models import User
from portal.agencies.actors import Actor
from tests import factories

VNPAY_IPN = "/thanh-toan/vnpay/ipn/"
NPP_IPN = "/thanh-toan/npp/ipn/"


def owing_dossier(fee_vnd: int = 8000, *, citizen: User | None = None) -> Dossier:
    """A filed dossier that waits for its fee."""
    known = factories.ProcedureVersion.objects.filter(procedure__code=f"1.{fee_vnd:06d}").first()
    version = known or factories.make_version(f"1.{fee_vnd:06d}", fee_vnd=fee_vnd, needs_paper=False)
    return factories.file_dossier(citizen, version)


def open_order(dossier: Dossier, gateway: str = "vnpay", *, is_fresh: bool = False) -> PaymentOrder:
    """An order the dossier's filer made."""
    assert dossier.filer is not None
    order, _address = services.create_order(
        dossier.code or "",
        actor=Actor.citizen(dossier.filer),
        gateway=gateway,
        client_ip="127.0.0.1",
        is_fresh=is_fresh,
    )
    return order


def vnpay_fields(order: PaymentOrder, *, secret: str = "", **changes: str) -> dict[str, str]:
    """A signed IPN about an order; changes are made before signing."""
    fields = {
        "vnp_TmnCode": settings.VNPAY_TMN_CODE,
        "vnp_Amount": str(order.amount_vnd * 100),
        "vnp_BankCode": "NCB",
        "vnp_BankTranNo": "VNP14226112",
        "vnp_CardType": "ATM",
        "vnp_PayDate": "20261122101500",
        "vnp_OrderInfo": "NOP PHI LE PHI",
        "vnp_TransactionNo": f"9{order.pk:07d}",
        "vnp_ResponseCode": "00",
        "vnp_TransactionStatus": "00",
        "vnp_TxnRef": order.reference,
        **changes,
    }
    return {**fields, "vnp_SecureHash": vnpay.secure_hash(fields, secret or settings.VNPAY_HASH_SECRET)}


def vnpay_failure(order: PaymentOrder, code: str = "51") -> dict[str, str]:
    """A signed IPN that says the payment failed."""
    return vnpay_fields(order, vnp_ResponseCode=code, vnp_TransactionStatus="02", vnp_TransactionNo="0")


def npp_fields(order: PaymentOrder, *, secret: str = "", **changes: Any) -> dict[str, Any]:
    """A signed callback of the national platform; changes are made before signing."""
    fields: dict[str, Any] = {
        "LoaiBanTin": "CONFIRM",
        "MaLoi": "00",
        "MaDoiTac": settings.NPP_PARTNER_CODE,
        "MaThamChieu": order.reference,
        "SoTien": str(order.amount_vnd),
        "MaTienTe": "VND",
        "MaGiaoDich": f"GD{order.pk}",
        "MaNganHang": "NCB",
        "ThoiGianGD": "20261122101500",
        "ThongTinGiaoDich": "Nop phi, le phi",
        **changes,
    }
    return {**fields, "MaXacThuc": npp.checksum(fields, npp.CALLBACK, secret or settings.NPP_SECRET)}


def tell_vnpay(fields: dict[str, str]) -> dict[str, str]:
    """Call the IPN as VNPAY does and return its answer."""
    response = Client().get(VNPAY_IPN, fields)
    assert response.status_code == 200
    return response.json()


def tell_npp(fields: Any) -> dict[str, str]:
    """Call the platform's callback and return its answer."""
    response = Client().post(NPP_IPN, fields, content_type="application/json")
    assert response.status_code == 200
    return response.json()


def verdicts() -> list[str]:
    """What was made of each notice so far, in order."""
    return list(GatewayNotice.objects.order_by("pk").values_list("verdict", flat=True))


def pdf_bytes(receipt: Receipt) -> bytes:
    receipt.refresh_from_db()
    assert receipt.document is not None
    with storage.open_stream(receipt.document.files.get().blob) as stream:
        return stream.read()


def pdf_text(receipt: Receipt) -> str:
    reader = PdfReader(BytesIO(pdf_bytes(receipt)))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())
