"""What was paid before it was asked for (khoản nộp trước), of the parts of a bundle: held, used, or to go back.

payments writes what came and sends back what nobody asks for; the dossier uses it where the charge is asked for.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from dossiers.models import BundlePart, Dossier, FinancialObligation, ObligationState, PaidAhead


def held() -> QuerySet[PaidAhead]:
    """What waits to be asked for."""
    return PaidAhead.objects.filter(obligation=None, returned_at=None)


def held_for(dossier: Dossier) -> dict[str, PaidAhead]:
    """What waits for this dossier's charges, by charge."""
    return {row.charge: row for row in held().filter(part__dossier=dossier)}


def useless() -> QuerySet[PaidAhead]:
    """What nobody can ask for any more: its part is over, or asked for the same charge with another amount."""
    over = BundlePart.objects.over().filter(pk=OuterRef("part"))
    asked = FinancialObligation.objects.filter(dossier__bundle_part=OuterRef("part"), charge=OuterRef("charge"))
    return held().filter(Q(Exists(over)) | Q(Exists(asked.exclude(state=ObligationState.CANCELLED))))


def hold(part: BundlePart, *, charge: str, amount_vnd: int, reference: str, paid_at: datetime) -> PaidAhead | None:
    """Keep money that came for a charge, under the lock of the bundle; None where nothing can ask for it any more."""
    known = PaidAhead.objects.filter(part=part, charge=charge, returned_at=None)
    if known.exists() or BundlePart.objects.over().filter(pk=part.pk).exists():
        return None
    return PaidAhead.objects.create(
        part=part, charge=charge, amount_vnd=amount_vnd, reference=reference, paid_at=paid_at
    )
