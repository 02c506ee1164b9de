"""Letters and results as the agency that issued them opens them again (văn bản, kết quả của hồ sơ).

Nobody grants an agency what it wrote itself; the owner sees in her log who opened it all the same.
"""

from django.core.files import File

from datastore import access
from datastore.models import Document, DocumentFile, DocumentStatus
from dossiers.models import Dossier, ResultIssue
from portal.agencies.actors import Actor
from portal.core.errors import NotFoundError


def opens(document: Document | None) -> bool:
    """Whether there is a paper to open: written already, and not taken out of the store."""
    return document is not None and document.status != DocumentStatus.DELETED


def open_first_file(dossier: Dossier, document_id: int, *, actor: Actor) -> "tuple[DocumentFile, File[bytes]]":
    """Open a letter or the result of a dossier that the caller was let see; leaves a row in the owner's log.

    Raises NotFoundError for any other paper.
    """
    is_letter = dossier.letters.filter(document=document_id).exists()
    if not is_letter and not ResultIssue.objects.filter(dossier=dossier, document=document_id).exists():
        raise NotFoundError(access.NOT_FOUND)
    purpose = f"Xem văn bản, kết quả của hồ sơ {dossier.code}"
    return access.open_issued(document_id, dossier_code=dossier.code or "", actor=actor, purpose=purpose)
