"""Writing many rows at once where building them through SQL literals costs more than everything else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import JSONField, Model
from django.utils import timezone


@dataclass(frozen=True, slots=True)
class Encoded:
    """A value of a JSON column that is JSON text already."""

    text: str


def next_keys(model: type[Model], count: int) -> list[int]:
    """Keys for rows that are to come, so that others can refer to them before they are written."""
    meta = model._meta
    key = next(str(field.column) for field in meta.concrete_fields if field.primary_key)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [meta.db_table, key, count]
        )
        return [row[0] for row in cursor.fetchall()]


def copy_in(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert new rows by COPY, each a mapping of columns (``version_id``) to values, without an object for each.

    What a row leaves out has the default of its field, a moment of creation is now. The caller vouches for the types;
    constraints hold as ever, the keys are not read back.
    """
    if not rows:
        return
    meta = model._meta
    fields = [field for field in meta.concrete_fields if not field.primary_key or field.attname in rows[0]]
    names = [field.attname for field in fields]
    defaults = [field.get_default() for field in fields]
    texts = [at for at, field in enumerate(fields) if isinstance(field, JSONField)]
    made = [at for at, field in enumerate(fields) if getattr(field, "auto_now_add", False)]
    now = timezone.now()
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quote(meta.db_table)} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            values = [row.get(name, default) for name, default in zip(names, defaults, strict=True)]
            for at in texts:
                values[at] = _json(values[at])
            for at in made:
                values[at] = now
            copy.write_row(values)


def _json(value: Any) -> str | None:
    if value is None:
        return None
    return value.text if isinstance(value, Encoded) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def update_each(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Update columns of rows that are there, each row by its key: one prepared statement, sent for all of them."""
    if not rows:
        return
    meta = rows[0]._meta
    by_name = {field.name: field for field in meta.concrete_fields}
    fields = [by_name[name] for name in names]
    quote = connection.ops.quote_name
    columns = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)
    key = next(str(field.column) for field in meta.concrete_fields if field.primary_key)
    values = [
        [*(field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields), row.pk] for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {quote(meta.db_table)} SET {columns} WHERE {quote(key)} = %s",  # noqa: S608 - names of our own tables
            values,
        )
