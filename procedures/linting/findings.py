"""What a rule looks at, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import Any

from procedures.eforms.definition import Field, Form, Group, Page, both


class Severity(IntEnum):
    """How bad it is; an error or a warning fails the run, a note does not."""

    NOTE = 1
    WARNING = 2
    ERROR = 3

    @property
    def word(self) -> str:
        """The word in tables and for machines: note, warning, error."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found, at a place of the pack."""

    code: str
    rule: str
    severity: Severity
    place: str
    message: str
    waived: str = ""
    """The reason of the pack's own waiver; then it fails nothing."""


Condition = Mapping[str, Any]


@dataclass(frozen=True)
class Placed:
    """A top-level field where it stands."""

    field: Field
    page: Page
    group: Group

    @property
    def condition(self) -> Condition | None:
        """When it is asked: its group's condition and its own."""
        return both(self.group.visible_if, self.field.visible_if)

    @property
    def place(self) -> str:
        """``form.page.group.field``."""
        return f"form.{self.page.key}.{self.group.key}.{self.field.key}"


@dataclass(frozen=True)
class Subject:
    """A procedure to look over: the pack, and its form when it has one of its own."""

    data: Mapping[str, Any]
    form: Form | None
    results_in_store: Mapping[str, str] = field(default_factory=dict)
    """Names of papers that some procedure issues into the store, with their document type."""

    @property
    def code(self) -> str:
        """The code of the procedure."""
        return str(self.data.get("code", "?"))

    @cached_property
    def fields(self) -> dict[str, Placed]:
        """Top-level fields by key, in order."""
        return {placed.field.key: placed for placed in self._placed()}

    def _placed(self) -> Iterator[Placed]:
        for page in self.form.pages if self.form else ():
            for group in page.groups:
                for each in group.fields:
                    yield Placed(each, page, group)

    def every_field(self) -> Iterator[tuple[str, Field]]:
        """Every field with its place, parts of people and columns of rows too; fixed parts of addresses left out."""
        for placed in self.fields.values():
            yield placed.place, placed.field
            if placed.field.type in {"person", "repeat"}:
                for part in placed.field.fields:
                    yield f"{placed.place}.{part.key}", part

    def rows(self, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Rows of ``fees``, ``components`` or ``results`` with their place."""
        for row in self.data.get(name) or ():
            yield f"{name}.{row.get('key', '?')}", row


Found = Iterator[tuple[str, str]]
"""Place and message."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule."""

    name: str
    severity: Severity
    says: str
    """What it is about, in one sentence."""
    look: Callable[[Subject], Found]


RULES: dict[str, Rule] = {}


def rule(name: str, severity: Severity) -> Callable[[Callable[[Subject], Found]], Callable[[Subject], Found]]:
    """Register a function as a rule; the first line of its docstring is what the rule says."""

    def register(look: Callable[[Subject], Found]) -> Callable[[Subject], Found]:
        says = (look.__doc__ or "").strip().splitlines()[0]
        RULES[name] = Rule(name, severity, says, look)
        return look

    return register
