"""Orders, notices from gateways, receipts and refunds (thanh toán). Money is whole đồng."""

from payments.models.orders import GatewayNotice, OrderLine, PaymentOrder, PaymentOrderQuerySet
from payments.models.receipts import Receipt, ReceiptCounter
from payments.models.refunds import Refund
from payments.models.till import CashPayout, CashTaking, TillClosing

__all__ = [
    "CashPayout",
    "CashTaking",
    "GatewayNotice",
    "OrderLine",
    "PaymentOrder",
    "PaymentOrderQuerySet",
    "Receipt",
    "ReceiptCounter",
    "Refund",
    "TillClosing",
]
