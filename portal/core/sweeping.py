"""Sweeps over rows (quét): each row by itself, so that one that cannot be done stops no other.

Rows that are queues of their own (portal.core.work) keep their error with the row. What a sweep finds by the clock has
no such place: its failures are logged and counted, and it is found again at the next sweep.
"""

import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction

log = structlog.get_logger(__name__)

Found = TypeVar("Found")


def each(found: Iterable[Found], act: Callable[[Found], Any], *, sweep: str, name: Callable[[Found], Any] = str) -> int:
    """Act on each in a transaction of its own and return what the acts returned in sum; failures are passed over.

    `name` says in the log which one it was: a code or a key, never what a person typed.
    """
    return _try_all(found, transaction.atomic(act), sweep=sweep, name=name)


def in_turn(sweep: str, *parts: Callable[[], Any]) -> None:
    """Do the parts of a sweep one after the other, each with transactions of its own; one fails, the others go on."""
    _try_all(parts, lambda part: part() and 0, sweep=sweep, name=lambda part: getattr(part, "__name__", "part"))


def _try_all(found: Iterable[Found], act: Callable[[Found], Any], *, sweep: str, name: Callable[[Found], Any]) -> int:
    """Of an error only kind and place are logged: its words may quote the row. A database that is away ends it all."""
    done = failed = 0
    for one in found:
        try:
            done += int(act(one) or 0)
        except Exception as error:
            if isinstance(error, (OperationalError, InterfaceError)) and not connection.is_usable():
                raise
            failed += 1
            log.error("sweep.one_failed", sweep=sweep, of=name(one), error=type(error).__name__, at=_place(error))
    if failed:
        log.error("sweep.incomplete", sweep=sweep, failed=failed, done=done)
    return done


def _place(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).stem}.{frame.name}:{frame.lineno}"
