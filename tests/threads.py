"""Work in a thread of its own: where a browser's loop runs, Django lets nobody ask the database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection


def in_a_thread(work: Callable[..., Any], *arguments: Any, **facts: Any) -> Any:
    def run() -> Any:
        try:
            return work(*arguments, **facts)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()
