"""Messages a merchant sends to the national payment platform: INIT, status query, GET_BILL."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from portal.sandbox.gateway import npp
from portal.sandbox.gateway.models import Payment
from portal.sandbox.gateway.opening import OpeningProblem, open_npp
from portal.sandbox.gateway.receipts import receipt_pdf

STATUS = {"paid": "1", "open": "3"}  # TrangThaiGD: 1 done, 3 waiting, 4 failed


@csrf_exempt
@require_POST
def init(request: HttpRequest) -> JsonResponse:
    message = _message(request)
    if message is None:
        return _answer("03", "Bản tin phải là một đối tượng JSON.")
    try:
        payment = open_npp(message)
    except OpeningProblem as problem:
        return _answer(problem.code, str(problem), MaThamChieu=str(message.get("MaThamChieu") or ""))
    if payment.state != Payment.State.OPEN:
        return _answer("94", "Giao dịch này đã kết thúc.", MaThamChieu=payment.reference)
    page = settings.SANDBOX.public_url + reverse("pay", args=[payment.token])
    return _answer("00", "Thành công", MaThamChieu=payment.reference, MaDoiTac=payment.merchant, UrlThanhToan=page)


@csrf_exempt
@require_POST
def query(request: HttpRequest) -> JsonResponse:
    payment, refusal = _looked_up(request)
    if payment is None:
        return refusal
    return _answer(
        "00",
        "Thành công",
        MaDoiTac=payment.merchant,
        MaThamChieu=payment.reference,
        SoTien=str(payment.amount_vnd),
        TrangThaiGD=STATUS.get(payment.state, "4"),
        MaGiaoDich=payment.transaction_no,
        MaNganHang=payment.bank_code,
        ThoiGianGD=f"{timezone.localtime(payment.decided_at):%Y%m%d%H%M%S}" if payment.decided_at else "",
    )


@csrf_exempt
@require_POST
def bill(request: HttpRequest) -> HttpResponse:
    """Answer GET_BILL with an address, or with the PDF itself for a partner that asks for one."""
    payment, refusal = _looked_up(request)
    if payment is None:
        return refusal
    if payment.state != Payment.State.PAID:
        return _answer("04", "Giao dịch chưa được thanh toán nên chưa có biên lai.", MaThamChieu=payment.reference)
    if "application/pdf" in request.headers.get("Accept", ""):
        return HttpResponse(receipt_pdf(payment), content_type="application/pdf")
    address = settings.SANDBOX.public_url + reverse("receipt", args=[payment.token])
    return _answer("00", "Thành công", MaDoiTac=payment.merchant, MaThamChieu=payment.reference, UrlBienLai=address)


@require_GET
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    payment = get_object_or_404(Payment, token=token, state=Payment.State.PAID)
    return HttpResponse(receipt_pdf(payment), content_type="application/pdf")


def _looked_up(request: HttpRequest) -> tuple[Payment | None, JsonResponse]:
    message, values = _message(request), settings.SANDBOX.values
    if message is None:
        return None, _answer("03", "Bản tin phải là một đối tượng JSON.")
    if message.get("MaDoiTac") != values["NPP_PARTNER_CODE"]:
        return None, _answer("01", "MaDoiTac không đúng.")
    if not npp.is_genuine(message, npp.LOOK_UP, values["NPP_SECRET"]):
        return None, _answer("97", "MaXacThuc không khớp.")
    reference = str(message.get("MaThamChieu") or "")
    payment = Payment.objects.filter(
        scheme=Payment.Scheme.NPP, merchant=message["MaDoiTac"], reference=reference
    ).first()
    return payment, _answer("02", "Không tìm thấy giao dịch.", MaThamChieu=reference)


def _message(request: HttpRequest) -> dict[str, Any] | None:
    try:
        message = json.loads(request.body)
    except ValueError:
        return None
    return message if isinstance(message, dict) else None


def _answer(code: str, text: str, **fields: str) -> JsonResponse:
    return JsonResponse({"MaLoi": code, "MoTaLoi": text, **fields}, json_dumps_params={"ensure_ascii": False})
