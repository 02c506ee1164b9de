"""What a dossier is charged (phí, lệ phí), read only: one amount, what is due, what is still to come.

Asking for it and settling it are steps: dossiers.obligations.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Self

from django.db.models import Sum
from django.utils import timezone, translation

from dossiers import local_terms
from dossiers.lifecycle import BEFORE_DECISION, DossierState
from dossiers.models import Dossier, FinancialObligation, ObligationState
from portal.core.language import is_english
from procedures import published
from procedures.fees import FeeLine

CANCELLED = ObligationState.CANCELLED
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
    it was asked for; one that was asked for before charges were kept, by its name, which is in Vietnamese. A request
    that was taken back is none.
    """
    if dossier.procedure_version_id is None or dossier.submitted_at is None:
        return []
    version, day = published.version(dossier.procedure_version_id), timezone.localdate(dossier.submitted_at)
    rows = [row for row in (dossier.obligations.all() if asked is None else asked) if row.state != CANCELLED]
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
