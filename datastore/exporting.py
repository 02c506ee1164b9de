"""Everything in one's store as one archive (xuất toàn bộ kho): streamed, in constant memory, with digests.

Right to a copy of one's data: Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15 (article not read in the original: `gap`).
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

import structlog
from django.utils import timezone

from datastore import storage
from datastore.models import DigitisationState, Document, DocumentFile, DocumentStatus
from portal.accounts.models import Organisation, User
from portal.core.text import slug

log = structlog.get_logger(__name__)

FORMAT = "vn-document-store-export/1"
CHUNK_BYTES = 64 * 1024
DOCUMENTS_A_TIME = 100
READ_ME = """Toàn bộ giấy tờ trong kho dữ liệu của bạn trên Cổng Dịch vụ công.

manifest.json   từng giấy tờ: loại, số, nơi cấp, ngày, tình trạng, mức tin cậy, nguồn gốc, tệp và mã SHA-256
SHA256SUMS      mã SHA-256 của từng tệp; kiểm tra bằng lệnh: sha256sum -c SHA256SUMS
giay-to/        các tệp

Everything in your document store. manifest.json describes each document; check the files with: sha256sum -c SHA256SUMS
"""


class _Pipe(io.RawIOBase):
    """What zipfile writes to: kept until the response takes it; nothing is ever read back or sought."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        """It can be written to."""
        return True

    def write(self, data: Any) -> int:
        """Keep a part."""
        self._parts.append(bytes(data))
        return len(self._parts[-1])

    def take(self) -> bytes:
        """Hand over what was written since the last time."""
        taken, self._parts = b"".join(self._parts), []
        return taken


def archive(holder: User | Organisation, *, with_letters: bool = True, now: datetime | None = None) -> Iterator[bytes]:
    """Yield a ZIP of every document of a person or an organisation, with a manifest and a list of digests.

    A file whose bytes cannot be read now is named in the manifest as missing; the rest comes all the same.
    """
    moment = timezone.localtime(now)
    pipe = _Pipe()
    sums: list[str] = []
    documents: list[dict[str, Any]] = []
    # Papers are packed already: storing them as they are costs no processor time and keeps their digests plain.
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as packed:
        _text(packed, "DOC-TOI-READ-ME.txt", READ_ME, moment)
        for document in _documents(holder, with_letters=with_letters):
            described = _described(document)
            for file in document.files.all():
                place = f"giay-to/{document.pk}-{_slug(document)}/{file.position + 1}-{file.name}"
                entry = _entry(file, place)
                described["files"].append(entry)
                for _chunk in _pack(packed, file, entry, moment):
                    yield pipe.take()
                if not entry["is_missing"]:
                    sums.append(f"{entry['sha256']}  {place}")
            documents.append(described)
        manifest = {
            "format": FORMAT,
            "owner": holder.name if isinstance(holder, Organisation) else holder.display_name,
            "exported_at": moment.isoformat(timespec="seconds"),
            "documents": documents,
        }
        _text(packed, "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1), moment)
        _text(packed, "SHA256SUMS", "\n".join([*sums, ""]), moment)
    yield pipe.take()
    log.info("store.exported", documents=len(documents), files=len(sums))


def _documents(holder: User | Organisation, *, with_letters: bool) -> Iterator[Document]:
    """All of them in their order, some at a time: a pooled connection holds no cursor between transactions."""
    mark = 0
    while True:
        found = Document.objects.of(holder).filter(pk__gt=mark).exclude(digitisation__state=DigitisationState.SCANNED)
        found = found.select_related("type").prefetch_related("files__blob")
        found = found if with_letters else found.without_letters()
        rows = list(found.order_by("pk")[:DOCUMENTS_A_TIME])
        yield from rows
        if len(rows) < DOCUMENTS_A_TIME:
            return
        mark = rows[-1].pk


def _pack(packed: zipfile.ZipFile, file: DocumentFile, entry: dict[str, Any], moment: datetime) -> Iterator[None]:
    """Write one file, pausing after each chunk; notes in the entry where its bytes cannot be read.

    Where that shows in the middle only, the part before it stays in the archive, named as missing in the manifest.
    """
    try:
        stream: IO[bytes] = storage.open_stream(file.blob)
        first = stream.read(CHUNK_BYTES)
    except (FileNotFoundError, storage.UnreadableError):
        entry["is_missing"] = True
        return
    digest = hashlib.sha256()
    info = zipfile.ZipInfo(entry["path"], moment.timetuple()[:6])
    info.file_size = file.blob.size_bytes
    with stream, packed.open(info, "w") as target:
        chunk = first
        while chunk:
            digest.update(chunk)
            target.write(chunk)
            yield
            try:
                chunk = stream.read(CHUNK_BYTES)
            except storage.UnreadableError:
                entry["is_missing"] = True
                return
    entry["sha256"] = digest.hexdigest()


def _text(packed: zipfile.ZipFile, name: str, text: str, moment: datetime) -> None:
    info = zipfile.ZipInfo(name, moment.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    packed.writestr(info, text.encode())


def _described(document: Document) -> dict[str, Any]:
    return {
        "id": document.pk,
        "type": {"code": document.type.code, "name": document.type.name},
        "title": document.title,
        "about": document.about_name,
        "about_facts": document.about,
        "number": document.number,
        "issuer": document.issuer_name,
        "issued_on": _day(document.issued_on),
        "valid_until": _day(document.valid_until),
        "status": {"code": document.status, "name": str(DocumentStatus(document.status).label)},
        "status_reason": document.status_reason,
        "trust": {"code": document.trust_level, "name": document.trust_words},
        "dossier_code": document.dossier_code,
        "procedure_code": document.procedure_code,
        "replaced_by": document.replaced_by_id,
        "added_at": timezone.localtime(document.created_at).isoformat(timespec="seconds"),
        "files": [],
    }


def _entry(file: DocumentFile, place: str) -> dict[str, Any]:
    return {
        "path": place,
        "size_bytes": file.blob.size_bytes,
        "content_type": file.blob.content_type,
        "sha256": file.blob.content_sha256,
        "is_missing": False,
    }


def _slug(document: Document) -> str:
    """The title as a folder's name that every system takes."""
    return slug(document.title, limit=100) or "giay-to"


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None
