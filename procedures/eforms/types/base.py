"""What every type of field can do: read what was typed, judge a value, show it to people, describe it to machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django.utils.translation import gettext as _

from portal.core.errors import Text
from procedures.eforms.conditions import Scope
from procedures.eforms.definition import Field
from procedures.territory import Territory

Problem = tuple[str, str]
"""Path below the field ("" for the field itself, "line", "0.member_name") and a message in words."""


class LimitMessage(str):
    """A message about a limit (``min``, ``max``, ``not_before``, ``before``), which a form may say in its own words."""

    about: str

    def __new__(cls, about: str, words: str) -> LimitMessage:
        """The general words with what they are about."""
        message = super().__new__(cls, words)
        message.about = about
        return message


class NotReadableError(ValueError):
    """What was typed is no value of the type; the message names the cure."""

    def __init__(self, message: Text) -> None:
        super().__init__(str(message))
        self.message = str(message)


@dataclass(slots=True)
class Context:
    """What judging and showing values needs besides the value."""

    on: date
    answers: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, bool] = field(default_factory=dict)
    territory: Territory = field(default_factory=Territory)

    def scope(self) -> Scope:
        """The scope of conditions."""
        return Scope(self.answers, self.on, self.facts)

    def within(self, row: Mapping[str, Any]) -> Context:
        """The context of one row of a repeat: its own answers only."""
        return Context(self.on, row, self.facts, self.territory)


class SchemaScope(Protocol):
    """What describing values needs besides the definition: the day, and the registers of places and agencies."""

    on: date

    def register(self, name: str, routing: Mapping[str, str] | None = None) -> dict[str, Any]:
        """A reference to ``province``, ``place`` or ``agency`` among the schema's definitions."""

    def object_schema(self, fields: Sequence[Field]) -> dict[str, Any]:
        """The schema of an object with these parts, conditions and all."""


class FieldType:
    """Base of the types; a value is always JSON."""

    json_type: type | tuple[type, ...] = str

    def parse(self, definition: Field, typed: str) -> Any:
        """The value of what was typed; raises NotReadableError."""
        return typed

    def problems(self, definition: Field, value: Any, context: Context) -> Iterator[Problem]:
        """What is wrong with a value that is there."""
        if not self.is_right_shape(value):
            yield "", wrong_shape(definition)
            return
        for path, message in self.judge(definition, value, context):
            words = definition.own_words(message.about if isinstance(message, LimitMessage) else "invalid")
            yield path, (words if words and not path else str(message))

    def is_right(self, definition: Field, value: Any) -> bool:
        """Whether an answer is right by itself, seen at once; False says no more than that ``problems`` has to look."""
        return False

    def is_right_shape(self, value: Any) -> bool:
        """Whether a value from outside has the JSON type of this field."""
        if type(value) is self.json_type:
            return True
        return isinstance(value, self.json_type) and not (isinstance(value, bool) and self.json_type is not bool)

    def judge(self, definition: Field, value: Any, context: Context) -> Iterator[Problem]:
        """What is wrong with a value of the right shape."""
        return iter(())

    def to_input(self, definition: Field, value: Any, context: Context) -> Any:
        """The value as the control shows it."""
        return "" if value is None else str(value)

    def display(self, definition: Field, value: Any, context: Context) -> str:
        """The value as people read it, in the active language; one of another JSON type as it was sent."""
        return self.shown(definition, value, context) if self.is_right_shape(value) else str(value)

    def shown(self, definition: Field, value: Any, context: Context) -> str:
        """As ``display``, of a value of the right shape; what lies within it may still be anything."""
        return str(value)

    def schema(self, definition: Field, scope: SchemaScope) -> dict[str, Any]:
        """The value in JSON Schema 2020-12: accepts exactly what ``problems`` finds nothing wrong with."""
        return {"type": "string"}


def wrong_shape(definition: Field) -> str:
    """The message for a value of another JSON type, which only a program can send."""
    return _("“%(label)s” có giá trị sai kiểu; xem lược đồ JSON của biểu mẫu.") % {"label": definition.label}


def missing(definition: Field) -> str:
    """The message for a required answer that is not there."""
    if own := definition.own_words("required"):
        return own
    label = {"label": definition.label}
    if definition.type == "file":
        return _("Hãy chọn tệp cho “%(label)s”.") % label
    if definition.type in {"choice", "multi_choice", "province"}:
        return _("Hãy chọn “%(label)s”.") % label
    if definition.type == "consent":
        return _("Hãy đánh dấu vào ô “%(label)s” để tiếp tục.") % label
    if definition.type == "repeat":
        return _("Hãy thêm ít nhất một dòng ở “%(label)s”.") % label
    return _("Hãy điền “%(label)s”.") % label
