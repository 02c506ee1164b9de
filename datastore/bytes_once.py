"""Bytes that are written once for each owner, however often and from how many windows they come (một lần mỗi tệp)."""

from typing import TYPE_CHECKING, TypeVar

from datastore import storage
from datastore.intake import Inspected
from datastore.models import AgencyFile, Blob

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

Row = TypeVar("Row", Blob, AgencyFile)


def find_or_write(rows: "QuerySet[Row]", file: Inspected, **owner: "Model") -> Row:
    """The owner's row of these bytes, found or written; it stays locked, so that no deletion passes between.

    `owner` is the column of the owner in these rows, which are unique by it and by digest. Within a transaction.
    """
    mine = rows.select_for_update().filter(**owner, content_sha256=file.content_sha256)
    if (known := mine.first()) is not None:
        return known
    lying = storage.write(file.stream)
    fresh = rows.model(
        **owner,
        content_sha256=file.content_sha256,
        size_bytes=file.size_bytes,
        content_type=file.content_type,
        storage_key=lying.storage_key,
        key_id=lying.key_id,
        wrapped_key=lying.wrapped_key,
        scan_state=file.scan.state,
        scanner=file.scan.scanner,
    )
    while True:
        # Two uploads of the same bytes at once: the second insert waits for the first and then does nothing.
        rows.bulk_create([fresh], ignore_conflicts=True)
        stored = mine.first()
        if stored is None:
            continue  # the other one was rolled back, or deleted in between: ours goes in now
        if stored.storage_key != lying.storage_key:
            storage.remove(lying.storage_key)
        return stored
