"""A call that takes longer than it may is stopped, wherever it is, and nothing of that reaches what comes after."""

import contextlib
import gc
import itertools
import sys
import threading
import time

import pytest

from portal.core.time_bounds import OvertimeError, bounded

LONG = 600.0


def endless() -> None:
    for _turn in itertools.count():
        try:
            len(str(_turn))
        except Exception:  # noqa: S112  as a library does that reads on after any error
            continue


def test_what_a_call_returns_and_raises_comes_through():
    assert bounded(lambda: 7, seconds=LONG) == 7
    with pytest.raises(ZeroDivisionError):
        bounded(lambda: 1 // 0, seconds=LONG)


def test_an_endless_call_is_stopped_again_and_again():
    for _turn in range(3):
        with pytest.raises(OvertimeError):
            bounded(endless, seconds=0.01)


def test_what_a_call_waits_for_and_what_others_take_of_the_processor_is_not_counted():
    may_end = threading.Event()
    busy = threading.Thread(target=lambda: [len(str(turn)) for turn in iter(may_end.is_set, True)])
    busy.start()
    try:
        assert bounded(lambda: time.sleep(0.3) or "read", seconds=0.1) == "read"
    finally:
        may_end.set()
        busy.join()


def test_a_bound_that_ends_with_the_call_raises_nothing_later():
    for turn in range(300):
        with contextlib.suppress(OvertimeError):
            bounded(lambda: sum(range(200)), seconds=0.0001)
        assert sum(range(500)) == 124_750, turn


class Swallowing:
    """Its finaliser is busy until it is stopped, and what stops it is lost."""

    def __del__(self) -> None:
        endless()


def test_a_stop_that_a_finaliser_swallowed_comes_again(monkeypatch):
    lost = []
    monkeypatch.setattr(sys, "unraisablehook", lambda told: lost.append(told.exc_type))

    def going_on() -> None:
        Swallowing()
        end = time.monotonic() + 30
        while time.monotonic() < end:  # endless where nothing is wrong
            len(str(end))

    with pytest.raises(OvertimeError):
        bounded(going_on, seconds=0.01)
    assert len(lost) == 1


def test_the_collector_stays_off_while_any_call_is_bounded():
    began, may_end = threading.Event(), threading.Event()

    def held() -> None:
        began.set()
        assert may_end.wait(LONG)

    other = threading.Thread(target=bounded, args=(held,), kwargs={"seconds": LONG})

    def overlapping() -> None:
        other.start()
        assert began.wait(LONG)

    assert gc.isenabled()
    try:
        bounded(overlapping, seconds=LONG)
        assert not gc.isenabled()
    finally:
        may_end.set()
        other.join()
    assert gc.isenabled()
