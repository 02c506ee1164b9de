"""Where the bytes lie: any Django storage, sealed, under random names; a file is down before a row speaks of it."""

import contextlib
import io
import os
import secrets
import tempfile
from dataclasses import dataclass
from typing import IO, Protocol, cast

import structlog
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from datastore import keyring, sealing
from datastore.keyring import UnreadableError

__all__ = ["GONE", "Stored", "UnreadableError", "open_stream", "remove", "remove_after_commit", "write"]

log = structlog.get_logger(__name__)

IN_MEMORY_BYTES = 1024 * 1024
GONE = _("Tệp này không còn trong kho lưu trữ.")
"""Said where a row is there and its bytes are not."""


class Located(Protocol):
    """A row that knows where its bytes lie and how to open them."""

    @property
    def storage_key(self) -> str:
        """The name in the storage."""

    @property
    def key_id(self) -> str:
        """Which key wraps the file's own; "" for a file that is not sealed."""

    @property
    def wrapped_key(self) -> "bytes | memoryview | None":
        """The file's own key, wrapped."""

    def refresh_from_db(self) -> None:
        """Read the row again."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Where bytes were put, and their key as a row keeps it."""

    storage_key: str
    key_id: str
    wrapped_key: bytes


def write(stream: IO[bytes]) -> Stored:
    """Seal a stream under a key of its own and store it under a random name; a directory is flushed to the disk."""
    name = secrets.token_hex(20)
    file_key = secrets.token_bytes(keyring.KEY_BYTES)
    stream.seek(0)
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as sealed:
        sealing.seal(stream, cast(IO[bytes], sealed), file_key)
        sealed.seek(0)
        storage_key = default_storage.save(f"{name[:2]}/{name}", File(cast(IO[bytes], sealed)))
    _flush(storage_key)
    return Stored(storage_key, *keyring.wrap(file_key, bound_to=storage_key))


def open_stream(row: Located) -> "File[bytes]":
    """Open stored bytes for reading, from any place.

    Raises FileNotFoundError where they are gone, UnreadableError where their key is not known here or they were changed
    (then also while they are read).
    """
    raw = _open(row)
    if not row.key_id:  # stored before there were keys; `rotate_keys` seals it
        return raw
    try:
        file_key = keyring.unwrap(row.key_id, bytes(row.wrapped_key or b""), bound_to=row.storage_key)
        plain = sealing.Unsealed(cast(IO[bytes], raw), file_key)
    except UnreadableError as error:
        raw.close()
        log.error("storage.unreadable", storage_key=row.storage_key, key_id=row.key_id, reason=error.reason)
        raise
    return File(io.BufferedReader(plain, sealing.PIECE_BYTES))


def _open(row: Located) -> "File[bytes]":
    read_first = row.storage_key
    try:
        return default_storage.open(row.storage_key, "rb")
    except FileNotFoundError:
        row.refresh_from_db()
        if row.storage_key == read_first:
            raise
        return default_storage.open(row.storage_key, "rb")  # it was sealed between our reading the row and its file


def remove(key: str) -> None:
    """Delete stored bytes at once; a failure leaves an orphan, never an error for the person."""
    try:
        default_storage.delete(key)
    except OSError as error:
        log.warning("storage.orphan_left", error=type(error).__name__)


def remove_after_commit(key: str) -> None:
    """Delete stored bytes once the rows that spoke of them are gone for good."""
    transaction.on_commit(lambda: remove(key), robust=True)


def _flush(key: str) -> None:
    with contextlib.suppress(NotImplementedError):  # a remote store has no path and keeps its own promises
        path = default_storage.path(key)
        os.chmod(path, 0o600)
        for target in (path, os.path.dirname(path)):
            handle = os.open(target, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
