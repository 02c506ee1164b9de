"""Rows as the JSON texts in which they travel to a prepared statement, and the SQL that reads them (docs/adr/0013).

Rows of one table travel as one text beside what they have in common, so the statement is the same for one row and for
five hundred. What is written is exactly what `Model.save` would write.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime, time
from functools import cache, lru_cache
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
    """What writes the rows of a part, given as `texts_of` makes them: two JSON texts."""
    kind, model, names, ignore_conflicts = part
    fields = [_field(model, name) for name in names]
    table, key = model._meta.db_table, _field(model, "pk")
    typed = fields if kind == "insert" else [key, *fields]
    given = ", ".join(f"{_short(number)} {field.db_type(connection)}" for number, field in enumerate(typed))
    source = f"json_to_recordset(%s::json) AS each({given}), json_to_record(%s::json) AS common({given})"
    told = [f"COALESCE(each.{_short(number)}, common.{_short(number)})" for number in range(len(typed))]
    if kind == "insert":
        columns = ", ".join(f'"{field.column}"' for field in fields)
        ending = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
        return f'INSERT INTO "{table}" ({columns}) SELECT {", ".join(told)} FROM {source}{ending}'  # noqa: S608 - our own names
    settings = ", ".join(f'"{field.column}" = {value}' for field, value in zip(fields, told[1:], strict=True))
    return (
        f'UPDATE "{table}" AS target SET {settings} FROM {source}'  # noqa: S608 - our own names
        f' WHERE target."{key.column}" = each.{_short(0)}'
    )


def texts_of(part: Part, rows: Sequence[Model]) -> list[str]:
    """The rows of a part as they travel: what each says, and what all of several say; what is NULL is left out.

    Of hundreds of events most columns are the same: said once, they are neither written nor read hundreds of times. The
    names of columns are numbers for the same reason. Raises TypeError for what JSON does not carry.
    """
    each: list[dict[str, Any]] = [{} for _row in rows]
    common: dict[str, Any] = {}
    first = 0
    if part.kind == "update":
        first, key = 1, _short(0)
        for values, row in zip(each, rows, strict=True):
            values[key] = row.pk
    for number, (_column, attribute, natural, field) in enumerate(_prepared(part.model, part.names), first):
        told = _column_of(rows, attribute, natural, field, is_new=part.kind == "insert")
        name, sample = _short(number), told[0]
        # of JSON only what is empty: of other values 1 equals true, and is written in another way
        is_comparable = sample is None or (sample == {} if natural is object else isinstance(sample, str | int))
        if len(told) > 1 and is_comparable and told.count(sample) == len(told):
            if sample is not None:
                common[name] = sample
            continue
        for values, value in zip(each, told, strict=True):
            if value is not None:
                values[name] = value
    return [_ENCODER.encode(each), _ENCODER.encode(common)]


def _column_of(rows: Sequence[Model], attribute: str, natural: Any, field: Any, *, is_new: bool) -> list[Any]:
    """One column of all rows as JSON carries it."""
    if natural is None:
        return [_asked(field, row, is_new=is_new) for row in rows]
    try:
        values = [row.__dict__[attribute] for row in rows]
    except KeyError:  # a column that was not read is not in the row's own values, and is fetched
        values = [getattr(row, attribute) for row in rows]
    if natural is object:
        return values
    if natural is str:
        return [
            value if value is None or isinstance(value, str) else _asked(field, row, is_new=is_new)
            for value, row in zip(values, rows, strict=True)
        ]
    if natural is datetime:
        return [
            value
            if value is None
            else value.isoformat()  # the encoder would come back to ask for each of them
            if type(value) is datetime and value.tzinfo is not None
            else _asked(field, row, is_new=is_new)
            for value, row in zip(values, rows, strict=True)
        ]
    return [
        value if value is None or type(value) is natural else _asked(field, row, is_new=is_new)
        for value, row in zip(values, rows, strict=True)
    ]


@cache
def _short(number: int) -> str:
    return f"c{number}"


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
    told = row.__dict__
    texts: list[str | None] = []
    for _column, attribute, natural, field in _prepared(type(row), names):
        value: Any = told.get(attribute)
        if natural is str and isinstance(value, str):  # nearly all of them; one of a choice says its value
            texts.append(value if type(value) is str else str(value))
        elif value is None and natural is not None and attribute in told:
            texts.append(None)
        elif natural is datetime and type(value) is datetime and value.tzinfo is not None:
            texts.append(value.isoformat())
        elif type(value) is natural and natural in _WRITTEN_PLAINLY:
            texts.append(str(value))
        elif natural is object and value is not None:
            texts.append(_ENCODER.encode(value))
        else:
            texts.append(_text(_column_of([row], attribute, natural, field, is_new=is_new)[0], field))
    return texts


@lru_cache(maxsize=200)
def names_of(model: type[Model], *, with_id: bool) -> Names:
    """The fields of a new row, its id among them where it brings one."""
    return tuple(field.name for field in model._meta.concrete_fields if with_id or not field.primary_key)


@lru_cache(maxsize=1000)
def _field(model: type[Model], name: str) -> Any:
    return model._meta.pk if name == "pk" else model._meta.get_field(name)


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


_WRITTEN_PLAINLY = frozenset({int, bool, UUID})
"""Types, beside texts, whose text is what PostgreSQL reads, where it is the one natural to its field."""


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


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} does not travel in a gathered write")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)
