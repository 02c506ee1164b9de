"""Payments asked of this gateway, and the notices (IPN) it owes to the merchant; a notice is a row until answered."""

import secrets

from django.db import models
from django.utils import timezone

BANKS = (
    ("NCB", "Ngân hàng thử nghiệm NCB"),
    ("VIETTEST", "Ngân hàng thử nghiệm Việt"),
    ("VNPAYQR", "Quét mã QR thử nghiệm"),
)


def new_token() -> str:
    return secrets.token_urlsafe(18)


class Payment(models.Model):
    """One payment page; `message` is what the merchant sent, as it came."""

    class Scheme(models.TextChoices):
        VNPAY = "vnpay", "VNPAY"
        NPP = "npp", "Nền tảng thanh toán quốc gia"

    class State(models.TextChoices):
        OPEN = "open", "Chờ thanh toán"
        PAID = "paid", "Đã thanh toán"
        FAILED = "failed", "Thất bại"
        CANCELLED = "cancelled", "Đã hủy"
        EXPIRED = "expired", "Hết hạn"

    scheme = models.CharField(max_length=10, choices=Scheme.choices)
    merchant = models.CharField(max_length=40)
    reference = models.CharField(max_length=100)
    amount_vnd = models.PositiveBigIntegerField()
    description = models.TextField(blank=True)
    message = models.JSONField()
    expires_at = models.DateTimeField(null=True)
    token = models.CharField(max_length=40, unique=True, default=new_token)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    bank_code = models.CharField(max_length=20, blank=True)
    transaction_no = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["scheme", "merchant", "reference"], name="sandbox_payment_once")]

    def __str__(self) -> str:
        return f"{self.scheme} {self.reference}"

    @property
    def amount_text(self) -> str:
        return f"{self.amount_vnd:,}".replace(",", ".") + " đ"

    @property
    def tone(self) -> str:
        return {"open": "amber", "paid": "jade"}.get(self.state, "error")

    @property
    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()


class Notice(models.Model):
    """One IPN on its way: sent again and again until the merchant confirms, unless it is faulty on purpose."""

    class Kind(models.TextChoices):
        NORMAL = "normal", "Báo kết quả"
        REPEAT = "repeat", "Báo lại lần nữa"
        WRONG_AMOUNT = "wrong_amount", "Báo sai số tiền"
        WRONG_SIGNATURE = "wrong_signature", "Báo sai chữ ký"

    class State(models.TextChoices):
        WAITING = "waiting", "Chờ gửi"
        CONFIRMED = "confirmed", "Bên nhận đã xác nhận"
        REFUSED = "refused", "Bên nhận từ chối"

    payment = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.NORMAL)
    parameters = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.payment_id} {self.kind}"

    @property
    def tone(self) -> str:
        return {"waiting": "amber", "confirmed": "jade", "refused": "error"}[self.state]

    @property
    def is_faulty_on_purpose(self) -> bool:
        return self.kind in (self.Kind.WRONG_AMOUNT, self.Kind.WRONG_SIGNATURE)
