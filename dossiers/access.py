"""Who may see which dossier; missing and not yours look alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, DossierQuerySet
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import Agency
from portal.core.errors import NotFoundError
from portal.core.rows import JoinedSelect, Part
from procedures.models import ProcedureVersion

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


NOT_FOR_A_STEP = (
    "applicant_id",
    "answers",
    "answer_sources",
    "source_record",
    "procedure_version__sheet",
    "procedure_version__form",
    "procedure_version__source_record",
    "procedure_version__search_text",
    "procedure_version__search_vector",
    "handled_by__webhook_secret",
    "handled_by__wire_password_hash",
)
"""Large or secret columns that a step of the table does not look at; they are fetched where somebody does."""


def lock_dossier(code: str, *, actor: Actor) -> Dossier:
    """Return the dossier with its row locked until the transaction ends; raises NotFoundError as get_dossier."""
    if actor.kind == ActorKind.PARTNER:
        return _locked_by_partner(code, actor)
    dossier = (
        visible_to(actor)
        .filter(code=code)
        .select_for_update(of=("self",))
        .select_related("agency", "procedure_version", "handled_by")
        .defer(*NOT_FOR_A_STEP)
        .order_by()
        .first()
    )
    if dossier is None:
        raise NotFoundError(code="dossier.not_found")
    return dossier


_FOR_PARTNER = JoinedSelect(
    [
        Part("dossier", Dossier, without=tuple(name for name in NOT_FOR_A_STEP if "__" not in name)),
        Part("agency", Agency),
        Part(
            "version",
            ProcedureVersion,
            fields=("procedure", "number", "name", "processing_value", "processing_unit", "intake_cutoff")
            + ("supplement_rule", "supplement_days"),
        ),
    ],
    f"""
    FROM {Dossier._meta.db_table} AS dossier
    JOIN {Agency._meta.db_table} AS agency ON agency.id = dossier.agency_id
    LEFT JOIN {ProcedureVersion._meta.db_table} AS version ON version.id = dossier.procedure_version_id
    WHERE dossier.code = %s AND dossier.state <> %s
      AND (dossier.handled_by_id = %s OR dossier.source_id = %s) AND starts_with(agency.path, %s)
    FOR UPDATE OF dossier
    """,
)


def _locked_by_partner(code: str, actor: Actor) -> Dossier:
    """As visible_to and lock_dossier say for a partner, by a statement that is composed once: the way of every push."""
    client, agency = actor.client, actor.agency
    found = None
    if client is not None and agency is not None:
        found = _FOR_PARTNER.first([code, DossierState.DRAFT, client.pk, client.pk, agency.path])
    if found is None:
        raise NotFoundError(code="dossier.not_found")
    dossier: Dossier
    _extra, (dossier, dossier_agency, version) = found
    dossier.agency, dossier.procedure_version = dossier_agency, version
    if client is not None and dossier.handled_by_id == client.pk:
        dossier.handled_by = client
    return dossier


_held: ContextVar[tuple[Dossier, Actor] | None] = ContextVar("held_dossier", default=None)


@contextmanager
def holding(dossier: Dossier, *, actor: Actor) -> Iterator[None]:
    """Let the services called inside work on a row that the caller has locked, within the caller's transaction."""
    token = _held.set((dossier, actor))
    try:
        yield
    finally:
        _held.reset(token)


@contextmanager
def locked(code: str, *, actor: Actor) -> Iterator[Dossier]:
    """Open a step: a transaction with the dossier's row locked, or the ones of the caller who holds it already."""
    held = _held.get()
    if held is not None and held[0].code == code and held[1] == actor:
        yield held[0]
        return
    with transaction.atomic():
        yield lock_dossier(code, actor=actor)


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
