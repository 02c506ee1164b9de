"""Forms of the catalogue's own editors in the back office (chính sách địa phương, hỏi đáp)."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import AdministrativeUnit, Agency, UnitLevel
from portal.core.durations import DurationUnit
from portal.core.money_fields import VndField
from procedures import policy_lowering
from procedures.models import FeeKind, Field, LocalPolicy, Procedure


class CodesField(forms.CharField):
    """Several codes, each on a line or after a comma."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=kwargs.pop("required", False), widget=forms.Textarea(attrs={"rows": 3, "cols": 60}), **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        """The codes of the row, one a line."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """A list without repeats, in the order typed."""
        return list(dict.fromkeys(re.findall(r"[^\s,;]+", value or "")))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the codes differ, however they were typed."""
        return bool(list(initial or []) != self.to_python(data))


def unit_of(agency: Agency) -> AdministrativeUnit | None:
    """Where an agency acts: its unit, or that of the nearest agency above that has one."""
    at: Agency | None = agency
    while at is not None and at.unit is None:
        at = at.parent
    return at.unit if at is not None else None


class LocalPolicyForm(forms.ModelForm):
    """A policy as an agency's administrator types it; it may only speak of her own province."""

    provinces = forms.MultipleChoiceField(label=_("Tỉnh, thành phố"), widget=forms.SelectMultiple(attrs={"size": 8}))
    communes = CodesField(
        label=_("Xã, phường, đặc khu"), help_text=_("Mã 5 số, mỗi dòng một mã. Để trống là cả tỉnh, thành phố.")
    )
    procedure_codes = CodesField(label=_("Mã thủ tục"), help_text=_("Mỗi dòng một mã, ví dụ 1.013225."))
    field_codes = CodesField(label=_("Mã lĩnh vực"), help_text=_("Áp dụng cho mọi thủ tục của lĩnh vực."))
    fee_kinds = forms.MultipleChoiceField(
        label=_("Loại tiền"),
        choices=FeeKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Không chọn là mọi loại."),
    )
    charges = CodesField(label=_("Khoản thu"), help_text=_("Mã khoản thu trong gói thủ tục. Để trống là mọi khoản."))
    amount_vnd = VndField(label=_("Số tiền (đồng)"), required=False, min_value=0)
    time_unit = forms.ChoiceField(label=_("Đơn vị thời hạn"), required=False)

    may_say_everywhere = True
    """Whether the person may speak of any province (a superuser)."""

    class Meta:
        model = LocalPolicy
        fields = (
            "code",
            "agency",
            "name",
            "name_en",
            "legal_basis",
            "effect",
            "percent",
            "amount_vnd",
            "time_value",
            "time_unit",
            "channel",
            "provinces",
            "communes",
            "procedure_codes",
            "field_codes",
            "fee_kinds",
            "charges",
            "condition",
            "when_text",
            "when_text_en",
            "valid_from",
            "valid_to",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = AdministrativeUnit.objects.filter(level=UnitLevel.PROVINCE, valid_to__isnull=True)
        self.fields["provinces"].choices = list(units.order_by("sort_key").values_list("code", "full_name"))  # type: ignore[attr-defined]
        words = {unit.value: unit_words(unit) for unit in DurationUnit}
        self.fields["time_unit"].choices = [("", "–"), *words.items()]  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """What the register refuses, at its control."""
        super()._post_clean()  # type: ignore[misc]  # Django's own hook, which its types leave out
        if not self.errors:
            try:
                policy_lowering.check(self.instance)
            except ValidationError as error:
                self.add_error(None, error)

    def clean_communes(self) -> list[str]:
        """Only communes that are known."""
        return _known(
            self.cleaned_data["communes"],
            lambda codes: AdministrativeUnit.objects.filter(level=UnitLevel.COMMUNE, code__in=codes),
            _now("Không có xã, phường nào mang mã %(codes)s."),
        )

    def clean_procedure_codes(self) -> list[str]:
        """Only procedures of the catalogue."""
        return known_procedures(self.cleaned_data["procedure_codes"])

    def clean_field_codes(self) -> list[str]:
        """Only fields of the catalogue."""
        return _known(
            self.cleaned_data["field_codes"],
            lambda codes: Field.objects.filter(code__in=codes),
            _now("Danh mục chưa có lĩnh vực mang mã %(codes)s."),
        )

    def clean(self) -> dict[str, Any]:
        """The place is the agency's own: a province's, or for a commune's agency that commune alone."""
        data = super().clean() or {}
        agency, provinces = data.get("agency"), set(data.get("provinces") or ())
        if agency is not None and provinces and not self.may_say_everywhere:
            self._check_place(unit_of(agency), provinces, data.get("communes") or [])
        if (communes := data.get("communes")) and provinces:
            rows = AdministrativeUnit.objects.filter(code__in=communes).exclude(parent__code__in=provinces)
            if elsewhere := sorted(rows.values_list("code", flat=True)):
                self.add_error(
                    "communes",
                    _now("Không thuộc tỉnh, thành phố đã chọn: %(codes)s.") % {"codes": ", ".join(elsewhere)},
                )
        return data

    def _check_place(self, unit: AdministrativeUnit | None, provinces: set[str], communes: list[str]) -> None:
        commune = unit if unit is not None and unit.level == UnitLevel.COMMUNE else None
        province = unit.parent if commune is not None and unit is not None else unit
        if foreign := provinces - {province.code if province else ""}:
            self.add_error(
                "provinces",
                _now("Cơ quan này chỉ đặt chính sách cho tỉnh, thành phố của mình, không đặt cho %(codes)s.")
                % {"codes": ", ".join(sorted(foreign))},
            )
        if commune is not None and communes != [commune.code]:
            self.add_error(
                "communes",
                _now("Cơ quan cấp xã chỉ đặt chính sách cho xã, phường của mình: %(code)s.") % {"code": commune.code},
            )


def known_procedures(codes: list[str]) -> list[str]:
    """The codes, if all are in the catalogue. Raises ValidationError that names the others."""
    return _known(
        codes,
        lambda wanted: Procedure.objects.filter(code__in=wanted),
        _now("Danh mục chưa có thủ tục mang mã %(codes)s."),
    )


def _known(codes: list[str], rows_of: Any, message: str) -> list[str]:
    known = set(rows_of(codes).values_list("code", flat=True)) if codes else set()
    if missing := [code for code in codes if code not in known]:
        raise ValidationError(message % {"codes": ", ".join(missing)})
    return codes


def unit_words(unit: DurationUnit) -> str:
    """A unit of time in words."""
    return {
        DurationUnit.SAME_WORKING_DAY: _now("trong ngày làm việc (ghi 1)"),
        DurationUnit.WORKING_DAY: _now("ngày làm việc"),
        DurationUnit.DAY: _now("ngày"),
        DurationUnit.HOUR: _now("giờ làm việc"),
        DurationUnit.CLOCK_HOUR: _now("giờ"),
        DurationUnit.MONTH: _now("tháng"),
        DurationUnit.YEAR: _now("năm"),
    }[unit]
