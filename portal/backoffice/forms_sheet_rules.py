"""Rules that dossiers of a procedure follow, as officials set them: supplements, drafts of results, who may file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.backoffice.condition_rows import Questions
from portal.backoffice.forms_sheet_rows import offer
from portal.backoffice.forms_sheet_start import pair
from portal.backoffice.sheet_choices import EFFECTS
from procedures.facts import Facts

PERSON = ("full_name", "date_of_birth", "gender")
_SHORT = {"inputmode": "numeric", "class": "govuk-input--width-5"}


class RulesForm(forms.Form):
    """What happens with missing papers and with the draft of a result; who gets a personal number; who may file."""

    supplement_effect = forms.ChoiceField(label=_("Khi người dân bổ sung giấy tờ"), choices=EFFECTS, required=False)
    supplement_days = forms.IntegerField(
        label=_("Chờ bổ sung (ngày làm việc)"),
        required=False,
        min_value=0,
        max_value=999,
        help_text=_("Để trống là 15 ngày."),
        widget=forms.TextInput(_SHORT),
    )
    supplement_rounds = forms.IntegerField(
        label=_("Được yêu cầu bổ sung mấy lần"),
        required=False,
        min_value=1,
        max_value=99,
        help_text=_("Để trống: từ lần thứ hai, cán bộ phải nêu văn bản cho phép."),
        widget=forms.TextInput(_SHORT),
    )
    supplement_closes = forms.BooleanField(
        label=_("Hết thời gian chờ mà chưa bổ sung thì kết thúc hồ sơ"), required=False
    )
    draft_days = forms.IntegerField(
        label=_("Người nộp xem dự thảo kết quả trong (ngày)"),
        required=False,
        min_value=1,
        max_value=99,
        help_text=_("Để trống khi quy trình không cho xem dự thảo."),
        widget=forms.TextInput(_SHORT),
    )
    draft_legal = forms.CharField(label=_("Văn bản cho xem dự thảo"), max_length=200, required=False)
    assigns_full_name = forms.ChoiceField(
        label=_("Cấp số định danh cho người: họ tên ở câu"),
        required=False,
        help_text=_("Chỉ với thủ tục cấp số định danh cá nhân, như khai sinh."),
    )
    assigns_date_of_birth = forms.ChoiceField(label=_("Cấp số định danh cho người: ngày sinh ở câu"), required=False)
    assigns_gender = forms.ChoiceField(label=_("Cấp số định danh cho người: giới tính ở câu"), required=False)
    persons_only_vi = forms.CharField(
        label=_("Vì sao không nộp thay tổ chức"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Chỉ ghi khi thủ tục do cá nhân nộp dù danh sách người được làm có tổ chức."),
    )
    persons_only_en = forms.CharField(
        label=_("Vì sao không nộp thay tổ chức, tiếng Anh"), max_length=2_000, required=False
    )

    def offer_persons(self, questions: Questions) -> None:
        """The questions that may name a person; what it says now stays a choice, were it gone from the form."""
        for part in PERSON:
            offer(self, f"assigns_{part}", questions.named)

    def clean(self) -> dict[str, Any]:
        """A draft has its law; a person is named whole."""
        typed = super().clean() or self.cleaned_data
        if typed.get("draft_days") and not (typed.get("draft_legal") or "").strip():
            self.add_error("draft_legal", _("Hãy ghi văn bản cho người nộp xem dự thảo."))
        if typed.get("draft_legal") and "draft_days" in typed and not typed.get("draft_days"):
            self.add_error("draft_days", _("Hãy ghi số ngày, hoặc xóa văn bản ở ô bên."))
        named = [typed.get(f"assigns_{part}") for part in PERSON]
        if any(named) and not all(named):
            missing = PERSON[named.index(next(each for each in named if not each))]
            self.add_error(f"assigns_{missing}", _("Hãy chọn đủ họ tên, ngày sinh và giới tính, hoặc để trống cả ba."))
        return typed

    def rules(self, before: Facts) -> Facts:
        """The rules as a pack has them, on the ground of those before; an empty one is none."""
        typed = self.cleaned_data
        supplement = {
            "effect": typed["supplement_effect"] or None,
            "days": typed["supplement_days"],
            "rounds": typed["supplement_rounds"],
            "closes": None if typed["supplement_closes"] else False,
        }
        known = before.get("supplement_rule") or {}
        if typed["supplement_closes"] and known.get("closes") is True:
            supplement["closes"] = True
        draft = {"days": typed["draft_days"], "legal": typed["draft_legal"].strip() or None}
        return {
            "supplement_rule": _on(known, supplement),
            "draft_confirmation": _on(before.get("draft_confirmation") or {}, draft) if typed["draft_days"] else {},
            "assigns_personal_id": {part: typed[f"assigns_{part}"] for part in PERSON if typed[f"assigns_{part}"]},
            "persons_only": pair(typed["persons_only_vi"], typed["persons_only_en"]),
        }


def _on(before: Facts, said: Facts) -> Facts:
    kept = {name: value for name, value in before.items() if name not in said}
    made = {name: value for name, value in said.items() if value is not None}
    return {**made, **kept} if made else {}


def initial_rules(facts: Facts) -> dict[str, Any]:
    """What the rules say, control by control."""
    supplement, draft = facts.get("supplement_rule") or {}, facts.get("draft_confirmation") or {}
    only = facts.get("persons_only") or {}
    return {
        "supplement_effect": supplement.get("effect") or "",
        "supplement_days": supplement.get("days"),
        "supplement_rounds": supplement.get("rounds"),
        "supplement_closes": supplement.get("closes") is not False,
        "draft_days": draft.get("days"),
        "draft_legal": draft.get("legal", ""),
        **{f"assigns_{part}": (facts.get("assigns_personal_id") or {}).get(part, "") for part in PERSON},
        **{f"persons_only_{language}": only.get(language, "") for language in ("vi", "en")},
    }
