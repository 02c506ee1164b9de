"""One Django form field for each thing a person types: its widget, its hints, and how what was typed is read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from procedures.eforms import types
from procedures.eforms.definition import Field
from procedures.eforms.prefilling import ALTERNATIVE
from procedures.eforms.types.base import Context, NotReadableError

MOST_RADIOS = 6
"""Longer lists become a select."""

# WCAG 1.3.5: a person's own data is announced to the browser, which may fill it.
_AUTOCOMPLETE = {
    "identity.full_name": "name",
    "identity.phone": "tel",
    "identity.email": "email",
    "identity.date_of_birth": "bday",
    "organisation.name": "organization",
}
_KEYBOARDS = {
    "integer": "numeric",
    "date": "numeric",  # 27032026 is read as 27/3/2026 is: figures are enough, and a thumb finds them
    "month": "numeric",
    "money": "numeric",
    "decimal": "decimal",
    "personal_id": "numeric",
    "phone": "tel",
    "email": "email",
}


def hint(definition: Field) -> str:
    """The words under a label: the form's own help, and how to write what the type wants."""
    ways = {
        "date": lambda: _("Ngày, tháng, năm; ví dụ 27/3/2026 hoặc 27032026"),
        "month": lambda: _("Tháng và năm; ví dụ 3/2026 hoặc 032026"),
        "datetime": lambda: _("Giờ rồi đến ngày; ví dụ 14:30 27/3/2026"),
        "money": lambda: _("Số tiền bằng đồng; ví dụ 1.500.000"),
        "commune": lambda: _("Nhập tên hiện nay; ví dụ phường Tân Định"),
        "agency": lambda: _("Nhập tên cơ quan; ví dụ Công an phường Tân Định"),
    }
    parts = [str(definition.help).rstrip(".")] if definition.help else []
    if definition.type == "file":
        parts.append(_("Tệp PDF hoặc ảnh; tệp được cất trong kho dữ liệu của bạn"))
    if definition.type in ways:
        parts.append(ways[definition.type]())
    elif definition.type == "long_text" and definition.max_length:
        parts.append(_("Tối đa %(limit)d ký tự") % {"limit": definition.max_length})
    return ". ".join(parts)


def html_name(path: tuple[str | int, ...]) -> str:
    """The name of a control: ``members__0__member_name``."""
    return "__".join(str(part) for part in path)


class LeafField(forms.Field):
    """A control for one leaf; it only reads.

    Duties and limits are judged over the whole page, where conditions are known.
    """

    source = ""
    """Where a prefilled value came from, in words; components/field.html shows it."""
    needed_when = ""
    """What stands beside the label in the place of “(không bắt buộc)”."""

    def __init__(self, definition: Field, path: tuple[str | int, ...], context: Context) -> None:
        self.definition = definition
        self.path = path
        super().__init__(
            label=str(definition.label),
            help_text=hint(definition),
            required=definition.type in {"boolean"} or definition.required or definition.required_if is not None,
            widget=_widget(definition, path, context),
        )
        self.show_hidden_initial = False
        self.kept_name = ""
        """Of a file: the name of the one that is there already."""

    def clean(self, value: Any) -> Any:
        """The value of what was typed, None when nothing was."""
        if self.definition.type in {"boolean", "consent"}:
            return bool(value)
        if self.definition.type == "file":
            return value or None
        if self.definition.type == "multi_choice":
            return [str(item) for item in value or []] or None
        text = str(value) if value is not None else ""
        if not text.strip():
            return None
        try:
            answer = types.of(self.definition).parse(self.definition, text)
        except NotReadableError as error:
            raise ValidationError(self.definition.own_words("invalid") or error.message) from None
        return None if answer == "" else answer


def _widget(definition: Field, path: tuple[str | int, ...], context: Context) -> forms.Widget:
    attrs: dict[str, Any] = {}
    if keyboard := _KEYBOARDS.get(definition.type):
        attrs["inputmode"] = keyboard
    own = "" if definition.prefill_if else definition.prefill.split(ALTERNATIVE)[0].strip()
    if autocomplete := _AUTOCOMPLETE.get(own):
        attrs["autocomplete"] = autocomplete
    match definition.type:
        case "long_text":
            return forms.Textarea({"rows": 5, **attrs})
        case "boolean" | "consent":
            return forms.CheckboxInput()
        case "file":
            return forms.FileInput({"accept": ".pdf,.jpg,.jpeg,.png,.heic,.webp"})
        case "multi_choice":
            return forms.CheckboxSelectMultiple(choices=_choices(definition))
        case "choice":
            if len(definition.choices) <= MOST_RADIOS:
                return forms.RadioSelect(choices=_choices(definition))
            return forms.Select(attrs, choices=[("", _("Chọn một mục")), *_choices(definition)])
        case "province":
            units = [(unit.code, unit.full_name) for unit in context.territory.provinces()]
            return forms.Select(attrs, choices=[("", _("Chọn tỉnh, thành phố")), *units])
        case "commune":
            return forms.TextInput(
                {
                    "autocomplete": "off",
                    "data-combobox": reverse("procedures:communes", kwargs={"province_code": "00"}).replace(
                        "00", "{value}"
                    ),
                    "data-combobox-of": html_name((*path[:-1], "province_code")),
                }
            )
        case "agency":
            routing = {key: value for key, value in (definition.routing or {}).items() if key in {"level", "branch"}}
            return forms.TextInput(
                {
                    "autocomplete": "off",
                    "data-combobox": f"{reverse('procedures:agencies')}?{urlencode({**routing, 'q': ''})}{{typed}}",
                }
            )
        case "email":
            return forms.EmailInput(attrs)
        case "phone":
            return forms.TextInput({"type": "tel", **attrs})
        case _:
            return forms.TextInput(attrs)


def _choices(definition: Field) -> list[tuple[str, str]]:
    return [(choice.value, str(choice.label)) for choice in definition.choices]


class RowCountField(forms.IntegerField):
    """How many rows of a repeat the page shows; carries the repeat's own errors."""

    def __init__(self, definition: Field, path: tuple[str | int, ...]) -> None:
        self.definition = definition
        self.path = path
        super().__init__(label=str(definition.label), required=False, widget=forms.HiddenInput())

    def clean(self, value: Any) -> Any:
        """Never an error of its own: the page has already read it within bounds."""
        return value


def row_count(definition: Field, typed: Any) -> int:
    """The number of rows that a page's hidden count says, within what the form allows."""
    try:
        number = int(typed)
    except (TypeError, ValueError):
        number = 0
    return max(0, min(number, definition.max_items))
