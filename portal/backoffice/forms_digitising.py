"""The forms of digitising at the counter: what lies on the desk, what was compared, why a scan is sent back."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore import digitising
from datastore.forms import TypeChoice, types_for_upload
from datastore.models import DocumentType, PaperOriginal
from portal.backoffice import agency_choice
from portal.backoffice.agency_choice import AgencyChoiceForm
from portal.backoffice.day_fields import DayField
from portal.core import form_errors
from portal.core.identifiers import clean_personal_id


class DigitiseForm(AgencyChoiceForm):
    """Whose paper it is, what it is, and what stands on it."""

    file = forms.Field(label=_("Bản quét hoặc ảnh chụp"), required=False)
    personal_id = forms.CharField(
        label=_("Số định danh cá nhân của người có giấy tờ"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "off",
                "class": "govuk-input--width-20",
                "spellcheck": "false",
            }
        ),
        error_messages={"required": _("Nhập số định danh cá nhân.")},
    )
    original = forms.ChoiceField(
        label=_("Bạn đang cầm bản nào?"),
        choices=PaperOriginal.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Chọn bản chính hay bản sao có chứng thực.")},
    )
    type = TypeChoice()
    about = forms.CharField(
        label=_("Giấy tờ của ai?"),
        help_text=_("Họ tên người hoặc tên cơ sở ghi trên giấy, để phân biệt hai giấy cùng loại."),
        max_length=200,
        error_messages={"required": _("Nhập tên ghi trên giấy.")},
    )
    number = forms.CharField(
        label=_("Số, ký hiệu trên giấy"), max_length=60, error_messages={"required": _("Nhập số ghi trên giấy.")}
    )
    issued_on = DayField(label=_("Ngày cấp"))
    valid_until = DayField(label=_("Có giá trị đến ngày"), required=False)

    def __init__(self, *args: Any, types: Sequence[str] = (), **kwargs: Any) -> None:
        """With the types of a component, the person is known: she stands at the counter."""
        super().__init__(*args, **kwargs)
        if types:
            self.fields.pop(agency_choice.FIELD, None)
        field: Any = self.fields["type"]
        field.queryset = types_for_upload()
        if types:
            del self.fields["personal_id"]
            field.queryset = DocumentType.objects.filter(code__in=types).order_by("name")
            field.initial = types[0]

    def clean_personal_id(self) -> str:
        """Twelve figures."""
        return form_errors.cleaned(clean_personal_id, self.cleaned_data["personal_id"])

    def clean(self) -> dict[str, Any]:
        """A paper that counts no more is not digitised for use: old, but still valid (còn hiệu lực)."""
        facts: dict[str, Any] = super().clean() or {}
        today = timezone.localdate()
        if (day := facts.get("issued_on")) and day > today:
            self.add_error("issued_on", _("Ngày cấp không thể ở tương lai. Hãy xem lại."))
        if (end := facts.get("valid_until")) and end < today:
            self.add_error("valid_until", _("Giấy này đã hết hiệu lực nên không số hóa để dùng lại."))
        return facts


class CertifyForm(forms.Form):
    """What the official compared, each by a tick of its own."""

    checks = forms.MultipleChoiceField(
        label=_("Tôi đã đối chiếu và xác nhận"),
        choices=list(digitising.CHECKS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Hãy đánh dấu từng điều bạn đã đối chiếu.")},
    )


class RejectForm(forms.Form):
    """Why a scan is sent back."""

    reason = forms.CharField(
        label=_("Lý do không đạt"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": _("Hãy ghi lý do không đạt."),
            "max_length": _("Lý do dài quá %(limit_value)d ký tự. Hãy viết gọn lại."),
        },
    )
