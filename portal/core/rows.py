"""Joined rows by a statement that is composed once.

The ORM composes a SELECT anew at every call, and for wide joined rows that takes several times longer than the database
needs to answer. Where each push of a partner or each call of a machine runs one, it is written out; what comes back
are ordinary instances, with the columns that were not asked for deferred.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model


@dataclass(frozen=True, slots=True)
class Part:
    """One table of the statement: its alias there, its model, and the names of the fields wanted (all when empty)."""

    alias: str
    model: type[Model]
    fields: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


class JoinedSelect:
    """SELECT the columns of some parts, with a tail (FROM …) given by the caller."""

    def __init__(self, parts: Sequence[Part], tail: str, *, extra: Sequence[str] = ()) -> None:
        self._parts = []
        columns = list(extra)
        self._extra = len(columns)
        for part in parts:
            fields = [field for field in part.model._meta.concrete_fields if _is_wanted(field, part)]
            columns += [f'{part.alias}."{field.column}"' for field in fields]
            readers = [(at, field.from_db_value) for at, field in enumerate(fields) if hasattr(field, "from_db_value")]
            self._parts.append((part.model, [field.attname for field in fields], readers))
        self._sql = f"SELECT {', '.join(columns)} {tail}"

    def first(self, parameters: Sequence[Any]) -> tuple[list[Any], list[Any]] | None:
        """Return the extra values and one instance for each part (None for an outer join without a row), or None."""
        with connection.cursor() as cursor:
            cursor.execute(self._sql, parameters)
            row = cursor.fetchone()
        if row is None:
            return None
        instances: list[Any] = []
        start = self._extra
        for model, names, readers in self._parts:
            values = list(row[start : start + len(names)])
            start += len(names)
            if values[0] is None:  # the primary key comes first
                instances.append(None)
                continue
            for at, read in readers:
                values[at] = read(values[at], None, connection)
            instances.append(model.from_db(connection.alias, names, values))
        return list(row[: self._extra]), instances


def _is_wanted(field: Any, part: Part) -> bool:
    if field.primary_key:
        return True
    return (not part.fields or field.name in part.fields) and field.name not in part.without
