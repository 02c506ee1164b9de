"""Sharing one document by a link (chia sẻ bằng liên kết): made, seen, counted, closed.

The link carries 256 random bits and nothing of anybody; the portal keeps only their digest. Expired, closed, used up
and unknown are one and the same to whoever comes.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.contrib.auth.hashers import check_password, make_password
from django.core import signing
from django.core.files import File
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from datastore import access, consents, readings, storage
from datastore.models import AccessAction, DocumentFile, DocumentStatus, Share
from portal.agencies.actors import Actor
from portal.core.errors import ConflictError, InvalidInputError, NotFoundError
from portal.core.text import clean_line

log = structlog.get_logger(__name__)

TOKEN_BYTES = 32
CODE_DIGITS = 6
SEEN_SECONDS = 15 * 60
"""How long one counted view lasts: reading on, turning back and opening the file are no new view."""
SALT = "datastore.sharing"
MOST_OPEN = 50


@dataclass(frozen=True, slots=True)
class NewShare:
    """A share just made, with what is shown once and kept nowhere."""

    share: Share
    token: str
    code: str


@transaction.atomic
def create(document_id: int, *, actor: Actor, purpose: str, days: int, views: int, with_code: bool) -> NewShare:
    """Make a link to one's own document, or one of an organisation one represents, and the consent that it is.

    Raises NotFoundError for anybody but the owner, InvalidInputError without a purpose, ConflictError beyond fifty open
    links.
    """
    document = access.get_document(document_id, actor=actor, purpose="")
    sharer = actor.user
    if sharer is None or not access.may_manage(document, actor):
        raise NotFoundError(access.NOT_FOUND)
    cleaned = clean_line(purpose)[:200]
    if not cleaned:
        raise InvalidInputError(fields={"purpose": [_("Hãy ghi bạn chia sẻ để làm gì.")]})
    now = timezone.now()
    if Share.objects.open(now).filter(owner=sharer).count() >= MOST_OPEN:
        raise ConflictError(_("Bạn đang mở quá nhiều liên kết. Hãy đóng bớt liên kết không còn dùng."))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}" if with_code else ""
    share = Share.objects.create(
        owner=sharer,
        document=document,
        token_sha256=_digest(token),
        code_hash=make_password(code) if code else "",
        purpose=cleaned,
        created_at=now,
        expires_at=now + timedelta(days=days),
        view_limit=views,
    )
    consents.for_share(share)
    log.info("share.created", share_id=share.pk)
    return NewShare(share, token, code)


def find(token: str) -> Share:
    """Return the share a link leads to; raises NotFoundError unless it can be seen now."""
    found = Share.objects.open(timezone.now()).filter(token_sha256=_digest(token))
    share = found.exclude(document__status=DocumentStatus.DELETED).select_related("document", "owner").first()
    if share is None or not _is_still_hers(share):
        raise NotFoundError
    return share


def _is_still_hers(share: Share) -> bool:
    """Whether who made the link may share the paper today: it may lie in an organisation's store that she left."""
    return access.may_manage(share.document, Actor.citizen(share.owner))


def see(token: str, *, code: str) -> Share:
    """Count a view and leave its row; raises NotFoundError, or InvalidInputError (field "code") for a wrong code.

    A try at the code is taken before it is compared and the view is taken by one UPDATE, so that any number of visitors
    at once get no more tries and no more views than there are.
    """
    share = find(token)
    if share.code_hash:
        if not Share.objects.open(timezone.now()).filter(pk=share.pk).update(code_failures=F("code_failures") + 1):
            raise NotFoundError
        if not check_password("".join(code.split()), share.code_hash):
            raise InvalidInputError(fields={"code": [_("Mã chưa đúng. Hãy hỏi lại người gửi liên kết cho bạn.")]})
    with transaction.atomic():
        alive = Share.objects.filter(pk=share.pk, revoked_at__isnull=True, expires_at__gt=timezone.now())
        taken = alive.filter(view_count__lt=F("view_limit"))
        if not taken.update(view_count=F("view_count") + 1, code_failures=0):
            raise NotFoundError
        readings.by_link(share, action=AccessAction.LOOKED)
    return share


def ticket(share: Share) -> str:
    """What lets a visitor read on for a while after a counted view."""
    return signing.dumps(share.pk, salt=SALT)


def seen(text: str) -> Share:
    """Return the share of a ticket; raises NotFoundError when it is over, or the share was closed meanwhile."""
    try:
        pk = signing.loads(text, salt=SALT, max_age=SEEN_SECONDS)
    except signing.BadSignature:
        raise NotFoundError from None
    alive = Share.objects.filter(pk=pk, revoked_at__isnull=True, expires_at__gt=timezone.now())
    share = (
        alive.exclude(document__status=DocumentStatus.DELETED)
        .select_related("document__type", "document__issuer", "owner")
        .first()
    )
    if share is None or not _is_still_hers(share):
        raise NotFoundError
    return share


def open_file(share: Share, position: int) -> "tuple[DocumentFile, File[bytes]]":
    """Return a file of a shared document and its open stream, and leave a row."""
    file = DocumentFile.objects.select_related("blob").filter(document=share.document_id, position=position).first()
    if file is None:
        raise NotFoundError
    try:
        stream = storage.open_stream(file.blob)
    except FileNotFoundError as error:
        raise NotFoundError from error
    readings.by_link(share, action=AccessAction.OPENED)
    return file, stream


def close(pk: int, *, actor: Actor) -> None:
    """Close one's own link: its consent is withdrawn. Raises NotFoundError for anybody else."""
    share = Share.objects.select_related("consent").filter(pk=pk, owner=actor.user).first()
    if share is None:
        raise NotFoundError
    consents.withdraw(share.consent.pk, actor=actor)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
