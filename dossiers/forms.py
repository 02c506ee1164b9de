"""The small forms around a dossier; the filing form itself comes from the procedure (procedures.eforms)."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import AdministrativeUnit, UnitLevel
from portal.core.identifiers import clean_dossier_code


class PlaceForm(forms.Form):
    """Where to file: province first, then commune (nơi nộp hồ sơ)."""

    province_code = forms.ChoiceField(
        label=_("Tỉnh, thành phố"), error_messages={"required": _("Hãy chọn tỉnh, thành phố.")}
    )
    commune_code = forms.ChoiceField(
        label=_("Xã, phường, đặc khu"),
        required=False,
        help_text=_("Chọn tỉnh rồi bấm “Xem các xã, phường” nếu danh sách còn trống."),
    )

    def __init__(self, *args: object, province: str = "", needs_commune: bool = True, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.needs_commune = needs_commune
        provinces = AdministrativeUnit.objects.filter(level=UnitLevel.PROVINCE, valid_to__isnull=True)
        self.fields["province_code"].choices = [
            ("", _("Chọn tỉnh, thành phố")),
            *((unit.code, unit.full_name) for unit in provinces.order_by("sort_key", "code")),
        ]
        communes = AdministrativeUnit.objects.filter(
            level=UnitLevel.COMMUNE, parent__code=province, valid_to__isnull=True
        )
        self.fields["commune_code"].choices = [
            ("", _("Chọn xã, phường, đặc khu")),
            *((unit.code, unit.full_name) for unit in communes.order_by("sort_key", "code")),
        ]
        if not needs_commune:
            del self.fields["commune_code"]

    def clean(self) -> dict[str, str]:
        """A commune is needed where the commune decides."""
        data = super().clean() or {}
        if self.needs_commune and not data.get("commune_code") and "commune_code" not in self.errors:
            self.add_error("commune_code", _("Hãy chọn xã, phường, đặc khu nơi nộp hồ sơ."))
        return data


class TrackForm(forms.Form):
    """Track without signing in: the code and a second fact that only the applicant knows."""

    code = forms.CharField(label=_("Mã hồ sơ"), max_length=60, error_messages={"required": _("Hãy nhập mã hồ sơ.")})
    phone_tail = forms.RegexField(
        label=_("4 số cuối điện thoại của người nộp"),
        regex=r"^[0-9]{4}$",
        strip=True,
        error_messages={
            "required": _("Hãy nhập 4 số cuối điện thoại đã khai trong hồ sơ."),
            "invalid": _("Nhập đúng 4 chữ số, ví dụ 0123."),
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "4", "size": "6"}),
    )

    def clean_code(self) -> str:
        """Capitals, no blanks."""
        return clean_dossier_code(self.cleaned_data["code"])


class ReasonForm(forms.Form):
    """A reason in the person's own words."""

    reason = forms.CharField(
        label=_("Lý do"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Hãy nêu lý do."),
            "max_length": _("Lý do dài quá %(limit_value)d ký tự. Hãy viết gọn lại."),
        },
    )


class SupplementAnswerForm(forms.Form):
    """The words that go with supplemented papers."""

    answer = forms.CharField(
        label=_("Nội dung trả lời (không bắt buộc)"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": _("Nội dung dài quá %(limit_value)d ký tự. Hãy viết gọn lại.")},
    )
