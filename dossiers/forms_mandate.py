"""Giving and taking up a mandate."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

DAYS = [("7", _("7 ngày")), ("30", _("30 ngày")), ("90", _("90 ngày")), ("365", _("1 năm"))]
SCOPES = [("some", _("Chỉ những thủ tục tôi ghi")), ("all", _("Mọi thủ tục"))]
_BETWEEN = re.compile(r"[\s,;]+")


class GiveMandateForm(forms.Form):
    """For what and how long: the narrowest choice stands first."""

    scope = forms.ChoiceField(
        label=_("Ủy quyền việc gì?"),
        choices=SCOPES,
        initial="some",
        widget=forms.RadioSelect,
        error_messages={"required": _("Hãy chọn ủy quyền việc gì.")},
    )
    procedure_codes = forms.CharField(
        label=_("Mã thủ tục"),
        help_text=_("In trên trang thủ tục, ví dụ 1.004873. Nhiều mã thì cách nhau bằng dấu phẩy."),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.ChoiceField(
        label=_("Trong bao lâu?"),
        choices=DAYS,
        initial="30",
        widget=forms.RadioSelect,
        error_messages={"required": _("Chọn thời hạn."), "invalid_choice": _("Chọn một thời hạn trong danh sách.")},
    )
    may_use_store = forms.BooleanField(label=_("Cho xem và dùng giấy tờ trong kho của tôi"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told: dict[str, Any] = self.fields
        told["procedure_codes"].needed_when = _("(khi chọn “Chỉ những thủ tục tôi ghi”)")

    def clean(self) -> dict[str, Any]:
        """A narrow scope names what it is narrowed to."""
        data = super().clean() or {}
        if data.get("scope") == "some" and not _codes(data) and "procedure_codes" not in self.errors:
            self.add_error("procedure_codes", _("Hãy nhập mã thủ tục."))
        return data

    def arguments(self) -> dict[str, Any]:
        """What the service is called with."""
        data = self.cleaned_data
        return {
            "procedure_codes": _codes(data) if data["scope"] == "some" else [],
            "days": int(data["days"]),
            "may_use_store": data["may_use_store"],
        }


class ClaimMandateForm(forms.Form):
    """The code that the principal told or showed."""

    code = forms.CharField(
        label=_("Mã 8 số người ủy quyền đưa cho bạn"),
        max_length=300,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "govuk-input--width-10"}
        ),
        error_messages={"required": _("Hãy nhập mã 8 số."), "max_length": _("Mã chỉ có 8 số.")},
    )

    def clean_code(self) -> str:
        """The code, also of the whole address that a scanner types from the QR."""
        return str(self.cleaned_data["code"]).rpartition("#")[2]


def _codes(data: dict[str, Any]) -> list[str]:
    return [code for code in _BETWEEN.split(data.get("procedure_codes", "")) if code]
