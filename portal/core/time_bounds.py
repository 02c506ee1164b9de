"""A bound on the work of a call that reads what strangers wrote: the thread is free again, whatever it was given.

It is counted in seconds of the processor that the thread itself had: on a slow or busy machine a good file is read as
well, only later.
"""

import contextlib
import ctypes
import gc
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

T = TypeVar("T")

AGAIN_SECONDS = 0.05
"""After this long a call that was stopped and still runs is stopped again."""
SHORTEST_WAIT_SECONDS = 0.0001
"""Between two looks at the thread's clock."""


class OvertimeError(Exception):
    """A call was stopped because it took more of the processor than it may."""


class _Stop(BaseException):
    """What is raised within the call: no library takes it for an error of its own and goes on."""


def bounded(call: Callable[[], T], *, seconds: float) -> T:
    """Return what a call returns; raise OvertimeError where it has used the processor for longer than some seconds.

    For calls in Python: they are stopped between two of its steps, one step into a library in C is waited for. The
    call must leave nothing half done that others see, since it may be stopped anywhere. Bounds do not nest. What it
    waits for is not counted: the other end of a wait has a bound of its own.
    """
    thread = threading.get_ident()
    clock = _clock_of(thread)
    may_use_until = time.clock_gettime(clock) + seconds
    running = threading.Lock()  # and no Event: what is raised within one of its methods leaves it locked
    running.acquire()
    stopper = threading.Thread(target=_stop, args=(thread, running, clock, may_use_until), daemon=True)
    with _without_collector():
        try:
            try:
                stopper.start()
                return call()
            finally:
                _end(thread, running, stopper)
        except _Stop:
            _end(thread, running, stopper)  # the first time it may have been stopped itself
            raise OvertimeError from None


def _clock_of(thread: int) -> int:
    """Of the thread's own time of the processor; on macOS, which has none for another thread, what passes."""
    return time.pthread_getcpuclockid(thread) if hasattr(time, "pthread_getcpuclockid") else time.CLOCK_MONOTONIC


def _stop(thread: int, running: threading.Lock, clock: int, may_use_until: float) -> None:
    """Stop a call until it has ended: what is raised within a finaliser is lost, and the call goes on.

    The processor is never used for longer than time passes, so that nothing is missed by waiting for what is left.
    """
    while not running.acquire(timeout=max(may_use_until - time.clock_gettime(clock), SHORTEST_WAIT_SECONDS)):
        if time.clock_gettime(clock) >= may_use_until:
            _raise_in(thread, _Stop)
            may_use_until = time.clock_gettime(clock) + AGAIN_SECONDS


def _end(thread: int, running: threading.Lock, stopper: threading.Thread) -> None:
    if running.locked():
        running.release()
    stopper.join()
    _raise_in(thread, None)  # fired at the last moment and not raised yet: the call was in time


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Switch the collector off until the last bounded call has ended.

    What is raised within its callbacks is lost, and a long pass is where it would be raised.
    """
    with _collector.lock:
        if not _collector.calls:
            _collector.was_on = gc.isenabled()
            gc.disable()
        _collector.calls += 1
    try:
        yield
    finally:
        with _collector.lock:
            _collector.calls -= 1
            if not _collector.calls and _collector.was_on:
                gc.enable()


class _Collector:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.calls = 0
        self.was_on = False


_collector = _Collector()


def _raise_in(thread: int, kind: type[BaseException] | None) -> None:
    raised = ctypes.py_object(kind) if kind else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)
