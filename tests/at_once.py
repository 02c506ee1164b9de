"""Several things in the same moment, each in a thread with a database connection of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection, connections

Made = TypeVar("Made")
READY_SECONDS, DONE_SECONDS = 10, 60


def somebody_waits_for_us() -> bool:
    """Whether a connection waits for a lock of this thread's; other tests beside this one have waiters of their own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid)))")
        return bool(cursor.fetchone()[0])


def at_once(jobs: Sequence[Callable[[], Made]]) -> list[Made]:
    """Start all of these together and return what each made, in order; the first that failed is raised."""
    start = threading.Barrier(len(jobs))

    def run(job: Callable[[], Made]) -> Made:
        try:
            start.wait(READY_SECONDS)
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs, timeout=DONE_SECONDS))
