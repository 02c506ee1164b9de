"""Bodies that come in pieces, without a length (`Transfer-Encoding: chunked`, RFC 9112 §7.1).

Common HTTP libraries send JSON so, .NET's among them, and Django reads nothing of such a body: WSGI says that what has
no length is empty. A machine's request is given the length that it turns out to have, before anybody looks.
"""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from portal.api.parsers import DRAIN_BYTES

_PIECE = 64 * 1024


def take_in(request: HttpRequest) -> None:
    """Read a body without a length; of one that is too large only its size is kept, for whoever refuses it."""
    meta = request.META
    if meta.get("CONTENT_LENGTH") or "chunked" not in meta.get("HTTP_TRANSFER_ENCODING", "").lower():
        return
    limit = max(settings.API_BODY_MAX_BYTES, settings.WIRE_BODY_MAX_BYTES)
    body, size = bytearray(), 0
    while size <= DRAIN_BYTES and (piece := meta["wsgi.input"].read(_PIECE)):
        size += len(piece)
        if size <= limit:
            body += piece
    told: Any = request
    told._stream = BytesIO(body if size <= limit else b"")
    meta["CONTENT_LENGTH"] = str(size)
