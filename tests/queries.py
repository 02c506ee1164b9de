"""What a page asks of the database: how often, and how the database means to find it."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


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
