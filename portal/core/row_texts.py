"""Rows as the JSON text in which they travel to a prepared statement, and the SQL that reads it (docs/adr/0013).

Rows of one table travel as one text, so the statement is the same for one row and for five hundred. What is written is
exactly what `Model.save` would write.
"""

import json
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, models
from django.db.models import Field, JSONField, Model

Names = tuple[str, ...]


class Part(NamedTuple):
    """One table's share of a statement."""

    kind: str
    """"insert" or "update"."""
    model: type[Model]
    names: Names
    """Its columns, by the names of their fields."""
    ignores_conflicts: bool = False


def sql_of(part: Part) -> str:
    """What writes the rows of a part, given as one JSON text."""
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


def sql_of_insert(part: Part, *, rows: int, condition: str) -> str:
    """What inserts so many rows where a condition holds, a parameter for each value: for few, that is quicker read."""
    fields = [_field(part.model, name) for name in part.names]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    given = ", ".join(f"({', '.join(map(_parameter, fields))})" for _row in range(rows))
    ending = " ON CONFLICT DO NOTHING" if part.ignores_conflicts else ""
    table = part.model._meta.db_table
    return f'INSERT INTO "{table}" ({columns}) SELECT * FROM (VALUES {given}) AS given WHERE {condition}{ending}'  # noqa: S608 - our own names


def sql_of_update(model: type[Model], names: Names, *, condition: str) -> str:
    """What changes the row of an id, which comes after the values, where a condition holds of it (`target`)."""
    fields, key = [_field(model, name) for name in names], _field(model, "pk")
    settings = ", ".join(f'"{field.column}" = {_parameter(field)}' for field in fields)
    table = model._meta.db_table
    return f'UPDATE "{table}" AS target SET {settings} WHERE target."{key.column}" = {_parameter(key)} AND {condition}'  # noqa: S608 - our own names


def _parameter(field: Any) -> str:
    """A parameter of the field's type; without its length, which a cast would cut to and an assignment checks."""
    return f"%s::{field.db_type(connection).partition('(')[0]}"


def parameters_of(row: Model, names: Names, *, is_new: bool) -> list[str | None]:
    """The values of these fields as text, which PostgreSQL reads by the type of each parameter."""
    told, texts = row.__dict__, []
    for name, (column, attribute, natural, field) in zip(names, _prepared(type(row), names), strict=True):
        value: Any = told.get(attribute)
        kind = type(value)
        if kind is natural and kind in _WRITTEN_PLAINLY:
            texts.append(value if kind is str else str(value))
        elif kind is natural is datetime and value.tzinfo is not None:
            texts.append(value.isoformat())
        elif value is None and natural is not None and attribute in told:
            texts.append(None)
        else:
            texts.append(_text(values_of(row, (name,), is_new=is_new)[column], field))
    return texts


@lru_cache(maxsize=200)
def names_of(model: type[Model], *, with_id: bool) -> Names:
    """The fields of a new row, its id among them where it brings one."""
    return tuple(field.name for field in model._meta.concrete_fields if with_id or not field.primary_key)


@lru_cache(maxsize=1000)
def _field(model: type[Model], name: str) -> Any:
    return model._meta.pk if name == "pk" else model._meta.get_field(name)


def values_of(row: Model, names: Names, *, is_new: bool) -> dict[str, Any]:
    """A row by its columns as `Model.save` would write it; of one that is there its id beside them."""
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
    if type(value) is datetime and type(field) is models.DateTimeField and value.tzinfo is not None:
        return value.isoformat()
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


_WRITTEN_PLAINLY = frozenset({str, int, bool, UUID})
"""Types whose text is what PostgreSQL reads, where it is the one natural to its field."""


@lru_cache(maxsize=500)
def _prepared(model: type[Model], names: Names) -> tuple[tuple[str, str, Any, Any], ...]:
    """For each field its column, its attribute, the type that needs no preparing if there is one, and itself."""
    fields = [_field(model, name) for name in names]
    return tuple((field.column, field.attname, _natural(field), field) for field in fields)


def _text(value: Any, field: Any) -> str | None:
    if value is None:
        return None
    if isinstance(field, JSONField):
        return _ENCODER.encode(value)
    return str(value) if isinstance(value, str | int) else _plain(value)


def _natural(field: Any) -> type | None:
    for kind, natural in _NATURAL:
        is_plain = type(field).get_prep_value is kind.get_prep_value and type(field).pre_save is kind.pre_save
        sets_itself = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
        if isinstance(field, kind) and is_plain and not sets_itself:
            return natural
    return None


def as_json(rows: list[dict[str, Any]]) -> str:
    """The rows of a part as they travel; raises TypeError for what JSON does not carry."""
    return _ENCODER.encode(rows)


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} does not travel in a gathered write")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)
