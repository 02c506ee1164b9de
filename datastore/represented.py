"""What hangs on a paper by which somebody represents a person (giấy làm căn cứ đại diện), and who saw a store."""

from collections.abc import Iterable
from dataclasses import replace

from django.db.models import Q
from django.utils.translation import gettext as _

from datastore import readings
from datastore.access import AS_REPRESENTATIVE
from datastore.models import AccessAction, AccessLog, Document, TrustLevel
from datastore.models.documents import DocumentQuerySet
from portal.accounts import representations
from portal.accounts.models import User
from portal.agencies.actors import Actor
from portal.core.language import speaking
from portal.core.moments import start_of_today
from portal.notifications import services as notifications


def paper_ended(document: Document) -> None:
    """A paper was revoked or replaced: what was built on it ends, and who represented by it is told the cure."""
    for held in representations.end_by_paper(document.pk):
        person = held.representative
        if person is None:
            continue
        with speaking(person.language):
            notifications.notify(
                recipient=person,
                kind="representation.ended",
                subject=_("Giấy khai sinh làm căn cứ đại diện không còn giá trị"),
                body=_("Bạn tạm thời không nộp thay con được. Có giấy mới trong kho thì thêm con lại từ giấy ấy."),
                link="/dai-dien/",
                dedupe_key=f"representation.{held.public_id}.ended",
            )


def open_to(papers: DocumentQuerySet, reader: User, *, principal_id: int) -> DocumentQuerySet:
    """Of the papers of stores, those that who represents a person reads; one query for who else represents her.

    By law what another representative uploaded for a filing is left out while that one acts: what one parent declares
    (an address) may not be for the other (docs/adr/0017). By mandate the store is open as its giver said.
    """
    held = representations.of_principal(principal_id)
    if any(row.representative_id == reader.pk and row.reads_store and not row.is_by_law for row in held):
        return papers
    closed = Q()
    for row in held:
        if row.representative_id != reader.pk:
            theirs = Q(representation__representative=row.representative_id)
            closed |= theirs & Q(procedure_code__in=row.procedure_codes) if row.procedure_codes else theirs
    return papers.exclude(Q(owner=principal_id, trust=TrustLevel.UPLOADED) & closed) if closed else papers


def open_among(pks: Iterable[int], *, reader: User, principal_id: int, procedure_code: str) -> set[int]:
    """Which papers of a person's store lie open today to who files this procedure for her, as `access` says of one."""
    held = representations.in_force_for(reader.pk, principal_id, procedure_code)
    papers = Document.objects.filter(pk__in=list(pks), owner=principal_id, organisation=None)
    if not held:
        return set()
    found = set(papers.filter(representation__representative=reader).values_list("pk", flat=True))
    if any(row.reads_store for row in held):
        listed = open_to(papers.filter(is_listed=True), reader, principal_id=principal_id)
        found |= set(listed.values_list("pk", flat=True))
    return found


def note_shown(documents: Iterable[Document], *, actor: Actor, purpose: str = AS_REPRESENTATIVE) -> None:
    """Leave a row for each paper of somebody else's store that was shown, once a day and reader."""
    if actor.user is None:
        return
    shown = {document.pk: document for document in documents}
    noted = AccessLog.objects.filter(
        reader=actor.user, purpose=purpose, read_at__gte=start_of_today(), document__in=shown
    ).values_list("document_id", flat=True)
    named = replace(actor, name=actor.name or str(actor.user))
    for pk in set(shown) - set(noted):
        readings.of_document(
            shown[pk], actor=named, purpose=purpose, action=AccessAction.LOOKED, dossier_code=shown[pk].dossier_code
        )
