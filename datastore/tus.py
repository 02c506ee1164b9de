"""The tus protocol 1.0.0 (creation, expiration, termination), whoever sends: what headers say, and what is answered.

A well-known protocol rather than one of our own: any tus client can speak to it. Who may send is the doors' business:
people through their pages, partners' systems through the API.
"""

import base64
import binascii
import hashlib
import tempfile
from collections.abc import Callable
from typing import IO, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.http import http_date

from datastore import intake, uploading
from datastore.models import UploadSession
from datastore.uploading import Sender
from portal.core.errors import InvalidInputError
from portal.core.text import whole_number

PIECE_MAX_BYTES = 8 * 1024 * 1024
CONTENT_TYPE = "application/offset+octet-stream"
Check = Callable[[bytes], None]
"""Looks at the SHA-256 of a piece before it counts, and raises for one that was changed on its way."""


def spoken() -> HttpResponse:
    """Say what is spoken here: the answer to OPTIONS."""
    answer = _answer(204)
    answer["Tus-Version"] = "1.0.0"
    answer["Tus-Extension"] = "creation,expiration,termination"
    answer["Tus-Max-Size"] = str(settings.UPLOAD_MAX_BYTES)
    return answer


def announce(request: HttpRequest, sender: Sender, *, address: Callable[[str], str]) -> HttpResponse:
    """Take the announcement of a file (POST); `address` names it by its id."""
    size = _number(request, "Upload-Length")
    if size is None:
        return _answer(400)
    try:
        session = uploading.start(sender, name=_name(request), size_bytes=size)
    except InvalidInputError as error:
        return _answer(413 if size > settings.UPLOAD_MAX_BYTES else 422, error.words)
    answer = _told(session, 201)
    answer["Location"] = address(session.public_id)
    return answer


def piece(request: HttpRequest, sender: Sender, public_id: str, *, check: Check | None = None) -> HttpResponse:
    """Say how far a file has come (HEAD), take the next piece (PATCH), or forget it (DELETE).

    Raises NotFoundError for what is not this sender's.
    """
    if request.method == "DELETE":
        uploading.drop(sender, public_id)
        return _answer(204)
    session = uploading.find(sender, public_id)
    if request.method == "HEAD":
        return _told(session, 200)
    if request.content_type != CONTENT_TYPE:
        return _answer(415)
    offset = _number(request, "Upload-Offset")
    if offset is None:
        return _answer(400)
    if offset != session.received_bytes:  # before the bytes are read
        return _told(session, 409)
    with tempfile.SpooledTemporaryFile(max_size=intake.IN_MEMORY_BYTES) as spool:
        content = cast(IO[bytes], spool)
        digest = hashlib.sha256()
        if not _receive(request, content, digest.update):
            return _answer(413)
        if check is not None:
            check(digest.digest())
        try:
            session = uploading.append(sender, public_id, offset=offset, content=content)
        except uploading.OffsetError as error:
            session.received_bytes = error.received_bytes
            return _told(session, 409)
        except InvalidInputError as error:
            return _answer(413 if error.code == "upload.beyond_its_end" else 422, str(error.message))
    return _told(session, 204)


def _receive(request: HttpRequest, target: IO[bytes], see: Callable[[bytes], None]) -> bool:
    """Copy the body; what came before a cut is kept, since the client goes on behind it. False: too much at once."""
    size = 0
    try:
        while chunk := request.read(intake.CHUNK_BYTES):
            size += len(chunk)
            if size > PIECE_MAX_BYTES:
                return False
            see(chunk)
            target.write(chunk)
    except (UnreadablePostError, OSError):
        pass
    return True


def _told(session: UploadSession, status: int) -> HttpResponse:
    answer = _answer(status)
    answer["Upload-Offset"] = str(session.received_bytes)
    answer["Upload-Length"] = str(session.size_bytes)
    answer["Upload-Expires"] = http_date(session.expires_at.timestamp())
    return answer


def _answer(status: int, words: str = "") -> HttpResponse:
    answer = HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    answer["Tus-Resumable"] = "1.0.0"
    answer["Cache-Control"] = "no-store"
    return answer


def _number(request: HttpRequest, header: str) -> int | None:
    text = request.headers.get(header, "")
    return whole_number(text, most_figures=15)


def _name(request: HttpRequest) -> str:
    """The file's name out of Upload-Metadata: pairs of a key and base64, between commas."""
    for pair in request.headers.get("Upload-Metadata", "")[:2000].split(","):
        key, _blank, value = pair.strip().partition(" ")
        if key == "filename":
            try:
                return base64.b64decode(value, validate=True).decode("utf-8", "replace")
            except (binascii.Error, ValueError):
                return ""
    return ""
