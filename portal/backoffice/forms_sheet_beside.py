"""What a procedure has to do with others: life events, what it replaces and bundles, its own words in letters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import AgencyLevel
from portal.backoffice.builder import may_publish_for
from portal.backoffice.forms_sheet_start import pair
from portal.backoffice.officials import Official
from procedures.facts import Facts
from procedures.forms import CodesField
from procedures.models import Procedure, ProcedureVersion
from procedures.packs.checking import LETTERS
from procedures.packs.reference import own_reference

_MOST_TYPED = 1_000
"""Characters of codes: some hundred."""
LETTER_WORDS = {
    "01": _("Lời thêm trong giấy tiếp nhận, hẹn trả"),
    "02": _("Lời thêm trong phiếu yêu cầu bổ sung"),
    "03": _("Lời thêm trong phiếu từ chối"),
    "05": _("Lời thêm trong thông báo dừng giải quyết"),
}
"""By the numbers of NĐ 61/2018/NĐ-CP's forms (procedures.packs.checking.LETTERS)."""
_LETTER_WORDS_EN = {
    "01": _("Lời thêm trong giấy tiếp nhận, tiếng Anh"),
    "02": _("Lời thêm trong phiếu yêu cầu bổ sung, tiếng Anh"),
    "03": _("Lời thêm trong phiếu từ chối, tiếng Anh"),
    "05": _("Lời thêm trong thông báo dừng, tiếng Anh"),
}


class BesideForm(forms.Form):
    """Life events, levels, other procedures, letters."""

    official: Official
    own_code = ""
    before: Facts

    life_events = forms.MultipleChoiceField(
        label=_("Sự kiện trong đời"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Thủ tục hiện ở trang của các sự kiện này."),
    )
    levels = forms.MultipleChoiceField(
        label=_("Các cấp cùng giải quyết"),
        choices=AgencyLevel.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Chỉ khi nhiều cấp cùng giải quyết; cấp giải quyết ở trên là cấp gần người dân nhất."),
    )
    replaces = CodesField(
        label=_("Thay cho các thủ tục"),
        max_length=_MOST_TYPED,
        help_text=_("Mỗi dòng một mã. Các thủ tục này ngừng nhận hồ sơ từ ngày bản này áp dụng."),
    )
    linked = CodesField(
        label=_("Liên thông các thủ tục"),
        max_length=_MOST_TYPED,
        help_text=_("Mỗi dòng một mã, theo thứ tự giải quyết."),
    )

    def offer_beside(self) -> None:
        """The life events there are, and the letters."""
        events: Any = self.fields["life_events"]
        events.choices = [(event["slug"], event["name"]["vi"]) for event in own_reference().life_events]
        for number in LETTERS:
            for language, said in (("vi", LETTER_WORDS[number]), ("en", _LETTER_WORDS_EN[number])):
                area = forms.Textarea({"rows": 2})
                control = forms.CharField(label=said, max_length=5_000, required=False, widget=area)
                self.fields[f"letter_{number}_{language}"] = control

    def clean_linked(self) -> list[str]:
        """Procedures of the catalogue, this one not among them."""
        return self._known(self.cleaned_data["linked"], "linked")

    def clean_replaces(self) -> list[str]:
        """Procedures that she may close: those of the agencies that she publishes for."""
        codes = self._known(self.cleaned_data["replaces"], "replaces")
        new = set(codes) - set(self.before.get("replaces") or ())
        issuers = {  # of the last version each, which may still wait for its day
            version.procedure.code: version.issuer_code
            for version in ProcedureVersion.objects.filter(procedure__code__in=new)
            .select_related("procedure")
            .order_by("number")
        }
        others = sorted(code for code, issuer in issuers.items() if not may_publish_for(self.official, issuer))
        if others:
            words = _now("Thủ tục %(codes)s do cơ quan khác công bố, bạn không cho ngừng được. Hãy bỏ mã này.")
            raise ValidationError(words % {"codes": ", ".join(others)})
        return codes

    def _known(self, codes: list[str], name: str) -> list[str]:
        if self.own_code in codes:
            raise ValidationError(_("Đây là mã của chính thủ tục này. Hãy bỏ mã này."))
        new = [code for code in codes if code not in (self.before.get(name) or ())]
        known = set(Procedure.objects.filter(code__in=new).values_list("code", flat=True))
        if unknown := [code for code in new if code not in known]:
            words = _now("Danh mục chưa có thủ tục mã %(codes)s. Hãy xem lại mã.")
            raise ValidationError(words % {"codes": ", ".join(unknown)[:200]})
        return codes

    def beside(self) -> Facts:
        """The same as a pack has it."""
        typed = self.cleaned_data
        letters = {
            number: words
            for number in LETTERS
            if (words := pair(typed[f"letter_{number}_vi"], typed[f"letter_{number}_en"]))
        }
        return {"replaces": typed["replaces"], "linked": typed["linked"], "letters": letters}


def initial_beside(facts: Facts) -> dict[str, Any]:
    """What stands there, control by control."""
    letters = facts.get("letters") or {}
    return {
        "life_events": facts.get("life_events") or [],
        "levels": (facts.get("competent") or {}).get("levels") or [],
        "replaces": facts.get("replaces") or [],
        "linked": facts.get("linked") or [],
        **{
            f"letter_{number}_{language}": (letters.get(number) or {}).get(language, "")
            for number in LETTERS
            for language in ("vi", "en")
        },
    }
