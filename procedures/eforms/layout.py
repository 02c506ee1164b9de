"""The pieces a page of a form is drawn from; templates/procedures/eform/ draws each kind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.forms.boundfield import BoundField


@dataclass(slots=True)
class Leaf:
    """A control with its label."""

    kind: ClassVar[str] = "leaf"
    field: BoundField


@dataclass(slots=True)
class Known:
    """Values that are shown and not typed: locked, computed, read from a database."""

    kind: ClassVar[str] = "known"
    rows: list[dict[str, str]]


@dataclass(slots=True)
class Part:
    """Controls that belong together: an address, a person."""

    kind: ClassVar[str] = "part"
    id: str
    legend: str
    help: str
    source: str
    items: list[Any]
    is_optional: bool = False
    same_key: str = ""
    """Of an address that another one fills by one press: its key, which the button sends, and the button's words."""
    same_words: str = ""


@dataclass(slots=True)
class RepeatRow:
    """One row of a repeat."""

    number: int
    items: list[Any]
    remove_value: str


@dataclass(slots=True)
class Repeat:
    """Rows with buttons to add and remove."""

    kind: ClassVar[str] = "repeat"
    count: BoundField
    key: str
    legend: str
    help: str
    source: str
    rows: list[RepeatRow]
    can_add: bool
    is_optional: bool = False


@dataclass(slots=True)
class When:
    """Pieces that are asked only under a condition on something else on the page.

    Without scripts the pieces stand under the words of the condition, open when it holds and closed when not.
    """

    kind: ClassVar[str] = "when"
    name: str
    """Tells it from the page's others, however the page is drawn again."""
    words: str
    condition: Mapping[str, Any]
    """Over names of controls."""
    live: Mapping[str, Any]
    """The condition as the page's script judges it (procedures.eforms.live)."""
    is_open: bool
    items: list[Any]

    @property
    def asked(self) -> str:
        """What is asked inside, by label: closed, nothing else would say it."""
        return labels_of(self.items)

    @property
    def condition_json(self) -> str:
        """The condition for static/js/eform.js."""
        return json.dumps(self.live, ensure_ascii=False, separators=(",", ":"))


@dataclass(slots=True)
class Section:
    """A group of the form."""

    key: str
    title: str
    items: list[Any] = field(default_factory=list)
    when: When | None = None

    @property
    def asked(self) -> str:
        """What is asked inside, by label."""
        return labels_of(self.items)


def labels_of(items: list[Any]) -> str:
    """The labels of controls, and the legends of those that belong together, with commas between them."""
    labels: list[str] = []
    for item in items:
        if isinstance(item, Leaf):
            labels.append(str(item.field.label))
        elif isinstance(item, Part | Repeat):
            labels.append(item.legend)
        elif isinstance(item, When):
            labels.append(item.asked)
    return ", ".join(filter(None, labels))


def gathered(items: list[Any]) -> list[Any]:
    """Neighbours put together: known values into one list, pieces under the same condition under one heading."""
    result: list[Any] = []
    for item in items:
        last = result[-1] if result else None
        if isinstance(item, Known) and isinstance(last, Known):
            last.rows.extend(item.rows)
        elif isinstance(item, When) and isinstance(last, When) and item.condition == last.condition:
            last.items.extend(item.items)
        else:
            result.append(item)
    for item in result:
        if isinstance(item, When):
            item.items = gathered(item.items)
    return result
