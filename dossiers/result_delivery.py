"""The signed result, for the agency's own system that decided the dossier (gửi kết quả về hệ thống của cơ quan).

A system that decides without a file of its own gets what the portal drew and signed for it: one message that names the
paper, and the right to read exactly this paper for a while. Told is the paper that lies in the store, not a step: the
first one may come after the hand-over that the system reported itself, and a replacement some time after it was
ordered. A system that delivered the file has it; it is sent no echo, which it could take for another result.
"""

from datetime import timedelta

from django.utils import timezone

from datastore import grants
from datastore.models import DocumentStatus
from dossiers import envelope
from dossiers.models import Dossier
from portal.exchange import services as exchange

ISSUED, REPLACED = "dossier.result_issued", "dossier.result_replaced"
WHAT_FOR = "Hệ thống của cơ quan giải quyết nhận kết quả hồ sơ %s"
"""The purpose that the owner reads in her access log; kept in Vietnamese."""
READABLE_FOR = timedelta(days=30)
"""How long a system may fetch the paper: our choice (docs/assumptions.md); officials open it at the workbench."""


def send(code: str, *, edition: int) -> None:
    """Give the system that decided a dossier its result, where the portal made it and it was not revoked meanwhile.

    Called within the transaction that lays the paper down, after the hand-over: that ends every other right. A second
    call for the same edition tells nothing again, and a right that still holds ends when it was said to end.
    """
    dossier = Dossier.objects.select_related("agency", "handled_by", "organisation", "procedure_version").get(code=code)
    file = envelope.result_file(dossier)
    client, agency = dossier.handled_by, dossier.agency
    if file is None or client is None or agency is None or file.document.status == DocumentStatus.REVOKED:
        return
    now, purpose = timezone.now(), WHAT_FOR % code
    held = file.document.grants.filter(grants.active(now), agency=agency, dossier_code=code, purpose=purpose)
    if not held.exists():
        grants.grant([file.document], agency=agency, dossier_code=code, purpose=purpose, expires_at=now + READABLE_FOR)
    kind, reason = ISSUED, ""
    if edition > 1:
        ordered = dossier.events.filter(name=REPLACED).order_by("-sequence").first()
        kind, reason = REPLACED, ordered.reason if ordered else ""
    exchange.enqueue(
        client=client,
        type=kind,
        subject=code,
        message_id=f"{code}.result.{edition}",
        payload={
            "type": kind,
            "timestamp": now.isoformat(),
            "data": {
                "reason": reason,
                "details": {"edition": edition},
                "dossier": envelope.dossier_payload(dossier),
            },
        },
    )
