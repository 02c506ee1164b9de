"""The life of a payment order (lệnh thanh toán): created, then paid or failed or expired; only a verified notice pays it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderState(models.TextChoices):
    """State of an order."""

    CREATED = "created", _("Chờ thanh toán")
    PAID = "paid", _("Đã thanh toán")
    FAILED = "failed", _("Không thành công")
    EXPIRED = "expired", _("Hết hạn")
    CANCELLED = "cancelled", _("Đã hủy")


SETTLED = frozenset({OrderState.PAID, OrderState.FAILED, OrderState.CANCELLED})
"""States a gateway's notice has already settled; an expired order may still turn out to have been paid in time."""
