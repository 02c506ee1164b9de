"""Texts, and numbers that identify: names, explanations, identification numbers, telephone, e-mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from portal.core import identifiers
from portal.core.text import clean_block, clean_line, has_control_characters, with_capitals
from procedures.eforms.definition import Field
from procedures.eforms.patterns import EMAIL, NO_CONTROLS, whole
from procedures.eforms.types.base import Context, FieldType, NotReadableError, Problem, SchemaScope

TAX_CODE_FORMAT = "vn-tax-code"
"""A format of our own: the check digit of a tax code is beyond a pattern (TT 86/2024/TT-BTC art. 5)."""


class TextType(FieldType):
    """A line or a block of text."""

    def __init__(self, *, lines: bool = False) -> None:
        self.clean = clean_block if lines else clean_line

    def parse(self, definition: Field, typed: str) -> str:
        """The text in its normal form; control and invisible characters are dropped, a person's name has capitals."""
        text = self.clean(typed)
        return with_capitals(text) if definition.names_person else text

    def is_right(self, definition: Field, value: Any) -> bool:
        """A short text of printable characters, where there is no pattern."""
        if type(value) is not str or definition.pattern or not value.isprintable():
            return False
        return not definition.max_length or len(value) <= definition.max_length

    def judge(self, definition: Field, value: str, context: Context) -> Iterator[Problem]:
        """Length, pattern, and characters that a program may send."""
        if has_control_characters(value):
            yield (
                "",
                _("“%(label)s” có ký tự điều khiển không nhìn thấy. Hãy xóa và gõ lại.") % {"label": definition.label},
            )
        elif definition.max_length and len(value) > definition.max_length:
            yield (
                "",
                _("“%(label)s” dài %(length)d ký tự, tối đa %(limit)d. Hãy viết ngắn lại.")
                % {"label": definition.label, "length": len(value), "limit": definition.max_length},
            )
        elif definition.pattern and not re.fullmatch(definition.pattern, value, re.ASCII):
            cure = definition.pattern_help or definition.help
            if cure:
                yield (
                    "",
                    _("“%(label)s” chưa đúng. %(help)s.") % {"label": definition.label, "help": str(cure).rstrip(".")},
                )
            else:
                yield "", _("“%(label)s” chưa đúng mẫu. Hãy xem lại.") % {"label": definition.label}

    def schema(self, definition: Field, scope: SchemaScope) -> dict[str, Any]:
        """A string with its limits."""
        schema: dict[str, Any] = {"type": "string", "minLength": 1, "pattern": NO_CONTROLS}
        if definition.max_length:
            schema["maxLength"] = definition.max_length
        if definition.pattern:
            schema["allOf"] = [{"pattern": whole(definition.pattern)}]
        return schema


class IdentifierType(FieldType):
    """A number or address that identifies, checked by portal.core.identifiers."""

    def __init__(self, clean: Callable[[str], str], pattern: str, **more: Any) -> None:
        self.clean = clean
        self.described = {"type": "string", "pattern": whole(pattern), **more}

    def parse(self, definition: Field, typed: str) -> str:
        """The number in its normal form."""
        try:
            return self.clean(typed)
        except identifiers.IdentifierError as error:
            raise NotReadableError(error.message) from None

    def judge(self, definition: Field, value: str, context: Context) -> Iterator[Problem]:
        """The same rules for a value that a program sent."""
        try:
            if self.clean(value) != value:
                yield "", _("“%(label)s” phải viết liền, không có dấu cách hay dấu chấm.") % {"label": definition.label}
        except identifiers.IdentifierError as error:
            yield "", str(error.message)

    def schema(self, definition: Field, scope: SchemaScope) -> dict[str, Any]:
        """A string of a fixed shape."""
        return dict(self.described)


LONGEST_EMAIL = 254


def clean_email(text: str) -> str:
    """An e-mail address in its normal form. Raises IdentifierError."""
    address = clean_line(text)
    if not re.fullmatch(EMAIL, address):
        raise identifiers.IdentifierError(
            "email.format", _("Thư điện tử không đúng. Hãy nhập đầy đủ, ví dụ ten@example.vn.")
        )
    if len(address) > LONGEST_EMAIL:
        raise identifiers.IdentifierError("email.format", _("Thư điện tử dài quá 254 ký tự."))
    return address


TEXT_TYPES: dict[str, FieldType] = {
    "text": TextType(),
    "long_text": TextType(lines=True),
    "personal_id": IdentifierType(identifiers.clean_personal_id, "[0-9]{12}"),
    "tax_code": IdentifierType(
        identifiers.clean_tax_code, "[0-9]{10}|[0-9]{10}-(?!000)[0-9]{3}|[0-9]{12}", format=TAX_CODE_FORMAT
    ),
    "phone": IdentifierType(identifiers.clean_phone, r"0[35789][0-9]{8}|02[0-9]{9}|\+(?!84)[1-9][0-9]{6,14}"),
    "email": IdentifierType(clean_email, EMAIL, maxLength=LONGEST_EMAIL),
}
