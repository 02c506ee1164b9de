"""Which orders a person may see, and which refunds an agency; missing and not yours look alike."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from dossiers.models import Dossier
from payments.models import PaymentOrder, PaymentOrderQuerySet, Receipt, Refund
from portal.accounts.models import User
from portal.agencies.models import Agency
from portal.agencies.scopes import within
from portal.core.errors import NotFoundError


def orders_of(user: User) -> PaymentOrderQuerySet:
    """A person's orders with what a page shows of them, newest first."""
    return (
        PaymentOrder.objects.of(user)
        .select_related("dossier__procedure_version", "receipt")
        .prefetch_related("lines", "refunds", "dossier__procedure_version__fees")
        .order_by("-pk")
    )


def get_order(reference: str, *, gateway: str, user: User) -> PaymentOrder:
    """Return an order by its reference; raises NotFoundError when it is not this person's or not of this gateway."""
    order = orders_of(user).filter(reference=reference[:20], gateway=gateway).first()
    if order is None:
        raise NotFoundError(code="payment.order_not_found")
    return order


def receipts_of(dossier: Dossier, *, user: User) -> QuerySet[Receipt]:
    """The receipts of a dossier that this person may see, newest first."""
    orders = PaymentOrder.objects.of(user).filter(dossier=dossier)
    return Receipt.objects.filter(order__in=orders).order_by("-pk")


def refunds_within(paths: Iterable[str]) -> QuerySet[Refund]:
    """Refunds of money that these agencies and those below them collected, wherever the dossier is now.

    One without a collector was noted by the release before this one; it is its dossier's agency's.
    """
    paths = list(paths)
    of_the_dossier = within(paths, "order__dossier__agency__path")
    found = Refund.objects.filter(within(paths) | Q(agency__isnull=True) & of_the_dossier)
    return found.select_related("agency", "order__dossier__agency", "order__payer", "done_by")


def collector_of(refund: Refund) -> Agency | None:
    """Who collected the money of a refund and sends it back."""
    return refund.agency or refund.order.dossier.agency
