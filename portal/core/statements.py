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
from psycopg import generators
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import DiagnosticField, ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGresult

send_pending: ContextVar[Callable[[], None] | None] = ContextVar("send_pending", default=None)
"""What portal.core.writes still has to send: it goes first, so that no statement reads the past."""


_KEPT_ROWS = 100
"""What a statement is asked with keeps its last answer until it is asked again; one with more rows is let go."""
_ANSWERED = frozenset({ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK})


class Statement:
    """One statement with `%s` for its parameters, any other % is itself; errors are Django's (IntegrityError …).

    Each thread keeps what it is asked with: one that asks again knows how values and columns are converted.
    """

    def __init__(self, sql: str) -> None:
        number = count(1)
        first, *others = sql.split("%s")
        self._query = (first + "".join(f"${next(number)}{text}" for text in others)).encode()
        self._kept = threading.local()

    def run(self, parameters: Sequence[Any] = ()) -> None:
        """Run it for its effect."""
        self._execute(parameters)

    def start(self, parameters: Sequence[Any] = ()) -> Callable[[], None]:
        """Send it for its effect and return what waits for its answer, which has to be called before all else.

        Until then the connection does nothing else. Only the one who keeps what is pending may do this (portal.core
        .writes): what was gathered meanwhile does not go first. Errors are raised by either.
        """
        connection: Any = connections[DEFAULT_DB_ALIAS]
        connection.validate_no_broken_transaction()
        with connection.wrap_database_errors:
            answer = self._asked_on(connection.connection).start(parameters)

        def finish() -> None:
            with connection.wrap_database_errors:
                answer()

        return finish

    def first(self, parameters: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """Run it and return the first row."""
        found = self._execute(parameters)
        row: tuple[Any, ...] | None = found.reader.load_row(0, tuple) if found.count else None
        return row

    def rows(self, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run it and return all rows."""
        found = self._execute(parameters)
        rows: list[tuple[Any, ...]] = found.reader.load_rows(0, found.count, tuple)
        if len(rows) > _KEPT_ROWS:
            del self._kept.asked
        return rows

    def _execute(self, parameters: Sequence[Any]) -> "_Asked":
        if (send := send_pending.get()) is not None:
            send()
        connection: Any = connections[DEFAULT_DB_ALIAS]  # once: each use of django.db.connection looks it up anew
        if connection.connection is None or not connection.in_atomic_block or connection.needs_rollback:
            # a transaction that goes on was looked at when it began
            connection.close_if_health_check_failed()
            connection.ensure_connection()
            connection.validate_no_broken_transaction()
        with connection.wrap_database_errors:
            asked = self._asked_on(connection.connection)
            asked.run(parameters)
            return asked

    def _asked_on(self, connection: "psycopg.Connection[Any]") -> "_Asked":
        asked: _Asked | None = getattr(self._kept, "asked", None)
        if asked is None or asked.connection is not connection:
            self._kept.asked = asked = _Asked(self._query, connection)
        return asked


class _Asked:
    """A statement on one connection: by psycopg's cursor, which prepares it, and from then on straight by its name.

    A cursor asks of each run whether there is something to prepare, to begin or to clean up, and waits in steps that an
    interrupt may end; for a small statement that takes as long as converting its values and its answer.
    """

    __slots__ = ("_cursor", "_formats", "_name", "_names", "_query", "connection", "count", "reader")

    def __init__(self, query: bytes, connection: "psycopg.Connection[Any]") -> None:
        self.connection, self._query = connection, query
        self._cursor, self._formats = psycopg.RawCursor(connection), [PyFormat.AUTO]
        self.reader, self._name = Transformer(connection), b""
        """What reads the rows of the last answer, and the name of the statement whose columns it knows."""
        self._names = _names_on(connection)
        self.count = 0

    def run(self, parameters: Sequence[Any]) -> None:
        """Run it; `reader` has the `count` rows of its answer. Raises psycopg's errors."""
        named = self._by_name(parameters)
        if named is None:
            # behind a pooler nothing is prepared (settings.database): its prepare_threshold has the last word
            result = self._cursor.execute(self._query, parameters, prepare=True, binary=True).pgresult
            name = b""
        else:
            name, result = named
        self.reader.set_pgresult(result, set_loaders=not name or name != self._name)
        self.count, self._name = result.ntuples if result else 0, name

    def start(self, parameters: Sequence[Any]) -> Callable[[], None]:
        """Send it and return what waits for its answer; where it has no name yet it is run whole."""
        prepared = self._prepared_for(parameters)
        if prepared is None:
            self.run(parameters)
            return _nothing_to_wait_for
        name, values = prepared
        connection = self.connection
        with connection.lock:
            connection.pgconn.send_query_prepared(name, values, self.reader.formats, Format.BINARY)
            connection.wait(generators.send(connection.pgconn))

        def finish() -> None:
            with connection.lock:
                answers = connection.wait(generators.fetch_many(connection.pgconn))
            for answer in answers:
                if answer.status not in _ANSWERED:
                    raise _refusal(answer)

        return finish

    def _by_name(self, parameters: Sequence[Any]) -> tuple[bytes, PGresult] | None:
        """Name and answer, where it has a name; None else."""
        prepared = self._prepared_for(parameters)
        if prepared is None:
            return None
        name, values = prepared
        with self.connection.lock:
            result = self.connection.pgconn.exec_prepared(name, values, self.reader.formats, Format.BINARY)
        if result.status not in _ANSWERED:
            raise _refusal(result)
        return name, result

    def _prepared_for(self, parameters: Sequence[Any]) -> tuple[bytes, Sequence[Any]] | None:
        """Name and values, where it is prepared for values of these types and nothing goes before it; None else."""
        server, names = self.connection.pgconn, self._names
        if names is None or (not self.connection.autocommit and server.transaction_status == TransactionStatus.IDLE):
            return None  # BEGIN goes before it
        if len(self._formats) != len(parameters):
            self._formats = [PyFormat.AUTO] * len(parameters)
        values = self.reader.dump_sequence(parameters, self._formats)
        key = (self._query, self.reader.types or ())
        name = names.get(key)
        if name is None:
            return None
        names.move_to_end(key)  # as psycopg does, which lets go of the one that was not asked for longest
        return name, values


def _names_on(connection: Any) -> Any:
    """What psycopg keeps of names by query and types; None of a version that keeps it elsewhere.

    It forgets a name when it lets go of it, as after a rollback; nothing public says so.
    """
    return getattr(getattr(connection, "_prepared", None), "_names", None)


def _nothing_to_wait_for() -> None:
    """The answer is there."""


def _refusal(result: PGresult) -> psycopg.Error:
    """The error that psycopg's cursor raises for an answer; without a state it is the client's: the server is away."""
    if result.error_field(DiagnosticField.SQLSTATE) is None:
        return psycopg.OperationalError(result.get_error_message())
    return psycopg.errors.error_from_result(result)
