"""The form of a copy with a watermark."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PurposeForm(forms.Form):
    """What the copy is for; it will stand on it."""

    purpose = forms.CharField(
        label=_("Bản sao này dùng để làm gì?"),
        help_text=_("Ghi rõ cho ai và việc gì, ví dụ: thuê nhà của bà Lan, 12 Lý Thường Kiệt."),
        max_length=80,
        error_messages={
            "required": _("Hãy ghi bản sao dùng để làm gì."),
            "max_length": _("Ghi gọn trong %(limit_value)d ký tự để chữ trên bản sao đọc được."),
        },
    )
