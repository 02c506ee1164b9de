"""Words on the terminal, and the one error that ends a command with a sentence (before the venv)."""

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_BEGUN = "PORTAL_RUN_BEGUN"  # bin/run replaces itself on the way; the time it began goes with it
SIGN_OF_LIFE_SECONDS = 20.0
"""A step that is silent for longer looks as if it hung."""


class SetupError(Exception):
    """Something is missing or wrong; the text says what, and which command mends it."""


def say(text: str) -> None:
    """Print one line of progress."""
    print(f"  {text}", flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Announce a step that takes a while, say now and then that it goes on, and how long it took."""
    begun, is_over = time.monotonic(), threading.Event()
    print(f"  {text} …", flush=True)

    def still_at_it() -> None:
        while not is_over.wait(SIGN_OF_LIFE_SECONDS):
            print(f"    {time.monotonic() - begun:.0f} s, still at it …", flush=True)

    threading.Thread(target=still_at_it, daemon=True).start()
    try:
        yield
    finally:
        is_over.set()
    print(f"    {time.monotonic() - begun:.1f} s", flush=True)


def warn(text: str) -> None:
    """Print a line that must be seen even where standard output goes to a file."""
    print(f"  ! {text}", file=sys.stderr, flush=True)


def begin() -> None:
    """Note when the command that somebody typed began, unless an earlier half of it did so."""
    os.environ.setdefault(_BEGUN, str(time.time()))


def elapsed_seconds() -> float:
    """Return the seconds since the command was typed; wall clock, as it passes through several processes."""
    return max(0.0, time.time() - float(os.environ.get(_BEGUN) or time.time()))


def is_root() -> bool:
    """Return whether this process may install system packages and must not run PostgreSQL itself."""
    return os.geteuid() == 0
