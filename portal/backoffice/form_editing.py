"""The forms with which an editor changes a form: what is typed on the builder's pages, and the rows it becomes."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from portal.backoffice.form_conditions import ConditionMixin, json_object
from procedures.eforms.definition import MESSAGES
from procedures.form_words import SOURCES, TYPES

WITH_OPTIONS = frozenset({"choice", "multi_choice"})
_CONDITION = ("when_field", "when_test", "when_choice", "when_value", "when_json")
WITH_PARTS = frozenset({"person", "repeat"})
KEY = r"^[a-z][a-z0-9_]{0,49}$"
_KEY_ERRORS = {"invalid": _("Mã gồm chữ thường không dấu, chữ số và dấu gạch dưới, bắt đầu bằng chữ.")}
NEW_PARTS = [{"key": "muc", "label": {"vi": "Nội dung", "en": "Item"}, "type": "text", "required": True}]


def words(vi: str, en: str) -> dict[str, str] | None:
    """A pair of texts, None when nothing was written."""
    return {"vi": vi, **({"en": en} if en else {})} if vi else None


def _named_sources() -> str:
    return ", ".join(f"{source} ({words})" for source, words in SOURCES.items())


class PartForm(forms.Form):
    """What is typed of one part of a form; what few parts need is folded."""

    folded: frozenset[str] = frozenset()

    def plain(self) -> list[forms.BoundField]:
        """What stands in sight."""
        return [bound for bound in self if bound.name not in self.folded]

    def advanced(self) -> list[forms.BoundField]:
        """What is folded."""
        return [bound for bound in self if bound.name in self.folded]

    def advanced_set(self) -> str:
        """Which of the folded say something, by their labels."""
        return ", ".join(str(bound.label) for bound in self.advanced() if bound.value())

    def has_advanced_errors(self) -> bool:
        """Whether something is wrong there."""
        return any(bound.errors for bound in self.advanced())


class TitleForm(PartForm):
    """A page or a group: its title in both languages, of a page the words under it, of a group its condition."""

    title_vi = forms.CharField(label=_("Tiêu đề"), max_length=200)
    title_en = forms.CharField(label=_("Tiêu đề tiếng Anh"), max_length=200, required=False)
    intro_vi = forms.CharField(label=_("Lời dẫn"), max_length=500, required=False, widget=forms.Textarea({"rows": 2}))
    intro_en = forms.CharField(
        label=_("Lời dẫn tiếng Anh"), max_length=500, required=False, widget=forms.Textarea({"rows": 2})
    )

    def apply(self, row: dict[str, Any]) -> None:
        """Put what was typed into the row."""
        typed = self.cleaned_data
        row["title"] = words(typed["title_vi"], typed["title_en"])
        if intro := words(typed["intro_vi"], typed["intro_en"]):
            row["intro"] = intro
        else:
            row.pop("intro", None)

    @classmethod
    def initial_of(cls, row: dict[str, Any]) -> dict[str, Any]:
        """What the row says."""
        title, intro = row.get("title") or {}, row.get("intro") or {}
        return {
            "title_vi": title.get("vi", ""),
            "title_en": title.get("en", ""),
            "intro_vi": intro.get("vi", ""),
            "intro_en": intro.get("en", ""),
        }


class NewPartForm(TitleForm):
    """A new page or group with its key."""

    key = forms.RegexField(KEY, label=_("Mã"), help_text=_("Ví dụ: nguoi_nop"), error_messages=_KEY_ERRORS)
    intro_vi = None  # type: ignore[assignment]  # Django's way to leave a field out
    intro_en = None  # type: ignore[assignment]

    def row(self) -> dict[str, Any]:
        """The new page's or group's JSON."""
        typed = self.cleaned_data
        return {"key": typed["key"], "title": words(typed["title_vi"], typed["title_en"])}


class NewFieldForm(forms.Form):
    """A new question: where, what, of which type; the rest is on its own page."""

    key = forms.RegexField(KEY, label=_("Mã"), help_text=_("Ví dụ: so_nha"), error_messages=_KEY_ERRORS)
    label_vi = forms.CharField(label=_("Câu hỏi"), max_length=300)
    type = forms.ChoiceField(label=_("Loại"), choices=TYPES)

    def row(self) -> dict[str, Any]:
        """The smallest field of this type that is a field."""
        typed = self.cleaned_data
        row: dict[str, Any] = {"key": typed["key"], "label": {"vi": typed["label_vi"]}, "type": typed["type"]}
        if typed["type"] in WITH_PARTS:
            row["fields"] = NEW_PARTS
        if typed["type"] == "repeat":
            row["max_items"] = 10
        return row

    def options(self) -> list[dict[str, str]] | None:
        """Two options to begin with, for a choice."""
        if self.cleaned_data["type"] not in WITH_OPTIONS:
            return None
        return [{"value": "co", "vi": str(_("Có")), "en": "Yes"}, {"value": "khong", "vi": str(_("Không")), "en": "No"}]


class GroupForm(ConditionMixin, TitleForm):
    """A group: title and condition."""

    folded = frozenset({"when_json"})

    field_order = ("title_vi", "title_en", *_CONDITION)
    intro_vi = None  # type: ignore[assignment]  # Django's way to leave a field out
    intro_en = None  # type: ignore[assignment]

    def apply(self, row: dict[str, Any]) -> None:
        """Put what was typed into the row."""
        row["title"] = words(self.cleaned_data["title_vi"], self.cleaned_data["title_en"])
        if condition := self.condition():
            row["visible_if"] = condition
        else:
            row.pop("visible_if", None)


class FieldForm(ConditionMixin, PartForm):
    """One question, everything about it; what is asked comes before when it is asked."""

    folded = frozenset(
        {"when_json", "prefill", "locked", "min", "max", "max_length", "pattern", "pattern_help_vi"}
        | {"required_message", "invalid_message", "more"}
    )

    field_order = ("label_vi", "label_en", "type", "help_vi", "help_en", "required", "options", *_CONDITION)

    label_vi = forms.CharField(label=_("Câu hỏi"), max_length=300)
    label_en = forms.CharField(label=_("Câu hỏi tiếng Anh"), max_length=300, required=False)
    type = forms.ChoiceField(label=_("Loại"), choices=TYPES)
    help_vi = forms.CharField(label=_("Hướng dẫn"), max_length=500, required=False)
    help_en = forms.CharField(label=_("Hướng dẫn tiếng Anh"), max_length=500, required=False)
    required = forms.BooleanField(label=_("Bắt buộc trả lời"), required=False)
    options = forms.CharField(
        label=_("Các lựa chọn"),
        required=False,
        max_length=60_000,
        widget=forms.Textarea({"rows": 6, "spellcheck": "false"}),
        help_text=_("Mỗi dòng một lựa chọn: mã | tiếng Việt | tiếng Anh"),
    )
    prefill = forms.CharField(
        label=_("Điền sẵn từ"),
        max_length=200,
        required=False,
        help_text=format_lazy(
            "{example} {sources}.",
            example=_("Ví dụ: identity.full_name | earlier.ho_ten. Nguồn:"),
            sources=lazy(_named_sources, str)(),
        ),
    )
    locked = forms.BooleanField(label=_("Điền sẵn rồi thì không cho sửa"), required=False)
    min = forms.CharField(
        label=_("Nhỏ nhất"),
        max_length=20,
        required=False,
        help_text=_("Số; với ngày: một ngày, today (hôm nay) hoặc today-30 (30 ngày trước)"),
    )
    max = forms.CharField(label=_("Lớn nhất"), max_length=20, required=False)
    max_length = forms.IntegerField(label=_("Dài nhất (ký tự)"), required=False, min_value=1, max_value=10_000)
    pattern = forms.CharField(label=_("Mẫu (biểu thức chính quy)"), max_length=200, required=False)
    pattern_help_vi = forms.CharField(label=_("Cách viết đúng mẫu"), max_length=300, required=False)
    required_message = forms.CharField(label=_("Lời báo khi bỏ trống"), max_length=300, required=False)
    invalid_message = forms.CharField(label=_("Lời báo khi sai"), max_length=300, required=False)
    more = forms.CharField(
        label=_("Thuộc tính khác (JSON)"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 5, "spellcheck": "false"}),
        help_text=_("Cột của nhóm lặp, cách tính, số dòng, nơi nhận… như trong tài liệu về gói thủ tục"),
    )

    def clean_options(self) -> list[dict[str, str]] | None:
        """Rows of value, Vietnamese and English."""
        rows = []
        for number, line in enumerate(filter(str.strip, self.cleaned_data["options"].splitlines()), start=1):
            value, _bar, rest = (part.strip() for part in line.partition("|"))
            vi, _bar, en = (part.strip() for part in rest.partition("|"))
            if not value or not vi:
                raise ValidationError(_("Dòng %(number)d: cần mã | tiếng Việt."), params={"number": number})
            rows.append({"value": value, "vi": vi, **({"en": en} if en else {})})
        if len({row["value"] for row in rows}) != len(rows):
            raise ValidationError(_("Có mã lựa chọn bị lặp."))
        return rows or None

    def clean_more(self) -> dict[str, Any]:
        """An object of the attributes that have no control of their own."""
        text = self.cleaned_data["more"].strip()
        more = json_object(text) if text else {}
        if known := sorted(_HAVE_CONTROLS & more.keys()):
            raise ValidationError(_("“%(name)s” có ô riêng ở trên. Hãy ghi vào ô đó."), params={"name": known[0]})
        return more

    def clean(self) -> dict[str, Any]:
        """A choice has options."""
        typed = super().clean() or self.cleaned_data
        if typed.get("type") in WITH_OPTIONS and "options" in typed and not typed["options"]:
            self.add_error("options", _("Hãy ghi ít nhất một lựa chọn."))
        return typed

    def row(self, before: dict[str, Any]) -> dict[str, Any]:
        """The field's JSON, on the ground of the one before: own columns and value list stay."""
        typed = self.cleaned_data
        row: dict[str, Any] = {"key": before["key"], "label": words(typed["label_vi"], typed["label_en"])}
        row |= {"type": typed["type"], **typed["more"]}
        if typed["type"] in WITH_PARTS and "fields" not in row:
            row["fields"] = before.get("fields") or NEW_PARTS
        if typed["type"] in WITH_OPTIONS and before.get("choices"):
            row["choices"] = before["choices"]
        said = {
            "help": words(typed["help_vi"], typed["help_en"]),
            "required": typed["required"] or None,
            "prefill": typed["prefill"].strip() or None,
            "locked": typed["locked"] or None,
            "min": _limit(typed["min"]),
            "max": _limit(typed["max"]),
            "max_length": typed["max_length"],
            "pattern": typed["pattern"] or None,
            "pattern_help": _kept_english(words(typed["pattern_help_vi"], ""), before.get("pattern_help")),
            "visible_if": self.condition(),
            "messages": self._messages(before.get("messages") or {}),
        }
        return row | {name: value for name, value in said.items() if value is not None}

    def _messages(self, before: dict[str, Any]) -> dict[str, Any] | None:
        kept = {about: said for about, said in before.items() if about in MESSAGES - {"required", "invalid"}}
        for about in ("required", "invalid"):
            if said := words(self.cleaned_data[f"{about}_message"], ""):
                kept[about] = _kept_english(said, before.get(about))
        return kept or None

    @classmethod
    def initial_of(cls, row: dict[str, Any], lists: dict[str, Any]) -> dict[str, Any]:
        """What the field says, control by control; the rest as JSON."""
        messages = row.get("messages") or {}
        initial: dict[str, Any] = {
            "label_vi": row["label"].get("vi", ""),
            "label_en": row["label"].get("en", ""),
            "type": row["type"],
            "help_vi": (row.get("help") or {}).get("vi", ""),
            "help_en": (row.get("help") or {}).get("en", ""),
            "pattern_help_vi": (row.get("pattern_help") or {}).get("vi", ""),
            "required_message": (messages.get("required") or {}).get("vi", ""),
            "invalid_message": (messages.get("invalid") or {}).get("vi", ""),
            **{name: row[name] for name in _CONTROLLED if name in row},
            **cls.condition_initial(row.get("visible_if")),
        }
        items = lists.get(row["choices"], []) if row.get("choices") else []
        initial["options"] = "\n".join(" | ".join((str(i["value"]), i["vi"], i.get("en", ""))) for i in items)
        rest = {name: value for name, value in row.items() if name not in _HAVE_CONTROLS}
        initial["more"] = json.dumps(rest, ensure_ascii=False, indent=1) if rest else ""
        return initial


def _kept_english(said: dict[str, str] | None, before: dict[str, str] | None) -> dict[str, str] | None:
    """The English of before, while the Vietnamese is the same."""
    return before if said and before and before.get("vi") == said["vi"] else said


def _limit(text: str) -> Any:
    text = text.strip()
    return int(text) if text.removeprefix("-").isdecimal() else text or None


_CONTROLLED = ("required", "prefill", "locked", "min", "max", "max_length", "pattern")
_HAVE_CONTROLS = frozenset(
    {"key", "label", "type", "help", "choices", "pattern_help", "messages", "visible_if", *_CONTROLLED}
)
