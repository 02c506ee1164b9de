"""The row that every reading of a person's data by somebody else leaves (nhật ký truy cập).

It is written plainly in the transaction of the reading; datastore.chain links it afterwards, so that readers never wait
for one another.
"""

from collections.abc import Sequence
from datetime import datetime

from datastore.models import BY_LINK, AccessAction, AccessLog, Document, Share
from portal.accounts.models import User
from portal.agencies.actors import Actor


def of_document(
    document: Document, *, actor: Actor, purpose: str, action: AccessAction, dossier_code: str
) -> AccessLog:
    """Note that an official or a system read a document."""
    return AccessLog.objects.create(
        document=document,
        owner_id=document.owner_id,
        action=action,
        purpose=purpose[:300],
        dossier_code=dossier_code,
        **_reader(actor),
    )


def of_identity(owner: User, *, actor: Actor, purpose: str, dossier_code: str) -> AccessLog:
    """Note that an official looked at a person's whole identification number, which stands masked everywhere."""
    return AccessLog.objects.create(
        owner=owner,
        action=AccessAction.REVEALED,
        purpose=purpose[:300],
        dossier_code=dossier_code,
        **_reader(actor),
    )


def identity_was_read(owner: User, *, actor: Actor, purpose: str, since: datetime) -> bool:
    """Whether this official has left a row about a person for this purpose since a moment."""
    rows = AccessLog.objects.filter(owner=owner, reader=actor.user, action=AccessAction.REVEALED, purpose=purpose[:300])
    return rows.filter(read_at__gte=since).exists()


def of_names(people: Sequence[User], *, actor: Actor, purpose: str, since: datetime) -> None:
    """Note, once since a moment, that an official saw who these people are, on a page that is about somebody else."""
    rows = AccessLog.objects.filter(owner__in=people, reader=actor.user, purpose=purpose[:300], read_at__gte=since)
    noted = set(rows.values_list("owner", flat=True))
    for owner in {user.pk: user for user in people if user.pk not in noted}.values():
        AccessLog.objects.create(owner=owner, action=AccessAction.LOOKED, purpose=purpose[:300], **_reader(actor))


def of_dossier(owner_id: int, *, actor: Actor, purpose: str, dossier_code: str) -> AccessLog:
    """Note that an official or a system opened a person's dossier: what she declared, and what became of it."""
    return AccessLog.objects.create(
        owner_id=owner_id,
        action=AccessAction.DOSSIER,
        purpose=purpose[:300],
        dossier_code=dossier_code,
        **_reader(actor),
    )


def of_draft(owner: User, *, actor: Actor, purpose: str, dossier_code: str) -> AccessLog:
    """Note that somebody opened the draft of a result, which lies in nobody's store yet."""
    return AccessLog.objects.create(
        owner=owner,
        action=AccessAction.OPENED,
        purpose=purpose[:300],
        dossier_code=dossier_code,
        **_reader(actor),
    )


def by_link(share: Share, *, action: AccessAction) -> AccessLog:
    """Note that somebody with a shared link, whom nobody knows, read its document."""
    return AccessLog.objects.create(
        document_id=share.document_id,
        owner_id=share.owner_id,
        share=share,
        reader_name="Qua liên kết chia sẻ",
        reader_role=BY_LINK,
        action=action,
        purpose=share.purpose,
    )


def _reader(actor: Actor) -> dict[str, object]:
    return {
        "agency": actor.agency,
        "agency_name": actor.agency.name[:300] if actor.agency else "",
        "reader": actor.user,
        "client": actor.client,
        "reader_name": (actor.name or str(actor.kind.label))[:200],
        "reader_role": actor.kind,
    }
