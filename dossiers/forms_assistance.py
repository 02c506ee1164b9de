"""Giving and taking up the right to file for somebody."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers.models import HelperKind
from portal.core.language import in_language
from procedures.models import Field as ProcedureField

DAYS = [("1", _("Hết hôm nay")), ("3", _("3 ngày")), ("7", _("7 ngày")), ("30", _("30 ngày"))]
SCOPES = [
    ("procedure", _("Chỉ một thủ tục")),
    ("field", _("Mọi thủ tục của một lĩnh vực")),
    ("all", _("Mọi thủ tục")),
]


class GiveForm(forms.Form):
    """Who helps, with what, for how long: the narrowest choice stands first."""

    kind = forms.ChoiceField(
        label=_("Ai giúp bạn?"),
        choices=HelperKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Hãy chọn ai giúp bạn.")},
    )
    scope = forms.ChoiceField(
        label=_("Giúp việc gì?"),
        choices=SCOPES,
        initial="procedure",
        widget=forms.RadioSelect,
        error_messages={"required": _("Hãy chọn giúp việc gì.")},
    )
    procedure_code = forms.CharField(
        label=_("Mã thủ tục"),
        help_text=_("In trên trang thủ tục, ví dụ 1.001193."),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-10"}),
    )
    field_code = forms.ChoiceField(label=_("Lĩnh vực"), required=False)
    days = forms.ChoiceField(
        label=_("Trong bao lâu?"),
        choices=DAYS,
        initial="1",
        widget=forms.RadioSelect,
        error_messages={"required": _("Chọn thời hạn."), "invalid_choice": _("Chọn một thời hạn trong danh sách.")},
    )
    may_use_store = forms.BooleanField(
        label=_("Cho dùng giấy tờ trong kho của tôi và những gì tôi từng khai"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = ProcedureField.objects.filter(procedures__is_open=True).distinct().order_by("name")
        choices: list[Any] = [(field.code, in_language(field.name, field.name_en)) for field in fields]
        told: dict[str, Any] = self.fields
        told["procedure_code"].needed_when = _("(khi chọn “Chỉ một thủ tục”)")
        told["field_code"].needed_when = _("(khi chọn “Mọi thủ tục của một lĩnh vực”)")
        field: Any = self.fields["field_code"]
        field.choices = [("", _("Chọn lĩnh vực")), *choices]

    def clean(self) -> dict[str, Any]:
        """A narrow scope names what it is narrowed to; the others forget it."""
        data = super().clean() or {}
        scope = data.get("scope")
        if scope == "procedure" and not data.get("procedure_code", "").strip():
            self.add_error("procedure_code", _("Hãy nhập mã thủ tục."))
        if scope == "field" and not data.get("field_code") and "field_code" not in self.errors:
            self.add_error("field_code", _("Hãy chọn một lĩnh vực."))
        return data

    def arguments(self) -> dict[str, Any]:
        """What the service is called with."""
        data, scope = self.cleaned_data, self.cleaned_data["scope"]
        return {
            "kind": data["kind"],
            "days": int(data["days"]),
            "procedure_code": data["procedure_code"].strip() if scope == "procedure" else "",
            "field_code": data["field_code"] if scope == "field" else "",
            "may_use_store": data["may_use_store"],
        }


class ClaimForm(forms.Form):
    """The code that the person told or showed, and where the helper works."""

    code = forms.CharField(
        label=_("Mã 8 số người nhờ đưa cho bạn"),
        help_text=_("Gõ mã, hoặc để con trỏ ở đây rồi quét mã QR trên điện thoại của người nhờ."),
        max_length=300,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "govuk-input--width-10"}
        ),
        error_messages={"required": _("Hãy nhập mã 8 số."), "max_length": _("Mã chỉ có 8 số.")},
    )
    organisation = forms.CharField(
        label=_("Bạn giúp với tư cách gì?"),
        help_text=_("Ví dụ: Bưu điện văn hóa xã Thử Nghiệm. Người nhờ và cơ quan đọc dòng này; người thân để trống."),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )

    def clean_code(self) -> str:
        """The code, also of the whole address that a scanner types from the QR."""
        return str(self.cleaned_data["code"]).rpartition("#")[2]
