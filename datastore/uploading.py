"""Uploads in pieces (tải lên từng phần): a cut at any byte goes on from that byte, on this device or another.

A session is announced with its size, filled strictly in order, and taken by a form, which hands the whole to the one
door of the store (datastore.services.deposit). Pieces lie sealed like every file. What is not taken goes after a day.
"""

import io
import tempfile
from datetime import timedelta
from operator import itemgetter
from typing import IO, Any, cast

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore import intake, quota, storage
from datastore.models import UploadPart, UploadSession
from portal.accounts.models import User
from portal.agencies.models import ApiClient
from portal.core import keyset, sweeping
from portal.core.errors import ConflictError, InvalidInputError, NotFoundError
from portal.core.text import clean_line

log = structlog.get_logger(__name__)

Sender = User | ApiClient
"""Who sends: a person into her store, or a partner's system a result."""

KEPT = timedelta(hours=24)
SESSIONS_MOST = 40
"""Under way at once for one person: a form takes no more files either."""
SESSIONS_OF_A_SYSTEM = 200
"""Under way at once for one partner's system, which sends the results of a whole province."""
PARTS_MOST = 1000
"""Of one file: a line that breaks every few kilobytes gets through, a program that sends single bytes does not."""
IN_MEMORY_BYTES = 1024 * 1024
SWEPT_A_TURN = 500

BUSY = _("Bạn đang tải lên quá nhiều tệp cùng lúc. Hãy đợi các tệp trước xong, hoặc thử lại sau ít phút.")
GONE = _("Phần đã tải lên của tệp không còn (quá 24 giờ, hoặc đã dùng). Hãy chọn lại tệp.")
UNFINISHED = _("Tệp “%(name)s” chưa tải lên hết. Hãy chọn lại tệp để tải tiếp phần còn lại.")
SCATTERED = _("Tệp tới thành quá nhiều mảnh nhỏ. Hãy chọn lại tệp để tải lại từ đầu.")


class OffsetError(ConflictError):
    """A piece does not begin where the last one ended; `received_bytes` is where to go on."""

    def __init__(self, received_bytes: int) -> None:
        super().__init__(code="upload.offset")
        self.received_bytes = received_bytes


@transaction.atomic
def start(owner: Sender, *, name: str, size_bytes: int) -> UploadSession:
    """Announce a file. Raises InvalidInputError with field "file" for what would be refused anyway, with the cure."""
    if size_bytes < 1:
        raise intake.refusal(intake.EMPTY)
    limit = settings.UPLOAD_MAX_BYTES
    if size_bytes > limit:
        raise intake.refusal(intake.TOO_LARGE % {"limit": limit // 1024 // 1024})
    alive = UploadSession.objects.filter(**_of(owner), taken_at=None, expires_at__gt=timezone.now())
    under_way = alive.aggregate(size=Coalesce(Sum("size_bytes"), 0))["size"]
    if isinstance(owner, User):
        quota.require_room(owner, under_way + size_bytes)  # locks the owner's row: the count below holds, too
        most = SESSIONS_MOST
    else:  # results count for nothing in the store of whom they are for; only what is under way is bounded
        ApiClient.objects.select_for_update(no_key=True).only("pk").get(pk=owner.pk)
        most = SESSIONS_OF_A_SYSTEM
    if alive.count() >= most:
        raise intake.refusal(BUSY)
    return UploadSession.objects.create(
        **_of(owner),
        name=clean_line(name)[:300] or "tep",
        size_bytes=size_bytes,
        expires_at=timezone.now() + KEPT,
    )


def find(owner: Sender, public_id: str) -> UploadSession:
    """Return a running session of this sender; raises NotFoundError for anybody else's, ended and unknown ones."""
    return _mine(owner, public_id)


@transaction.atomic
def append(owner: Sender, public_id: str, *, offset: int, content: IO[bytes]) -> UploadSession:
    """Add a piece at the end of what has arrived. An empty piece changes nothing.

    Raises OffsetError where it begins elsewhere (a replay, an overlap, a gap), InvalidInputError where it goes beyond
    what was announced, NotFoundError as `find`. Of two at once at the same place the first wins.
    """
    session = _mine(owner, public_id, lock=True)
    if offset != session.received_bytes:
        raise OffsetError(session.received_bytes)
    size = content.seek(0, io.SEEK_END)
    if offset + size > session.size_bytes:
        raise InvalidInputError(code="upload.beyond_its_end")
    if not size:
        return session
    if session.parts.count() >= PARTS_MOST:
        raise InvalidInputError(SCATTERED, code="upload.scattered")
    stored = storage.write(content)
    try:
        UploadPart.objects.create(
            session=session,
            offset=offset,
            size_bytes=size,
            storage_key=stored.storage_key,
            key_id=stored.key_id,
            wrapped_key=stored.wrapped_key,
        )
        UploadSession.objects.filter(pk=session.pk).update(received_bytes=F("received_bytes") + size)
    except BaseException:
        storage.remove(stored.storage_key)
        raise
    session.received_bytes += size
    return session


def whole(owner: Sender, public_id: str) -> tuple[str, IO[bytes]]:
    """Return the name and the bytes of a file that has arrived whole, on disk beyond a megabyte.

    Raises InvalidInputError with field "file" where the session is gone or not whole.
    """
    try:
        session = _mine(owner, public_id)
    except NotFoundError as error:
        raise intake.refusal(GONE) from error
    if not session.is_whole:
        raise intake.refusal(UNFINISHED % {"name": session.name})
    target = cast(IO[bytes], tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES))  # noqa: SIM115 - handed to the caller
    for part in session.parts.order_by("offset"):
        with storage.open_stream(part) as piece:
            while chunk := piece.read(intake.CHUNK_BYTES):
                target.write(chunk)
    target.seek(0)
    return session.name, target


def mark_taken(owner: Sender, public_id: str) -> None:
    """Count a file as under way no longer. It stays its day: one decision about a household is a result of several."""
    UploadSession.objects.filter(**_of(owner), public_id=public_id, taken_at=None).update(taken_at=timezone.now())


@transaction.atomic
def drop(owner: Sender, public_id: str) -> None:
    """End a session and forget its bytes; raises NotFoundError as `find`."""
    _drop(_mine(owner, public_id, lock=True))


def sweep() -> int:
    """Forget sessions that ran out; return how many. Any number of workers may sweep at once."""
    ended = UploadSession.objects.filter(expires_at__lte=timezone.now()).order_by("expires_at", "pk")
    # one that cannot be dropped stays: the next ones are found behind it, or the oldest failures would be all that is
    pieces = keyset.in_pieces(
        ended.values_list("expires_at", "pk"),
        behind=lambda last: keyset.behind("expires_at", *last),
        size=SWEPT_A_TURN,
    )
    return sum(
        sweeping.each(piece, lambda row: _drop_ended(row[1]), sweep="datastore.uploads", name=itemgetter(1))
        for piece in pieces
    )


def _drop_ended(pk: int) -> bool:
    session = UploadSession.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    if session is None:
        return False
    _drop(session)
    return True


def _drop(session: UploadSession) -> None:
    for key in list(session.parts.values_list("storage_key", flat=True)):
        storage.remove_after_commit(key)
    session.delete()


def _of(owner: Sender) -> dict[str, Any]:
    return {"owner": owner} if isinstance(owner, User) else {"client": owner}


def _mine(owner: Sender, public_id: str, *, lock: bool = False) -> UploadSession:
    rows = UploadSession.objects.select_for_update() if lock else UploadSession.objects.all()
    session = rows.filter(**_of(owner), public_id=public_id, expires_at__gt=timezone.now()).first()
    if session is None:
        raise NotFoundError
    return session
