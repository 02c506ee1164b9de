"""The forms with which an editor changes pages and groups of a form, and adds to it; a question has `field_editing`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from portal.backoffice.builder_questions import Pairs
from portal.backoffice.form_conditions import ConditionMixin
from portal.core.text import fold
from procedures.form_words import COMPUTING, TYPES

WITH_OPTIONS = frozenset({"choice", "multi_choice"})
WITH_PARTS = frozenset({"person", "repeat"})
KINDS = {"computed": frozenset({"computed"}), "parts": WITH_PARTS}
"""Of which kinds of questions something is asked that the others have no use for."""
KEY = r"^[a-z][a-z0-9_]{0,49}\Z"
_KEY_ERRORS = {"invalid": _("Mã gồm chữ thường không dấu, chữ số và dấu gạch dưới, bắt đầu bằng chữ.")}


def first_parts(label: str, asked: str = "") -> list[dict[str, Any]]:
    """One column to begin with: what an editor says it asks, else called as its question is."""
    return [
        {"key": key_of(asked) if asked else "muc", "label": {"vi": asked or label}, "type": "text", "required": True}
    ]


def words(vi: str, en: str) -> dict[str, str] | None:
    """A pair of texts, None when nothing was written."""
    return {"vi": vi, **({"en": en} if en else {})} if vi else None


def key_of(label: str) -> str:
    """A key made of what a question asks: small letters without marks, figures, underscores."""
    made = re.sub(r"[^a-z0-9]+", "_", fold(label)).strip("_")
    return (made if made[:1].isalpha() else f"q_{made}")[:50].rstrip("_")


def free_key(key: str, taken: Iterable[str]) -> str:
    """A key that nothing else has: the same, or with a number behind it."""
    others = set(taken)
    numbered = (f"{key[:46]}_{number}" for number in range(2, len(others) + 3))
    return key if key not in others else next(each for each in numbered if each not in others)


class PartForm(forms.Form):
    """What is typed of one part of a form; what few parts need is folded, conditions are blocks of their own."""

    folded: frozenset[str] = frozenset()

    def plain(self) -> list[forms.BoundField]:
        """What stands in sight."""
        return [bound for bound in self if bound.name not in self.folded | self.apart()]

    def apart(self) -> frozenset[str]:
        """Controls that are drawn in blocks of their own, by name."""
        return frozenset()

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

    key = forms.RegexField(
        KEY,
        label=_("Mã"),
        required=False,
        help_text=_("Để trống thì cổng đặt theo tiêu đề. Ví dụ: nguoi_nop"),
        error_messages=_KEY_ERRORS,
    )
    intro_vi = None  # type: ignore[assignment]  # Django's way to leave a field out
    intro_en = None  # type: ignore[assignment]

    def row(self, taken: Iterable[str]) -> dict[str, Any]:
        """The new page's or group's JSON; a key that nobody typed is none of those that are taken."""
        typed = self.cleaned_data
        key = typed["key"] or free_key(key_of(typed["title_vi"]), taken)
        return {"key": key, "title": words(typed["title_vi"], typed["title_en"])}


NOT_IN_PARTS = frozenset({*WITH_PARTS, "file", "computed", "readonly", "consent", "co_signature"})
"""Kinds of questions that cannot stand inside another one."""
PART_TYPES = [(kind, said) for kind, said in TYPES if kind not in NOT_IN_PARTS]


class NewFieldForm(forms.Form):
    """A new question: where, what, of which type; the rest is on its own page."""

    label_vi = forms.CharField(label=_("Câu hỏi"), max_length=300)
    key = forms.RegexField(
        KEY,
        label=_("Mã"),
        required=False,
        help_text=_("Ví dụ: so_nha. Để trống thì cổng đặt theo câu hỏi."),
        error_messages=_KEY_ERRORS,
    )
    type = forms.ChoiceField(label=_("Loại"), choices=TYPES)
    compute_function = forms.ChoiceField(
        label=_("Cách tính"),
        choices=[("", "–"), *COMPUTING.items()],
        required=False,
    )
    compute_of = forms.ChoiceField(label=_("Tính từ câu"), required=False)
    first_part = forms.CharField(
        label=_("Phần đầu tiên hỏi gì"),
        max_length=300,
        required=False,
        help_text=_("Ví dụ: Họ và tên. Các phần khác thêm ở trang của câu hỏi."),
    )
    only_for: Mapping[str, tuple[str, ...]] = {
        "computed": ("compute_function", "compute_of"),
        "parts": ("first_part",),
    }
    """Controls that only some kinds of questions have."""

    def __init__(self, *args: Any, others: Pairs | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of: Any = self.fields["compute_of"]
        of.choices = [("", "–"), *(others or ())]

    def plain(self) -> list[forms.BoundField]:
        """What every kind has."""
        apart = {name for names in self.only_for.values() for name in names}
        return [bound for bound in self if bound.name not in apart]

    def blocks(self) -> list[dict[str, Any]]:
        """What only some kinds have, each with the test that the page's script makes (static/js/eform.js)."""
        said = dict(TYPES)
        return [
            {
                "name": str(self.auto_id).replace("%s", name),
                "words": _now(" hoặc ").join(f"“{said[kind]}”" for kind in sorted(KINDS[name])),
                "when": json.dumps({"field": "type", "in": sorted(KINDS[name])}),
                "is_open": self["type"].value() in KINDS[name],
                "fields": [self[each] for each in names],
            }
            for name, names in self.only_for.items()
        ]

    def clean(self) -> dict[str, Any]:
        """What a reckoned answer is reckoned from."""
        typed = super().clean() or self.cleaned_data
        if typed.get("type") == "computed":
            for name in {"compute_function", "compute_of"} & self.fields.keys():
                if not typed.get(name) and name not in self.errors:
                    self.add_error(name, _("Hãy chọn, để cổng biết tính thế nào."))
        return typed

    def row(self, taken: Iterable[str]) -> dict[str, Any]:
        """The smallest field of this type that is a field; a key that nobody typed is none of those that are taken."""
        typed = self.cleaned_data
        key = typed["key"] or free_key(key_of(typed["label_vi"]), taken)
        row: dict[str, Any] = {"key": key, "label": {"vi": typed["label_vi"]}, "type": typed["type"]}
        if typed["type"] in WITH_PARTS:
            row["fields"] = first_parts(typed["label_vi"], typed["first_part"])
        if typed["type"] == "repeat":
            row["max_items"] = 10
        if typed["type"] == "computed":
            row["compute"] = {"function": typed["compute_function"], "of": typed["compute_of"]}
        return row

    def options(self) -> list[dict[str, str]] | None:
        """Two options to begin with, for a choice."""
        return first_options() if self.cleaned_data["type"] in WITH_OPTIONS else None


class NewColumnForm(NewFieldForm):
    """A new column of a repeat, or part of a person."""

    compute_function = None  # type: ignore[assignment]  # Django's way to leave a field out
    compute_of = None  # type: ignore[assignment]  # a part is never reckoned
    first_part = None  # type: ignore[assignment]  # a part has no parts
    only_for: Mapping[str, tuple[str, ...]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        forms.Form.__init__(self, *args, **kwargs)
        kinds: Any = self.fields["type"]
        kinds.choices = PART_TYPES


def first_options() -> list[dict[str, str]]:
    """Yes and no, to begin with."""
    return [{"value": "co", "vi": "Có", "en": "Yes"}, {"value": "khong", "vi": "Không", "en": "No"}]


class GroupForm(ConditionMixin, TitleForm):
    """A group: title and condition."""

    intro_vi = None  # type: ignore[assignment]  # Django's way to leave a field out
    intro_en = None  # type: ignore[assignment]

    def apart(self) -> frozenset[str]:
        """The condition."""
        return self.condition_names

    def apply(self, row: dict[str, Any]) -> None:
        """Put what was typed into the row."""
        row["title"] = words(self.cleaned_data["title_vi"], self.cleaned_data["title_en"])
        if condition := self.condition("visible_if"):
            row["visible_if"] = condition
        else:
            row.pop("visible_if", None)
