"""Filing in person (nộp hồ sơ trực tiếp tại bộ phận một cửa): an official fills in the same form for who came.

The person is identified by her card at the desk, so her account's level is not asked for. The dossier is like any other
one, with the channel "trực tiếp", the visit it came from, and the official's name at every step. What is scanned at the
desk is digitised by an official (TT 01/2023/TT-VPCP). NĐ 118/2025/NĐ-CP art. 17; form 01 is printed at once.
"""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from datastore import readings
from dossiers import acting, drafts, filing, services
from dossiers.lifecycle import DossierState
from dossiers.models import CounterVisit, Dossier, FilingChannel
from portal.accounts.models import CitizenProfile, User
from portal.agencies.actors import Actor
from portal.core.errors import NotAllowedError, NotFoundError
from procedures.models import ProcedureVersion


@transaction.atomic
def open_visit(applicant: User, *, actor: Actor, card_was_scanned: bool = False) -> CounterVisit:
    """Begin to serve a person; she reads in her access log who looked her up. Raises NotAllowedError without a desk."""
    if actor.user is None or actor.agency is None:
        raise NotAllowedError
    readings.of_identity(applicant, actor=actor, purpose=acting.AT_COUNTER, dossier_code="")
    visit = CounterVisit.objects.create(
        applicant=applicant, official=actor.user, agency=actor.agency, card_was_scanned=card_was_scanned
    )
    # what was left unfinished at an earlier visit closed with its day, and is gone on with at this one
    unfinished = Dossier.objects.filter(
        counter_visit__agency=actor.agency, owner=applicant, state=DossierState.DRAFT
    ).select_for_update(of=("self",))
    for draft in unfinished.order_by("pk"):
        draft.counter_visit = visit
        draft.save(update_fields=["counter_visit", "updated_at"])
    return visit


def get_visit(public_id: UUID, *, user: Any) -> tuple[CounterVisit, Actor]:
    """Return a visit of today at a desk of this official's, and as whom she serves; raises NotFoundError.

    A visit ends with its day: whoever comes again is looked up again, with a new row in her log.
    """
    visit = (
        CounterVisit.objects.select_related("applicant__citizen", "agency__unit__parent")
        .filter(public_id=public_id)
        .first()
    )
    actors = acting.desk_actors(user) if visit is not None else []
    actor = next((actor for actor in actors if visit and actor.agency == visit.agency), None)
    if visit is None or actor is None or timezone.localdate(visit.opened_at) != timezone.localdate():
        raise NotFoundError
    return visit, actor


@transaction.atomic
def start(visit: CounterVisit, version: ProcedureVersion, *, actor: Actor) -> Dossier:
    """Open a prefilled draft for the person of a visit, or return the unfinished one. Raises ProcedureClosedError."""
    profile = CitizenProfile.objects.select_for_update().filter(user=visit.applicant_id).first()
    drafts.check_may_file(version, profile, in_person=True)
    unfinished = Dossier.objects.filter(
        counter_visit__agency=visit.agency_id,
        owner=visit.applicant_id,
        state=DossierState.DRAFT,
        procedure_version=version,
    )
    draft = unfinished.order_by("-id").first()
    if draft is not None:
        draft.counter_visit = visit
        draft.save(update_fields=["counter_visit", "updated_at"])
        return draft
    unit = visit.agency.unit
    place: dict[str, Any] = {"province_code": "", "commune_code": ""}
    if profile is not None and profile.commune_code:
        place = {"province_code": profile.province_code, "commune_code": profile.commune_code}
    elif unit is not None:
        place = {
            "province_code": unit.parent.code if unit.parent else unit.code,
            "commune_code": unit.code if unit.parent else "",
        }
    return drafts.open_new(
        version, owner=visit.applicant, filer=None, counter_visit=visit, channel=FilingChannel.DIRECT, **place
    )


@transaction.atomic
def submit(public_id: UUID, *, actor: Actor, procedure_code: str) -> Dossier:
    """File a draft of the counter and accept it at once where the desk may; see filing.submit for what it raises."""
    return accept_at_once(filing.submit(public_id, actor=actor, procedure_code=procedure_code), actor=actor)


def accept_at_once(dossier: Dossier, *, actor: Actor) -> Dossier:
    """Accept what was just filed or paid at this counter, once.

    Left to somebody else: a dossier that still waits for money, one of an agency outside this desk's, and one that an
    agency's own system decides.
    """
    if not may_accept(dossier, actor=actor):
        return dossier
    return services.accept(dossier.code or "", actor=actor)


def may_accept(dossier: Dossier, *, actor: Actor) -> bool:
    """Whether this desk takes the dossier in."""
    is_ours = dossier.agency is not None and actor.agency is not None and dossier.agency.is_within(actor.agency)
    return is_ours and dossier.handled_by_id is None and dossier.state == DossierState.SUBMITTED
