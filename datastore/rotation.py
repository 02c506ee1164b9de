"""Change of the wrapping keys (đổi khóa mã hóa kho tệp): batch by batch, to be stopped and gone on with at any time.

A batch is one transaction over rows; what is done stays done, and whoever starts again begins with what is left. Files
keep their own keys, so no file is rewritten, but for those from before there were keys: these are sealed one by one.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count

from datastore import keyring, storage
from datastore.models import AgencyFile, Blob, ImportArchive, UploadPart

BATCH = 500
SEALED: tuple[Any, ...] = (Blob, AgencyFile, UploadPart, ImportArchive)
"""The rows that hold wrapped keys."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one batch did: the key it came from ("" for files without one), rows done, rows that could not be opened."""

    key_id: str
    done: int
    unreadable: int


def counts() -> dict[str, int]:
    """How many files hang on each key, by its id; "" for files that are not sealed yet."""
    found: Counter[str] = Counter()
    for model in SEALED:
        found.update(dict(model.objects.values_list("key_id").annotate(count=Count("pk")).order_by("key_id")))
    return dict(found)


def rotate(batch: int = BATCH) -> Iterator[Turn]:
    """Wrap every file's key with the newest key, a batch a turn; files that cannot be opened are counted and left."""
    newest = keyring.current_id()
    for key_id in sorted(counts()):
        for model in SEALED if key_id != newest else ():
            yield from _away_from(model, key_id, batch if key_id else 1)


def _away_from(model: Any, key_id: str, batch: int) -> Iterator[Turn]:
    mark = 0
    while True:
        with transaction.atomic():
            found = model.objects.select_for_update().filter(key_id=key_id, pk__gt=mark)
            rows = list(found.order_by("pk")[:batch])
            if not rows:
                return
            mark = rows[-1].pk
            done = [row for row in rows if _rewrap(row)]
            model.objects.bulk_update(done, ["storage_key", "key_id", "wrapped_key"])
        yield Turn(key_id, len(done), len(rows) - len(done))


def _rewrap(blob: Blob | AgencyFile | UploadPart | ImportArchive) -> bool:
    """Give a locked row the newest key; whether that could be done."""
    if isinstance(blob, Blob) and not blob.key_id:
        return _seal(blob)
    try:
        file_key = keyring.unwrap(blob.key_id, bytes(blob.wrapped_key or b""), bound_to=blob.storage_key)
    except storage.UnreadableError:
        return False
    blob.key_id, blob.wrapped_key = keyring.wrap(file_key, bound_to=blob.storage_key)
    return True


def _seal(blob: Blob) -> bool:
    try:
        with storage.open_stream(blob) as plain:
            stored = storage.write(plain)
    except FileNotFoundError:  # the sweep of the storage tells operators of it
        return False
    storage.remove_after_commit(blob.storage_key)
    blob.storage_key, blob.key_id, blob.wrapped_key = stored.storage_key, stored.key_id, stored.wrapped_key
    return True
