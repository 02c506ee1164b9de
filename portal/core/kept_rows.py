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
        self._rows: list[Row] = []
        self._read_at = float("-inf")

    def all(self) -> list[Row]:
        """The rows, read anew where they are too old."""
        if time.monotonic() - self._read_at >= settings.CALENDAR_KEPT_SECONDS:
            self._read_at, self._rows = time.monotonic(), list(self._read())
        return self._rows

    def forget(self) -> None:
        """What this process of the server knows is out of date."""
        self._read_at = float("-inf")
