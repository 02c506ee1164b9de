"""Yes or no, one of a list, several of a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from procedures.eforms.definition import Field
from procedures.eforms.types.base import Context, FieldType, NotReadableError, Problem, SchemaScope


class BooleanType(FieldType):
    """Yes or no."""

    json_type = bool

    def is_right(self, definition: Field, value: Any) -> bool:
        """Only a JSON boolean."""
        return type(value) is bool

    def is_right_shape(self, value: Any) -> bool:
        """Only a JSON boolean."""
        return isinstance(value, bool)

    def to_input(self, definition: Field, value: Any, context: Context) -> bool:
        """A ticked box or not."""
        return value is True

    def shown(self, definition: Field, value: bool, context: Context) -> str:
        """In words."""
        return _("Có") if value else _("Không")

    def schema(self, definition: Field, scope: SchemaScope) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}


class ConsentType(BooleanType):
    """A declaration that one agrees to."""

    def shown(self, definition: Field, value: bool, context: Context) -> str:
        """In words."""
        return _("Đã cam đoan") if value else _("Chưa cam đoan")

    def schema(self, definition: Field, scope: SchemaScope) -> dict[str, Any]:
        """A boolean; whether it must be true the object around it says."""
        return {"type": "boolean"}


def _not_listed(definition: Field) -> str:
    return _("Hãy chọn “%(label)s” trong danh sách.") % {"label": definition.label}


class ChoiceType(FieldType):
    """One of a list."""

    def parse(self, definition: Field, typed: str) -> str:
        """The value, when it is in the list."""
        if definition.choice(typed) is None:
            raise NotReadableError(_not_listed(definition))
        return typed

    def is_right(self, definition: Field, value: Any) -> bool:
        """In the list."""
        return type(value) is str and definition.choice(value) is not None

    def judge(self, definition: Field, value: str, context: Context) -> Iterator[Problem]:
        """In the list."""
        if definition.choice(value) is None:
            yield "", _not_listed(definition)

    def shown(self, definition: Field, value: str, context: Context) -> str:
        """The words of the list."""
        choice = definition.choice(value)
        return str(choice.label) if choice else value

    def schema(self, definition: Field, scope: SchemaScope) -> dict[str, Any]:
        """The values with their words."""
        return {"oneOf": [{"const": choice.value, "title": choice.label.vi} for choice in definition.choices]}


class MultiChoiceType(FieldType):
    """Several of a list."""

    json_type = list

    def judge(self, definition: Field, value: list[Any], context: Context) -> Iterator[Problem]:
        """Each in the list, once, not too many."""
        if any(not isinstance(item, str) or definition.choice(item) is None for item in value) or len(
            set(value)
        ) != len(value):
            yield "", _not_listed(definition)

    def to_input(self, definition: Field, value: Any, context: Context) -> list[str]:
        """The ticked boxes."""
        return list(value) if isinstance(value, list) else []

    def shown(self, definition: Field, value: list[str], context: Context) -> str:
        """The words of the list, separated by semicolons."""
        chosen = [definition.choice(item) for item in value]
        return "; ".join(str(choice.label) for choice in chosen if choice)

    def schema(self, definition: Field, scope: SchemaScope) -> dict[str, Any]:
        """An array of the values."""
        return {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"enum": [choice.value for choice in definition.choices]},
        }


CHOICE_TYPES: dict[str, FieldType] = {
    "boolean": BooleanType(),
    "consent": ConsentType(),
    "choice": ChoiceType(),
    "multi_choice": MultiChoiceType(),
}
