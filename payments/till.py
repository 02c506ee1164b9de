"""The end of a cashier's day (đối soát quỹ cuối ngày): what she took in cash, what lies in the till, why they differ.

A closing takes every cash order of hers that none has counted yet, once, less what was handed back in cash out of the
same till; it is not changed afterwards. Each collecting agency has a till of its own: who works at two closes one after
the other. Luật Kế toán 88/2015/QH13 art. 40 (cash is counted).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.models import CashPayout, CashTaking, Refund, TillClosing
from portal.accounts.models import User
from portal.agencies.memberships import cashiers_for
from portal.agencies.models import Agency
from portal.agencies.scopes import within
from portal.core import keyset
from portal.core.errors import ConflictError, InvalidInputError
from portal.core.money import format_vnd
from portal.core.text import clean_block

REASON_LENGTH = 500
LARGEST_VND = 10**12
PIECE = 500
"""Movements of a file held at once."""
_OF_PAYOUT = ("refund__line__obligation__dossier", "refund__line__part__dossier")
MOVEMENT_HEAD = (
    gettext_lazy("Lúc"),
    gettext_lazy("Loại"),
    gettext_lazy("Số chứng từ"),
    gettext_lazy("Hồ sơ"),
    gettext_lazy("Đơn vị thu"),
    gettext_lazy("Người thu"),
    gettext_lazy("Số tiền"),
    gettext_lazy("Đối soát lúc"),
)


@dataclass(frozen=True, slots=True)
class Sums:
    """What the movements of a till add up to, in đồng."""

    taken_vnd: int
    paid_out_vnd: int

    @property
    def expected_vnd(self) -> int:
        """What lies in it, by receipts and refunds."""
        return self.taken_vnd - self.paid_out_vnd


def sums(takings: Iterable[CashTaking], payouts: Iterable[CashPayout]) -> Sums:
    """Add up receipts, and refunds handed back."""
    return Sums(
        taken_vnd=sum(taking.order.amount_vnd for taking in takings),
        paid_out_vnd=sum(payout.refund.amount_vnd for payout in payouts),
    )


def uncounted(cashier: User) -> QuerySet[CashTaking]:
    """Cash this official took that no closing has counted, of the agency whose money has waited longest."""
    found = CashTaking.objects.filter(cashier=cashier, closing=None).order_by("pk")
    longest = found.values("order__agency")[:1]
    return (
        found.filter(order__agency=longest)
        .select_related("order__dossier", "order__agency")
        .prefetch_related("order__receipts")
    )


def handed_back(cashier: User, agency_id: int) -> QuerySet[CashPayout]:
    """Refunds that left her till at this agency in cash and that no closing has taken off."""
    found = CashPayout.objects.filter(cashier=cashier, agency=agency_id, closing=None).order_by("pk")
    return found.select_related("refund__order__dossier", *_OF_PAYOUT)


def held_vnd(cashier: User, agency_id: int) -> int:
    """What her till at this agency holds since the last closing, by receipts and refunds."""
    takings = CashTaking.objects.filter(cashier=cashier, closing=None, order__agency=agency_id)
    return sums(takings.select_related("order"), handed_back(cashier, agency_id)).expected_vnd


def hand_back(refund: Refund, *, cashier: User, agency: Agency) -> CashPayout:
    """Take a refund out of a cashier's till, within the refund's transaction.

    Raises InvalidInputError("paid_from") for who takes no cash at this agency, or whose till does not hold as much.
    """
    # she may be closing it at this very moment; `no_key`, as the refund just written names a leader who may be she
    User.objects.select_for_update(no_key=True).get(pk=cashier.pk)
    if cashier not in cashiers_for(agency):
        raise InvalidInputError(fields={"paid_from": [_("Người này không thu tiền mặt tại đơn vị thu.")]})
    held = held_vnd(cashier, agency.pk)
    if held < refund.amount_vnd:
        words = _("Quỹ của %(name)s chỉ có %(amount)s. Hãy trả từ quỹ khác hoặc chuyển khoản.")
        raise InvalidInputError(fields={"paid_from": [words % {"name": cashier, "amount": format_vnd(held)}]})
    return CashPayout.objects.create(refund=refund, cashier=cashier, agency=agency)


@transaction.atomic
def close(cashier: User, *, agency_id: int, shown_vnd: int, counted_vnd: int, reason: str = "") -> TillClosing:
    """Close her till at an agency: the receipts since the last closing against what she counted.

    `agency_id` and `shown_vnd` are what the page showed. Raises ConflictError where another receipt was written since,
    or nothing is left to count, InvalidInputError("reason") where the sums differ and nobody says why.
    """
    User.objects.select_for_update(no_key=True).get(pk=cashier.pk)  # one till, one closing at a time
    taken = list(uncounted(cashier).select_for_update(of=("self",)))
    if not taken or taken[0].order.agency_id != agency_id:  # the second press must not close the next one
        raise ConflictError(_("Không có khoản tiền mặt nào chưa đối soát."), code="till.nothing_to_close")
    returned = list(handed_back(cashier, agency_id).select_for_update(of=("self",)))
    till = sums(taken, returned)
    expected = till.expected_vnd
    if expected != shown_vnd:
        words = _("Vừa có thêm khoản thu hoặc hoàn: theo biên lai, quỹ nay là %(amount)s. Hãy đếm lại.")
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
        paid_out_vnd=till.paid_out_vnd,
        counted_vnd=counted_vnd,
        receipts=len(taken),
        reason=why,
    )
    CashTaking.objects.filter(pk__in=[taking.pk for taking in taken]).update(closing=closing)
    CashPayout.objects.filter(pk__in=[payout.pk for payout in returned]).update(closing=closing)
    return closing


def closings(cashier: User, paths: Iterable[str]) -> QuerySet[TillClosing]:
    """Her own closings, and those at the agencies she leads and below them; newest first."""
    return (
        TillClosing.objects.filter(_scope(cashier, paths, "agency")).select_related("cashier", "agency").order_by("-pk")
    )


def movements(cashier: User, paths: Iterable[str]) -> Iterator[tuple[Any, ...]]:
    """Each receipt in cash and each refund handed back, as `closings` is scoped: lines of a file, see MOVEMENT_HEAD."""
    led = list(paths)
    taken = CashTaking.objects.filter(_scope(cashier, led, "order__agency")).order_by("pk")
    taken = taken.select_related("order__dossier", "order__agency", "cashier", "closing")
    taken = taken.prefetch_related("order__receipts")
    for takings in keyset.in_pieces(taken, behind=lambda last: Q(pk__gt=last.pk), size=PIECE):
        for row in takings:
            order = row.order
            yield (
                order.settled_at,
                _("Thu tiền mặt"),
                str(order.receipt),
                order.dossier.code,
                order.agency.title if order.agency else "",
                str(row.cashier),
                order.amount_vnd,
                row.closing.closed_at if row.closing else None,
            )
    returned = CashPayout.objects.filter(_scope(cashier, led, "agency")).order_by("pk")
    returned = returned.select_related("refund__order__dossier", "agency", "cashier", "closing", *_OF_PAYOUT)
    for payouts in keyset.in_pieces(returned, behind=lambda last: Q(pk__gt=last.pk), size=PIECE):
        for each in payouts:
            yield (
                each.refund.done_at,
                _("Hoàn tiền mặt"),
                each.refund.voucher_number,
                each.refund.dossier.code,
                each.agency.title,
                str(each.cashier),
                -each.refund.amount_vnd,
                each.closing.closed_at if each.closing else None,
            )


def _scope(cashier: User, paths: Iterable[str], field: str) -> Q:
    return Q(cashier=cashier) | within(paths, f"{field}__path")
