"""What a service or a cleaner refuses, said in a form at the field it is about."""

from collections.abc import Callable
from typing import TypeVar

from django import forms

from portal.core.errors import PortalError

Clean = TypeVar("Clean")


def tell(form: forms.BaseForm, error: PortalError) -> None:
    """Put an error's words at the fields it names; on top of the form where it names none, or none that is there."""
    for name, texts in error.fields.items():
        form.add_error(name if name in form.fields else None, [str(text) for text in texts])
    if not error.fields:
        form.add_error(None, str(error.message))


def cleaned(clean: Callable[[str], Clean], typed: str) -> Clean:
    """What a cleaner makes of a typed value; raises ValidationError with the words it refuses it by."""
    try:
        return clean(typed)
    except PortalError as error:
        raise forms.ValidationError(str(error.message)) from error
