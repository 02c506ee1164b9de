"""Judging answers by the published JSON Schema, our own two words included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend

from portal.core.identifiers import IdentifierError, clean_tax_code
from procedures.eforms.types.dates import BEFORE, NOT_BEFORE, order_of
from procedures.eforms.types.text import TAX_CODE_FORMAT

_FORMATS = FormatChecker(formats=())


@_FORMATS.checks(TAX_CODE_FORMAT)
def _is_tax_code(value: object) -> bool:
    try:
        return not isinstance(value, str) or clean_tax_code(value) == value
    except IdentifierError:
        return False


def _not_before(validator: Any, order: Mapping[str, str], instance: Any, schema: Any) -> Iterator[ValidationError]:
    if not isinstance(instance, Mapping):
        return
    for later, earlier in order.items():
        value = instance.get(later)
        if isinstance(value, str) and order_of(value, instance.get(earlier)) == -1:
            yield ValidationError(f"{later} lies before {earlier}", path=[later])


def _before(validator: Any, order: Mapping[str, str], instance: Any, schema: Any) -> Iterator[ValidationError]:
    if not isinstance(instance, Mapping):
        return
    for earlier, later in order.items():
        value = instance.get(earlier)
        if isinstance(value, str) and order_of(value, instance.get(later)) in {0, 1}:
            yield ValidationError(f"{earlier} does not lie before {later}", path=[earlier])


FormValidator = extend(Draft202012Validator, {NOT_BEFORE: _not_before, BEFORE: _before})


def validator_of(schema: Mapping[str, Any]) -> Any:
    """A validator of a form's schema."""
    return FormValidator(schema, format_checker=_FORMATS)


def schema_errors(schema: Mapping[str, Any], answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the schema has against some answers, as (path, message); empty when it accepts them."""
    errors = validator_of(schema).iter_errors(answers)
    return [(".".join(str(part) for part in error.absolute_path), error.message) for error in errors]
