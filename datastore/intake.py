"""From anybody's bytes to a file that may be kept: size, type, safety, malware; in constant memory (kiểm tra tệp)."""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import structlog
from django.conf import settings
from django.core.files import File
from django.utils.translation import gettext_lazy as _

from datastore import images, pdf_safety, scanning, sniffing
from datastore.filenames import clean_name
from datastore.models import DocumentType, ScanState
from datastore.sniffing import RefusedFileError
from portal.core.errors import InvalidInputError, Text

log = structlog.get_logger(__name__)

CHUNK_BYTES = 64 * 1024
IN_MEMORY_BYTES = 1024 * 1024

EMPTY = _("Tệp rỗng. Hãy mở thử tệp trên máy của bạn rồi chọn lại.")
TOO_LARGE_OF_TYPE = _(
    "Giấy tờ loại này nhận tệp tới %(limit)d MB. Hãy chụp lại ở cỡ nhỏ hơn, hoặc quét ở 200 đến 300 điểm một inch."
)
TOO_MANY_PAGES = _(
    "Giấy tờ loại này có nhiều nhất %(limit)d trang, tệp có %(pages)d trang. "
    "Hãy chỉ để những trang của giấy tờ này, hoặc chọn đúng loại giấy tờ."
)
TOO_LARGE = _("Tệp lớn hơn %(limit)d MB. Hãy chụp lại ở cỡ nhỏ hơn hoặc tách thành nhiều tệp.")
INFECTED = _("Tệp có mã độc nên không nhận. Hãy quét máy của bạn và tải lên bản sạch.")


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be, in bytes and pages, beyond the limits of every file; None leaves those alone."""

    most_bytes: int | None = None
    most_pages: int | None = None

    @classmethod
    def of(cls, kinds: Sequence[DocumentType]) -> "Limits":
        """Those of what its owner uploads as a paper of one of these types: the loosest."""
        megabytes = _loosest([kind.most_megabytes for kind in kinds])
        return cls(megabytes and megabytes * 1024 * 1024, _loosest([kind.most_pages for kind in kinds]))


def _loosest(limits: list[int | None]) -> int | None:
    return None if None in limits else max((limit for limit in limits if limit), default=None)


NONE_OF_ITS_OWN = Limits()


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
def inspected(
    content: "File | IO[bytes] | bytes", name: str, *, from_agency: bool = False, limits: Limits = NONE_OF_ITS_OWN
) -> Iterator[Inspected]:
    """Give an inspected copy of the content; raise InvalidInputError with field "file" and the cure otherwise.

    Photos are written anew, so digest and size are those of the clean copy; `limits` are of what was sent.
    `from_agency` lets a PDF carry attachments.
    """
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as raw:
        try:
            _copy_within_limit(content, raw, limits)
            raw.seek(0)
            kind = sniffing.content_type_of(raw.read(sniffing.HEAD_BYTES), name)
            verdict = scanning.current().scan(raw)
            if verdict.state == ScanState.INFECTED:
                log.warning("intake.infected", scanner=verdict.scanner, threat=verdict.threat)
                raise RefusedFileError(INFECTED)
            stream: IO[bytes] = raw
            if kind == sniffing.PDF:
                pages = pdf_safety.check_pdf(raw, attachments_allowed=from_agency)
                if limits.most_pages and pages > limits.most_pages:
                    raise RefusedFileError(TOO_MANY_PAGES % {"pages": pages, "limit": limits.most_pages})
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


def _copy_within_limit(content: "File | IO[bytes] | bytes", target: IO[bytes], limits: Limits) -> None:
    limit, words = settings.UPLOAD_MAX_BYTES, TOO_LARGE
    if limits.most_bytes and limits.most_bytes < limit:
        limit, words = limits.most_bytes, TOO_LARGE_OF_TYPE
    size = 0
    for chunk in _chunks(content):
        size += len(chunk)
        if size > limit:
            raise RefusedFileError(words % {"limit": limit // 1024 // 1024})
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
