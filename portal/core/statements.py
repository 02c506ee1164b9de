"""SQL that is composed once and prepared by the server: for what every push of a partner runs.

The ORM composes each statement anew and binds its parameters in the client, so that PostgreSQL parses and plans it each
time; on the way of a push that takes several times longer than the work itself. Such statements are written out, each
beside the function that uses it, and run here.
"""

import threading
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from itertools import count
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

send_pending: ContextVar[Callable[[], None] | None] = ContextVar("send_pending", default=None)
"""What portal.core.writes still has to send: it goes first, so that no statement reads the past."""


_KEPT_ROWS = 100
"""A cursor keeps its last answer until it asks again; one with more rows than this is let go."""


class Statement:
    """One statement with `%s` for its parameters, any other % is itself; errors are Django's (IntegrityError …).

    Each thread keeps a cursor for it: one that asks the same thing again knows how values and columns are converted.
    """

    def __init__(self, sql: str) -> None:
        number = count(1)
        first, *others = sql.split("%s")
        self._query = (first + "".join(f"${next(number)}{text}" for text in others)).encode()
        self._kept = threading.local()

    def run(self, parameters: Sequence[Any] = ()) -> None:
        """Run it for its effect."""
        self._execute(parameters)

    def first(self, parameters: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """Run it and return the first row."""
        row: tuple[Any, ...] | None = self._execute(parameters).fetchone()
        return row

    def rows(self, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run it and return all rows."""
        rows: list[tuple[Any, ...]] = self._execute(parameters).fetchall()
        if len(rows) > _KEPT_ROWS:
            del self._kept.cursor
        return rows

    def _execute(self, parameters: Sequence[Any]) -> Any:
        if (send := send_pending.get()) is not None:
            send()
        connection: Any = connections[DEFAULT_DB_ALIAS]  # once: each use of django.db.connection looks it up anew
        if connection.connection is None or not connection.in_atomic_block or connection.needs_rollback:
            # a transaction that goes on was looked at when it began
            connection.close_if_health_check_failed()
            connection.ensure_connection()
            connection.validate_no_broken_transaction()
        with connection.wrap_database_errors:
            cursor: Any = getattr(self._kept, "cursor", None)
            if cursor is None or cursor.connection is not connection.connection:
                self._kept.cursor = cursor = psycopg.RawCursor(connection.connection)
            # behind a pooler nothing is prepared (settings.database): its prepare_threshold has the last word
            return cursor.execute(self._query, parameters, prepare=True, binary=True)
