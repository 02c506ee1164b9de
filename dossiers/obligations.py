"""What a dossier owes (nghĩa vụ tài chính): asked for, waited for, settled; doors as in dossiers.services.

A dossier says what is owed; payments says that it was paid, and calls down in its own transaction.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers import access, lifecycle, paid_ahead, passage
from dossiers.charging import CHARGES, Charge, kept
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, FinancialObligation, ObligationState
from dossiers.passage import HERE_AND_NOW, Occasion
from dossiers.reasons import clean_reason
from portal.agencies.actors import Actor
from portal.core import writes
from portal.core.errors import InvalidInputError


def require_payment(
    code: str, *, actor: Actor, charges: Sequence[Charge], reason: str = "", occasion: Occasion = HERE_AND_NOW
) -> Dossier:
    """Ask for payment (yêu cầu thực hiện nghĩa vụ tài chính); the dossier waits until it is paid.

    What was paid ahead is settled at once, and where that is all, the dossier does not wait. Raises InvalidInputError
    for a published charge that was asked for already.
    """
    with access.locked(code, actor=actor) as dossier:
        if passage.replayed(dossier, occasion) is None:
            _refuse_asked_twice(dossier, charges)
            ask(dossier, charges, actor=actor, reason=clean_reason(reason), occasion=occasion)
        return dossier


def ask(
    dossier: Dossier,
    charges: Sequence[Charge],
    *,
    actor: Actor,
    reason: str = "",
    occasion: Occasion = HERE_AND_NOW,
) -> None:
    """Ask a locked dossier for charges: what was paid ahead is settled, it waits for the rest."""
    rest = _settle_ahead(dossier, charges, actor=actor, occasion=occasion)
    if rest or not charges:
        write_charges(dossier, rest, actor=actor, reason=reason, occasion=occasion)


def _settle_ahead(dossier: Dossier, charges: Sequence[Charge], *, actor: Actor, occasion: Occasion) -> Sequence[Charge]:
    """Settle what the applicant paid before it was asked for; return the charges that are still to be paid."""
    held = paid_ahead.held_for(dossier) if dossier.is_decided_here else {}
    ours = {
        charge.charge: charge
        for charge in charges
        if charge.charge in held and held[charge.charge].amount_vnd == charge.amount_vnd
    }
    if not ours:
        return charges
    lifecycle.check("require_payment", state=dossier.state, actor=actor.kind)
    rest, now = [charge for charge in charges if charge.charge not in ours], timezone.now()
    for charge in ours.values():
        row = held[charge.charge]
        row.obligation = _owed(dossier, charge, state=ObligationState.PAID, paid_at=now)
        row.obligation.save()
        row.save(update_fields=["obligation"])
    told = {
        "amount_vnd": sum(charge.amount_vnd for charge in ours.values()),
        CHARGES: [kept(charge.description) for charge in ours.values()],
    }
    source, reference = ("portal", "") if rest else (occasion.source, occasion.reference)  # else the request's own
    passage.record(dossier, "dossier.payment_recorded", actor=actor, occasion=Occasion(None, source, reference, told))
    dossier.save(update_fields=["last_sequence", "updated_at"])
    return rest


def _owed(dossier: Dossier, charge: Charge, **more: Any) -> FinancialObligation:
    return FinancialObligation(
        dossier=dossier,
        kind=charge.kind,
        charge=charge.charge,
        description=kept(charge.description),
        amount_vnd=charge.amount_vnd,
        legal_basis=charge.legal_basis[:200],
        **more,
    )


def _refuse_asked_twice(dossier: Dossier, charges: Sequence[Charge]) -> None:
    """A published charge is asked for once; the constraint `one_request_per_charge` holds what this tells."""
    wanted = [charge.charge for charge in charges if charge.charge]
    if not wanted:
        return
    asked = dossier.obligations.filter(charge__in=wanted).exclude(state=ObligationState.CANCELLED)
    if len(set(wanted)) < len(wanted) or asked.exists():
        raise InvalidInputError(fields={"charges": [_("Có khoản đã yêu cầu nộp rồi. Mỗi khoản chỉ thu một lần.")]})


def write_charges(
    dossier: Dossier,
    charges: Sequence[Charge],
    *,
    actor: Actor,
    reason: str = "",
    occasion: Occasion = HERE_AND_NOW,
) -> None:
    """Write what a locked dossier owes and let it wait for payment."""
    if not charges or any(charge.amount_vnd <= 0 for charge in charges):
        raise InvalidInputError(fields={"amount_vnd": [_("Số tiền phải lớn hơn 0 đồng.")]})
    for charge in charges:
        writes.insert(_owed(dossier, charge))
    total = sum(charge.amount_vnd for charge in charges)
    told = {"amount_vnd": total, CHARGES: [kept(charge.description) for charge in charges]}
    passage.apply(dossier, "require_payment", actor=actor, reason=reason, occasion=occasion, data=told)


def settle_payment(
    code: str,
    *,
    actor: Actor,
    obligations: Iterable[FinancialObligation],
    reference: str,
    paid_at: datetime | None = None,
    source: str = "",
) -> Dossier:
    """Mark obligations as paid; when nothing is owed any more the dossier goes on. Called in payments' transaction.

    `reference` is the gateway's transaction: the same one settles once. `source` where the actor's name is a person's.
    """
    now = paid_at or timezone.now()
    occasion = Occasion(now, source or f"payment:{actor.name}"[:60], reference)
    with access.locked(code, actor=actor) as dossier:
        if passage.replayed(dossier, occasion) is not None:
            return dossier
        settled = list(obligations)
        ids = {owed.pk for owed in settled}
        told = {
            "amount_vnd": sum(owed.amount_vnd for owed in settled),
            CHARGES: [owed.description for owed in settled],
        }
        due = dossier.obligations.filter(pk__in=ids, state=ObligationState.DUE)
        if due.update(state=ObligationState.PAID, paid_at=now) != len(ids):
            raise RuntimeError("an obligation that is no longer due cannot be settled")  # undoes receipt and order too
        still_owed = dossier.obligations.filter(state=ObligationState.DUE).exists()
        if dossier.state == DossierState.AWAITING_PAYMENT and not still_owed:
            passage.apply(dossier, "settle_payment", actor=actor, occasion=occasion, data=told)
        else:
            passage.record(dossier, "dossier.payment_recorded", actor=actor, occasion=occasion)
            dossier.save()
        return dossier
