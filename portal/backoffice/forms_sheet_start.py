"""The form that begins a procedure at the desk: its code, name, field, and who publishes it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import Agency, AgencyLevel
from portal.backoffice.builder import may_publish_for
from portal.backoffice.officials import Official
from procedures import field_names
from procedures.facts import Facts
from procedures.models import Field

PUBLISHING = frozenset({AgencyLevel.MINISTRY, AgencyLevel.PROVINCE})
"""Who publishes procedures: ministers and chairmen of provincial people's committees (NĐ 63/2010/NĐ-CP art. 13 to 15 as
amended; from general knowledge, docs/assumptions.md)."""


def pair(vi: str, en: str) -> dict[str, str] | None:
    """A text of two languages; None when nothing was written."""
    vi, en = lines(vi).strip(), lines(en).strip()
    return {"vi": vi, **({"en": en} if en else {})} if vi else None


def lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


class StartForm(forms.Form):
    """What a procedure needs to be begun: code, name, field, who publishes it."""

    issued_by_before = ""

    code = forms.CharField(
        label=_("Mã thủ tục"),
        max_length=20,
        help_text=_("Mã quốc gia: một chữ số, dấu chấm, sáu chữ số. Ví dụ 1.001193."),
        widget=forms.TextInput({"class": "govuk-input--width-10"}),
    )
    name_vi = forms.CharField(label=_("Tên thủ tục"), max_length=10_000, widget=forms.Textarea({"rows": 2}))
    field = forms.ChoiceField(label=_("Lĩnh vực"))
    issued_by = forms.CharField(
        label=_("Mã cơ quan công bố"),
        max_length=35,
        help_text=_("Mã định danh của bộ hoặc UBND cấp tỉnh, ví dụ G15 hoặc H26."),
        widget=forms.TextInput({"class": "govuk-input--width-20"}),
    )

    def __init__(self, *args: Any, official: Official, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.official = official
        self.named = {row.code: row for row in Field.objects.all()}
        labels = field_names.labels()
        # The types of Django know the plain Field here, which has no choices; so do the lines below.
        self.fields["field"].choices = [("", "")] + [  # type: ignore[attr-defined]
            (code, labels[code]) for code in self.named
        ]

    def clean_issued_by(self) -> str:
        """An agency that she may publish for, of a level that publishes; what is published already keeps its own."""
        code = str(self.cleaned_data["issued_by"]).strip()
        agency = Agency.objects.filter(code=code).first()
        if agency is None:
            raise ValidationError(_("Không có cơ quan mã này. Hãy xem lại mã định danh, ví dụ G15 hoặc H26."))
        if not may_publish_for(self.official, code):
            raise ValidationError(
                _("Bạn không quản trị cơ quan này. Hãy ghi mã cơ quan của bạn hoặc cơ quan cấp dưới.")
            )
        if code != self.issued_by_before and agency.level not in PUBLISHING and not self.official.user.is_superuser:
            raise ValidationError(
                _("Thủ tục do bộ hoặc UBND cấp tỉnh công bố. Hãy ghi mã của bộ hay tỉnh, hoặc nhờ cơ quan đó công bố.")
            )
        return code

    def _field(self) -> dict[str, Any]:
        row = self.named[self.cleaned_data["field"]]
        return {"code": row.code, "name": pair(row.name, row.name_en)}

    def facts(self) -> Facts:
        """The facts of a procedure that was just begun."""
        name = pair(self.cleaned_data["name_vi"], "")
        assert name is not None  # noqa: S101 - the control is required
        return {
            "origin": "desk",
            "name": name,
            "short_name": {"vi": name["vi"][:250]},
            "field": self._field(),
            "issued_by": self.cleaned_data["issued_by"],
        }
