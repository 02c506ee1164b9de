"""A field for an amount (số tiền): whole đồng as people here write them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.core import money


class VndField(forms.IntegerField):
    """``8000``, ``8.000``, ``8.000 đ``: all are eight thousand đồng.

    Django's own field takes what stands behind a point for a fraction, and ``8.000`` for eight.
    """

    widget = forms.TextInput
    default_error_messages = {
        "invalid": _("Ghi số tiền bằng chữ số, ví dụ 8.000."),
        "min_value": _("Số tiền phải lớn hơn 0 đồng."),
        "max_value": _("Số tiền quá lớn. Hãy kiểm tra lại."),
    }

    def to_python(self, value: Any) -> int | None:
        """The amount, or None where nothing was written: never nought."""
        if isinstance(value, int):
            return value
        text = str(value or "").strip()
        if not text:
            return None
        digits = text.removeprefix("-")
        try:
            amount = money.parse_vnd(digits)
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        return amount if digits == text else -amount

    def prepare_value(self, value: Any) -> Any:
        """As people write it."""
        return f"{value:,}".replace(",", ".") if isinstance(value, int) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Figures on a phone's keys."""
        return {"inputmode": "numeric", "autocomplete": "off"}
