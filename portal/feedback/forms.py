"""The rating form: one question, and a reason."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.text import clean_block
from portal.feedback.models import Satisfaction
from portal.feedback.services import REASON_MAX_LENGTH


class RatingForm(forms.Form):
    """Three answers; the lowest needs a reason."""

    satisfaction = forms.TypedChoiceField(
        label=_("Bạn có hài lòng với việc giải quyết hồ sơ này không?"),
        choices=Satisfaction.choices,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Hãy chọn một trong ba mức."),
            "invalid_choice": _("Hãy chọn một trong ba mức."),
        },
    )
    reason = forms.CharField(
        label=_("Điều gì tốt, điều gì cần sửa?"),
        required=False,
        max_length=REASON_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Bắt buộc nếu bạn chưa hài lòng. Đừng ghi số giấy tờ hay số tài khoản ở đây."),
        error_messages={
            "max_length": _("Ý kiến dài quá %(limit_value)d ký tự. Hãy viết gọn lại."),
        },
    )

    def clean(self) -> dict[str, Any]:
        """A reason goes with dissatisfaction."""
        data = super().clean() or {}
        data["reason"] = clean_block(data.get("reason") or "")
        if data.get("satisfaction") == Satisfaction.DISSATISFIED and not data["reason"] and "reason" not in self.errors:
            self.add_error("reason", _("Hãy cho biết vì sao bạn chưa hài lòng."))
        return data
