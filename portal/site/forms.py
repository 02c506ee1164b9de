"""The one form of the site's own pages."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DisplayForm(forms.Form):
    """Light, dark, or as the device is set (hiển thị)."""

    theme = forms.ChoiceField(
        label=_("Nền trang"),
        choices=[("auto", _("Theo máy của tôi")), ("light", _("Luôn sáng")), ("dark", _("Luôn tối"))],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Hãy chọn một kiểu nền."),
            "invalid_choice": _("Hãy chọn một trong ba kiểu nền: theo máy, sáng hoặc tối."),
        },
    )
