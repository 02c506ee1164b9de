"""Which orders a person may see; missing and not yours look alike."""

from payments.models import PaymentOrder, PaymentOrderQuerySet
from portal.accounts.models import User
from portal.core.errors import NotFoundError


def orders_of(user: User) -> PaymentOrderQuerySet:
    """A person's orders with what a page shows of them, newest first."""
    return (
        PaymentOrder.objects.of(user)
        .select_related("dossier", "receipt")
        .prefetch_related("lines", "refunds")
        .order_by("-pk")
    )


def get_order(reference: str, *, gateway: str, user: User) -> PaymentOrder:
    """Return an order by its reference; raises NotFoundError when it is not this person's or not of this gateway."""
    order = orders_of(user).filter(reference=reference[:20], gateway=gateway).first()
    if order is None:
        raise NotFoundError(code="payment.order_not_found")
    return order
