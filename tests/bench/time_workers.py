"""Issue the same number of results by one worker and by two: `python -m tests.bench.time_workers PAPERS ROUNDS`.

Inside a throw-away portal. Each worker is a process that has drawn and signed before, as Celery's are; what is timed is
the wall, since two workers use as much processor time as one. Prints the seconds of each round as JSON.
"""

import json
import sys
import time
from multiprocessing import get_context
from typing import Any

import django

WORKERS = (1, 2)


def main(papers: int, rounds: int) -> None:
    """Alternate the two and print their seconds."""
    from django.db import connections

    from tests import factories

    owner = factories.make_citizen().pk
    connections.close_all()  # each worker opens its own
    timed: dict[str, list[float]] = {str(workers): [] for workers in WORKERS}
    for number in range(rounds):
        for workers in WORKERS:
            timed[str(workers)].append(_seconds(owner, f"workers-{number}-{workers}", workers, papers))
    print(json.dumps(timed))


def _seconds(owner: int, name: str, workers: int, papers: int) -> float:
    """How long so many workers take for all papers, each its share."""
    context: Any = get_context("fork")
    ready, done = context.Barrier(workers + 1), context.SimpleQueue()
    shares = [range(worker, papers, workers) for worker in range(workers)]
    processes = [context.Process(target=_work, args=(owner, name, share, ready, done)) for share in shares]
    for process in processes:
        process.start()
    ready.wait(timeout=300)
    started = time.perf_counter()
    problems = [problem for _process in processes if (problem := done.get())]
    elapsed = time.perf_counter() - started
    for process in processes:
        process.join()
    if problems:
        raise RuntimeError(problems[0])
    return elapsed


def _work(owner: int, name: str, share: range, ready: Any, done: Any) -> None:
    from datastore.results import service
    from portal.accounts.models import User
    from tests.bench.time_results import _content

    problem = ""
    try:
        user = User.objects.get(pk=owner)
        service.issue(owner=user, reference=f"{name}-warm-{share.start}", result=_content(90_000 + share.start))
        ready.wait(timeout=300)
        for number in share:
            service.issue(owner=user, reference=f"{name}-{number}", result=_content(number))
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"
        ready.abort()
    done.put(problem)


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]), int(sys.argv[2]))
