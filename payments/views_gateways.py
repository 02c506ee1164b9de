"""Doors for gateways: no language, no session, no CSRF token. What counts is the signature in the message."""

import base64
import binascii
import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, UnreadablePostError
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from payments import services
from payments.models import PaymentOrder

MAX_NOTICE_BYTES = 64 * 1024
REFERENCE = re.compile(r"[0-9A-Z]{1,20}", re.ASCII)
"""What `services.new_reference` makes; anybody can send anything to the address of return."""


@login_not_required
@never_cache
@require_GET
def vnpay_ipn(request: HttpRequest) -> JsonResponse:
    """VNPAY's IPN; always answered with HTTP 200 and RspCode."""
    fields = {name: value for name, value in request.GET.items() if len(request.GET.getlist(name)) == 1}
    return JsonResponse(services.record_notice("vnpay", fields))


@login_not_required
@never_cache
@csrf_exempt
@require_POST
def npp_ipn(request: HttpRequest) -> JsonResponse:
    """The national platform's callback; always answered with HTTP 200 and MaLoi."""
    fields = _json_object(request)
    return JsonResponse(services.record_notice("npp", fields), json_dumps_params={"ensure_ascii": False})


@login_not_required
@never_cache
@csrf_exempt
@require_http_methods(["GET", "POST"])
def npp_return(request: HttpRequest) -> HttpResponse:
    """Where the national platform sends the browser back, by GET or by POST with base64 `data`: on to our own page.

    A POST from another site carries no session, so nothing is shown here.
    """
    reference = request.GET.get("MaThamChieu") or _reference_in(request.POST.get("data", ""))
    if not REFERENCE.fullmatch(reference):
        reference = ""
    language = PaymentOrder.objects.filter(reference=reference[:20], gateway="npp").values_list("language", flat=True)
    with translation.override(language.first() or "vi"):
        page = reverse("payments:return", args=["npp"])
    response = HttpResponseRedirect(f"{page}?{urlencode({'MaThamChieu': reference[:20]})}")
    response.status_code = 303
    return response


def _json_object(request: HttpRequest) -> dict[str, Any]:
    """The message, or an empty one, which no signature fits."""
    try:
        body = request.body
        message = json.loads(body) if len(body) <= MAX_NOTICE_BYTES else {}
    except (UnreadablePostError, RequestDataTooBig, ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}


def _reference_in(data: str) -> str:
    try:
        text = base64.b64decode(data[:4096], validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        told = dict(parse_qsl(text))
    return str(told.get("MaThamChieu") or "") if isinstance(told, dict) else ""
