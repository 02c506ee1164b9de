"""Ending a mandate on paper at a one-stop desk (thu hồi, chấm dứt giấy ủy quyền): by who signed it, or by who noted it.

Who signed it may end it at any time (Bộ luật Dân sự 91/2015/QH13 art. 569; `K`) and often has no account to do it with:
she comes to any desk with her card. The agency whose desk noted it ends what it should not have noted, as a forged
paper or a wrong procedure, for a reason that both read.
"""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from datastore import readings
from dossiers import confirmed_relations
from dossiers.models import CounterVisit
from portal.accounts import people, representations, written_mandates
from portal.accounts.models import EndReason, Representation, RepresentationProof
from portal.agencies.actors import Actor
from portal.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from portal.core.moments import vn_date
from portal.core.text import clean_line

AT_COUNTER = "Chấm dứt giấy ủy quyền tại quầy"
"""Purpose that the person reads in her access log; kept in Vietnamese."""
TAKEN_BACK = "Người ủy quyền thu hồi tại quầy, %s"
"""What both read of it; kept in Vietnamese."""


def signed_by_visitor(visit: CounterVisit) -> list[Representation]:
    """Papers that name who stands here as who authorised, wherever they were noted, that she did not take back yet."""
    return list(written_mandates.to_take_back(visit.applicant_id, timezone.localdate()))


def noted_here(visit: CounterVisit) -> list[Representation]:
    """Papers that who stands here brought, and a desk of this agency, or of one whose tasks it has, noted."""
    brought = written_mandates.open_ones(timezone.localdate()).filter(representative=visit.applicant_id)
    return [held for held in brought if confirmed_relations.is_of_desk(held, visit.agency)]


def find(visit: CounterVisit, public_id: UUID) -> Representation | None:
    """One of them that may be ended at this visit."""
    found = [*signed_by_visitor(visit), *noted_here(visit)]
    return next((held for held in found if held.public_id == public_id), None)


def is_over(visit: CounterVisit, public_id: UUID) -> bool:
    """Whether one of the person's who stands here has ended: the button was pressed twice."""
    ended = Representation.objects.filter(
        public_id=public_id, proof=RepresentationProof.WRITTEN, ended_at__isnull=False
    ).first()
    if ended is None:
        return False
    is_bearers = ended.representative_id == visit.applicant_id
    return ended.principal_id == visit.applicant_id or (
        is_bearers and confirmed_relations.is_of_desk(ended, visit.agency)
    )


@transaction.atomic
def end(visit: CounterVisit, public_id: UUID, *, actor: Actor, reason: str = "") -> Representation:
    """End one at once: taken back where who signed it stands here, else ended by the desk for its reason.

    What was taken back is not believed again unless a younger paper comes (written_mandates.taken_back_since). Raises
    NotAllowedError without a desk, InvalidInputError("reason") for the desk without a reason, and NotFoundError for
    what is of neither.
    """
    if actor.user is None or actor.agency is None or visit.agency_id != actor.agency.pk:
        raise NotAllowedError
    held = find(visit, public_id)
    if held is None:
        raise NotFoundError
    is_hers = held.principal_id == visit.applicant_id
    words = TAKEN_BACK % actor.agency.name if is_hers else clean_line(reason)
    if not words:
        raise InvalidInputError(fields={"reason": [confirmed_relations.NO_REASON]})
    ended = representations.end_by_official(
        public_id,
        words=words,
        official_name=actor.name,
        proof=RepresentationProof.WRITTEN,
        reason=EndReason.WITHDRAWN if is_hers else EndReason.BY_DESK,
    )
    readings.of_identity(ended.principal, actor=actor, purpose=AT_COUNTER, dossier_code="")
    for reader in filter(None, (ended.representative, ended.principal)):
        confirmed_relations.tell_of_end(reader, ended)
    return ended


def ended_before(visit: CounterVisit, personal_id: str, made_on: date) -> list[str]:
    """What the official reads before she notes a paper of the same day that a desk ended, with its reason."""
    principal = people.find(personal_id)
    if principal is None:
        return []
    rows = Representation.objects.filter(
        principal=principal,
        representative=visit.applicant_id,
        proof=RepresentationProof.WRITTEN,
        end_reason=EndReason.BY_DESK,
        valid_from=made_on,
    ).order_by("-ended_at")[:3]
    said = _("%(name)s đã chấm dứt giấy lập ngày này, ngày %(day)s: %(why)s. Hãy xem kỹ giấy.")
    return [
        said % {"name": held.ended_by_name, "day": vn_date(timezone.localdate(held.ended_at)), "why": held.end_words}
        for held in rows
        if held.ended_at is not None
    ]
