"""The rating form: one question, and a reason."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.text import clean_block
from portal.feedback.models import Satisfaction
from portal.feedback.services import REASON_MAX_LENGTH


class BlockField(forms.CharField):
    """Several lines of text without control and invisible characters; `needed_when` stands beside the label."""

    def __init__(self, *, needed_when: Any = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.needed_when = needed_when

    def to_python(self, value: Any) -> str:
        """Clean what was typed before it is checked."""
        return clean_block(super().to_python(value) or "")


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
    reason = BlockField(
        label=_("Điều gì tốt, điều gì cần sửa?"),
        needed_when=_("(bắt buộc khi chọn “Không hài lòng”)"),
        required=False,
        max_length=REASON_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Hai mức kia thì viết hay không tùy bạn. Đừng ghi số giấy tờ hay số tài khoản ở đây."),
        error_messages={
            "max_length": _("Ý kiến dài quá %(limit_value)d ký tự. Hãy viết gọn lại."),
        },
    )

    def clean(self) -> dict[str, Any]:
        """A reason goes with dissatisfaction."""
        data = super().clean() or {}
        is_dissatisfied = data.get("satisfaction") == Satisfaction.DISSATISFIED
        if is_dissatisfied and "reason" not in self.errors and not data.get("reason"):
            self.add_error("reason", _("Hãy cho biết vì sao bạn chưa hài lòng."))
        return data
