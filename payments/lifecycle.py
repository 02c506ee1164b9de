"""The life of a payment order (lệnh thanh toán) and what a gateway's notice does to it. No database, no clock.

Only a verified notice moves an order to paid, and money that came is never turned away: an order that expired, failed
or was superseded is paid all the same when its notice says so.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderState(models.TextChoices):
    """State of an order (trạng thái lệnh thanh toán)."""

    CREATED = "created", _("Chờ thanh toán")
    PAID = "paid", _("Đã thanh toán")
    FAILED = "failed", _("Không thành công")
    EXPIRED = "expired", _("Hết hạn")
    CANCELLED = "cancelled", _("Đã thay bằng lệnh khác")


class Verdict(models.TextChoices):
    """What became of a notice (kết luận về thông báo của cổng); every notice is kept with one."""

    PAID = "paid", _("Đã ghi nhận thanh toán")
    PAID_LATE = "paid_late", _("Đã ghi nhận thanh toán đến sau khi lệnh đóng")
    OVERPAID = "overpaid", _("Tiền đến lần nữa, phải hoàn")
    FAILED = "failed", _("Đã ghi nhận giao dịch không thành công")
    REPEATED = "repeated", _("Báo lại, không đổi gì")
    BAD_SIGNATURE = "bad_signature", _("Chữ ký sai")
    WRONG_TERMINAL = "wrong_terminal", _("Không phải mã đơn vị của Cổng")
    UNKNOWN_ORDER = "unknown_order", _("Không có lệnh này")
    WRONG_AMOUNT = "wrong_amount", _("Số tiền không khớp")
    FOREIGN_TRANSACTION = "foreign_transaction", _("Mã giao dịch đã thuộc lệnh khác")
    UNREADABLE = "unreadable", _("Không đọc được")


MONEY_CAME = frozenset({Verdict.PAID, Verdict.PAID_LATE, Verdict.OVERPAID})
"""Verdicts behind which stands a movement of money; one gateway transaction has at most one of them."""
RECORDED = MONEY_CAME | {Verdict.FAILED}
"""Verdicts with which a notice was written down and changed something."""


class RefundReason(models.TextChoices):
    """Why money has to go back (lý do hoàn tiền)."""

    PAID_TWICE = "paid_twice", _("Khoản này đã được nộp bằng giao dịch khác")
    NOT_OWED = "not_owed", _("Hồ sơ không còn phải nộp khoản này")
    NOT_ASKED = "not_asked", _("Khoản nộp trước này không được thu")
    OTHER_COLLECTOR = "other_collector", _("Hồ sơ nay do cơ quan khác thu phí")


class RefundState(models.TextChoices):
    """State of a refund (tình trạng hoàn tiền)."""

    DUE = "due", _("Chờ hoàn tiền")
    DONE = "done", _("Đã hoàn tiền")


def judge(state: OrderState | str, *, is_paid: bool, is_known_transaction: bool) -> Verdict:
    """Say what a genuine notice with the right amount means for an order in this state.

    `is_known_transaction`: money of the same gateway transaction has been recorded for this order before.
    """
    state = OrderState(state)
    if is_paid:
        if state == OrderState.CREATED:
            return Verdict.PAID
        if state != OrderState.PAID:
            return Verdict.PAID_LATE
        return Verdict.REPEATED if is_known_transaction else Verdict.OVERPAID
    if state in {OrderState.PAID, OrderState.FAILED}:
        return Verdict.REPEATED
    return Verdict.FAILED


def state_after(state: OrderState | str, verdict: Verdict) -> OrderState:
    """The order's state once a notice with this verdict is recorded."""
    state = OrderState(state)
    if verdict in {Verdict.PAID, Verdict.PAID_LATE}:
        return OrderState.PAID
    if verdict == Verdict.FAILED and state == OrderState.CREATED:
        return OrderState.FAILED
    return state
