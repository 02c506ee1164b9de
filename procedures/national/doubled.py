"""Objects that have a key twice: JSON keeps the last one, and what stood before it would be lost without a word."""

from __future__ import annotations

from collections import Counter
from typing import Any


class Doubled(dict[str, Any]):
    """One of them, as it is read: the last value of each key."""

    keys_twice: tuple[str, ...] = ()


def as_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object from its keys and values, for ``json.loads``."""
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    doubled = Doubled(made)
    doubled.keys_twice = tuple(name for name, number in Counter(name for name, _value in pairs).items() if number > 1)
    return doubled
