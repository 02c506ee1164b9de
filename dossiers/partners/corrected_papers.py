"""A result paper that the agency delivers again, corrected (tệp kết quả gửi lại): it takes the place of its first one.

Only of a paper that the agency itself delivered. What the portal made and signed is replaced or revoked by a step of
the table, with its reason; a paper that comes beside it stands beside it in the store.
"""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore import services as store
from datastore.models import Document, TrustLevel
from dossiers import notices, passage
from dossiers.models import Dossier
from dossiers.passage import Occasion
from portal.agencies.actors import Actor

EVENT = "dossier.result_replaced"
REASON = _("Cơ quan giải quyết gửi lại tệp kết quả đã sửa.")
BASIS = "NĐ 30/2020/NĐ-CP, Điều 18"
"""Clause 4: a paper with a wrong content is replaced by one of the same form."""


def take_place(code: str, newer: Document) -> None:
    """Make a delivered paper the result instead of the one delivered before, and tell whose it is.

    Called within a transaction; nothing happens where it is the same paper, or the result is the portal's own.
    """
    locked = Dossier.objects.select_for_update(of=("self",))
    dossier = locked.select_related("agency", "handled_by", "source", "result_document").get(code=code)
    older, client = dossier.result_document, dossier.handled_by or dossier.source
    if older is None or client is None or older.pk == newer.pk or older.trust_level != TrustLevel.FETCHED:
        return
    if older.dossier_code != dossier.code or not store.supersede(older.pk, by=newer, reason=str(REASON)):
        return
    dossier.result_document = newer
    told = {"legal_basis": BASIS, "number": older.number, "document": older.pk}
    occasion = Occasion(timezone.now(), client.event_source, f"GIAY:{newer.pk}", told)
    event = passage.record(dossier, EVENT, actor=Actor.partner(client), reason=str(REASON), occasion=occasion)
    dossier.save(update_fields=["result_document", "last_sequence", "updated_at"])
    notices.tell(dossier, event)
