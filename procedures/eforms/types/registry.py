"""Which class stands behind which type name."""

from __future__ import annotations

from procedures.eforms.definition import Field
from procedures.eforms.types.base import FieldType
from procedures.eforms.types.choices import CHOICE_TYPES
from procedures.eforms.types.dates import DATE_TYPES
from procedures.eforms.types.files import FILE_TYPES
from procedures.eforms.types.numbers import NUMBER_TYPES
from procedures.eforms.types.places import PLACE_TYPES
from procedures.eforms.types.text import TEXT_TYPES

TYPES: dict[str, FieldType] = {
    **TEXT_TYPES,
    **NUMBER_TYPES,
    **DATE_TYPES,
    **CHOICE_TYPES,
    **PLACE_TYPES,
    **FILE_TYPES,
    "readonly": FieldType(),
    "computed": FieldType(),
}


def of(definition: Field) -> FieldType:
    """The type of a field."""
    return TYPES[definition.type]
