"""Who may see which dossier; missing and not yours look alike."""

from uuid import UUID

from django.db.models import Q

from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, DossierQuerySet
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import NotFoundError

OFFICIALS = frozenset({ActorKind.DESK, ActorKind.AGENCY, ActorKind.LEADER})


def visible_to(actor: Actor) -> DossierQuerySet:
    """The dossiers this actor may see; drafts belong to their filer alone and are found by `get_draft`."""
    submitted = Dossier.objects.exclude(state=DossierState.DRAFT)
    if actor.kind == ActorKind.CITIZEN and actor.user is not None:
        return submitted.filter(Q(filer=actor.user) | Q(owner=actor.user))
    if actor.kind in OFFICIALS and actor.agency is not None:
        return submitted.filter(agency__path__startswith=actor.agency.path)
    if actor.kind == ActorKind.PARTNER and actor.client is not None and actor.agency is not None:
        return submitted.filter(
            Q(handled_by=actor.client) | Q(source=actor.client), agency__path__startswith=actor.agency.path
        )
    if actor.kind in {ActorKind.SYSTEM, ActorKind.PAYMENT}:
        return submitted
    return submitted.none()


def get_dossier(code: str, *, actor: Actor) -> Dossier:
    """Return a dossier the actor may see; raises NotFoundError otherwise."""
    dossier = (
        visible_to(actor)
        .filter(code=code)
        .select_related("agency", "procedure_version__procedure", "handled_by", "owner", "filer", "assignee")
        .first()
    )
    if dossier is None:
        raise NotFoundError(code="dossier.not_found")
    return dossier


def lock_dossier(code: str, *, actor: Actor) -> Dossier:
    """Return the dossier with its row locked until the transaction ends; raises NotFoundError as get_dossier."""
    dossier = (
        visible_to(actor)
        .filter(code=code)
        .select_for_update(of=("self",))
        .select_related("agency", "procedure_version", "handled_by")
        .first()
    )
    if dossier is None:
        raise NotFoundError(code="dossier.not_found")
    return dossier


def get_draft(public_id: UUID, *, actor: Actor, lock: bool = False) -> Dossier:
    """Return the filer's own dossier by its form address, draft or already submitted; raises NotFoundError."""
    found = Dossier.objects.filter(public_id=public_id, filer=actor.user).select_related(
        "procedure_version__procedure", "agency"
    )
    if lock:
        found = found.select_for_update(of=("self",))
    dossier = found.first()
    if dossier is None or actor.user is None:
        raise NotFoundError(code="dossier.not_found")
    return dossier
