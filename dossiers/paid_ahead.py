"""What was paid before it was asked for (khoản nộp trước), of the parts of a bundle: held, used, or to go back.

payments writes what came and sends back what nobody asks for; the dossier uses it where the charge is asked for.
"""

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from dossiers.models import BundlePart, Dossier, FinancialObligation, ObligationState, PaidAhead
from portal.agencies.models import Agency

_ELSEWHERE = Q(part__dossier__code__isnull=False) & (
    ~Q(part__dossier__agency=F("collector"))
    | Q(part__dossier__handled_by__isnull=False)
    | Q(part__dossier__source__isnull=False)
)
A_DRAFT_WAITS = timedelta(days=30)
"""So long money lies for a part that the applicant has to complete and send (docs/assumptions.md)."""


def held() -> QuerySet[PaidAhead]:
    """What waits to be asked for."""
    return PaidAhead.objects.filter(obligation=None, returned_at=None)


def held_for(dossier: Dossier) -> dict[str, PaidAhead]:
    """What waits for this dossier's charges, by charge; what came for another agency settles none of them."""
    return {row.charge: row for row in held().filter(part__dossier=dossier, collector=dossier.agency_id)}


def useless() -> QuerySet[PaidAhead]:
    """What nobody can ask for any more, or nobody asks for in time.

    Its part is over, is collected elsewhere, asked for the same charge with another amount, or it or what it waits
    for lies as a draft for longer than A_DRAFT_WAITS.
    """
    since = timezone.now() - A_DRAFT_WAITS
    lies = Q(Exists(BundlePart.objects.lying(since).filter(pk=OuterRef("part"))), paid_at__lt=since)
    over = BundlePart.objects.over().filter(pk=OuterRef("part"))
    asked = FinancialObligation.objects.filter(dossier__bundle_part=OuterRef("part"), charge=OuterRef("charge"))
    asked = asked.exclude(state=ObligationState.CANCELLED)
    return held().filter(Q(Exists(over)) | Q(Exists(asked)) | lies | _ELSEWHERE)


def elsewhere() -> QuerySet[PaidAhead]:
    """What came for another agency than the one that collects now, or for one that no longer decides here."""
    return held().filter(_ELSEWHERE)


def is_paid(part: BundlePart, charge: str) -> bool:
    """Whether money for a charge came before, and is held or has settled it."""
    return PaidAhead.objects.filter(part=part, charge=charge, returned_at=None).exists()


def hold(
    part: BundlePart, *, charge: str, amount_vnd: int, collector: Agency, reference: str, paid_at: datetime
) -> PaidAhead | None:
    """Keep money that came for a charge, under the lock of the bundle; None where nothing can ask for it any more."""
    if is_paid(part, charge) or BundlePart.objects.over().filter(pk=part.pk).exists():
        return None
    return PaidAhead.objects.create(
        part=part, charge=charge, amount_vnd=amount_vnd, collector=collector, reference=reference, paid_at=paid_at
    )
