"""The papers a dossier refers to: held while it takes them, read by the agency that decides, closed at its end."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone

from datastore import grants
from datastore.models import Document, DocumentStatus
from dossiers.models import Dossier
from portal.core import writes


def hold(ids: Iterable[int]) -> bool:
    """Lock papers that a dossier is about to refer to; whether all are still there.

    The owner may delete one in another tab at this very moment: whoever locks first wins, and the other is told.
    """
    wanted = sorted(set(ids))
    held = Document.objects.filter(pk__in=wanted).exclude(status=DocumentStatus.DELETED)
    return list(held.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True)) == wanted


def share_all(dossier: Dossier) -> None:
    """Let the deciding agency read the papers of this dossier, its messages and requests, while it handles it."""
    ours = (
        Q(used_in__dossier=dossier) | Q(sent_with__message__dossier=dossier) | Q(shown_with__request__dossier=dossier)
    )
    share(dossier, Document.objects.filter(ours).distinct())


def share(dossier: Dossier, papers: Iterable[Document], *, is_first: bool = False) -> None:
    """As share_all, for who has the papers at hand; `is_first` while the dossier is being submitted."""
    documents = list({paper.pk: paper for paper in papers}.values())  # one may serve two components
    if documents and dossier.agency is not None:
        give = grants.grant_first if is_first else grants.grant
        purpose = f"Giải quyết hồ sơ {dossier.code}"
        give(documents, agency=dossier.agency, dossier_code=dossier.code or "", purpose=purpose)


def end_grants(dossier: Dossier) -> None:
    """Nobody reads the papers of this dossier for its sake any more."""
    writes.at_once(_end_grants_of, dossier.code or "")


def _end_grants_of(codes: Sequence[str]) -> None:
    grants.end_all(codes, at=timezone.now())


def digests(document: Document) -> list[dict[str, Any]]:
    """What the receipt and the agency see of a document's files."""
    return [
        {
            "file_id": file.pk,
            "name": file.name,
            "size_bytes": file.blob.size_bytes,
            "content_sha256": file.blob.content_sha256,
            "content_type": file.blob.content_type,
        }
        for file in document.files.select_related("blob").order_by("position")
    ]
