"""The receipt (biên lai) of a payment on the national platform, as a PDF marked as a sample."""

from html import escape

from django.utils import timezone

from portal.sandbox.gateway.models import Payment

_PAGE = """<!doctype html><html lang="vi"><head><meta charset="utf-8">
<title>Biên lai {number}</title>
<style>
@page {{ size: A5 landscape; margin: 15mm; }} body {{ font: 11pt/1.6 "Be Vietnam Pro", "DejaVu Sans", sans-serif; }}
h1 {{ font-size: 15pt; line-height: 1.4; text-align: center; }}
.mark {{ border: 1pt solid; padding: 4pt; text-align: center; }}
</style></head><body><p class="mark">Môi trường thử nghiệm – không có giá trị pháp lý</p>
<h1>Biên lai thu phí, lệ phí</h1>
<p>Mã giao dịch: {number}</p><p>Người nộp: {payer}</p><p>Nội dung: {description}</p><p>Số tiền: {amount}</p>
<p>Thời điểm: {moment}</p></body></html>"""


def receipt_pdf(payment: Payment) -> bytes:
    from weasyprint import HTML  # loads Pango; only this function needs it

    details = payment.message.get("ThongTinBienLai") or {}
    page = _PAGE.format(
        number=escape(payment.transaction_no),
        payer=escape(str(details.get("HoTenNguoiNop") or "")),
        description=escape(payment.description),
        amount=escape(payment.amount_text),
        moment=f"{timezone.localtime(payment.decided_at):%H:%M, %d/%m/%Y}",
    )
    return HTML(string=page).write_pdf()
