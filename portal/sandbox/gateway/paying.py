"""The payer's decision on the payment page, and the notices it causes."""

import time
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from portal.sandbox.common.background import ring
from portal.sandbox.gateway.messages import notice_parameters
from portal.sandbox.gateway.models import BANKS, Notice, Payment

LATE_SECONDS = 20
WAIT_FOR_NOTICE_SECONDS = 2
OUTCOMES = ("paid", "failed", "cancelled")
TROUBLES = {
    "none": "Không có sự cố",
    "twice": "Báo kết quả hai lần",
    "late": f"Báo kết quả muộn {LATE_SECONDS} giây",
    "wrong_amount": "Chỉ báo kết quả với số tiền sai",
    "wrong_signature": "Chỉ báo kết quả với chữ ký sai",
    "lost": "Không báo kết quả",
}


@transaction.atomic
def settle(token: str, outcome: str, bank_code: str, trouble: str) -> Payment:
    """Record what the payer did, once; a second click changes nothing. Raises KeyError for unknown choices."""
    payment = Payment.objects.get(token=token)
    if payment.state != Payment.State.OPEN:
        return payment
    if outcome not in OUTCOMES or trouble not in TROUBLES or (outcome != "cancelled" and bank_code not in dict(BANKS)):
        raise KeyError(outcome)
    payment.state = Payment.State.EXPIRED if payment.has_expired and outcome == "paid" else outcome
    payment.bank_code = bank_code if outcome != "cancelled" else ""
    payment.transaction_no = str(14_000_000 + payment.pk) if payment.state == Payment.State.PAID else "0"
    payment.decided_at = timezone.now()
    payment.save()
    kinds = {
        "twice": ["normal", "repeat"],
        "wrong_amount": ["wrong_amount"],
        "wrong_signature": ["wrong_signature"],
        "lost": [],
    }
    for kind in kinds.get(trouble, ["normal"]):
        notify(payment, kind, after_seconds=LATE_SECONDS if trouble == "late" else 0)
    return payment


def notify(payment: Payment, kind: str, after_seconds: int = 0) -> Notice:
    """Queue one notice about a settled payment."""
    notice = Notice.objects.create(
        payment=payment,
        kind=kind,
        parameters=notice_parameters(payment, kind),
        next_try_at=timezone.now() + timedelta(seconds=after_seconds),
    )
    transaction.on_commit(lambda: ring("notices"))
    return notice


def wait_for_notice(payment: Payment) -> None:
    """Give the first notice a moment to arrive before the browser does, as it mostly happens in life."""
    deadline = time.monotonic() + WAIT_FOR_NOTICE_SECONDS
    due = payment.notices.filter(attempts=0, next_try_at__lte=timezone.now())
    while due.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
