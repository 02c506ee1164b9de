"""Rows to write, gathered and sent together (docs/adr/0013): event, dossier, letter and notices in one statement.

`insert` and `update` write at once. Inside `gathered()` they are kept and sent when the block ends, or before whatever
else is asked of the database meanwhile, so that nobody reads the past. Rows of one table travel as one JSON text beside
what they have in common, so the statement is the same for one row and for five hundred, and is prepared once. What is
written is exactly what `Model.save` would write; constraints are the table's own. Nothing of this runs outside the
caller's transaction.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections
from django.db.models import Model

from portal.core import row_texts
from portal.core.row_texts import Names, Part, names_of, sql_of
from portal.core.statements import Statement, send_pending


def insert(row: Model, *, ignore_conflicts: bool = False, needs_id: bool = False) -> None:
    """Write a new row. Gathered rows have an id only when they brought one; with `needs_id` it is fetched at once."""
    pending = _pending.get()
    pk = row.pk
    if pending is not None and (pk is not None or not needs_id):
        pending.entries.append(_Insert(row, pk, ignore_conflicts))
        return
    names = names_of(type(row), with_id=pk is not None)
    statement = _insert_one(type(row), names, ignore_conflicts)
    made = statement.first(row_texts.texts_of(Part("insert", type(row), names), [row]))
    if made is not None:
        row.pk = made[0]
    _mark_saved(row)


def update(row: Model, names: Sequence[str]) -> None:
    """Write these fields of a row that is there, by its id."""
    pending = _pending.get()
    if pending is not None:
        pending.entries.append(_Update(row, tuple(names)))
    else:
        _send([_Update(row, tuple(names))])


def at_once(function: Callable[[list[Any]], None], item: Any) -> None:
    """Call a function that writes for many things at once: with this one, or with all gathered ones."""
    pending = _pending.get()
    if pending is not None:
        pending.entries.append(_Call(function, item))
    else:
        function([item])


def after(function: Callable[[], None]) -> None:
    """Call a function that itself waits for the transaction's end (`on_commit`), where there is one."""
    pending = _pending.get()
    if pending is not None:
        pending.after(function)
    else:
        function()


def once(key: Any, function: Callable[[], None]) -> None:
    """The same, once for all that is gathered under this key."""
    pending = _pending.get()
    if pending is None:
        function()
    elif key not in pending.done_once:
        pending.done_once.add(key)
        pending.after(function)


class gathered:
    """Keep what is written inside and send it together; a block within another one is part of it.

    A class of its own, not a generator: the way of a push goes through several of them.
    """

    __slots__ = ("_connection", "_ours", "_tokens")

    def __init__(self, pending: "Pending | None" = None) -> None:
        self._ours = pending

    def __enter__(self) -> "Pending":
        outer = _pending.get()
        self._ours = None if outer is not None else self._ours or Pending()
        if self._ours is None:
            return cast("Pending", outer)
        self._tokens = (_pending.set(self._ours), send_pending.set(self._ours.give_way))
        self._connection = connections[DEFAULT_DB_ALIAS]
        self._connection.execute_wrappers.append(self._ours.before_others)
        return self._ours

    def __exit__(self, failed: type[BaseException] | None, *_details: object) -> None:
        if self._ours is None:
            return
        try:
            if failed is None:
                self._ours.send()
            else:
                self._ours.let_go()
        except BaseException:
            self._ours.let_go()
            raise
        finally:
            self._connection.execute_wrappers.pop()
            pending, sender = self._tokens
            _pending.reset(pending)
            send_pending.reset(sender)


class Pending:
    """What has not been sent yet, in order."""

    def __init__(self) -> None:
        self.entries: list[_Insert | _Update | _Call] = []
        self.times_sent = 0
        self.done_once: set[Any] = set()
        self._finish: Callable[[], None] | None = None
        """What waits for the answer to the statement that is on its way."""

    def send(self) -> None:
        """Send everything, and what sending it caused to be written."""
        self._wait()
        while self.entries:
            entries, self.entries = self.entries, []
            self.times_sent += 1
            for run in _runs(entries):
                _send(run)

    def send_ahead(self) -> None:
        """Begin to send the rows, and let the caller go on while the database writes them.

        What the database has against them is raised by whatever is sent next, at the latest at the end of the block:
        for who takes such an error for the failure of the whole. What is to be called for all waits for the end.
        """
        rows = [entry for entry in self.entries if not isinstance(entry, _Call)]
        if not rows:
            return
        self.entries = [entry for entry in self.entries if isinstance(entry, _Call)]
        self.times_sent += 1
        for run in _runs(rows):
            parts, _calls = sorted_out(run)
            texts = texts_of(parts)
            self._wait()
            self._finish = _statement(tuple(parts)).start(texts)
            mark_saved(parts)

    def let_go(self) -> None:
        """Everything is to be taken back: the connection is free for that once the last answer was heard."""
        with suppress(DatabaseError, InterfaceError):
            self._wait()

    def _wait(self) -> None:
        finish, self._finish = self._finish, None
        if finish is None:
            return
        try:
            finish()
        except BaseException:
            self.entries.clear()  # they go back with it: what undoes it is not to send them first
            raise

    def give_way(self) -> None:
        """Somebody else asks something of the database: what was written before goes first."""
        self.send()

    def before_others(self, execute: Any, sql: Any, parameters: Any, many: bool, context: Any) -> Any:
        """Django's execute wrapper: a statement of somebody else's sees what was written before it."""
        self.give_way()
        return execute(sql, parameters, many, context)

    def after(self, function: Callable[[], None]) -> None:
        """Call this at the earliest when what waits here can no longer fail to be sent: with a transaction, at once."""
        function()

    def attempt(self) -> Callable[[], None]:
        """Return what takes back everything gathered from here on; it raises CannotUndoError when some was sent."""
        position, times_sent = len(self.entries), self.times_sent

        def undo() -> None:
            if self.times_sent != times_sent:
                raise CannotUndoError
            del self.entries[position:]

        return undo


class CannotUndoError(Exception):
    """Part of what is to be taken back was sent already: only the end of the transaction undoes it."""


class _Insert:
    __slots__ = ("ignore_conflicts", "pk", "row")

    def __init__(self, row: Model, pk: Any, ignore_conflicts: bool) -> None:
        self.row, self.pk, self.ignore_conflicts = row, pk, ignore_conflicts


class _Update:
    __slots__ = ("names", "pk", "row")

    def __init__(self, row: Model, names: Names) -> None:
        self.row, self.pk, self.names = row, row.pk, names


class _Call:
    __slots__ = ("function", "item")

    def __init__(self, function: Callable[[list[Any]], None], item: Any) -> None:
        self.function, self.item = function, item


_pending: ContextVar[Pending | None] = ContextVar("pending_writes", default=None)


def _runs(entries: Sequence[_Insert | _Update | _Call]) -> Iterator[list[_Insert | _Update | _Call]]:
    """Entries in runs in which no row is there as two instances: merged, one of the two would be lost."""
    run: list[_Insert | _Update | _Call] = []
    seen: dict[tuple[type[Model], Any], Model] = {}
    for entry in entries:
        if not isinstance(entry, _Call) and entry.pk is not None:
            row = entry.row
            if seen.setdefault((type(row), entry.pk), row) is not row:
                yield run
                run, seen = [], {(type(row), entry.pk): row}
        run.append(entry)
    if run:
        yield run


def _send(entries: list[_Insert | _Update | _Call]) -> None:
    parts, calls = sorted_out(entries)
    if parts:
        _statement(tuple(parts)).run(texts_of(parts))
        mark_saved(parts)
    for function, items in calls.items():
        function(items)


Parts = dict[Part, list[Model]]
"""Rows by the share of a statement that writes them; changed ones come before new ones."""
Calls = dict[Callable[[list[Any]], None], list[Any]]


def sorted_out(entries: list[_Insert | _Update | _Call]) -> tuple[Parts, Calls]:
    """Gathered entries by what writes them, and what is to be called afterwards."""
    inserts: Parts = {}
    changed: dict[tuple[type[Model], Any], tuple[Model, dict[str, None]]] = {}
    calls: Calls = {}
    for entry in entries:
        if isinstance(entry, _Insert):
            model = type(entry.row)
            names = names_of(model, with_id=entry.pk is not None)
            inserts.setdefault(Part("insert", model, names, entry.ignore_conflicts), []).append(entry.row)
        elif isinstance(entry, _Update):
            _row, wanted = changed.setdefault((type(entry.row), entry.pk), (entry.row, {}))
            wanted.update(dict.fromkeys(entry.names))
        else:
            calls.setdefault(entry.function, []).append(entry.item)
    updates: Parts = {}
    for (model, _pk), (row, wanted) in changed.items():
        updates.setdefault(Part("update", model, tuple(wanted)), []).append(row)
    return {**updates, **inserts}, calls


def changed(entries: list[_Insert | _Update | _Call]) -> list[Model]:
    """The rows of entries that change what is there; one row may be there as two instances."""
    return [entry.row for entry in entries if isinstance(entry, _Update)]


def texts_of(parts: Parts) -> list[str]:
    """The rows of each part as they travel."""
    return [text for part, rows in parts.items() for text in row_texts.texts_of(part, rows)]


def mark_saved(parts: Parts) -> None:
    """New rows are in the database now."""
    for part, rows in parts.items():
        if part.kind == "insert":
            for row in rows:
                _mark_saved(row)


@lru_cache(maxsize=500)
def _statement(parts: tuple[Part, ...]) -> Statement:
    """All parts as one statement; none sees what another wrote, and foreign keys are checked at the end."""
    texts = [sql_of(part) for part in parts]
    if len(texts) == 1:
        return Statement(texts[0])
    named = ", ".join(f"part_{number} AS ({text})" for number, text in enumerate(texts[:-1]))
    return Statement(f"WITH {named} {texts[-1]}")


@lru_cache(maxsize=200)
def _insert_one(model: type[Model], names: Names, ignore_conflicts: bool) -> Statement:
    key = model._meta.pk.column
    return Statement(f'{sql_of(Part("insert", model, names, ignore_conflicts))} RETURNING "{key}"')


def _mark_saved(row: Model) -> None:
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
