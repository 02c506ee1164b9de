"""Lanes: work with partners' servers runs side by side, one thread at most for each kind of work and partner.

A task starts the lanes and waits for them a few seconds; one that is slow goes on by itself and holds up nobody. With
DELIVERY_THREADS = 0 everything happens in the calling thread.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache
from threading import Lock

import structlog
from django.conf import settings
from django.db import connections

log = structlog.get_logger(__name__)

PULL, RECONCILE = "pull", "reconcile"
"""Kinds of work that ask systems and wait for their answers."""

Serve = Callable[[int], bool]
"""Does a turn of work for a partner, by its id; returns whether more is waiting."""


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=settings.DELIVERY_THREADS, thread_name_prefix="lane")


@cache
def _pulling_pool() -> ThreadPoolExecutor:
    """Of their own: systems that answer our questions slowly must not take the threads that messages go out by."""
    return ThreadPoolExecutor(max_workers=settings.PULL_THREADS, thread_name_prefix="pull")


def _pool_of(kind: str) -> ThreadPoolExecutor:
    return _pulling_pool() if kind in {PULL, RECONCILE} else _pool()


_running: dict[tuple[str, int], Future[None]] = {}
_guard = Lock()


def run(kind: str, client_ids: Iterable[int], serve: Serve) -> None:
    """Give every partner its turns until nothing is left, or until the wait is over."""
    if not settings.DELIVERY_THREADS:
        turns = list(client_ids)
        while turns:
            turns = [client_id for client_id in turns if serve(client_id)]
        return
    with _guard:
        started = [_start(kind, client_id, serve) for client_id in client_ids]
    wait(started, timeout=settings.SWEEP_SECONDS)


def _start(kind: str, client_id: int, serve: Serve) -> Future[None]:
    running = _running.get((kind, client_id))
    if running is None or running.done():
        running = _running[kind, client_id] = _pool_of(kind).submit(_turn, kind, client_id, serve)
    return running


def _turn(kind: str, client_id: int, serve: Serve) -> None:
    is_unfinished = False
    try:
        is_unfinished = serve(client_id)
    except Exception:
        log.exception("lane.failed", kind=kind, client_id=client_id)
    finally:
        connections.close_all()
    if is_unfinished:  # to the back of the queue, so that partners with much to do take turns
        with _guard:
            _running[kind, client_id] = _pool_of(kind).submit(_turn, kind, client_id, serve)
