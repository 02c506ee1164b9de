"""For whom the person at the counter files (nộp cho ai): herself, or one of those that the portal knows she acts for.

The same children, wards, mandates and organisations as when she files from home, and the mandates on paper that she
showed here today. Whoever is not known yet is confirmed by the paper she brought (dossiers.confirmed_relations,
dossiers.written_mandates, counter.come_for).
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers import acting, counter
from dossiers.models import ActsBy, CounterVisit
from portal.accounts import representations, representing
from portal.accounts.models import OrganisationMember, Representation, User
from portal.agencies.actors import Actor
from portal.core.moments import start_of_today
from portal.core.text import whole_number

ACCOUNT_PROOF = "Tài khoản của tổ chức trên Cổng: %s"
"""By what a member acts whom the portal knows; kept and printed in Vietnamese."""


@transaction.atomic
def come_for(visit: CounterVisit, value: str, *, actor: Actor) -> CounterVisit:
    """Go on for whom she files now, of those whom the portal knows: `value` as in `choices`, empty for herself.

    Raises NotFoundError for whom she does not act for, NotAllowedError for another desk and for a member who only
    reads.
    """
    shown = next((held for held in counter.papers_shown(visit) if value == f"{acting.PERSON}{held.public_id}"), None)
    if shown is not None:
        return counter.come_for_person(visit, shown, actor=actor)
    chosen = acting.chosen(visit.applicant, value)
    if chosen.representation is not None:
        return counter.come_for_person(visit, chosen.representation, actor=actor)
    if chosen.organisation is not None:
        proof = ACCOUNT_PROOF % representing.role_in(visit.applicant, chosen.organisation.pk)
        return counter.come_for(visit, chosen.organisation, actor=actor, acts_by=ActsBy.MEMBER, proof=proof)
    own = CounterVisit.objects.filter(
        applicant=visit.applicant_id,
        agency=visit.agency_id,
        organisation=None,
        representation=None,
        opened_at__gte=start_of_today(),
    )
    if (known := own.order_by("-pk").first()) is not None:
        return known
    return counter.open_visit(visit.applicant, actor=actor, card_was_scanned=visit.card_was_scanned)


def has_ended(visit: CounterVisit, value: str) -> bool:
    """Whether it names somebody for whom she filed, and files no more: the page was drawn before that."""
    if value.startswith(acting.PERSON):
        held = Representation.objects.filter(representative=visit.applicant_id).values_list("public_id", flat=True)
        return value.removeprefix(acting.PERSON) in {str(each) for each in held}
    key = whole_number(value) or 0
    return OrganisationMember.objects.filter(user=visit.applicant_id, organisation=key).exists()


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody for whom the person at the counter may file, as the portal knows it today."""

    value: str
    name: str
    ground: str
    """As what she acts, and until when."""
    is_now: bool
    """Whether this visit is for that one."""
    person: User | None = None
    """Who it is, where it is no organisation."""


def choices(visit: CounterVisit) -> list[Choice]:
    """For whom she may file beside herself: whom she represents today, and organisations that she files for."""
    people = [
        Choice(
            value=f"{acting.PERSON}{held.public_id}",
            name=str(held.principal),
            ground=_ground(held),
            is_now=visit.representation_id == held.pk,
            person=held.principal,
        )
        for held in [*representations.held_by(visit.applicant), *counter.papers_shown(visit)]
    ]
    organisations = [
        Choice(
            value=str(each.pk),
            name=each.name,
            ground=str(ActsBy.MEMBER.label),
            is_now=visit.organisation_id == each.pk and visit.acts_by == ActsBy.MEMBER,
        )
        for each in representing.organisations_of(visit.applicant, filing=True)
    ]
    return people + organisations


def _ground(held: Representation) -> str:
    words = [held.proof_words if held.is_written else held.get_kind_display()]
    if held.valid_to is not None:
        words.append(_("đến hết ngày %(day)s") % {"day": f"{held.valid_to:%d/%m/%Y}"})
    if held.procedure_codes:
        words.append(_("chỉ thủ tục %(codes)s") % {"codes": ", ".join(held.procedure_codes)})
    return "; ".join(map(str, words))
