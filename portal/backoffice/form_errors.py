"""What is wrong in forms of officials, as the summary on top of a page links to it."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from portal.core.templatetags.portal_forms import GROUPS, control_kind

Errors = list[tuple[str, str]]


def links(*filled: Any) -> Errors:
    """Every error with the control that mends it, named by its label, or by its heading where labels repeat."""
    return [
        (_target(bound), f"{getattr(bound.field, 'told', bound.label)}: {text}")
        for form in filled
        for bound in form
        for text in bound.errors
    ] + [("#main", str(text)) for form in filled if isinstance(form, forms.Form) for text in form.non_field_errors()]


def _target(bound: BoundField) -> str:
    return f"#{bound.auto_id}_0" if control_kind(bound) in GROUPS else f"#{bound.auto_id}"
