"""The form by which a representative appoints a member."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import OrganisationRole

ROLES = [
    (OrganisationRole.READER, _("Người xem: xem kho và hồ sơ của tổ chức")),
    (OrganisationRole.FILER, _("Người nộp hồ sơ: thêm giấy tờ, nộp và bổ sung hồ sơ thay tổ chức")),
]


class AppointForm(forms.Form):
    """Who, by number and name as her identity account has them, and as what: the narrowest role stands first."""

    personal_id = forms.CharField(
        label=_("Số định danh cá nhân"),
        help_text=_("12 chữ số trên thẻ căn cước."),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "govuk-input--width-20"}),
        error_messages={"required": _("Hãy ghi số định danh cá nhân của người ấy.")},
    )
    full_name = forms.CharField(
        label=_("Họ, chữ đệm, tên"),
        help_text=_("Như trên thẻ căn cước; có dấu hay không dấu đều được."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Hãy ghi họ tên của người ấy.")},
    )
    role = forms.ChoiceField(
        label=_("Vai trò"),
        choices=ROLES,
        initial=OrganisationRole.READER,
        widget=forms.RadioSelect,
        error_messages={"required": _("Chọn vai trò."), "invalid_choice": _("Chọn một vai trò trong danh sách.")},
    )
