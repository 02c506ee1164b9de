"""The form with which people add their own papers."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.models import DocumentGroup, DocumentType
from portal.core.language import in_language

ACCEPT = ".pdf,.jpg,.jpeg,.png,.webp,.heic,.heif,application/pdf,image/jpeg,image/png,image/webp,image/heic,image/heif"


class TypeChoice(forms.ModelChoiceField):
    """A document type by name, in the language of the page; the form says which ones there are."""

    def __init__(self, **changed: Any) -> None:
        kept = {
            "label": _("Đây là giấy tờ gì?"),
            "queryset": DocumentType.objects.none(),
            "to_field_name": "code",
            "empty_label": _("Chọn loại giấy tờ"),
            "error_messages": {
                "required": _("Chọn loại giấy tờ."),
                "invalid_choice": _("Loại giấy tờ này không có trong danh sách. Hãy chọn lại."),
            },
        }
        super().__init__(**{**kept, **changed})

    def label_from_instance(self, obj: DocumentType) -> str:
        """The name shown in the list."""
        return in_language(obj.name, obj.name_en)


def types_for_upload() -> QuerySet[DocumentType]:
    """Types of papers people have at home: their own and results they got on paper, not our letters."""
    return DocumentType.objects.exclude(group=DocumentGroup.LETTER).filter(is_reusable=True).order_by("name")


class UploadForm(forms.Form):
    """A paper of one's own: what it is; the rest helps to find and reuse it. Its files come by datastore.incoming."""

    file = forms.Field(label=_("Tệp giấy tờ"), required=False)
    type = TypeChoice()
    title = forms.CharField(
        label=_("Tên để bạn dễ nhận ra"),
        help_text=_("Ví dụ: Giấy chứng sinh của bé An. Bỏ trống thì dùng tên loại giấy tờ."),
        required=False,
        max_length=400,
    )
    about = forms.CharField(
        label=_("Giấy tờ của ai?"),
        help_text=_("Họ tên người hoặc tên cơ sở ghi trên giấy, để phân biệt hai giấy cùng loại."),
        required=False,
        max_length=200,
    )
    number = forms.CharField(label=_("Số, ký hiệu trên giấy"), required=False, max_length=60)
    issued_on = forms.DateField(
        label=_("Ngày cấp"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "govuk-input--width-10"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Nhập ngày cấp theo dạng 20/11/2026.")},
    )
    valid_until = forms.DateField(
        label=_("Có giá trị đến ngày"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "govuk-input--width-10"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Nhập ngày hết hiệu lực theo dạng 20/11/2026.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].queryset = types_for_upload()  # type: ignore[attr-defined]

    def clean_issued_on(self) -> date | None:
        """A paper cannot have been issued tomorrow."""
        day: date | None = self.cleaned_data["issued_on"]
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError(_("Ngày cấp không thể ở tương lai. Hãy xem lại."))
        return day
