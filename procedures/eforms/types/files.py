"""A file that a question asks for (tệp đính kèm): the answer names it, the document store keeps it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from procedures.eforms.definition import Field
from procedures.eforms.patterns import NO_CONTROLS, whole
from procedures.eforms.types.base import Context, FieldType, NotReadableError, Problem, SchemaScope, wrong_shape

LONGEST_NAME = 255
_DIGEST = "[0-9a-f]{64}"


class FileType(FieldType):
    """``{name, content_sha256}`` of a file that lies in the applicant's document store."""

    json_type = dict

    def parse(self, definition: Field, typed: str) -> Any:
        """A file is never typed."""
        raise NotReadableError(_("Hãy chọn tệp cho “%(label)s”.") % {"label": definition.label})

    def judge(self, definition: Field, value: dict[str, Any], context: Context) -> Iterator[Problem]:
        """A name and a digest, nothing else; that the store has it is checked where the store is known."""
        name, digest = value.get("name"), value.get("content_sha256")
        is_well_formed = (
            set(value) == {"name", "content_sha256"}
            and isinstance(name, str)
            and 0 < len(name) <= LONGEST_NAME
            and _NAME.search(name)
            and isinstance(digest, str)
            and _SHA256.search(digest)
        )
        if not is_well_formed:
            yield "", wrong_shape(definition)

    def to_input(self, definition: Field, value: Any, context: Context) -> Any:
        """The file itself never goes back into a control."""
        return None

    def shown(self, definition: Field, value: dict[str, Any], context: Context) -> str:
        """Its name."""
        return str(value.get("name", ""))

    def schema(self, definition: Field, scope: SchemaScope) -> dict[str, Any]:
        """An object of name and digest."""
        return {
            "type": "object",
            "properties": {
                "name": {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME, "pattern": NO_CONTROLS},
                "content_sha256": {"type": "string", "pattern": whole(_DIGEST)},
            },
            "required": ["name", "content_sha256"],
            "additionalProperties": False,
        }


_NAME, _SHA256 = re.compile(NO_CONTROLS), re.compile(whole(_DIGEST))
FILE_TYPES: dict[str, FieldType] = {"file": FileType()}
