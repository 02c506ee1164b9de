"""Form fields in govuk-frontend's markup: classes and the links between a control, its hint and its error."""

from __future__ import annotations

from django import forms, template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

from portal.core.moments import NBSP
from portal.core.templatetags.portal_format import number

register = template.Library()

CLASSES = {
    "select": "govuk-select",
    "textarea": "govuk-textarea",
    "file": "govuk-file-upload",
    "checkbox": "govuk-checkboxes__input",
    "radio": "govuk-radios__input",
}
GROUPS = {"radios": "radio", "checkboxes": "checkbox"}


@register.simple_tag
def upload_limit(most_bytes: int | None = None) -> str:
    """How large one file may be that somebody sends, ``20 MB``; or less, where its type may have less."""
    most = min(settings.UPLOAD_MAX_BYTES, most_bytes or settings.UPLOAD_MAX_BYTES)
    return f"{number(most // 1024 // 1024)}{NBSP}MB"


@register.filter
def control_kind(field: BoundField) -> str:
    """Which shape a field has: input, textarea, select, file, checkbox, radios, checkboxes or hidden."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    # CheckboxSelectMultiple is a RadioSelect in Django's class tree, and RadioSelect a Select: the narrow ones first.
    for kind, classes in (
        ("checkboxes", forms.CheckboxSelectMultiple),
        ("radios", forms.RadioSelect),
        ("select", forms.Select),
        ("checkbox", forms.CheckboxInput),
        ("file", forms.FileInput),
        ("textarea", forms.Textarea),
    ):
        if isinstance(widget, classes):
            return kind
    return "input"


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The bare control of a field, with its class and everything that describes it."""
    kind = control_kind(field)
    css = CLASSES.get(kind, "govuk-input")
    classes = [css, str(field.field.widget.attrs.get("class", ""))]
    if field.errors and kind in ("input", "select", "textarea"):
        classes.append(f"{css}--error")
    attrs: dict[str, str | bool] = {"class": " ".join(filter(None, classes))}
    if described := described_by(field):
        attrs["aria-describedby"] = described
    if field.errors:
        attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs)


@register.simple_tag
def described_by(field: BoundField) -> str:
    """Ids of the hint, the source line and the error of a field, in the order in which they are read."""
    source = getattr(field.field, "source", "")
    parts = [("hint", field.help_text), ("source", source), ("error", field.errors)]
    return " ".join(f"{field.auto_id}-{name}" for name, there in parts if there)


@register.filter
def error_links(form: forms.BaseForm) -> list[tuple[str, str]]:
    """Errors of a form as (href, text) for components/error_summary.html; a form's own errors link to its top."""
    if own_links := getattr(form, "error_links", None):  # a form that knows what its fields belong to
        return list(own_links())
    links = [("#main", str(text)) for text in form.non_field_errors()]
    for bound in form:
        target = bound.auto_id
        if control_kind(bound) in GROUPS:
            target = f"{target}_0"
        links += [(f"#{target}", _named(str(bound.label), str(text))) for text in bound.errors]
    return links


def _named(label: str, text: str) -> str:
    """An error with the name of its field, unless it already says it: the summary is read far from the field."""
    if label.lower() in text.lower():
        return text
    return f"{label} {text}" if label.endswith("?") else f"{label}: {text}"
