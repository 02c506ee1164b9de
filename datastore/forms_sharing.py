"""Forms of sharing a document by a link."""

from django import forms
from django.utils.translation import gettext_lazy as _

DAYS = [("1", _("1 ngày")), ("7", _("7 ngày")), ("30", _("30 ngày"))]
VIEWS = [("1", _("1 lượt")), ("5", _("5 lượt")), ("20", _("20 lượt"))]


class ShareForm(forms.Form):
    """For what, for how long, how often, and whether a code is needed: the narrowest choice stands first."""

    purpose = forms.CharField(
        label=_("Bạn chia sẻ để làm gì?"),
        help_text=_("Ví dụ: Nộp cho trường học của con. Người nhận cũng thấy dòng này."),
        max_length=200,
        error_messages={"required": _("Hãy ghi bạn chia sẻ để làm gì.")},
    )
    days = forms.ChoiceField(
        label=_("Liên kết mở được trong"),
        choices=DAYS,
        initial="1",
        widget=forms.RadioSelect,
        error_messages={"required": _("Chọn thời hạn."), "invalid_choice": _("Chọn một thời hạn trong danh sách.")},
    )
    views = forms.ChoiceField(
        label=_("Số lượt xem tối đa"),
        choices=VIEWS,
        initial="1",
        widget=forms.RadioSelect,
        error_messages={"required": _("Chọn số lượt xem."), "invalid_choice": _("Chọn một số lượt trong danh sách.")},
    )
    with_code = forms.BooleanField(label=_("Hỏi thêm mã 6 số, bạn báo riêng cho người nhận"), required=False)


class CodeForm(forms.Form):
    """The code that the owner told the visitor."""

    code = forms.CharField(
        label=_("Mã 6 số người gửi đã báo cho bạn"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "govuk-input--width-10"}
        ),
        error_messages={"required": _("Nhập mã 6 số.")},
    )
