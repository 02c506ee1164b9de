"""The types of fields: ``types.of(field)`` gives what a field's type can do."""

from __future__ import annotations

from procedures.eforms.types.base import Context, FieldType, NotReadableError, Problem
from procedures.eforms.types.composites import COMPOSITE_TYPES
from procedures.eforms.types.registry import TYPES, of

TYPES.update(COMPOSITE_TYPES)

__all__ = ["Context", "FieldType", "NotReadableError", "Problem", "of"]
