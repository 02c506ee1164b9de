"""Where the bytes lie: any Django storage, under random keys; a file is safely down before a row speaks of it."""

import contextlib
import os
import secrets
from typing import IO

import structlog
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

log = structlog.get_logger(__name__)


def write(stream: IO[bytes]) -> str:
    """Store a stream under a new random key and return the key; on a local directory it is flushed to the disk."""
    name = secrets.token_hex(20)
    stream.seek(0)
    key = default_storage.save(f"{name[:2]}/{name}", File(stream))
    _flush(key)
    return key


def open_stream(key: str) -> File:
    """Open stored bytes for reading; raises FileNotFoundError where they are gone."""
    return default_storage.open(key, "rb")


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
