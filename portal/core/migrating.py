"""Migrations of tables with tens of millions of rows, while the previous release still reads and writes them.

An index that Django adds by itself locks the table against writing until it is built, and after an ADD COLUMN in the
same transaction against reading, too. A backfill in one statement holds every row that it touched until its end.
"""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connections, migrations, models
from django.db.migrations.operations.base import Operation

AT_A_TIME = 20_000
"""Keys to which one statement of a backfill is held."""


def index_beside_writes(model: str, index: models.Index) -> list[Operation]:
    """Build an index while the table is used; for a migration with `atomic = False`.

    What an attempt that broke off left behind, or an earlier form of the migration made, is built anew.
    """
    return [_without(index.name), AddIndexConcurrently(model, index)]


def unique_beside_writes(model: str, constraint: models.UniqueConstraint, build: str) -> list[Operation]:
    """The same for a unique constraint with a condition, which is an index to PostgreSQL.

    `build` is what follows the name in CREATE UNIQUE INDEX: table, columns and condition.
    """
    made = migrations.RunSQL(
        f'CREATE UNIQUE INDEX CONCURRENTLY "{constraint.name}" {build}',
        _drop(constraint.name),
        state_operations=[migrations.AddConstraint(model, constraint)],
    )
    return [_without(constraint.name), made]


def reference_without_index(model: str, name: str, field: models.ForeignKey[Any, Any]) -> Operation:
    """A new reference whose index comes beside the writes, by `index_of_reference` in a later migration."""
    bare: Any = field.clone()
    bare.db_index = False
    return migrations.SeparateDatabaseAndState(
        database_operations=[migrations.AddField(model, name, bare)],
        state_operations=[migrations.AddField(model, name, field)],
    )


def index_of_reference(table: str, column: str) -> list[Operation]:
    """The index of such a reference; `column` with its `_id`."""
    name = f"{table}_{column}_beside"
    return [
        _without(name),
        migrations.RunSQL(f'CREATE INDEX CONCURRENTLY "{name}" ON "{table}" ("{column}")', _drop(name)),
    ]


def without_index(table: str, index: str, column: str) -> Operation:
    """Drop an index whose work another one does, while the table is used; backwards it is built again likewise."""
    kind = " varchar_pattern_ops" if index.endswith("_like") else ""
    build = f'CREATE INDEX CONCURRENTLY "{index}" ON "{table}" ("{column}"{kind})'
    return migrations.RunSQL(_drop(index), [_drop(index), build])


def in_batches(sql: str, table: str, *, key: str = "id") -> migrations.RunPython:
    """A backfill by ranges of keys, each in a transaction of its own; `sql` names `%(low)s` and `%(high)s`.

    For a migration with `atomic = False`; the statement must be one that may run twice.
    """

    def fill(_apps: Any, schema_editor: Any) -> None:
        with connections[schema_editor.connection.alias].cursor() as cursor:
            cursor.execute(f"SELECT min({key}), max({key}) FROM {table}")  # noqa: S608 - names of our own
            first, last = cursor.fetchone()
            for low in range(first or 1, (last or 0) + 1, AT_A_TIME):
                cursor.execute(sql, {"low": low, "high": low + AT_A_TIME})

    return migrations.RunPython(fill, migrations.RunPython.noop)


def _without(name: str) -> Operation:
    return migrations.RunSQL(_drop(name), migrations.RunSQL.noop)


def _drop(name: str) -> str:
    return f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"'
