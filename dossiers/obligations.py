"""What a dossier owes (nghĩa vụ tài chính): asked for, waited for, settled; doors as in dossiers.services.

A dossier says what is owed; payments says that it was paid, and calls down in its own transaction.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db.models import Sum
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from dossiers import access, lifecycle, local_terms, paid_ahead, passage
from dossiers.lifecycle import BEFORE_DECISION, DossierState
from dossiers.models import Dossier, FinancialObligation, ObligationState
from dossiers.passage import HERE_AND_NOW, Occasion
from dossiers.reasons import clean_reason
from portal.agencies.actors import Actor
from portal.core import writes
from portal.core.errors import InvalidInputError
from portal.core.language import is_english
from procedures import published
from procedures.fees import FeeLine

UNDECIDED = BEFORE_DECISION | {
    DossierState.SUBMITTED,
    DossierState.AWAITING_SUPPLEMENT,
    DossierState.AWAITING_PAYMENT,
    DossierState.CONSULTING,
}
MAX_AMOUNT_VND = 10**15
"""The most that one charge may be, in whole đồng, whoever asks for it."""
LONGEST_DESCRIPTION = 300
"""Characters of a charge's name that an obligation keeps; catalogues have longer ones."""
CHARGES = "charges"
"""Key in the data of a request and of its payment: the names of what is asked for or paid, beside `amount_vnd`."""
WITH_RESULT = frozenset({DossierState.DECIDED, DossierState.RETURNED})


@dataclass(frozen=True, slots=True)
class Charge:
    """One amount to pay, whole đồng."""

    kind: str
    description: str
    amount_vnd: int
    legal_basis: str = ""
    charge: str = ""
    """The published charge that it is, by ``FeeRule.charge``."""

    @classmethod
    def of(cls, line: FeeLine, amount_vnd: int) -> Self:
        """A published fee, of this amount."""
        return cls(line.kind, line.description, amount_vnd, line.legal_basis, line.charge)


def due_among(dossiers: Iterable[Dossier]) -> dict[int, int]:
    """What is to be paid now, in đồng, by the id of the dossier that waits for it; no query where none does."""
    waiting = [dossier.pk for dossier in dossiers if dossier.state == DossierState.AWAITING_PAYMENT]
    if not waiting:
        return {}
    due = FinancialObligation.objects.filter(dossier__in=waiting, state=ObligationState.DUE)
    return dict(due.values_list("dossier").annotate(sum=Sum("amount_vnd")))


def paid_among(dossiers: Iterable[Dossier]) -> dict[int, int]:
    """What was paid of what was asked for, in đồng, by the id of the dossier."""
    paid = FinancialObligation.objects.filter(
        dossier__in=[dossier.pk for dossier in dossiers], state=ObligationState.PAID
    )
    return dict(paid.values_list("dossier").annotate(sum=Sum("amount_vnd")))


def not_asked_for(dossier: Dossier, asked: Iterable[FinancialObligation] | None = None) -> list[FeeLine]:
    """What the procedure costs by its answers and place and nobody has asked for yet; no amount where it names none.

    `asked` are the dossier's obligations, read unless given. A fee is known by its charge, whatever it was called when
    it was asked for; one that was asked for before charges were kept, by its name, which is in Vietnamese.
    """
    if dossier.procedure_version_id is None or dossier.submitted_at is None:
        return []
    version, day = published.version(dossier.procedure_version_id), timezone.localdate(dossier.submitted_at)
    rows = list(dossier.obligations.all() if asked is None else asked)
    charges, named = {row.charge for row in rows if row.charge}, {row.description for row in rows if not row.charge}
    with translation.override("vi"):
        lines = [
            line
            for line in local_terms.charges(dossier, version, on=day)
            if line.charge not in charges and kept(line.description) not in named
        ]
    if not is_english() or not lines:
        return lines
    rules = {line.rule for line in lines}
    return [line for line in local_terms.charges(dossier, version, on=day) if line.rule in rules]


def open_fees(dossier: Dossier, asked: Iterable[FinancialObligation] | None = None) -> list[FeeLine]:
    """Of those the ones that somebody has to ask for: neither free nor paid with the result."""
    return [line for line in not_asked_for(dossier, asked) if line.amount_vnd != 0 and line.payable_on != "result"]


def fees_to_come(dossier: Dossier, asked: Collection[FinancialObligation]) -> list[FeeLine]:
    """What the applicant was told of, still has no request for, and may be asked for until the decision.

    An agency's own system names its charges as it likes: once it asked for any, nothing more is foretold.
    """
    return foretold(dossier, asked) if dossier.state in UNDECIDED else []


def fees_never_asked_for(dossier: Dossier, asked: Collection[FinancialObligation]) -> list[FeeLine]:
    """What the applicant was told of and was not charged here, now that the result is there."""
    return foretold(dossier, asked) if dossier.state in WITH_RESULT else []


def foretold(dossier: Dossier, asked: Collection[FinancialObligation]) -> list[FeeLine]:
    """What the applicant was told of and has no request for, however far her dossier is."""
    if dossier.is_reported or (asked and not dossier.is_decided_here):
        return []
    return open_fees(dossier, asked)


def kept(description: str) -> str:
    """A charge's name as an obligation and its events keep it."""
    return description[:LONGEST_DESCRIPTION]


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
        told = {"amount_vnd": sum(owed.amount_vnd for owed in settled), CHARGES: [owed.description for owed in settled]}
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
