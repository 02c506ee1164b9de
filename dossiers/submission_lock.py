"""A draft locked for its submission (nộp hồ sơ), by statements that are composed once: the way of every filing.

Whose draft it may be is said in access.
"""

from typing import NamedTuple
from uuid import UUID

from datastore.models import Document
from dossiers import draft_access
from dossiers.models import Dossier, DossierComponent, DossierEvent
from portal.accounts.models import CitizenProfile
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import Agency
from portal.core.errors import NotFoundError
from portal.core.rows import JoinedSelect, Part, next_id
from procedures import published
from procedures.models import Procedure, ProcedureVersion


class DraftToSubmit(NamedTuple):
    """A locked draft with what a submission asks for."""

    dossier: Dossier
    papers: list[DossierComponent]
    takes_filings: bool
    """Whether its procedure takes filings at this moment; what is kept of published versions may be seconds old."""


_DRAFT_TO_SUBMIT = JoinedSelect(
    [Part("dossier", Dossier), Part("agency", Agency), Part("profile", CitizenProfile)],
    f"""
    FROM {Dossier._meta.db_table} AS dossier
    LEFT JOIN {Agency._meta.db_table} AS agency ON agency.id = dossier.agency_id
    LEFT JOIN {CitizenProfile._meta.db_table} AS profile
      ON profile.user_id = COALESCE(dossier.filer_id, dossier.owner_id)
    LEFT JOIN {ProcedureVersion._meta.db_table} AS version ON version.id = dossier.procedure_version_id
    LEFT JOIN {Procedure._meta.db_table} AS procedure ON procedure.id = version.procedure_id
    WHERE dossier.public_id = %s
      AND (dossier.filer_id = %s AND dossier.representation_id IS NULL OR dossier.id = %s)
    FOR UPDATE OF dossier
    """,
    extra=[
        *[next_id(DossierEvent)] * 2,
        "procedure.is_open",
    ],
)


_PAPERS = JoinedSelect(
    [
        Part("paper", DossierComponent),
        Part("document", Document, fields=("title", "status", "valid_until", "organisation", "owner")),
    ],
    f"""
    FROM {DossierComponent._meta.db_table} AS paper
    JOIN {Document._meta.db_table} AS document ON document.id = paper.document_id
    WHERE paper.dossier_id = %s
    ORDER BY paper.id
    """,
)


def _papers_of(draft: Dossier) -> list[DossierComponent]:
    """What is attached to a draft, with as much of each document as a submission looks at."""
    papers = []
    for _extra, (paper, document) in _PAPERS.all([draft.pk]):
        paper.dossier, paper.document = draft, document
        papers.append(paper)
    return papers


def lock_draft_to_submit(public_id: UUID, *, actor: Actor) -> DraftToSubmit:
    """As get_draft with its lock, by a statement that is composed once, with all that a submission asks for.

    The dossier has its agency, version, the filer with her profile, and ids for two events. Raises NotFoundError.
    """
    if actor.user is None:
        raise NotFoundError(code="dossier.not_found")
    for_another = None
    if actor.kind != ActorKind.CITIZEN or actor.user.represents_others:
        for_another = draft_access.drafts_of(actor).filter(public_id=public_id).values_list("pk", flat=True).first()
    own = actor.user.pk if actor.kind == ActorKind.CITIZEN else None
    found = _DRAFT_TO_SUBMIT.first([public_id, own, for_another])
    if found is None:
        draft_access.refuse_if_over(public_id, actor=actor)
        raise NotFoundError(code="dossier.not_found")
    (*event_ids, is_open), (dossier, agency, profile) = found
    draft: Dossier = dossier
    # What the statement joined is from before it waited for the row; another window may have chosen another place.
    if agency is None and draft.agency_id is not None:
        agency = Agency.objects.filter(pk=draft.agency_id).first()
    person = actor.user if own is not None else draft.filer or draft.representative or draft.owner
    if person is not None and draft.filer_id is None and person.pk != draft.owner_id:  # who came to a counter for her
        profile = CitizenProfile.objects.filter(user=person).first()
    draft.next_event_ids, draft.agency, draft.filer = tuple(event_ids), agency, person
    if person is not None:
        CitizenProfile.user.field.remote_field.set_cached_value(person, profile)
    if draft.procedure_version_id is not None:
        draft.procedure_version = published.version(draft.procedure_version_id)
    return DraftToSubmit(draft, _papers_of(draft), bool(is_open))
