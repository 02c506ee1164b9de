"""Who may read a document, and the row that says who did (nhật ký truy cập). Missing and not yours look alike."""

from dataclasses import replace
from typing import Any

from django.core.files import File
from django.utils.translation import gettext_lazy as _

from datastore import readings, storage
from datastore.grants import active
from datastore.models import (
    AccessAction,
    Digitisation,
    DigitisationState,
    Document,
    DocumentFile,
    DocumentGroup,
    DocumentStatus,
    Grant,
    TrustLevel,
)
from portal.accounts import representations, representing
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import Agency
from portal.core.errors import NotFoundError

NOT_FOUND = _("Không tìm thấy giấy tờ.")
AS_REPRESENTATIVE = "Xem với tư cách người đại diện"
"""A purpose that the owner reads in her access log; kept in Vietnamese."""
READERS = frozenset({ActorKind.DESK, ActorKind.AGENCY, ActorKind.LEADER, ActorKind.PARTNER})


def get_document(pk: int, *, actor: Actor, purpose: str) -> Document:
    """Return a document the actor may read; a reader who is not the owner leaves a row the owner sees.

    Readers are the owner, who represents her, officials and systems of an agency with a running grant (or of one above
    it), and the portal itself. Raises NotFoundError otherwise.
    """
    document, grant = _authorise(actor, pk=pk)
    _note(document, grant, actor=actor, purpose=purpose, action=AccessAction.LOOKED)
    return document


def open_file(file_id: int, *, actor: Actor, purpose: str) -> "tuple[DocumentFile, File[bytes]]":
    """Return a file of a document and its open stream, under the same rule as `get_document`."""
    file = DocumentFile.objects.select_related("blob").filter(pk=file_id).first()
    if file is None:
        raise NotFoundError(NOT_FOUND)
    document, grant = _authorise(actor, pk=file.document_id)
    file.document = document
    try:
        stream = storage.open_stream(file.blob)
    except FileNotFoundError as error:
        raise NotFoundError(storage.GONE) from error
    _note(document, grant, actor=actor, purpose=purpose, action=AccessAction.OPENED)
    return file, stream


def open_issued(
    document_id: int, *, dossier_code: str, actor: Actor, purpose: str
) -> "tuple[DocumentFile, File[bytes]]":
    """Open what was issued in a dossier for an official of the agency that works on it: no grant, but a row.

    That the actor may see the dossier is the caller's to know (dossiers.issued_papers). Raises NotFoundError for what
    was not issued in it, and for whoever is no official.
    """
    file = (
        DocumentFile.objects.select_related("blob", "document")
        .filter(document=document_id, document__dossier_code=dossier_code, document__trust=TrustLevel.ISSUED)
        .exclude(document__status=DocumentStatus.DELETED)
        .order_by("position")
        .first()
    )
    if file is None or not dossier_code or actor.kind not in READERS - {ActorKind.PARTNER} or actor.agency is None:
        raise NotFoundError(NOT_FOUND)
    try:
        stream = storage.open_stream(file.blob)
    except FileNotFoundError as error:
        raise NotFoundError(storage.GONE) from error
    readings.of_document(
        file.document, actor=actor, purpose=purpose, action=AccessAction.OPENED, dossier_code=dossier_code
    )
    return file, stream


def may_read(pk: int, *, actor: Actor) -> bool:
    """Whether the actor may read a document; nothing is read yet, so no row is left."""
    try:
        _authorise(actor, pk=pk)
    except NotFoundError:
        return False
    return True


def is_owner(document: Document, actor: Actor) -> bool:
    """Whether the actor acts as the citizen whose document it is, or for the organisation that holds it.

    A scan is nobody's before an official certified it: nobody reads, shares or deletes what was not compared yet. A
    dossier's letters say again what was declared in it, which of an organisation's members those read who file for it.
    """
    if actor.kind != ActorKind.CITIZEN or actor.user is None or _waits_for_its_check(document):
        return False
    if document.organisation_id is not None:
        is_letter = document.type.group == DocumentGroup.LETTER and not document.is_listed
        acts = representing.may_file if is_letter else representing.is_member
        return acts(actor.user, document.organisation_id)
    return document.owner_id == actor.user.pk


def represents_owner(document: Document, actor: Actor) -> bool:
    """Whether the actor reads it for its owner, as a parent, a guardian or by mandate; no more than that.

    Of a letter, which says again what was declared, only who filed.
    """
    user = actor.user
    if actor.kind != ActorKind.CITIZEN or user is None or not user.represents_others:
        return False
    if document.organisation_id is not None or _waits_for_its_check(document):
        return False
    return representations.reads_paper(
        user,
        owner_id=document.owner_id,
        is_listed=document.is_listed,
        is_uploaded=document.trust == TrustLevel.UPLOADED,
        came_under=document.representation,
        procedure_code=document.procedure_code,
    )


def may_manage(document: Document, actor: Actor) -> bool:
    """Whether the actor may delete and share it: its owner, or the legal representative of the organisation."""
    if document.organisation_id is None or actor.user is None:
        return is_owner(document, actor)
    return actor.kind == ActorKind.CITIZEN and representing.is_representative(actor.user, document.organisation_id)


def _authorise(actor: Actor, **lookup: Any) -> tuple[Document, Grant | None]:
    document = (
        Document.objects.select_related("type", "issuer", "owner", "organisation")
        .exclude(status=DocumentStatus.DELETED)
        .filter(**lookup)
    ).first()
    if document is None:
        raise NotFoundError(NOT_FOUND)
    if is_owner(document, actor) or actor.kind == ActorKind.SYSTEM or represents_owner(document, actor):
        return document, None
    grant = None
    if actor.kind in READERS and actor.agency is not None:
        # A reader sees what was granted to its own agency or to one below it, as with the dossiers themselves.
        grant = (
            Grant.objects.filter(active(), document=document, agency__path__startswith=actor.agency.path)
            .select_related("agency")
            .order_by("-granted_at")
            .first()
        )
        grant = grant or _while_it_is_checked(document, actor.agency)
    if grant is None:
        raise NotFoundError(NOT_FOUND)
    return document, grant


def _waits_for_its_check(document: Document) -> bool:
    if document.is_listed or document.trust != TrustLevel.DIGITISED:
        return False
    return Digitisation.objects.filter(document=document, state=DigitisationState.SCANNED).exists()


def _while_it_is_checked(document: Document, agency: Agency) -> Grant | None:
    """Who digitised a paper reads it until it is certified or sent back; leaves the same row as any reading."""
    waiting = Digitisation.objects.filter(
        document=document, state=DigitisationState.SCANNED, agency__path__startswith=agency.path
    )
    return Grant(document=document, agency=agency, purpose="Kiểm tra bản số hóa") if waiting.exists() else None


def _note(document: Document, grant: Grant | None, *, actor: Actor, purpose: str, action: AccessAction) -> None:
    if is_owner(document, actor):
        return
    if actor.kind == ActorKind.CITIZEN and actor.user is not None:  # who represents her, under her own name
        actor, purpose = replace(actor, name=str(actor.user)), purpose or AS_REPRESENTATIVE
    readings.of_document(
        document,
        actor=actor,
        purpose=purpose or (grant.purpose if grant else ""),
        action=action,
        dossier_code=grant.dossier_code if grant else document.dossier_code,
    )
