"""What a page or a call asks of the database: how often, and how the database means to find it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from portal.core.statements import Statement


def count_queries(client: Any, address: str) -> int:
    client.get(address)  # warms the session and the agency's calendar
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def plan_of(work: Callable[[], object], *words: str) -> str:
    """How the database reads the query with these words, where it may neither read the whole table nor sort."""
    with CaptureQueriesContext(connection) as found:
        work()
    (sql,) = (query["sql"] for query in found if all(word in query["sql"] for word in words))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(row[0] for row in cursor.fetchall())


def asked_by(run: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[str]]:
    """How many prepared statements this runs, and what else it asks of the database, BEGIN and COMMIT included."""
    prepared: list[Statement] = []
    others: list[str] = []
    execute = Statement._execute

    def counted(self: Statement, parameters: Any) -> Any:
        prepared.append(self)
        return execute(self, parameters)

    def seen(execute: Any, sql: Any, parameters: Any, many: bool, context: Any) -> Any:
        others.append(str(sql))
        return execute(sql, parameters, many, context)

    monkeypatch.setattr(Statement, "_execute", counted)
    monkeypatch.setattr(transaction.Atomic, "__enter__", lambda self: others.append("BEGIN"))
    monkeypatch.setattr(transaction.Atomic, "__exit__", lambda self, *error: None)
    with connection.execute_wrapper(seen):
        run()
    monkeypatch.undo()
    return len(prepared), others
