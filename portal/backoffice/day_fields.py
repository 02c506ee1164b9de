"""A day in an official's form, typed as everywhere else in the portal: 27/3/2026 or 27032026, the day first.

A browser's own date control shows the month first where the browser, not the page, speaks English.
"""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from procedures.eforms.types.base import NotReadableError
from procedures.eforms.types.dates import read_day, show_day

HINT = _("Ngày, tháng, năm; ví dụ 27/3/2026 hoặc 27032026")


class DayInput(forms.DateInput):
    """One line for a day; an address's 2026-03-27 stands in it as 27/03/2026."""

    def __init__(self) -> None:
        super().__init__(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "govuk-input--width-10"}, format="%d/%m/%Y"
        )

    def format_value(self, value: Any) -> str | None:
        """What was typed as it was typed; a day, or the ISO text of one, the day first."""
        day = value if isinstance(value, date) else _iso(value)
        return show_day(day) if day else super().format_value(value)


class DayField(forms.DateField):
    """A day; what is wrong with it is said with the field's name. ISO text is read, too: links carry it."""

    widget = DayInput

    def __init__(self, *, label: Any, help_text: Any = HINT, **kwargs: Any) -> None:
        missing = {"required": format_lazy("{label}: {words}", label=label, words=_("hãy nhập ngày, tháng, năm."))}
        super().__init__(
            label=label, help_text=help_text, error_messages=missing | kwargs.pop("error_messages", {}), **kwargs
        )

    def to_python(self, value: Any) -> date | None:
        """The day that was typed."""
        if value in self.empty_values or isinstance(value, date):
            return super().to_python(value)
        try:
            return read_day(str(self.label), str(value))
        except NotReadableError as error:
            raise ValidationError(str(error), code="invalid") from None


def _iso(value: Any) -> date | None:
    try:
        return parse_date(value) if isinstance(value, str) else None
    except ValueError:  # such as 2026-13-01: shown as it is
        return None
