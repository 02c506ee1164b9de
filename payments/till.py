"""The end of a cashier's day (đối soát quỹ cuối ngày): what she took in cash, what lies in the till, why they differ.

A closing takes every cash order of hers that none has counted yet, once; it is not changed afterwards. Each collecting
agency has a till of its own: who works at two closes one after the other. Luật Kế toán 88/2015/QH13 art. 40 (cash is
counted).
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from payments.models import CashTaking, TillClosing
from portal.accounts.models import User
from portal.core.errors import ConflictError, InvalidInputError
from portal.core.money import format_vnd
from portal.core.text import clean_block

REASON_LENGTH = 500
LARGEST_VND = 10**12


def uncounted(cashier: User) -> QuerySet[CashTaking]:
    """Cash this official took that no closing has counted, of the agency whose money has waited longest."""
    found = CashTaking.objects.filter(cashier=cashier, closing=None).order_by("pk")
    longest = found.values("order__agency")[:1]
    return found.filter(order__agency=longest).select_related("order__dossier", "order__receipt", "order__agency")


@transaction.atomic
def close(cashier: User, *, agency_id: int, shown_vnd: int, counted_vnd: int, reason: str = "") -> TillClosing:
    """Close her till at an agency: the receipts since the last closing against what she counted.

    `agency_id` and `shown_vnd` are what the page showed. Raises ConflictError where another receipt was written since,
    or nothing is left to count, InvalidInputError("reason") where the sums differ and nobody says why.
    """
    User.objects.select_for_update().get(pk=cashier.pk)  # one till, one closing at a time
    taken = list(uncounted(cashier).select_for_update(of=("self",)))
    if not taken or taken[0].order.agency_id != agency_id:  # the second press must not close the next one
        raise ConflictError(_("Không có khoản tiền mặt nào chưa đối soát."), code="till.nothing_to_close")
    expected = sum(taking.order.amount_vnd for taking in taken)
    if expected != shown_vnd:
        words = _("Vừa có thêm khoản thu: theo biên lai, quỹ nay là %(amount)s. Hãy đếm lại.")
        raise ConflictError(words % {"amount": format_vnd(expected)}, code="till.amount_changed")
    why = clean_block(reason)[:REASON_LENGTH] if counted_vnd != expected else ""
    if counted_vnd != expected and not why:
        raise InvalidInputError(fields={"reason": [_("Tiền đếm được khác biên lai. Hãy ghi lý do.")]})
    agency = taken[0].order.agency
    assert agency is not None  # noqa: S101 - cash is taken for a dossier that has one
    closing = TillClosing.objects.create(
        cashier=cashier,
        agency=agency,
        expected_vnd=expected,
        counted_vnd=counted_vnd,
        receipts=len(taken),
        reason=why,
    )
    CashTaking.objects.filter(pk__in=[taking.pk for taking in taken]).update(closing=closing)
    return closing


def closings(cashier: User, paths: Iterable[str]) -> QuerySet[TillClosing]:
    """Her own closings, and those at the agencies she leads and below them; newest first."""
    scope = Q(cashier=cashier)
    for path in paths:
        scope |= Q(agency__path__startswith=path)
    return TillClosing.objects.filter(scope).select_related("cashier", "agency").order_by("-pk")
