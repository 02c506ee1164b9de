"""Which orders a person may see, and which refunds an agency; missing and not yours look alike."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from payments.models import PaymentOrder, PaymentOrderQuerySet, Refund
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


def refunds_within(paths: Iterable[str]) -> QuerySet[Refund]:
    """Refunds for dossiers of these agencies and those below them."""
    scope = Q(pk__in=[])
    for path in paths:
        scope |= Q(order__dossier__agency__path__startswith=path)
    return Refund.objects.filter(scope).select_related("order__dossier__agency", "order__payer", "done_by")
