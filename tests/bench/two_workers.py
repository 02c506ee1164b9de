"""The same number of results by one Celery worker and by two: real workers, real rows, real bells, timed by the wall.

Both run and have drawn and signed before; in a round for one, the other takes nothing off the broker. A wall says
something on a quiet machine of two cores only: two workers use as much processor time as one. Who measures does
nothing in between but look twice a second whether all is done; when it was, the rows say. A round begins when what
the one before set off, as notices to applicants, is through.

Workers of one thread tell whether issuing scales: whether two of them ever wait for one another. A worker of four, as
the portal runs them, has more than a core of its own already (the database's part, and what packs and signs without
Python's lock), so that two of those have less than twice as much to share.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime

import psycopg
from celery import Celery

from tests.bench.serving import median
from tests.faults.inside import run_inside
from tests.stack import Child, Stack

from _runtime import portal_processes  # isort: skip - tests.stack puts bin/ on the path

TASK, QUEUE = "dossiers.issue_results", "celery"
NAMES = ("bench-one@portal", "bench-two@portal")
RINGS = 8
"""As many bells as both have threads, so that nobody waits for the sweep."""
WARMING = 4
"""Results that each worker makes before it is timed."""
PATIENCE_SECONDS = 240
LOOK_EVERY_SECONDS = 0.5


def seconds(stack: Stack, papers: int, rounds: int, *, threads: Sequence[int]) -> list[dict[int, float]]:
    """The median seconds that `papers` results take, by the number of workers, for workers of so many threads each."""
    needed = len(threads) * (2 * rounds * papers + len(NAMES) * WARMING)
    issues: list[int] = run_inside(stack, "tests.bench.seed_results", str(needed))
    stack.valkey.flush()  # what the seed rang
    return [_of_workers(stack, issues, papers, rounds, number) for number in threads]


def _of_workers(stack: Stack, issues: list[int], papers: int, rounds: int, threads: int) -> dict[int, float]:
    """Of one and of two workers in alternating rounds; takes what it makes off the issues."""
    workers = [_worker(stack, name, threads) for name in NAMES]
    broker = Celery(broker=stack.environment["CELERY_BROKER_URL"])
    with psycopg.connect(stack.environment["DATABASE_URL"], autocommit=True) as database:
        stack.start(*workers)
        try:
            _wait_for(broker)
            for name in NAMES:  # each draws by itself once: fonts, keys and libraries are loaded
                _serve(broker, [name])
                _issue(database, broker, [issues.pop() for _number in range(WARMING)])
            timed: dict[int, list[float]] = {1: [], 2: []}
            for _round in range(rounds):
                for count, took in timed.items():
                    _serve(broker, NAMES[:count])
                    took.append(_issue(database, broker, [issues.pop() for _number in range(papers)]))
        finally:
            for worker in workers:
                worker.stop()
            broker.close()
    return {count: median(took) for count, took in timed.items()}


def _worker(stack: Stack, name: str, threads: int) -> Child:
    child = portal_processes.worker(stack.environment, beat=False, threads=threads)
    child.command = [*child.command, "-n", name]
    child.name = name.partition("@")[0]
    child.log = child.log.with_name(f"{child.name}.log")
    return child


def _wait_for(broker: Celery) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(broker.control.ping(destination=list(NAMES), timeout=2)) < len(NAMES):
        if time.monotonic() > deadline:
            raise RuntimeError("the workers did not answer")


def _serve(broker: Celery, names: Sequence[str]) -> None:
    """Let just these take tasks off the broker."""
    for name in NAMES:
        change = broker.control.add_consumer if name in names else broker.control.cancel_consumer
        answer = change(QUEUE, destination=[name], reply=True, timeout=10)
        if not answer:
            raise RuntimeError(f"{name} did not answer")


def _issue(database: "psycopg.Connection[tuple[int, datetime]]", broker: Celery, issues: list[int]) -> float:
    """Make these due, ring, and return how many seconds after that the last one was done, by its row."""
    _wait_until_idle(broker)
    started = datetime.now(UTC)
    database.execute("UPDATE dossiers_resultissue SET next_try_at = now() WHERE id = ANY(%s)", [issues])
    for _ring in range(RINGS):
        broker.send_task(TASK, ignore_result=True)
    done = "SELECT count(*), max(done_at) FROM dossiers_resultissue WHERE id = ANY(%s) AND work_state = 'done'"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        time.sleep(LOOK_EVERY_SECONDS)
        row = database.execute(done, [issues]).fetchone()
        if row and row[0] == len(issues):
            return (row[1] - started).total_seconds()
        if time.monotonic() > deadline:
            raise RuntimeError(f"{row and row[0]} of {len(issues)} results were made")


def _wait_until_idle(broker: Celery) -> None:
    """Until no bell waits and no worker has one in hand."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while _waiting(broker) or any((broker.control.inspect(NAMES, timeout=2).active() or {"?": [0]}).values()):
        if time.monotonic() > deadline:
            raise RuntimeError("the workers do not come to rest")
        time.sleep(LOOK_EVERY_SECONDS)


def _waiting(broker: Celery) -> int:
    with broker.connection_for_read() as connection:
        return int(connection.default_channel.client.llen(QUEUE))
