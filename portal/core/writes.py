"""Rows to write, gathered and sent together (docs/adr/0013): event, dossier, letter and notices in one statement.

`insert` and `update` write at once. Inside `gathered()` they are kept and sent when the block ends, or before whatever
else is asked of the database meanwhile, so that nobody reads the past. Rows of one table travel as one JSON text, so
the statement is the same for one row and for five hundred, and is prepared once. What is written is exactly what
`Model.save` would write; constraints are the table's own. Nothing of this runs outside the caller's transaction.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models import Field, JSONField, Model

from portal.core.statements import Statement, send_pending

Names = tuple[str, ...]


def insert(row: Model, *, ignore_conflicts: bool = False, needs_id: bool = False) -> None:
    """Write a new row. Gathered rows have an id only when they brought one; with `needs_id` it is fetched at once."""
    pending = _pending.get()
    pk = row.pk
    if pending is not None and (pk is not None or not needs_id):
        pending.entries.append(_Insert(row, pk, ignore_conflicts))
        return
    names = _names(type(row), with_id=pk is not None)
    statement = _insert_one(type(row), names, ignore_conflicts)
    made = statement.first([_as_json([_values(row, names, is_new=True)])])
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


class gathered:
    """Keep what is written inside and send it together; a block within another one is part of it.

    A class of its own, not a generator: the way of a push goes through several of them.
    """

    __slots__ = ("_connection", "_ours", "_tokens")

    def __enter__(self) -> "Pending":
        outer = _pending.get()
        self._ours = None if outer is not None else Pending()
        if self._ours is None:
            return cast("Pending", outer)
        self._tokens = (_pending.set(self._ours), send_pending.set(self._ours.send))
        self._connection = connections[DEFAULT_DB_ALIAS]
        self._connection.execute_wrappers.append(self._ours.before_others)
        return self._ours

    def __exit__(self, failed: type[BaseException] | None, *_details: object) -> None:
        if self._ours is None:
            return
        try:
            if failed is None:
                self._ours.send()
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

    def send(self) -> None:
        """Send everything, and what sending it caused to be written."""
        while self.entries:
            entries, self.entries = self.entries, []
            self.times_sent += 1
            for run in _runs(entries):
                _send(run)

    def before_others(self, execute: Any, sql: Any, parameters: Any, many: bool, context: Any) -> Any:
        """Django's execute wrapper: a statement of somebody else's sees what was written before it."""
        self.send()
        return execute(sql, parameters, many, context)

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

Part = tuple[str, type[Model], Names, bool]
"""One table's share of a statement: "insert" or "update", the model, the columns, whether conflicts are ignored."""


def _runs(entries: list[_Insert | _Update | _Call]) -> Iterator[list[_Insert | _Update | _Call]]:
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
    inserts: dict[Part, list[Model]] = {}
    changed: dict[tuple[type[Model], Any], tuple[Model, dict[str, None]]] = {}
    calls: dict[Callable[[list[Any]], None], list[Any]] = {}
    for entry in entries:
        if isinstance(entry, _Insert):
            model = type(entry.row)
            names = _names(model, with_id=entry.pk is not None)
            inserts.setdefault(("insert", model, names, entry.ignore_conflicts), []).append(entry.row)
        elif isinstance(entry, _Update):
            _row, wanted = changed.setdefault((type(entry.row), entry.pk), (entry.row, {}))
            wanted.update(dict.fromkeys(entry.names))
        else:
            calls.setdefault(entry.function, []).append(entry.item)
    updates: dict[Part, list[Model]] = {}
    for (model, _pk), (row, wanted) in changed.items():
        updates.setdefault(("update", model, tuple(wanted), False), []).append(row)
    parts = {**updates, **inserts}
    if parts:
        texts = [
            _as_json([_values(row, names, is_new=kind == "insert") for row in rows])
            for (kind, _model, names, _ignore), rows in parts.items()
        ]
        _statement(tuple(parts)).run(texts)
        for row in (row for rows in inserts.values() for row in rows):
            _mark_saved(row)
    for function, items in calls.items():
        function(items)


@lru_cache(maxsize=500)
def _statement(parts: tuple[Part, ...]) -> Statement:
    """All parts as one statement; none sees what another wrote, and foreign keys are checked at the end."""
    texts = [_text(part) for part in parts]
    if len(texts) == 1:
        return Statement(texts[0])
    named = ", ".join(f"part_{number} AS ({text})" for number, text in enumerate(texts[:-1]))
    return Statement(f"WITH {named} {texts[-1]}")


@lru_cache(maxsize=200)
def _insert_one(model: type[Model], names: Names, ignore_conflicts: bool) -> Statement:
    key = model._meta.pk.column
    return Statement(f'{_text(("insert", model, names, ignore_conflicts))} RETURNING "{key}"')


def _text(part: Part) -> str:
    kind, model, names, ignore_conflicts = part
    fields = [_field(model, name) for name in names]
    table, key = model._meta.db_table, _field(model, "pk")
    columns = ", ".join(f'"{field.column}"' for field in fields)
    typed = fields if kind == "insert" else [key, *fields]
    given = ", ".join(f'"{field.column}" {field.db_type(connection)}' for field in typed)
    source = f"json_to_recordset(%s::json) AS given ({given})"
    if kind == "insert":
        ending = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
        return f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM {source}{ending}'  # noqa: S608 - our own names
    settings = ", ".join(f'"{field.column}" = given."{field.column}"' for field in fields)
    return (
        f'UPDATE "{table}" AS target SET {settings} FROM {source}'  # noqa: S608 - our own names
        f' WHERE target."{key.column}" = given."{key.column}"'
    )


@lru_cache(maxsize=200)
def _names(model: type[Model], *, with_id: bool) -> Names:
    return tuple(field.name for field in model._meta.concrete_fields if with_id or not field.primary_key)


@lru_cache(maxsize=1000)
def _field(model: type[Model], name: str) -> Any:
    return model._meta.pk if name == "pk" else model._meta.get_field(name)


def _values(row: Model, names: Names, *, is_new: bool) -> dict[str, Any]:
    model = type(row)
    values = {} if is_new else {_field(model, "pk").column: row.pk}
    told = row.__dict__
    for column, attribute, natural, field in _prepared(model, names):
        if natural is None:
            values[column] = _asked(field, row, is_new=is_new)
            continue
        # a column that was not read is not in the row's own values, and is fetched
        value = told[attribute] if attribute in told else getattr(row, attribute)
        if value is not None and natural is not object:
            if type(value) is not natural and not (natural is str and isinstance(value, str)):
                value = _asked(field, row, is_new=is_new)
            elif natural is datetime:  # the encoder would come back to ask for each of them
                value = _asked(field, row, is_new=is_new) if value.tzinfo is None else value.isoformat()
        values[column] = value
    return values


def _asked(field: Any, row: Model, *, is_new: bool) -> Any:
    """What the field itself makes of its value; JSON stays what it is."""
    value = field.pre_save(row, is_new)
    return value if value is None or isinstance(field, JSONField) else field.get_prep_value(value)


_NATURAL: tuple[tuple[type["Field[Any, Any]"], type], ...] = (
    (models.CharField, str),
    (models.TextField, str),
    (models.BooleanField, bool),
    (models.IntegerField, int),
    (models.ForeignKey, int),
    (models.DateTimeField, datetime),
    (models.UUIDField, UUID),
    (JSONField, object),
)
"""Values of exactly this type (any kind of text, any at all for JSON), and None, are what such a field would make of
them: it is not asked."""


@lru_cache(maxsize=500)
def _prepared(model: type[Model], names: Names) -> tuple[tuple[str, str, Any, Any], ...]:
    """For each field its column, its attribute, the type that needs no preparing if there is one, and itself."""
    fields = [_field(model, name) for name in names]
    return tuple((field.column, field.attname, _natural(field), field) for field in fields)


def _natural(field: Any) -> type | None:
    for kind, natural in _NATURAL:
        is_plain = type(field).get_prep_value is kind.get_prep_value and type(field).pre_save is kind.pre_save
        sets_itself = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
        if isinstance(field, kind) and is_plain and not sets_itself:
            return natural
    return None


def _as_json(rows: list[dict[str, Any]]) -> str:
    return _ENCODER.encode(rows)


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} does not travel in a gathered write")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)


def _mark_saved(row: Model) -> None:
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
