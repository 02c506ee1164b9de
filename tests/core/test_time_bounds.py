"""A call that takes longer than it may is stopped, wherever it is, and nothing of that reaches what comes after."""

import contextlib
import itertools

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


def test_a_bound_that_ends_with_the_call_raises_nothing_later():
    for turn in range(300):
        with contextlib.suppress(OvertimeError):
            bounded(lambda: sum(range(200)), seconds=0.0001)
        assert sum(range(500)) == 124_750, turn
