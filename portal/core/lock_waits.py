"""How long a statement waits for a row that somebody else holds (lock_timeout), and how its error is told from others.

A statement waits within the driver, where no signal reaches it: without a limit a request that waits for a row keeps
its thread for as long as the other one takes, and hears no call to end. Web and worker say at their start how long they
wait; migrations and commands wait as long as it takes. Behind a pooler the connections are its own, and so is the limit
(docs/deployment.md).
"""

import psycopg
from django.db import OperationalError

RETRY_AFTER_SECONDS = 2
"""When to try again what found its row held."""
_HELD = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)

_milliseconds: int | None = None


def limit(seconds: float | None) -> None:
    """Let connections that this process opens from now on wait so long for a row; None: as long as it takes."""
    global _milliseconds
    _milliseconds = None if seconds is None else round(1000 * seconds)


def seconds() -> float | None:
    """How long connections of this process wait for a row; None without a limit."""
    return None if _milliseconds is None else _milliseconds / 1000


def with_option(options: str) -> str:
    """The `options` of a new connection with the limit of this process."""
    return options if _milliseconds is None else f"{options} -c lock_timeout={_milliseconds}".strip()


def is_database_away(error: BaseException) -> bool:
    """Whether the database itself did not answer, so that what comes next would not be answered either."""
    return isinstance(error, OperationalError) and not is_row_held(error)


def is_row_held(error: BaseException | None) -> bool:
    """Whether Django's error says that somebody else held a row too long, or wanted ours; the database is well."""
    return error is not None and isinstance(error.__cause__, _HELD)
