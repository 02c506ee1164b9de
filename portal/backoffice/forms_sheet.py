"""The forms with which officials write what a procedure's sheet says, and the facts of a pack they become."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import AgencyLevel, Branch
from portal.backoffice.day_fields import DayField
from portal.backoffice.forms_sheet_beside import BesideForm, initial_beside
from portal.backoffice.forms_sheet_rows import SheetQuestions, as_before
from portal.backoffice.forms_sheet_rules import PERSON, RulesForm, initial_rules
from portal.backoffice.forms_sheet_start import StartForm, lines, pair
from portal.backoffice.forms_sheet_time import TimeForm, initial_times
from portal.backoffice.sheet_choices import REASONS
from procedures import sheets
from procedures.facts import Facts
from procedures.models import Place, ServiceLevel
from procedures.packs.checking import CHANNELS, LETTERS
from procedures.packs.reference import own_reference

LONGEST = 400_000
"""Characters of steps or requirements; the longest published ones have 170,000."""
_GAP = re.compile(r"\n[ \t]*\n+")


def joined(rows: Iterable[Any], language: str) -> str:
    """Several texts in one control, an empty line between them; empty where one of them is missing."""
    texts = [str((row or {}).get(language) or "") for row in rows]
    return "\n\n".join(texts) if all(texts) else ""


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


def _english(label: Any, rows: int = 0) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=LONGEST, widget=_area(rows) if rows else forms.TextInput()
    )


class SheetForm(TimeForm, RulesForm, BesideForm, StartForm):
    """Everything of a sheet that is no row: who, where, how, how long, on what ground."""

    code = None  # type: ignore[assignment]  # Django's way to leave a field out
    name_en = _english(_("Tên tiếng Anh"), 2)
    short_name_vi = forms.CharField(
        label=_("Tên ngắn"), max_length=250, help_text=_("Tên dùng ở đầu trang, ví dụ Đăng ký khai sinh.")
    )
    short_name_en = forms.CharField(label=_("Tên ngắn tiếng Anh"), max_length=250, required=False)
    summary_vi = forms.CharField(
        label=_("Tóm tắt"), max_length=500, required=False, help_text=_("Một câu: làm thủ tục này để được gì.")
    )
    summary_en = forms.CharField(label=_("Tóm tắt tiếng Anh"), max_length=500, required=False)
    keywords = forms.CharField(
        label=_("Từ người dân hay gõ khi tìm"),
        required=False,
        max_length=2_000,
        widget=_area(2),
        help_text=_("Mỗi dòng một từ hoặc cụm từ."),
    )
    decision_number = forms.CharField(label=_("Số quyết định công bố"), max_length=60, required=False)
    decision_date = DayField(label=_("Ngày quyết định"), required=False)
    applicants = forms.MultipleChoiceField(label=_("Ai được làm"), widget=forms.CheckboxSelectMultiple)
    level = forms.ChoiceField(label=_("Cấp giải quyết"), choices=AgencyLevel.choices)
    branch = forms.ChoiceField(label=_("Ngành giải quyết"), choices=Branch.choices)
    place = forms.ChoiceField(label=_("Nơi tiếp nhận"), choices=Place.choices)
    competent_vi = forms.CharField(label=_("Cơ quan giải quyết"), max_length=20_000, widget=_area(2))
    competent_en = _english(_("Cơ quan giải quyết, tiếng Anh"))
    service_level = forms.ChoiceField(label=_("Mức độ trực tuyến"), choices=ServiceLevel.choices)
    reason_kind = forms.ChoiceField(label=_("Vì sao chưa toàn trình"), choices=REASONS, required=False)
    reason_vi = forms.CharField(label=_("Lý do, viết cho người dân"), max_length=2_000, required=False, widget=_area(2))
    reason_en = _english(_("Lý do, tiếng Anh"))
    channels = forms.MultipleChoiceField(label=_("Cách nộp"), widget=forms.CheckboxSelectMultiple)
    steps_vi = forms.CharField(
        label=_("Các bước"), max_length=LONGEST, widget=_area(8), help_text=_("Một dòng trống giữa hai bước.")
    )
    steps_en = _english(_("Các bước, tiếng Anh"), 4)
    requirements_vi = forms.CharField(
        label=_("Yêu cầu, điều kiện"),
        max_length=LONGEST,
        required=False,
        widget=_area(4),
        help_text=_("Một dòng trống giữa hai điều."),
    )
    requirements_en = _english(_("Yêu cầu, điều kiện, tiếng Anh"), 3)
    notes_vi = forms.CharField(
        label=_("Lưu ý"),
        max_length=LONGEST,
        required=False,
        widget=_area(4),
        help_text=_("Một dòng trống giữa hai điều."),
    )
    notes_en = _english(_("Lưu ý, tiếng Anh"), 3)
    legal_basis = forms.CharField(
        label=_("Căn cứ pháp lý"),
        max_length=LONGEST,
        required=False,
        widget=_area(4),
        help_text=_("Mỗi dòng một văn bản, ví dụ 60/2014/QH13."),
    )

    def __init__(self, *args: Any, facts: Facts, questions: SheetQuestions, **kwargs: Any) -> None:
        super().__init__(*args, initial=self.initial_of(facts), **kwargs)
        self.before, self.own_code = facts, str(facts.get("code"))
        self.offer_persons(questions.answers)
        self.offer_beside()
        self.issued_by_before = str(facts.get("issued_by") or "")
        own = {row["code"] for row in [facts.get("field") or {}] if row}
        # As above, the types know of no choices.
        if not own <= set(self.named):  # of a pack that was never loaded
            self.fields["field"].choices.append((facts["field"]["code"], facts["field"]["name"]["vi"]))  # type: ignore[attr-defined]
        for name in ("level", "branch", "place", "service_level"):
            # What nobody chose is not the first of the list. As below, the types know of no choices.
            if not self.initial[name]:
                self.fields[name].choices = [("", _("Hãy chọn")), *self.fields[name].choices]  # type: ignore[attr-defined]
        types = own_reference().applicant_types
        self.fields["applicants"].choices = [(code, row["name"]["vi"]) for code, row in types.items()]  # type: ignore[attr-defined]
        self.fields["channels"].choices = [(name, sheets.channel_words(name)) for name in CHANNELS]  # type: ignore[attr-defined]

    def sections(self) -> list[dict[str, Any]]:
        """The controls in their sections."""
        return [
            {
                "title": title,
                "fields": [
                    self[each]
                    for name in names
                    for each in ((name,) if name in self.fields else (f"{name}_vi", f"{name}_en"))
                ],
            }
            for title, names in SECTIONS
        ]

    def clean(self) -> dict[str, Any]:
        """What hangs together: reason and level, time and unit, both languages paragraph by paragraph."""
        typed = super().clean() or self.cleaned_data
        if typed.get("service_level") != ServiceLevel.FULL:
            if not typed.get("reason_kind"):
                self.add_error("reason_kind", _("Hãy chọn vì sao thủ tục chưa làm trọn trên mạng."))
            if not (typed.get("reason_vi") or "").strip():
                self.add_error("reason_vi", _("Hãy viết lý do cho người dân đọc."))
        if self._levels(typed) is None:
            self.add_error("levels", _("Hãy đánh dấu cả cấp giải quyết đã chọn, hoặc bỏ đánh dấu tất cả."))
        for name in TEXTS:
            there, here = len(_paragraphs(typed.get(f"{name}_en", ""))), len(_paragraphs(typed.get(f"{name}_vi", "")))
            if there and there != here and self._changed(name):
                words = _("Tiếng Việt có %(vi)d đoạn, tiếng Anh có %(en)d. Hãy viết đủ từng đoạn, hoặc để trống cả ô.")
                self.add_error(f"{name}_en", words % {"vi": here, "en": there})
        return typed

    def _levels(self, typed: dict[str, Any]) -> list[str] | None:
        """Several levels, the one that decides among them; None where they do not go together."""
        ticked, before = typed.get("levels") or [], self.initial["levels"]
        if not ticked or "level" not in typed or typed["level"] in ticked:
            return as_before(ticked, before)
        return [] if set(ticked) == set(before) else None

    def _changed(self, name: str) -> bool:
        typed = (self.cleaned_data.get(f"{name}_vi", ""), self.cleaned_data.get(f"{name}_en", ""))
        return [lines(text).strip() for text in typed] != [
            self.initial[f"{name}_{language}"].strip() for language in ("vi", "en")
        ]

    def _texts(self, name: str) -> list[dict[str, str]]:
        """The paragraphs as pairs; untouched they stay as they were, also those with empty lines in them."""
        if not self._changed(name):
            return list(self.before.get(name) or ())
        english = _paragraphs(self.cleaned_data[f"{name}_en"])
        vietnamese = _paragraphs(self.cleaned_data[f"{name}_vi"])
        return [{"vi": text, **({"en": english[number]} if english else {})} for number, text in enumerate(vietnamese)]

    def facts(self) -> Facts:
        """The facts as written, on the ground of those before."""
        typed, before = self.cleaned_data, self.before
        kept = {name: before.get(name) or {} for name in ("competent", "processing", "service_level_reason")}
        routing = {"level": typed["level"], "branch": typed["branch"], "place": typed["place"]}
        levels = self._levels(typed)
        said: Facts = {
            "name": pair(typed["name_vi"], typed["name_en"]),
            "short_name": pair(typed["short_name_vi"], typed["short_name_en"]),
            "summary": pair(typed["summary_vi"], typed["summary_en"]),
            "keywords": _each(typed["keywords"]),
            "field": self._field() if typed["field"] in self.named else before["field"],
            "issued_by": typed["issued_by"],
            "decision": {
                **({"number": typed["decision_number"]} if typed["decision_number"] else {}),
                **({"date": typed["decision_date"].isoformat()} if typed["decision_date"] else {}),
            },
            "applicants": as_before(typed["applicants"], before.get("applicants") or []),
            "competent": {
                "text": pair(typed["competent_vi"], typed["competent_en"]),
                "routing": routing,
                **({"levels": levels} if levels else {}),
            },
            "service_level": typed["service_level"],
            "channels": as_before(typed["channels"], before.get("channels") or []),
            "processing": self.processing(kept["processing"]),
            "life_events": as_before(typed["life_events"], before.get("life_events") or []),
            **self.rules(before),
            **self.beside(),
            **{name: self._texts(name) for name in TEXTS},
            "legal_basis": _each(typed["legal_basis"]),
        }
        if typed["service_level"] != ServiceLevel.FULL:
            said["service_level_reason"] = kept["service_level_reason"] | {
                "kind": typed["reason_kind"],
                "text": pair(typed["reason_vi"], typed["reason_en"]),
            }
        rest = {name: value for name, value in before.items() if name not in said and name != "service_level_reason"}
        return rest | {name: value for name, value in said.items() if value not in (None, [], {})}

    @classmethod
    def initial_of(cls, facts: Facts) -> dict[str, Any]:
        """What the facts say, control by control."""
        decision = facts.get("decision") or {}
        reason, competent = facts.get("service_level_reason") or {}, facts.get("competent") or {}
        texts = {
            "name": facts.get("name"),
            "short_name": facts.get("short_name"),
            "summary": facts.get("summary"),
            "competent": competent.get("text"),
            "reason": reason.get("text"),
        }
        found: dict[str, Any] = {
            f"{name}_{language}": (text or {}).get(language, "")
            for name, text in texts.items()
            for language in ("vi", "en")
        }
        for name in TEXTS:
            found |= {f"{name}_{language}": joined(facts.get(name) or (), language) for language in ("vi", "en")}
        return {
            **found,
            **initial_times(facts.get("processing") or {}),
            **initial_rules(facts),
            **initial_beside(facts),
            "keywords": "\n".join(facts.get("keywords") or ()),
            "field": (facts.get("field") or {}).get("code", ""),
            "issued_by": facts.get("issued_by", ""),
            "decision_number": decision.get("number", ""),
            "decision_date": decision.get("date"),
            "applicants": facts.get("applicants") or [],
            **{name: (competent.get("routing") or {}).get(name) for name in ("level", "branch", "place")},
            "service_level": facts.get("service_level"),
            "reason_kind": reason.get("kind", ""),
            "channels": facts.get("channels") or [],
            "legal_basis": "\n".join(str(act) for act in facts.get("legal_basis") or ()),
        }


TEXTS = ("steps", "requirements", "notes")
"""Parts of several paragraphs."""
SECTIONS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("Tên và lĩnh vực"), ("name", "short_name", "summary", "keywords", "field", "life_events")),
    (_("Cơ quan, quyết định công bố"), ("issued_by", "decision_number", "decision_date")),
    (
        _("Ai làm, nộp ở đâu"),
        ("applicants", "persons_only", "competent", "level", "branch", "place", "levels", "channels"),
    ),
    (_("Mức độ trực tuyến"), ("service_level", "reason_kind", "reason")),
    (
        _("Thời hạn"),
        ("time_value", "time_unit", "time", "cutoff", "extended_value", "extended_unit", "extended"),
    ),
    (
        _("Bổ sung giấy tờ, dự thảo kết quả"),
        (
            "supplement_effect",
            "supplement_days",
            "supplement_rounds",
            "supplement_closes",
            "draft_days",
            "draft_legal",
            *(f"assigns_{part}" for part in PERSON),
        ),
    ),
    (_("Các bước, điều kiện, căn cứ"), (*TEXTS, "legal_basis")),
    (_("Thủ tục khác"), ("replaces", "linked")),
    (_("Lời riêng trong văn bản gửi người dân"), tuple(f"letter_{number}" for number in LETTERS)),
)
"""The form's controls as they stand together; a name of a pair stands for both languages."""


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in _GAP.split(lines(text)) if part.strip()]


def _each(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in lines(text).split("\n") if line.strip()))
