"""Joined rows by a statement that is composed once (portal.core.statements).

What comes back are ordinary instances, with the columns that were not asked for deferred.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import JSONField, Model

from portal.core.statements import Statement


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
            columns += [f'{part.alias}."{field.column}"' for field in fields]
            # JSON comes as values already
            readers = [
                (at, field.from_db_value)
                for at, field in enumerate(fields)
                if hasattr(field, "from_db_value") and not isinstance(field, JSONField)
            ]
            self._parts.append((part.model, [field.attname for field in fields], readers))
        self._statement = Statement(f"SELECT {', '.join(columns)} {tail}")

    def first(self, parameters: Sequence[Any]) -> Row | None:
        """Return the first row, or None."""
        row = self._statement.first(parameters)
        return None if row is None else self._read(row)

    def all(self, parameters: Sequence[Any]) -> list[Row]:
        """Return all rows."""
        return [self._read(row) for row in self._statement.rows(parameters)]

    def _read(self, row: tuple[Any, ...]) -> Row:
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
            instances.append(model.from_db(DEFAULT_DB_ALIAS, names, values))
        return list(row[: self._extra]), instances


def _is_wanted(field: Any, part: Part) -> bool:
    if field.primary_key:
        return True
    return (not part.fields or field.name in part.fields) and field.name not in part.without
