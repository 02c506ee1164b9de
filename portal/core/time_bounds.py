"""A bound on the time of a call that reads what strangers wrote: the thread is free again, whatever it was given."""

import ctypes
import gc
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class OvertimeError(Exception):
    """A call was stopped because it took longer than it may."""


class _Stop(BaseException):
    """What is raised within the call: no library takes it for an error of its own and goes on."""


def bounded(call: Callable[[], T], *, seconds: float) -> T:
    """Return what a call returns; raise OvertimeError where it runs longer than some seconds.

    For calls in Python: they are stopped between two of its steps, one step into a library in C is waited for. The
    call must leave nothing half done that others see, since it may be stopped anywhere. Bounds do not nest.
    """
    thread = threading.get_ident()
    timer = threading.Timer(seconds, _raise_in, [thread, _Stop])
    timer.daemon = True
    is_collecting = gc.isenabled()
    gc.disable()  # what is raised within the collector's callbacks is lost, and a long pass is where it would be raised
    try:
        try:
            timer.start()
            return call()
        finally:
            timer.cancel()
            timer.join()
            _raise_in(thread, None)  # fired at the last moment and not raised yet: the call was in time
    except _Stop:
        timer.join()
        raise OvertimeError from None
    finally:
        if is_collecting:
            gc.enable()


def _raise_in(thread: int, kind: type[BaseException] | None) -> None:
    raised = ctypes.py_object(kind) if kind else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)
