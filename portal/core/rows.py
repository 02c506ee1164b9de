"""Joined rows by a statement that is composed once (portal.core.statements), and new rows, without Django's ceremony.

What comes back are ordinary instances, with the columns that were not asked for deferred. `Model.__init__` asks each
field and sends two signals, which nobody here hears: on the way of a push that costs more than all else it does in
Python. An instance is its values and its state, and that is how these are made.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import JSONField, Model
from django.db.models.base import ModelState

from portal.core.statements import Statement

M = TypeVar("M", bound=Model)


def fresh(model: type[M], **values: Any) -> M:
    """A new row, as `model(**values)` makes it from names of fields or columns; defaults where nothing is said."""
    plain, made, relations = _made_with(model, tuple(values))
    row = model.__new__(model)
    row._state = state = ModelState()
    told = row.__dict__
    told.update(plain)
    for attribute, default in made:
        told[attribute] = default()
    told.update(values)
    for name, attribute in relations:
        value = state.fields_cache[name] = told.pop(name)
        told[attribute] = None if value is None else value.pk
    return row


def next_id(model: type[Model]) -> str:
    """SQL that draws the id of a row to come, from the sequence as PostgreSQL names it for a column.

    Asked for the name (`pg_get_serial_sequence`) it reads its catalogue at each run.
    """
    return f"nextval('{model._meta.db_table}_{model._meta.pk.column}_seq')"


class _MadeOf(NamedTuple):
    """What a new row of a model begins with, by attribute."""

    plain: dict[str, Any]
    """Defaults that are the same for every row."""
    made: list[tuple[str, Callable[[], Any]]]
    """Defaults that are made for each row, where nothing is said."""
    relations: list[tuple[str, str]]
    """Relations that are said, each with the attribute that holds the id."""


@lru_cache(maxsize=500)
def _made_with(model: type[Model], names: tuple[str, ...]) -> _MadeOf:
    """The same where these names are said, each of a field or a column; raises TypeError for any other."""
    fields = model._meta.concrete_fields
    said = {field.attname for field in fields if not {field.name, field.attname}.isdisjoint(names)}
    if unknown := set(names) - {name for field in fields for name in (field.name, field.attname)}:
        raise TypeError(f"{model.__name__} has no {', '.join(sorted(unknown))}")
    made = [(field.attname, _maker(field)) for field in fields if _makes_its_default(field)]
    makes = {attribute for attribute, _default in made}
    plain = {field.attname: field.get_default() for field in fields if field.attname not in makes}
    relations = [(field.name, field.attname) for field in fields if field.is_relation and field.name in names]
    return _MadeOf(plain, [each for each in made if each[0] not in said], relations)


def _makes_its_default(field: Any) -> bool:
    return field.has_db_default() or (field.has_default() and callable(field.default))


def _maker(field: Any) -> Callable[[], Any]:
    """What makes the default of a field for one row: its own callable where the field adds nothing to it."""
    is_own = field.has_default() and callable(field.default) and not field.is_relation
    maker: Callable[[], Any] = field.default if is_own else field.get_default
    return maker


def _stored(model: type[Model], names: Sequence[str], values: Sequence[Any]) -> Model:
    """What `Model.from_db` makes of a row of the database."""
    row = model.__new__(model)
    row._state = state = ModelState()
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    row.__dict__.update(zip(names, values, strict=True))
    return row


def relate(row: Model, others: Mapping[str, Model | None]) -> None:
    """Put rows that were read along in their places, as assigning them would, where the ids are known to be theirs."""
    row._state.fields_cache.update(others)


@dataclass(frozen=True, slots=True)
class Part:
    """One table of the statement: its alias there, its model, and the names of the fields wanted (all when empty)."""

    alias: str
    model: type[Model]
    fields: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


Row = tuple[list[Any], list[Any]]
"""The extra values, and one instance for each part (None for an outer join without a row)."""


class JoinedSelect:
    """SELECT the columns of some parts, with a tail (FROM …) given by the caller."""

    def __init__(self, parts: Sequence[Part], tail: str, *, extra: Sequence[str] = ()) -> None:
        self._parts = []
        columns = list(extra)
        self._extra = len(columns)
        for part in parts:
            fields = [field for field in part.model._meta.concrete_fields if _is_wanted(field, part)]
            columns += [_column(part.alias, field) for field in fields]
            readers = [
                (at, _json if _is_json(field) else field.from_db_value)
                for at, field in enumerate(fields)
                if hasattr(field, "from_db_value")
            ]
            self._parts.append((part.model, [field.attname for field in fields], readers))
        self._statement = Statement(f"SELECT {', '.join(columns)} {tail}")

    def first(self, parameters: Sequence[Any]) -> Row | None:
        """Return the first row, or None."""
        row = self._statement.first(parameters)
        return None if row is None else self._read(row, {})

    def all(self, parameters: Sequence[Any]) -> list[Row]:
        """Return all rows; what several of them join to is one instance."""
        known: dict[tuple[int, Any], Model] = {}
        return [self._read(row, known) for row in self._statement.rows(parameters)]

    def _read(self, row: tuple[Any, ...], known: dict[tuple[int, Any], Model]) -> Row:
        instances: list[Any] = []
        start = self._extra
        for model, names, readers in self._parts:
            at, start = start, start + len(names)
            key = row[at]  # the primary key comes first
            instance = None if key is None else known.get((at, key))
            if instance is None and key is not None:
                values = list(row[at:start])
                for place, read in readers:
                    values[place] = read(values[place], None, connection)
                instance = known[at, key] = _stored(model, names, values)
            instances.append(instance)
        return list(row[: self._extra]), instances


def rows_at_hand(row: Model, relation: str) -> Iterable[Any]:
    """What `row.relation.all()` says, without a manager where the rows were prefetched.

    Each manager that Django makes counts up a number on a class above all managers, and Python forgets what it knew of
    the attributes of every one of them.
    """
    found: Iterable[Any] | None = row.__dict__.get("_prefetched_objects_cache", {}).get(relation)
    return getattr(row, relation).all() if found is None else found


def _column(alias: str, field: Any) -> str:
    """A field as it is selected; JSON as text, which `_json` reads."""
    column = f'{alias}."{field.column}"'
    if _is_json(field):
        return f"{column}::text"
    return column


def _is_json(field: Any) -> bool:
    return isinstance(field, JSONField)


def _json(text: str | None, _expression: Any, _connection: Any) -> Any:
    """Read a JSON column; nearly all of them are empty, and need no reader."""
    return None if text is None else {} if text == "{}" else json.loads(text)


def _is_wanted(field: Any, part: Part) -> bool:
    if field.primary_key:
        return True
    return (not part.fields or field.name in part.fields) and field.name not in part.without
