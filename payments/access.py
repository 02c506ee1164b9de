"""Which orders a person may see, and which refunds an agency; missing and not yours look alike."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from dossiers.models import Dossier
from payments.models import OrderLine, PaymentOrder, PaymentOrderQuerySet, Receipt, Refund
from portal.accounts.models import User
from portal.agencies.models import Agency
from portal.agencies.scopes import within
from portal.core.errors import NotFoundError

OF_REFUND = ("order__dossier__agency", "line__obligation__dossier__agency", "line__part__dossier__agency")
"""What tells under which dossier a refund is (Refund.dossier)."""


def orders_of(user: User) -> PaymentOrderQuerySet:
    """A person's orders with what a page shows of them, newest first."""
    return (
        PaymentOrder.objects.of(user)
        .select_related("dossier__procedure_version", "bundle")
        .prefetch_related(
            "refunds",
            "receipts",
            "dossier__procedure_version__fees",
            Prefetch(
                "lines",
                OrderLine.objects.select_related("obligation__dossier", "part__dossier", "paid_ahead").order_by("id"),
            ),
        )
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
    of_its_own = Q(order__in=PaymentOrder.objects.of(user).filter(dossier=dossier, bundle=None))
    return Receipt.objects.filter(of_its_own | Q(pk__in=_shared(dossier, user))).order_by("-pk")


def _shared(dossier: Dossier, user: User) -> QuerySet[OrderLine, Any]:
    """The receipts of bundles' orders on which this dossier stands, by id."""
    lines = OrderLine.objects.filter(Q(obligation__dossier=dossier) | Q(part__dossier=dossier))
    theirs = PaymentOrder.objects.of(user).filter(bundle__isnull=False)
    return lines.filter(order__in=theirs, receipt__isnull=False).values("receipt")


def refunds_within(paths: Iterable[str]) -> QuerySet[Refund]:
    """Refunds of money that these agencies and those below them collected, wherever the dossier is now.

    One without a collector was noted by the release before this one; it is its dossier's agency's.
    """
    paths = list(paths)
    of_the_dossier = within(paths, "order__dossier__agency__path")
    found = Refund.objects.filter(within(paths) | Q(agency__isnull=True) & of_the_dossier)
    return found.select_related("agency", "order__payer", "done_by", *OF_REFUND)


def collector_of(refund: Refund) -> Agency | None:
    """Who collected the money of a refund and sends it back."""
    return refund.agency or refund.dossier.agency
