"""A mandate on paper between two persons (giấy ủy quyền), shown at a one-stop desk by who came for the other one.

The official who saw it says what it holds; it opens that desk's form to its bearer, for as long and for what it says.
On the portal it opens nothing: no store, no draft or dossier of the principal, who reads it among those who act for her
and takes it back there (Bộ luật Dân sự 91/2015/QH13 art. 138, 140, 141, 562, 563; what a desk asks for is our choice,
docs/assumptions.md).
"""

from collections.abc import Sequence
from datetime import date

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.accounts.models import (
    NOT_HER_WORD,
    EndReason,
    Representation,
    RepresentationKind,
    RepresentationProof,
    User,
)

log = structlog.get_logger(__name__)


@transaction.atomic
def keep(
    *,
    bearer: User,
    principal: User,
    made_on: date,
    last: date,
    procedure_codes: Sequence[str],
    words: str,
    official: User,
    official_name: str,
    agency_code: str,
) -> tuple[Representation, bool]:
    """Note what the paper says; return it and whether it is new. Seen again at any desk it is the one that is there."""
    same = {
        "principal": principal,
        "representative": bearer,
        "kind": RepresentationKind.MANDATE,
        "proof": RepresentationProof.WRITTEN,
        "valid_from": made_on,
        "valid_to": last,
        "procedure_codes": list(procedure_codes),
        "proof_words": words[:400],
        "ended_at": None,
    }
    User.objects.select_for_update().get(pk=principal.pk)  # of two presses the second finds what the first wrote
    known = Representation.objects.filter(**same).first()
    if known is not None:
        return known, False
    held = Representation.objects.create(
        **same,
        confirmed_by=official,
        confirmed_by_name=official_name[:300],
        confirmed_at=timezone.now(),
        confirming_agency=agency_code,
    )
    log.info("written_mandate_shown", representation_id=held.pk)
    return held, True


def open_ones(day: date) -> QuerySet[Representation]:
    """Mandates on paper that still hold on a day, with both persons, the oldest first."""
    rows = Representation.objects.filter(proof=RepresentationProof.WRITTEN, ended_at__isnull=True, valid_to__gte=day)
    return rows.select_related("principal__citizen", "representative__citizen").order_by("pk")


def to_take_back(principal_id: int, day: date) -> QuerySet[Representation]:
    """Papers of this principal that have not run out and that she did not take back yet, also where they were ended.

    What a desk ended or the bearer gave up lies in the bearer's hands still: only her word stops that it is noted anew.
    """
    rows = Representation.objects.filter(
        proof=RepresentationProof.WRITTEN, principal=principal_id, valid_to__gte=day, end_reason__in=NOT_HER_WORD
    )
    return rows.select_related("principal__citizen", "representative__citizen").order_by("pk")


def taken_back_since(principal: User, bearer: User, made_on: date) -> date | None:
    """The day on which the principal took a mandate of this bearer back, where the paper is not younger than that.

    A paper stays in the bearer's hands after it was taken back (art. 140(3)): one made before that day is not believed.
    """
    ended = Representation.objects.filter(
        principal=principal,
        representative=bearer,
        kind=RepresentationKind.MANDATE,
        end_reason=EndReason.WITHDRAWN,
    )
    last = ended.order_by("-ended_at").values_list("ended_at", flat=True).first()
    day = timezone.localdate(last) if last is not None else None
    return day if day is not None and made_on <= day else None


def counts(held: Representation | None, *, bearer_id: int, procedure_code: str) -> bool:
    """Whether this is a mandate on paper by which its bearer still acts in a procedure."""
    if held is None or not held.is_written or held.representative_id != bearer_id:
        return False
    return held.is_in_force(timezone.localdate()) and held.covers(procedure_code)


def lock(held: Representation | None, *, bearer_id: int, procedure_code: str) -> Representation | None:
    """The same, locked until the transaction ends: who takes it back now is before or after what the caller does."""
    if held is None or not held.is_written:
        return None
    found = Representation.objects.select_for_update(of=("self",)).filter(pk=held.pk).first()
    return found if counts(found, bearer_id=bearer_id, procedure_code=procedure_code) else None
