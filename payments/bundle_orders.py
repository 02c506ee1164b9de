"""One payment for a bundle (một lần nộp cho hồ sơ liên thông): what its dossiers owe now, and what they will ask for.

The order's lines are frozen under the lock of the bundle and all its dossiers; each says for which part it is and who
collects it. What is settled, held or sent back is decided line by line when the money comes (payments.settlement).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dossiers import bundle_reading, foreseen_fees
from dossiers.foreseen_fees import Foreseen
from dossiers.models import BundleFiling, BundlePart, Dossier, FinancialObligation
from payments import services, settlement
from payments.errors import NothingOwedError
from payments.gateways.base import Gateway
from payments.models import OrderLine, PaymentOrder
from portal.accounts.models import User
from portal.agencies.actors import Actor
from portal.agencies.models import Agency
from portal.core.errors import ConflictError
from portal.core.money import format_vnd


@dataclass(frozen=True, slots=True)
class Payable:
    """One line of what a bundle pays: what a dossier owes now, or a charge that its part will ask for."""

    part: BundlePart
    agency: Agency | None
    amount_vnd: int
    owed: FinancialObligation | None = None
    foreseen: Foreseen | None = None

    @property
    def charge(self) -> str:
        """Of what is paid ahead; empty of what is owed now."""
        return self.foreseen.line.charge if self.foreseen else ""

    @property
    def key(self) -> tuple[int | None, int, str, int]:
        """What tells one line from another, and from itself with another amount."""
        return (self.owed.pk if self.owed else None, self.part.pk, self.charge, self.amount_vnd)


def due(bundle: BundleFiling) -> list[Payable]:
    """What the dossiers of a bundle wait for now, in the order of its plan."""
    parts = bundle.parts.filter(dossier__code__isnull=False).select_related("dossier__agency").order_by("position")
    return [
        Payable(part, part.dossier.agency, owed.amount_vnd, owed=owed)
        for part in parts
        if part.dossier is not None
        for owed in services.owed_now(part.dossier)
    ]


def later(bundle: BundleFiling) -> list[Payable]:
    """What its parts will ask for, as far as that is known."""
    return [Payable(each.part, each.agency, each.amount_vnd, foreseen=each) for each in foreseen_fees.of_bundle(bundle)]


def total_vnd(lines: Iterable[Payable]) -> int:
    """The sum of lines."""
    return sum(line.amount_vnd for line in lines)


def create_order(
    public_id: UUID,
    *,
    user: User,
    gateway: str,
    with_later: bool,
    shown_vnd: int,
    client_ip: str,
    is_fresh: bool = False,
    language: str = "vi",
) -> tuple[PaymentOrder, str]:
    """Make one order for a bundle, and return it with the address of the payment page; as services.create_order.

    `with_later` pays ahead what its parts will ask for, `shown_vnd` is the sum that the page showed. Raises
    NotFoundError for a bundle that is not hers, NothingOwedError, ConflictError where the sum changed since,
    InvalidInputError("gateway"), TooManyRequestsError, GatewayUnavailableError.
    """
    provider = services.offered(gateway)
    order = _take_order(public_id, user, provider, with_later, shown_vnd, is_fresh=is_fresh, language=language)
    return order, services.open_page(order, provider, client_ip=client_ip)


@transaction.atomic
def _take_order(
    public_id: UUID,
    user: User,
    provider: Gateway,
    with_later: bool,
    shown_vnd: int,
    *,
    is_fresh: bool,
    language: str,
) -> PaymentOrder:
    found = bundle_reading.get(public_id, user=user)
    bundle, dossiers = settlement.lock_bundle(found.pk, actor=Actor.citizen(user))
    with translation.override("vi"):  # what is stored is in the source language
        lines = due(bundle) + (later(bundle) if with_later else [])
    if not lines:
        raise NothingOwedError
    total = total_vnd(lines)
    if total != shown_vnd:
        words = _("Số tiền phải nộp vừa đổi thành %(amount)s. Chưa thu gì. Hãy xem lại rồi trả.")
        raise ConflictError(words % {"amount": format_vnd(total)}, code="payment.amount_changed")
    now, wanted = timezone.now(), {line.key for line in lines}
    kept = services.keep_one(
        PaymentOrder.objects.open_for(dossiers, bundle),
        None if is_fresh else provider,
        now,
        lambda order: order.bundle_id == bundle.pk and order.payer_id == user.pk and _keys(order) == wanted,
    )
    if kept is not None:
        return kept
    services.check_pace(bundle.payment_orders.all(), now)
    return _write(bundle, dossiers[0], lines, user, provider, now, language)


def _write(
    bundle: BundleFiling,
    first: Dossier,
    lines: list[Payable],
    user: User,
    provider: Gateway,
    now: datetime,
    language: str,
) -> PaymentOrder:
    collectors = {line.agency.pk: line.agency for line in lines if line.agency}
    order = services.new_order(
        provider,
        now,
        dossier=first,
        bundle=bundle,
        agency=next(iter(collectors.values())) if len(collectors) == 1 else None,
        payer=user,
        amount_vnd=total_vnd(lines),
        language=language,
    )
    now_due = [line for line in lines if line.owed]
    written = services.write_lines(order, [line.owed for line in now_due if line.owed])
    for row, line in zip(written, now_due, strict=True):
        row.part, row.agency = line.part, line.agency
    OrderLine.objects.bulk_update(written, ["part", "agency"])
    # as in write_lines: the release before this one closed orders by their state alone
    stale = Q(pk__in=[])
    for line in lines:
        if line.foreseen:
            stale |= Q(part=line.part, charge=line.charge)
    OrderLine.objects.filter(stale, is_open=True).update(is_open=False)
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            part=line.part,
            agency=line.agency,
            charge=line.charge,
            kind=line.foreseen.line.kind,
            description=line.foreseen.line.description[:300],
            legal_basis=line.foreseen.line.legal_basis[:200],
            amount_vnd=line.amount_vnd,
            is_open=True,
        )
        for line in lines
        if line.foreseen
    )
    return order


def _keys(order: PaymentOrder) -> set[tuple[int | None, int | None, str, int]]:
    return {(line.obligation_id, line.part_id, line.charge, line.amount_vnd) for line in order.lines.all()}
