"""From anybody's bytes to a file that may be kept: size, type, safety, malware; in constant memory (kiểm tra tệp)."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import structlog
from django.conf import settings
from django.core.files import File
from django.utils.translation import gettext_lazy as _

from datastore import images, pdf_safety, scanning, sniffing
from datastore.filenames import clean_name
from datastore.models import ScanState
from datastore.sniffing import RefusedFileError
from portal.core.errors import InvalidInputError, Text

log = structlog.get_logger(__name__)

CHUNK_BYTES = 64 * 1024
IN_MEMORY_BYTES = 1024 * 1024

EMPTY = _("Tệp rỗng. Hãy mở thử tệp trên máy của bạn rồi chọn lại.")
TOO_LARGE = _("Tệp lớn hơn %(limit)d MB. Hãy chụp lại ở cỡ nhỏ hơn hoặc tách thành nhiều tệp.")
INFECTED = _("Tệp có mã độc nên không nhận. Hãy quét máy của bạn và tải lên bản sạch.")


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file that passed: its bytes as they will be kept, and what is known of them."""

    stream: IO[bytes]
    name: str
    content_type: str
    size_bytes: int
    content_sha256: str
    scan: scanning.Verdict


@contextmanager
def inspected(content: "File | IO[bytes] | bytes", name: str, *, from_agency: bool = False) -> Iterator[Inspected]:
    """Give an inspected copy of the content; raise InvalidInputError with field "file" and the cure otherwise.

    Photos are written anew, so digest and size are those of the clean copy. `from_agency` lets a PDF carry attachments.
    """
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as raw:
        try:
            _copy_within_limit(content, raw)
            raw.seek(0)
            kind = sniffing.content_type_of(raw.read(sniffing.HEAD_BYTES), name)
            verdict = scanning.current().scan(raw)
            if verdict.state == ScanState.INFECTED:
                log.warning("intake.infected", scanner=verdict.scanner, threat=verdict.threat)
                raise RefusedFileError(INFECTED)
            stream: IO[bytes] = raw
            if kind == sniffing.PDF:
                pdf_safety.check_pdf(raw, attachments_allowed=from_agency)
            else:
                stream, kind = images.rewrite(raw)
        except RefusedFileError as error:
            raise refusal(error.message) from error
        with stream:
            size, digest = measure(stream)
            yield Inspected(stream, clean_name(name, kind), kind, size, digest, verdict)


def refusal(message: Text) -> InvalidInputError:
    """The error that names the file as the field at fault."""
    return InvalidInputError(message, code="file.refused", fields={"file": [message]})


def measure(stream: IO[bytes]) -> tuple[int, str]:
    """Return size in bytes and SHA-256 of a stream, reading it in chunks from its start."""
    digest = hashlib.sha256()
    size = 0
    stream.seek(0)
    while chunk := stream.read(CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


def _copy_within_limit(content: "File | IO[bytes] | bytes", target: IO[bytes]) -> None:
    limit = settings.UPLOAD_MAX_BYTES
    size = 0
    for chunk in _chunks(content):
        size += len(chunk)
        if size > limit:
            raise RefusedFileError(TOO_LARGE % {"limit": limit // 1024 // 1024})
        target.write(chunk)
    if not size:
        raise RefusedFileError(EMPTY)


def _chunks(content: "File | IO[bytes] | bytes") -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield from (content[start : start + CHUNK_BYTES] for start in range(0, len(content), CHUNK_BYTES))
        return
    if isinstance(content, File):
        yield from content.chunks(CHUNK_BYTES)
        return
    while chunk := content.read(CHUNK_BYTES):
        yield chunk
