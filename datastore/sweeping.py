"""Storage against rows (đối soát kho tệp): bytes that no row speaks of go, rows without bytes are told of.

Bytes are on the disk before their row is, and leave it after: a transaction that was undone, or a process that was
killed between the two, leaves bytes that nobody can find again, with somebody's data in them. Papers that a partner's
event brought and that never became a result (the event was refused in the end) are rows of the same kind.
"""

import secrets
from collections.abc import Iterator
from datetime import timedelta

import structlog
from django.core.files.storage import default_storage
from django.utils import timezone

from datastore import services, storage
from datastore.models import AgencyFile, Blob, Document, DocumentStatus, ImportArchive, TrustLevel, UploadPart
from portal.core.sweeping import each

log = structlog.get_logger(__name__)

GRACE = timedelta(hours=24)
"""Older than any request, worker or transaction that could still be about to write the row."""
SHELVES = tuple(f"{number:02x}" for number in range(256))
"""Folders of the storage, by the first two figures of the key."""
SPEAKING = (Blob.objects, AgencyFile.objects, UploadPart.objects, ImportArchive.objects)
"""The rows that speak of stored bytes."""
LASTING = ((Blob.objects, "blob_id"), (AgencyFile.objects, "agency_file_id"))
"""Rows of permanent files, by the name under which the log reports them."""
SHELVES_A_TURN = 8
PAPERS_A_TURN = 200


def sweep(shelves: list[str] | None = None) -> tuple[int, int]:
    """Sweep some shelves, at random unless named; return how many files went, and how many rows miss their bytes.

    Any number of workers may sweep at once. A turn is short; all shelves have had theirs after some hours.
    """
    chosen = secrets.SystemRandom().sample(SHELVES, SHELVES_A_TURN) if shelves is None else shelves
    removed = missing = 0
    for shelf in chosen:
        names = set(_names(shelf))
        removed += _remove_orphans(shelf, names)
        missing += _tell_of_missing(shelf, names)
    return removed, missing


def _names(shelf: str) -> Iterator[str]:
    try:
        _folders, names = default_storage.listdir(shelf)
    except FileNotFoundError:
        return
    yield from (f"{shelf}/{name}" for name in names)


def _remove_orphans(shelf: str, names: set[str]) -> int:
    known = {
        key
        for rows in SPEAKING
        for key in rows.filter(storage_key__startswith=f"{shelf}/").values_list("storage_key", flat=True)
    }
    removed = each(sorted(names - known), _remove_orphan, sweep="datastore.remove_orphans")
    if removed:
        log.warning("storage.orphans_removed", shelf=shelf, count=removed)
    return removed


def _remove_orphan(key: str) -> bool:
    if not _is_old(key) or any(rows.filter(storage_key=key).exists() for rows in SPEAKING):
        return False
    storage.remove(key)
    return True


def _is_old(key: str) -> bool:
    try:
        return default_storage.get_modified_time(key) < timezone.now() - GRACE
    except FileNotFoundError:  # somebody else removed it
        return False


def _tell_of_missing(shelf: str, names: set[str]) -> int:
    """A row whose bytes are gone is a lost paper: nothing here can mend it, so an operator has to hear of it."""
    old = {"storage_key__startswith": f"{shelf}/", "created_at__lt": timezone.now() - GRACE}
    gone = [
        (name, pk)
        for rows, name in LASTING
        for pk, key in rows.filter(**old).values_list("pk", "storage_key")
        if key not in names and not default_storage.exists(key) and rows.filter(pk=pk).exists()
    ]
    for name, pk in gone:
        log.error("storage.bytes_missing", **{name: pk})
    return len(gone)


def drop_abandoned() -> int:
    """Delete papers that an agency's system sent with an event that was refused in the end; return how many."""
    sent = [TrustLevel.FETCHED, TrustLevel.DIGITISED]  # the second as a release before this one wrote it
    abandoned = Document.objects.filter(is_listed=False, trust__in=sent, created_at__lt=timezone.now() - GRACE).exclude(
        status=DocumentStatus.DELETED
    )
    abandoned = abandoned.filter(digitisation=None)  # a scan that waits for its check is nobody's leftover
    unused = [document.pk for document in abandoned[:PAPERS_A_TURN] if not services.is_in_use(document)]
    return each(unused, _drop, sweep="datastore.drop_abandoned")


def _drop(document_id: int) -> bool:
    document = Document.objects.select_for_update(of=("self",)).filter(pk=document_id, is_listed=False).first()
    if document is None or services.is_in_use(document):
        return False
    services.empty(document)
    return True
