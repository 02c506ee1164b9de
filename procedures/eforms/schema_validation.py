"""Judging answers by the published JSON Schema, our own words included."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend

from portal.core.identifiers import IdentifierError, clean_tax_code
from procedures.eforms.definition import WithoutGap
from procedures.eforms.types.dates import BEFORE, NOT_BEFORE, WITHOUT_GAP, lies_before, same_or_after
from procedures.eforms.types.gaps import missing_months
from procedures.eforms.types.text import TAX_CODE_FORMAT

_FORMATS = FormatChecker(formats=())


@_FORMATS.checks(TAX_CODE_FORMAT)
def _is_tax_code(value: object) -> bool:
    try:
        return not isinstance(value, str) or clean_tax_code(value) == value
    except IdentifierError:
        return False


def _judging(is_broken: Callable[[Any, Any], bool], said: str) -> Callable[..., Iterator[ValidationError]]:
    """What judges a keyword of ours: pairs of a property and of the sibling it must not lie so towards."""

    def judge(validator: Any, order: Mapping[str, str], instance: Any, schema: Any) -> Iterator[ValidationError]:
        if not isinstance(instance, Mapping):
            return
        for key, sibling in order.items():
            if is_broken(instance.get(key), instance.get(sibling)):
                yield ValidationError(f"{key} {said} {sibling}", path=[key])

    return judge


def _leaves_no_gap(validator: Any, told: Mapping[str, Any], instance: Any, schema: Any) -> Iterator[ValidationError]:
    if not isinstance(instance, Mapping):
        return
    for key in set(told) & set(instance):
        said = told[key]
        rule = WithoutGap(said["from"], said["to"], said["sinceAge"], tuple(said["born"]))
        if missing := missing_months(rule, instance[key], instance, date.fromisoformat(said["until"])):
            yield ValidationError(f"{key} leaves out {', '.join(missing)}", path=[key])


FormValidator = extend(
    Draft202012Validator,
    {
        NOT_BEFORE: _judging(lies_before, "lies before"),
        BEFORE: _judging(same_or_after, "does not lie before"),
        WITHOUT_GAP: _leaves_no_gap,
    },
)


def validator_of(schema: Mapping[str, Any]) -> Any:
    """A validator of a form's schema."""
    return FormValidator(schema, format_checker=_FORMATS)


def schema_errors(schema: Mapping[str, Any], answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the schema has against some answers, as (path, message); empty when it accepts them."""
    errors = validator_of(schema).iter_errors(answers)
    return [(".".join(str(part) for part in error.absolute_path), error.message) for error in errors]
