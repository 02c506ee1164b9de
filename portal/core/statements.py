"""SQL that is composed once and prepared by the server: for what every push of a partner runs.

The ORM composes each statement anew and binds its parameters in the client, so that PostgreSQL parses and plans it each
time; on the way of a push that takes several times longer than the work itself. Such statements are written out, each
beside the function that uses it, and run here.
"""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

send_pending: ContextVar[Callable[[], None] | None] = ContextVar("send_pending", default=None)
"""What portal.core.writes still has to send: it goes first, so that no statement reads the past."""


class Statement:
    """One statement with `%s` for its parameters; errors are Django's (IntegrityError, OperationalError …)."""

    def __init__(self, sql: str) -> None:
        self.sql = sql

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
        return rows

    def _execute(self, parameters: Sequence[Any]) -> Any:
        if (send := send_pending.get()) is not None:
            send()
        connection: Any = connections[DEFAULT_DB_ALIAS]  # once: each use of django.db.connection looks it up anew
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        connection.validate_no_broken_transaction()
        with connection.wrap_database_errors:
            # behind a pooler nothing is prepared (settings.database): its prepare_threshold has the last word
            cursor: Any = psycopg.Cursor(connection.connection)
            return cursor.execute(self.sql, parameters, prepare=True, binary=True)
