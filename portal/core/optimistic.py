"""Optimistic writes: a row is read without a lock, and all that follows is written as one statement, or nothing is.

A step under a lock takes a transaction: BEGIN, the lock, what is written, COMMIT, each a way to the database and back.
Here what is written (portal.core.writes) goes as one statement, a transaction of its own, which looks whether the row
is still the one that was read and else writes nothing at all; whoever sees that goes the long way, under a lock. Every
UPDATE of a row changes its `xmin`, so that nothing that somebody did to it meanwhile is missed, and the statement waits
for the row as a lock would.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Model

from portal.core import writes
from portal.core.row_texts import Names, Part, parameters_of, sql_of_insert, sql_of_update
from portal.core.statements import Statement

VERSION = "{alias}.xmin::text"
"""SQL of the version of a row, to be read with the row."""


class NotAtOneGoError(Exception):
    """The row moved meanwhile, or more than one statement is needed: nothing was written."""


@contextmanager
def attempt(row: Model, version: str) -> Iterator[None]:
    """Write what is gathered inside if the row is still of this version; raises NotAtOneGoError, also for a constraint.

    Whatever else is asked of the database once something waits to be written ends the attempt.
    """
    # within somebody's transaction what fails must not fail all of it
    with transaction.atomic() if connection.in_atomic_block else nullcontext():
        with writes.gathered(_Attempt(row, version)) as pending:
            if not isinstance(pending, _Attempt):
                raise NotAtOneGoError
            yield
        for function in pending.afterwards:
            function()


class _Attempt(writes.Pending):
    def __init__(self, row: Model, version: str) -> None:
        super().__init__()
        self.row, self.version, self.before = row, version, dict(row.__dict__)
        self.afterwards: list[Callable[[], None]] = []
        self.is_sending = False

    def give_way(self) -> None:
        if not self.is_sending:
            raise NotAtOneGoError

    def before_others(self, execute: Any, sql: Any, parameters: Any, many: bool, context: Any) -> Any:
        """What is read before anything waits sees the row as it was, or the attempt fails in the end: that may go."""
        if self.entries or not str(sql).startswith("SELECT"):
            raise NotAtOneGoError
        return execute(sql, parameters, many, context)

    def after(self, function: Callable[[], None]) -> None:
        self.afterwards.append(function)

    def send_ahead(self) -> None:
        raise NotAtOneGoError  # all of it is one statement

    def send(self) -> None:
        if any(row is not self.row for row in writes.changed(self.entries)):
            raise NotAtOneGoError
        parts, calls = writes.sorted_out(self.entries)
        changed = [part for part in parts if part.kind == "update"]
        if calls or not changed:
            raise NotAtOneGoError
        wanted = changed[0].names
        told, before = self.row.__dict__, self.before
        names = tuple(
            name
            for name, attribute, sets_itself in _columns(type(self.row), wanted)
            if sets_itself or told.get(attribute) != before.get(attribute)
        )
        new = [(part, rows) for part, rows in parts.items() if part.kind == "insert"]
        names = names or wanted
        parameters = [*parameters_of(self.row, names, is_new=False), str(self.row.pk), self.version]
        for part, rows in new:
            for row in rows:
                parameters += parameters_of(row, part.names, is_new=True)
        shape = tuple((part, len(rows)) for part, rows in new)
        self.is_sending = True
        try:
            found = _statement(type(self.row), names, shape).first(parameters)
        except (IntegrityError, DataError) as error:  # under a lock it is told which value is at fault
            raise NotAtOneGoError from error
        if found is None or found[0] != 1:
            raise NotAtOneGoError
        writes.mark_saved(parts)


@lru_cache(maxsize=200)
def _columns(model: type[Model], names: Names) -> tuple[tuple[str, str, bool], ...]:
    """Of each field its name, its attribute, and whether it sets itself whenever the row is written."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    return tuple((field.name, field.attname, getattr(field, "auto_now", False)) for field in fields)


@lru_cache(maxsize=200)
def _statement(model: type[Model], names: Names, new: tuple[tuple[Part, int], ...]) -> Statement:
    """All of it as one statement: the row, and what is new only where the row was still the one that was read."""
    texts = [f"{sql_of_update(model, names, condition='target.xmin = %s::xid')} RETURNING 1"]
    texts += [sql_of_insert(part, rows=rows, condition="EXISTS (SELECT FROM part_0)") for part, rows in new]
    named = ", ".join(f"part_{number} AS ({text})" for number, text in enumerate(texts))
    return Statement(f"WITH {named} SELECT count(*) FROM part_0")  # noqa: S608 - our own names
