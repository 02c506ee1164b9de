"""Who works on a draft (bản nháp), and whose stores it may be filled from; missing and not yours look alike."""

from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from dossiers import acting
from dossiers.lifecycle import DossierState
from dossiers.models import Assistance, Dossier, DossierQuerySet
from portal.accounts import representations
from portal.accounts.models import User
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import NotAllowedError, NotFoundError
from portal.core.moments import start_of_today
from procedures import published


def drafts_of(actor: Actor) -> DossierQuerySet:
    """The drafts somebody works on, submitted or not: the filer's own, a desk's, a helper's under a right in force.

    A desk's draft is open while the person is there: with the day of her visit it closes, until she comes again.
    """
    if actor.user is None:
        return Dossier.objects.none()
    if actor.kind == ActorKind.DESK:
        is_open = Q(counter_visit__opened_at__gte=start_of_today()) | ~Q(state=DossierState.DRAFT)
        return Dossier.objects.filter(is_open, counter_visit__agency=actor.agency)
    if actor.kind == ActorKind.HELPER:
        held = Assistance.objects.in_force(timezone.now()).filter(helper=actor.user)
        return Dossier.objects.filter(assistance__in=held)
    mine = Dossier.objects.filter(filer=actor.user)
    if not actor.user.represents_others:
        return mine.filter(representation=None)  # what she brought to a desk on a paper is the desk's to go on with
    open_to_her = Q(representation=None)
    for row in representations.held_by(actor.user):
        in_scope = Q(procedure_code__in=row.procedure_codes) if row.procedure_codes else Q()
        open_to_her |= Q(owner=row.principal_id, representation__isnull=False) & in_scope
    return mine.filter(open_to_her)


def refuse_if_over(public_id: UUID, *, actor: Actor) -> None:
    """Say to who began a draft for a person that she represents nobody there any more; raises NotAllowedError."""
    if actor.kind != ActorKind.CITIZEN or actor.user is None or not actor.user.represents_others:
        return
    if Dossier.objects.filter(filer=actor.user, public_id=public_id, representation__isnull=False).exists():
        raise NotAllowedError(representations.OVER, code=representations.OVER_CODE)


def may_use_store(dossier: Dossier, *, actor: Actor) -> bool:
    """Whether who works on a draft may look into its owner's store: herself, a desk, whom she or the law let."""
    if actor.kind == ActorKind.HELPER:
        return dossier.assistance is not None and dossier.assistance.may_use_store
    if dossier.representation is not None and actor.kind in {ActorKind.CITIZEN, ActorKind.DESK}:
        if dossier.representation.is_written:
            return False  # whatever else she may: on a paper nobody files from a store
        # by what holds now, which need not be what the draft was begun by
        reader, owner_id = reader_of(dossier, actor=actor), dossier.owner_id or 0
        return representations.opens_store(reader.pk if reader else 0, owner_id, dossier.procedure_code)
    return actor.kind in {ActorKind.CITIZEN, ActorKind.DESK}


def stores_open(dossier: Dossier, *, actor: Actor) -> list[User] | None:
    """Whose stores a representative files from: her own, and that of whom she files for as far as it lies open.

    None for everybody else: see may_use_store, which says whether the owner's is open.
    """
    reader = reader_of(dossier, actor=actor)
    if reader is None:
        return None
    principal = [dossier.owner] if dossier.owner is not None and may_use_store(dossier, actor=actor) else []
    return [*principal, reader]


def reader_of(dossier: Dossier, *, actor: Actor) -> User | None:
    """The representative: the owner's store is open to her as far as the law or the mandate says.

    At a counter the official sees what the visitor may see. None for one's own filing.
    """
    if dossier.representation_id is None:
        return None
    return {ActorKind.CITIZEN: actor.user, ActorKind.DESK: dossier.representative}.get(actor.kind)


def may_use_organisations(dossier: Dossier, *, actor: Actor) -> bool:
    """Whether who works on a draft may also look into the stores of organisations that its owner acts for.

    A helper or a representative was let into a person's own store; what a company holds is not hers to open.
    """
    return actor.kind != ActorKind.HELPER and dossier.representation_id is None


def _refuse_closed_at_counter(dossier: Dossier) -> None:
    code = representations.OVER_AT_COUNTER_CODE
    came = dossier.representative
    if came is not None and not acting.represents(dossier, came):
        raise NotAllowedError(representations.OVER_AT_COUNTER, code=code)
    if dossier.organisation_id is not None and not acting.files_for(dossier, dossier.organisation_id):
        raise NotAllowedError(acting.NOT_FOR_IT_AT_COUNTER, code=code)


def get_draft(public_id: UUID, *, actor: Actor, lock: bool = False, to_discard: bool = False) -> Dossier:
    """Return a dossier by its form address, draft or already submitted, to who works on it; raises NotFoundError.

    At a counter a draft for another person, or for an organisation, closes with the right of who came, as it does at
    home: NotAllowedError, but for who throws it away.
    """
    found = drafts_of(actor).filter(public_id=public_id).select_related("agency", "representation").order_by()
    if lock:
        found = found.select_for_update(of=("self",))
    dossier = found.first()
    if dossier is None or actor.user is None:
        refuse_if_over(public_id, actor=actor)
        raise NotFoundError(code="dossier.not_found")
    if actor.kind == ActorKind.DESK and dossier.state == DossierState.DRAFT and not to_discard:
        _refuse_closed_at_counter(dossier)
    if dossier.procedure_version_id is not None:
        dossier.procedure_version = published.version(dossier.procedure_version_id)
    return dossier
