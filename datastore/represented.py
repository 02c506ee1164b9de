"""What hangs on a paper by which somebody represents a person (giấy làm căn cứ đại diện), and who saw a store."""

from collections.abc import Iterable
from dataclasses import replace

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from datastore import readings
from datastore.access import AS_REPRESENTATIVE
from datastore.models import AccessAction, AccessLog, Document
from portal.accounts import representations
from portal.agencies.actors import Actor
from portal.notifications import services as notifications


def paper_ended(document: Document) -> None:
    """A paper was revoked or replaced: what was built on it ends, and who represented by it is told the cure."""
    for held in representations.end_by_paper(document.pk):
        person = held.representative
        if person is None:
            continue
        with translation.override(person.language):
            notifications.notify(
                recipient=person,
                kind="representation.ended",
                subject=_("Giấy khai sinh làm căn cứ đại diện không còn giá trị"),
                body=_("Bạn tạm thời không nộp thay con được. Có giấy mới trong kho thì thêm con lại từ giấy ấy."),
                link="/dai-dien/",
                dedupe_key=f"representation.{held.public_id}.ended",
            )


def note_shown(documents: Iterable[Document], *, actor: Actor, purpose: str = AS_REPRESENTATIVE) -> None:
    """Leave a row for each paper of somebody else's store that was shown, once a day and reader."""
    if actor.user is None:
        return
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    shown = {document.pk: document for document in documents}
    noted = AccessLog.objects.filter(
        reader=actor.user, purpose=purpose, read_at__gte=today, document__in=shown
    ).values_list("document_id", flat=True)
    named = replace(actor, name=actor.name or str(actor.user))
    for pk in set(shown) - set(noted):
        readings.of_document(
            shown[pk], actor=named, purpose=purpose, action=AccessAction.LOOKED, dossier_code=shown[pk].dossier_code
        )
