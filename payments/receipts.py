"""E-receipts (biên lai điện tử): numbered in the transaction that takes the money, drawn by the worker.

Content of NĐ 254/2026/NĐ-CP and TT 91/2026/TT-BTC: name, template, symbol, number; payer; collecting body and its tax
code; kind of fee; amount in figures and words; date.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from datastore import services as datastore
from datastore.models import TrustLevel
from datastore.results import keys, rendering, signing
from payments.gateways import registry
from payments.models import OrderLine, PaymentOrder, Receipt
from portal.agencies.models import Agency
from portal.core import money, qr
from portal.core.work import ring
from procedures.models import FeeKind

DOCUMENT_TYPE = "KQ.BIEN-LAI"
"""Own code of the store for receipts; no national code is published for them (docs/assumptions.md)."""
TITLE = "Biên lai thu phí, lệ phí"
SERIES = "AA"
"""The two letters of the symbol after the year and T; one series holds 99,999,999 receipts of a collecting body."""
WRITE_TASK = "payments.write_receipts"

_NEXT = """
    INSERT INTO payments_receiptcounter (agency_id, symbol, last_number) VALUES (%s, %s, 1)
    ON CONFLICT (agency_id, symbol) DO UPDATE SET last_number = payments_receiptcounter.last_number + 1
    RETURNING last_number
"""


def symbol_on(day: date) -> str:
    """The symbol (ký hiệu) of a day's receipts, such as ``26TAA``."""
    return f"{day:%y}T{SERIES}"


def issue(
    order: PaymentOrder,
    lines: Sequence[OrderLine],
    *,
    agency: Agency,
    cashier: str = "",
    held: OrderLine | None = None,
) -> Receipt:
    """Give an agency's receipt its number and freeze its content; the worker draws it.

    Called in the transaction of the payment, or of the sweep that finds held money asked for.

    `cashier` is the official who took cash. Of a bundle's order each line says for which dossier it is; `held` is the
    one line whose money was held until now.

    The counter's row stays locked until the transaction ends: numbers have no gaps, and are given as late as possible.
    """
    now = timezone.now()
    payer_name = str(order.payer) if order.payer else order.dossier.applicant_name
    organisation = order.dossier.organisation
    for_another = organisation.name if organisation else ""
    if order.dossier.representation_id is not None and order.payer_id != order.dossier.owner_id:
        for_another = order.dossier.applicant_name
    symbol = symbol_on(timezone.localdate(now))
    about = order.dossier
    if order.bundle_id is not None:  # the first of this agency's own: a charge that is due, or took money, has one
        about = next(line.dossier for line in lines if line.dossier)
    names = dict.fromkeys(_procedure_of(line) for line in lines if line.part)
    receipt = Receipt.objects.create(
        order=order,
        agency=agency,
        line=held,
        symbol=symbol,
        number=_next_number(agency.pk, symbol),
        amount_vnd=sum(line.amount_vnd for line in lines),
        issued_at=now,
        content={
            "agency_name": agency.name,
            "agency_tax_code": agency.tax_code,
            "payer_name": organisation.name if organisation else for_another or payer_name,
            "payer_tax_code": organisation.tax_code if organisation else "",
            "paid_by": payer_name if for_another else "",
            "dossier_code": about.code,
            "procedure_code": about.procedure_code,
            "procedure_name": "; ".join(names) or about.procedure_name,
            "gateway": str(registry.get(order.gateway).label),
            "transaction": order.gateway_transaction,
            "cashier": cashier,
            "lines": [
                {
                    "kind": str(dict(FeeKind.choices).get(line.kind, line.kind)),
                    "description": line.description,
                    "legal_basis": line.legal_basis,
                    "amount_vnd": line.amount_vnd,
                    "about": _about(line),
                }
                for line in lines
            ],
        },
    )
    if order.bundle_id is not None:
        OrderLine.objects.filter(pk__in=[line.pk for line in lines]).update(receipt=receipt)
    ring(WRITE_TASK)
    return receipt


def _procedure_of(line: OrderLine) -> str:
    return line.part.procedure_name if line.part else ""


def _about(line: OrderLine) -> str:
    """Of a bundle's order: for which dossier it was paid; empty where the whole receipt is for one."""
    if line.part is None:
        return ""
    if line.dossier is None:
        return _procedure_of(line)
    return f"{_procedure_of(line)}, hồ sơ {line.dossier.code}"


def _next_number(agency_id: int, symbol: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [agency_id, symbol])
        (number,) = cursor.fetchone()
    return int(number)


def write(work: Receipt) -> None:
    """Draw a receipt and lay it in the payer's store; one that exists is not drawn again.

    What was paid for an organisation lies in the organisation's store: its members find it there, also once the
    member who paid has left (the accounting paper is the organisation's; Luật Kế toán 88/2015/QH13 art. 16, 41).
    """
    wanted = Receipt.objects.select_related(
        "order__dossier__organisation", "order__payer", "agency__parent", "agency__unit"
    )
    receipt = wanted.get(pk=work.pk)
    dossier = receipt.order.dossier
    owner = receipt.order.payer or dossier.owner or dossier.filer
    if receipt.document_id is not None or owner is None:
        pdf = b""
    else:
        keys.register()  # the public half of what signs is known before anybody checks
        drawn = rendering.render_pdf("payments/receipt_pdf.html", context(receipt), title=f"{TITLE} {receipt}")
        name = receipt.content["agency_name"]
        pdf = signing.sign_pdf(drawn, agency_name=name, location="", reason=TITLE, agency=receipt.agency)
    with transaction.atomic():
        current = Receipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
        if owner is None:
            current.mark_failed(
                "Hồ sơ không có tài khoản trên Cổng để nhận biên lai.",
                now=timezone.now(),
                budget=timedelta(0),
                permanent=True,
            )
        else:
            if current.document_id is None:
                current.document = datastore.deposit(
                    owner=owner,
                    content=pdf,
                    name=f"bien-lai-{receipt.symbol}-{receipt.printed_number}.pdf",
                    type_code=DOCUMENT_TYPE,
                    title=_title(receipt),
                    trust=TrustLevel.ISSUED,
                    number=str(receipt),
                    issuer=receipt.agency,
                    issued_on=timezone.localdate(receipt.issued_at),
                    dossier_code=receipt.content["dossier_code"] or "",
                    procedure_code=receipt.content.get("procedure_code", dossier.procedure_code)[:20],
                    organisation=dossier.organisation,
                    about=dossier.organisation.name if dossier.organisation else "",
                    is_listed=dossier.organisation is not None,
                )
            current.mark_done(timezone.now())
        current.save()


def _title(receipt: Receipt) -> str:
    """What the store calls it; an organisation reads, and finds by, who paid in its name."""
    title = f"{TITLE} {receipt} – {receipt.content['dossier_code']}"
    paid_by = receipt.content.get("paid_by", "")
    return f"{title} – {paid_by} nộp thay" if paid_by else title


def context(receipt: Receipt) -> dict[str, Any]:
    """What the template of the receipt uses: the letterhead of the letters, its lines, and who signs.

    The collecting body signs with its own key; beside cash stands who took it (NĐ 254/2026/NĐ-CP, docs/assumptions.md).
    """
    agency, code = receipt.agency, receipt.content["dossier_code"]
    return {
        "receipt": receipt,
        "name": TITLE,
        "agency_name": receipt.content["agency_name"],
        "parent_name": agency.parent.name if agency.parent else "",
        "place": agency.unit.name if agency.unit else "",
        "decided_on": timezone.localdate(receipt.issued_at),
        "qr_svg": qr.draw(f"{settings.BASE_URL}/tra-cuu/?code={code}", label=f"Mã QR tra cứu hồ sơ {code}").svg,
        "signer_lines": ["ĐƠN VỊ THU"],
        "signer_name": receipt.content.get("cashier", ""),
        "signed_at": timezone.localtime().replace(microsecond=0),
        "checking_url": f"{settings.BASE_URL}/xm/tep/",
        "content": receipt.content,
        "has_legal_basis": any(line["legal_basis"] for line in receipt.content["lines"]),
        "amount_in_words": money.in_words(receipt.amount_vnd),
    }
