"""The door for uploads in pieces: the tus protocol 1.0.0 (creation, expiration, termination), for signed-in people.

A well-known protocol rather than one of our own: any tus client can speak to it. The page's own script is
static/js/pieces.js. Without scripts the form brings the file itself.
"""

import base64
import binascii
import tempfile
from typing import IO, cast

from django.conf import settings
from django.http import HttpResponse, UnreadablePostError
from django.urls import reverse
from django.utils.http import http_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from datastore import intake, uploading
from datastore.models import UploadSession
from datastore.requests import SignedInRequest
from portal.core.errors import InvalidInputError

PIECE_MAX_BYTES = 8 * 1024 * 1024
CONTENT_TYPE = "application/offset+octet-stream"


@never_cache
@require_http_methods(["OPTIONS", "POST"])
def uploads(request: SignedInRequest) -> HttpResponse:
    """Say what is spoken here, or announce a file."""
    if request.method == "OPTIONS":
        answer = _answer(204)
        answer["Tus-Version"] = "1.0.0"
        answer["Tus-Extension"] = "creation,expiration,termination"
        answer["Tus-Max-Size"] = str(settings.UPLOAD_MAX_BYTES)
        return answer
    size = _number(request, "Upload-Length")
    if size is None:
        return _answer(400)
    try:
        session = uploading.start(request.user, name=_name(request), size_bytes=size)
    except InvalidInputError as error:
        words = " ".join(str(text) for text in error.fields.get("file", [error.message]))
        return _answer(413 if size > settings.UPLOAD_MAX_BYTES else 422, words)
    answer = _told(session, 201)
    answer["Location"] = reverse("datastore:upload_piece", args=[session.public_id])
    return answer


@never_cache
@require_http_methods(["HEAD", "PATCH", "DELETE"])
def upload_piece(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Say how far a file has come, take the next piece, or forget it."""
    if request.method == "DELETE":
        uploading.drop(request.user, public_id)
        return _answer(204)
    session = uploading.find(request.user, public_id)
    if request.method == "HEAD":
        return _told(session, 200)
    if request.content_type != CONTENT_TYPE:
        return _answer(415)
    offset = _number(request, "Upload-Offset")
    if offset is None:
        return _answer(400)
    if offset != session.received_bytes:  # before the bytes are read
        return _told(session, 409)
    with tempfile.SpooledTemporaryFile(max_size=intake.IN_MEMORY_BYTES) as piece:
        if not _receive(request, cast(IO[bytes], piece)):
            return _answer(413)
        try:
            session = uploading.append(request.user, public_id, offset=offset, content=cast(IO[bytes], piece))
        except uploading.OffsetError as error:
            session.received_bytes = error.received_bytes
            return _told(session, 409)
        except InvalidInputError as error:
            return _answer(413 if error.code == "upload.beyond_its_end" else 422, str(error.message))
    return _told(session, 204)


def _receive(request: SignedInRequest, target: IO[bytes]) -> bool:
    """Copy the body; what came before a cut is kept, since the client goes on behind it. False: too much at once."""
    size = 0
    try:
        while chunk := request.read(intake.CHUNK_BYTES):
            size += len(chunk)
            if size > PIECE_MAX_BYTES:
                return False
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


def _number(request: SignedInRequest, header: str) -> int | None:
    text = request.headers.get(header, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def _name(request: SignedInRequest) -> str:
    """The file's name out of Upload-Metadata: pairs of a key and base64, between commas."""
    for pair in request.headers.get("Upload-Metadata", "")[:2000].split(","):
        key, _blank, value = pair.strip().partition(" ")
        if key == "filename":
            try:
                return base64.b64decode(value, validate=True).decode("utf-8", "replace")
            except (binascii.Error, ValueError):
                return ""
    return ""
