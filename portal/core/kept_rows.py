"""All rows of a small table, as a process of the server knows them for a while: they change seldom, every page asks."""

import time
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from django.conf import settings

Row = TypeVar("Row")


class KeptRows(Generic[Row]):
    """Rows that are read once in CALENDAR_KEPT_SECONDS; how old they may be is asked when they are, not when read."""

    def __init__(self, read: Callable[[], Iterable[Row]]) -> None:
        self._read = read
        # rows and their time as one: another thread never finds the old ones beside the new time
        self._known: tuple[float, list[Row]] = (float("-inf"), [])

    def all(self) -> list[Row]:
        """The rows, read anew where they are too old."""
        read_at, rows = self._known
        if time.monotonic() - read_at >= settings.CALENDAR_KEPT_SECONDS:
            read_at = time.monotonic()
            rows = list(self._read())
            self._known = read_at, rows
        return rows

    def forget(self) -> None:
        """What this process of the server knows is out of date."""
        self._known = float("-inf"), []
