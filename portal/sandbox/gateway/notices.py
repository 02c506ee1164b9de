"""Sending notices to the merchant until it confirms each of them."""

import logging

import httpx
from django.conf import settings
from django.utils import timezone

from portal.sandbox.common.http import client, next_try_at
from portal.sandbox.gateway.models import Notice, Payment

logger = logging.getLogger("sandbox.notices")
CONFIRMED = ("00", "02")  # recorded now; recorded before
GIVE_UP_AFTER = 200


def send_due() -> None:
    for notice in Notice.objects.filter(state=Notice.State.WAITING, next_try_at__lte=timezone.now()).select_related(
        "payment"
    )[:50]:
        _send(notice)


def _send(notice: Notice) -> None:
    notice.attempts += 1
    code = ""
    try:
        code, notice.answer = _deliver(notice)
    except httpx.HTTPError as problem:
        notice.answer = f"Không gọi được bên nhận ({type(problem).__name__})"
    if code in CONFIRMED:
        notice.state, notice.settled_at = Notice.State.CONFIRMED, timezone.now()
    elif (code and notice.is_faulty_on_purpose) or notice.attempts >= GIVE_UP_AFTER:
        notice.state, notice.settled_at = Notice.State.REFUSED, timezone.now()
    else:
        notice.next_try_at = next_try_at(notice.attempts)
    notice.save()
    logger.info(
        "notice_sent payment=%s kind=%s attempts=%s code=%s",
        notice.payment_id,
        notice.kind,
        notice.attempts,
        code or "-",
    )


def _deliver(notice: Notice) -> tuple[str, str]:
    """Call the merchant once; returns its code and its words, with an empty code when it gave none."""
    values = settings.SANDBOX.values
    if notice.payment.scheme == Payment.Scheme.VNPAY:
        response = client().get(values["VNPAY_IPN_URL"], params=notice.parameters)
        code_name, text_name = "RspCode", "Message"
    else:
        response = client().post(values["NPP_IPN_URL"], json=notice.parameters)
        code_name, text_name = "MaLoi", "MoTaLoi"
    if response.status_code != 200:
        return "", f"Bên nhận trả lời mã {response.status_code}"
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or code_name not in answer:
        return "", f"Bên nhận trả lời không có {code_name}"
    return str(answer[code_name]), f"{answer[code_name]} {answer.get(text_name) or ''}".strip()
