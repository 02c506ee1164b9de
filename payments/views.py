"""Pages of paying: what is owed, the return from the gateway, and a person's payments."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from dossiers import access as dossier_access
from dossiers import naming
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, ObligationState
from payments import access, services
from payments.errors import GatewayUnavailableError, NothingOwedError
from payments.forms import GatewayForm
from payments.gateways import registry
from payments.gateways.base import BadSignatureError
from payments.lifecycle import OrderState, RefundState
from payments.models import OrderLine, PaymentOrder
from portal.agencies.actors import Actor
from portal.core import keyset
from portal.core.callers import client_ip
from portal.core.errors import NotFoundError, Text
from portal.core.language import is_english
from portal.core.money import format_vnd
from procedures.models import FeeKind

PAGE_SIZE = 20
ASKED_AGAIN_FOR = timedelta(minutes=5)
"""So long a page waits for a receipt; one that is late is found on the dossier's page."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, dossier_code: str) -> HttpResponse:
    """What a dossier owes, line by line; a POST leads to the chosen gateway's page."""
    actor = Actor.citizen(request.user)
    dossier = dossier_access.get_dossier(dossier_code, actor=actor)
    form = GatewayForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _start_page(request, dossier, form)
    if not form.is_valid():
        return _start_page(request, dossier, form, status=422)
    try:
        _order, address = services.create_order(
            dossier_code,
            actor=actor,
            gateway=form.cleaned_data["gateway"],
            client_ip=client_ip(request) or "127.0.0.1",  # over a socket there is none; gateways insist on one
            is_fresh=request.POST.get("fresh") == "1",
            language=get_language() or settings.LANGUAGE_CODE,
        )
    except NothingOwedError:
        return _start_page(request, dossier, form, status=409)
    except GatewayUnavailableError as error:
        form.add_error("gateway", str(error.message))
        return _start_page(request, dossier, form, status=503)
    return redirect(address)


def _start_page(request: HttpRequest, dossier: Dossier, form: GatewayForm, *, status: int = 200) -> HttpResponse:
    kinds = dict(FeeKind.choices)
    owed = services.owed_now(dossier)
    names = naming.charge_titles(dossier)
    context = {
        "dossier": dossier,
        "title": naming.dossier_title(dossier),
        "lines": [
            {
                "kind": kinds.get(owes.kind, ""),
                "description": names.get(owes.description, owes.description),
                "legal_basis": owes.legal_basis,
                "amount_vnd": owes.amount_vnd,
            }
            for owes in owed
        ],
        "total_vnd": sum(owes.amount_vnd for owes in owed),
        "form": form,
        "has_paid": dossier.obligations.filter(state=ObligationState.PAID).exists(),
    }
    return render(request, "payments/start.html", context, status=status)


@never_cache
@require_GET
def result(request: HttpRequest, gateway: str) -> HttpResponse:
    """Where the payer comes back to. It only displays what notices told us, and asks again while none has come."""
    provider = registry.get(gateway)
    reference = request.GET.get(provider.return_field, "")
    order = access.get_order(reference, gateway=gateway, user=request.user)
    is_open = order.state == OrderState.CREATED
    is_drawing = _is_drawing(order)
    reported = _reported_failure(request, gateway) if is_open else ""
    context = {
        "order": order,
        **_places(order),
        "stage": "reported_failure" if reported else order.state,
        "reason": reported or order.failure,
        "is_untouched": _says(reported or order.failure, provider.untouched),
        "rows": _summary(order),
        "receipts": _receipts(order),
        "is_drawing": is_drawing,
        "held_vnd": _held_vnd(order),
        "refund_vnd": sum(refund.amount_vnd for refund in order.refunds.all() if refund.state == RefundState.DUE),
        "poll_url": request.get_full_path() if is_open or is_drawing else "",
    }
    is_fragment = request.headers.get("HX-Request") == "true"
    response = render(request, "payments/_result.html" if is_fragment else "payments/result.html", context)
    response["Vary"] = "HX-Request"
    return response


def _places(order: PaymentOrder) -> dict[str, Any]:
    """Where the payer goes on from here: the page of what was paid for, and the one to try again on."""
    if order.bundle is None:
        code = order.dossier.code
        return {
            "home_url": reverse("dossiers:detail", args=[code]),
            "home_text": _("Mở hồ sơ"),
            "pay_url": reverse("payments:start", args=[code]),
            "dossier": order.dossier,
            "is_of_bundle": False,
        }
    return {
        "home_url": reverse("dossiers:bundle", args=[order.bundle.public_id]),
        "home_text": _("Mở hồ sơ liên thông"),
        "pay_url": reverse("payments:bundle", args=[order.bundle.public_id]),
        "dossier": order.dossier,
        "is_of_bundle": True,
    }


def _reported_failure(request: HttpRequest, gateway: str) -> str:
    """What a signed return says of a failure, for display: the notice that decides may still be on its way."""
    try:
        told = registry.get(gateway).read_notice(request.GET.dict())
    except BadSignatureError:
        return ""
    return "" if told.is_paid else told.failure


def _says(reason: str, known: Iterable[Text]) -> bool:
    """Whether a failure is one of these, in the reader's language or as an order keeps it."""
    shown = {str(words) for words in known}
    with translation.override("vi"):
        return reason in shown | {str(words) for words in known}


def _told(order: PaymentOrder) -> list[str]:
    """What an order pays, line by line, by the published names in the reader's language."""
    return [_name_of(line, order) for line in order.lines.all()]


def _name_of(line: OrderLine, order: PaymentOrder) -> str:
    if order.bundle_id is None:
        return naming.charge_titles(order.dossier).get(line.description, line.description)
    names = naming.charge_titles_of(line.part.procedure_code) if line.part and is_english() else {}
    return names.get(line.description, line.description)


def _codes(order: PaymentOrder) -> list[str]:
    """The dossiers that an order pays for; what is paid ahead may have none yet."""
    if order.bundle_id is None:
        return [order.dossier.code or ""]
    return list(dict.fromkeys(line.dossier.code or "" for line in order.lines.all() if line.dossier))


def _summary(order: PaymentOrder) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"key": _("Số tiền"), "value": format_vnd(order.amount_vnd)},
        {"key": _("Nội dung"), "value": "\n".join(_told(order))},
        {"key": _("Hồ sơ"), "value": "\n".join(_codes(order))},
        {"key": _("Cổng thanh toán"), "value": str(registry.get(order.gateway).label)},
        {"key": _("Mã tham chiếu"), "value": order.reference},
    ]
    if order.gateway_transaction:
        rows.append({"key": _("Mã giao dịch"), "value": order.gateway_transaction})
    if order.settled_at and order.state == OrderState.PAID:
        rows.append({"key": _("Ghi nhận lúc"), "value": f"{timezone.localtime(order.settled_at):%H:%M:%S, %d/%m/%Y}"})
    return rows


@never_cache
@require_GET
def receipt(request: HttpRequest, dossier_code: str) -> HttpResponse:
    """The e-receipt of a dossier by one press, from its page, its notice and the page after paying.

    Of several the list; one that is still being drawn says so where the press came from.
    """
    dossier = dossier_access.get_dossier(dossier_code, actor=Actor.citizen(request.user))
    found = list(access.receipts_of(dossier, user=request.user)[:2])
    if len(found) == 1 and found[0].document_id is not None:
        return redirect("datastore:download", found[0].document_id)
    if len(found) == 1:
        messages.info(request, _("Biên lai điện tử đang được lập. Hãy bấm lại sau ít giây."))
        return redirect("dossiers:detail", dossier_code)
    return redirect("payments:list" if found else reverse("payments:start", args=[dossier_code]))


def _receipts(order: PaymentOrder) -> list[dict[str, Any]]:
    """The receipts of an order: number, who gave it, and where its file is once it is drawn."""
    return [
        {
            "number": str(receipt),
            "agency": receipt.content.get("agency_name", "") if order.bundle_id else "",
            "url": reverse("datastore:download", args=[receipt.document_id]) if receipt.document_id else "",
        }
        for receipt in order.receipts.all()
    ]


def _held_vnd(order: PaymentOrder) -> int:
    """What came ahead and is held until an agency collects it, in đồng."""
    return sum(line.amount_vnd for line in order.lines.all() if line.is_held)


def _is_drawing(order: PaymentOrder) -> bool:
    """Whether a receipt is about to come, so that the page asks again and its button is there for one press."""
    now = timezone.now()
    return any(
        receipt.document_id is None and now - receipt.issued_at < ASKED_AGAIN_FOR for receipt in order.receipts.all()
    )


@never_cache
@require_GET
def my_payments(request: HttpRequest) -> HttpResponse:
    """What waits to be paid, then every order of this person with its receipt."""
    page = keyset.newest_first(access.orders_of(request.user), request, size=PAGE_SIZE)
    context = {
        "waiting": _waiting(request) if page.is_first else [],
        "payments": [
            {
                "order": order,
                "told": ", ".join(_told(order)),
                "gateway": registry.get(order.gateway).label,
                "codes": _codes(order),
                "receipts": _receipts(order),
                "refunds": list(order.refunds.all()),
                "held_vnd": _held_vnd(order),
                "result_url": _result_url(order),
                "voucher_url": _voucher_url(order),
            }
            for order in page.rows
        ],
        "next_url": page.next_url,
        "first_url": page.first_url,
    }
    return render(request, "payments/list.html", context)


def _waiting(request: HttpRequest) -> list[dict[str, Any]]:
    dossiers = (
        Dossier.objects.of_citizen(request.user)
        .filter(state=DossierState.AWAITING_PAYMENT)
        .select_related("procedure_version")
        .prefetch_related("obligations")
        .order_by("-pk")[:PAGE_SIZE]
    )
    waiting = []
    for dossier in dossiers:
        owed = [owes for owes in dossier.obligations.all() if owes.state == ObligationState.DUE]
        if owed:
            amount_vnd = sum(owes.amount_vnd for owes in owed)
            waiting.append({"dossier": dossier, "title": naming.dossier_title(dossier), "amount_vnd": amount_vnd})
    return waiting


def _result_url(order: PaymentOrder) -> str:
    field = registry.get(order.gateway).return_field
    return f"{reverse('payments:return', args=[order.gateway])}?{field}={order.reference}"


def _voucher_url(order: PaymentOrder) -> str:
    if order.state != OrderState.PAID or not registry.get(order.gateway).has_voucher:
        return ""
    return reverse("payments:voucher", args=[order.gateway, order.reference])


@never_cache
@require_GET
def voucher(request: HttpRequest, gateway: str, reference: str) -> HttpResponse:
    """The gateway's own voucher of a payment, fetched on demand."""
    provider = registry.get(gateway)
    order = access.get_order(reference, gateway=gateway, user=request.user)
    if order.state != OrderState.PAID or not provider.has_voucher:
        raise NotFoundError(code="payment.voucher_not_found")
    response = HttpResponse(provider.voucher(order), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="chung-tu-{order.reference}.pdf"'
    return response
