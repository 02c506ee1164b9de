"""Bodies that come in pieces, without a length (`Transfer-Encoding: chunked`, RFC 9112 §7.1).

Common HTTP libraries send JSON so, .NET's among them, and Django reads nothing of such a body: WSGI says that what has
no length is empty. Here it gets a reader that counts. Nothing is read before a view asks for it, so an unknown address
or a caller without a token costs no more than with a length.
"""

from typing import Any

from django.core.handlers.wsgi import LimitedStream
from django.http import HttpRequest

UNKNOWN_LENGTH = "-1"
"""What stands for the length: not 0, which DRF takes for no body, and no number of bytes."""


def take_in(request: HttpRequest, *, most: int) -> None:
    """Let a body without a length be read like any other, up to `most` bytes."""
    meta = request.META
    if meta.get("CONTENT_LENGTH") or "chunked" not in meta.get("HTTP_TRANSFER_ENCODING", "").lower():
        return
    told: Any = request
    told._stream = LimitedStream(meta["wsgi.input"], most)
    meta["CONTENT_LENGTH"] = UNKNOWN_LENGTH
