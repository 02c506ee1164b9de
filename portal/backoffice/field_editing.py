"""The form with which an editor changes one question: what is typed on its page, and the row it becomes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import AgencyLevel, Branch
from portal.backoffice import prefill_choices
from portal.backoffice.builder_questions import Beside
from portal.backoffice.field_attributes import (
    ATTRIBUTES,
    DATES,
    initial_attributes,
    messages_of,
    own_attributes,
    said_messages,
    shown_for,
)
from portal.backoffice.form_conditions import ConditionMixin
from portal.backoffice.form_editing import (
    NOT_IN_PARTS,
    WITH_OPTIONS,
    WITH_PARTS,
    PartForm,
    first_options,
    first_parts,
    words,
)
from portal.backoffice.forms_sheet_rows import known_types
from procedures.eforms.definition import DETAILS, LARGEST_REPEAT
from procedures.form_words import COMPUTING, DETAIL_WORDS, MESSAGE_WORDS, PROPERTIES, SOURCES, TYPES

_CONDITIONS = ("visible_if", "required_if", "prefill_if")


def _named_sources() -> str:
    return ", ".join(f"{source} ({words})" for source, words in SOURCES.items())


def _select(label: Any, **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, **kwargs)


def _number(label: Any, most: int, least: int = 0) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=least, max_value=most)


class FieldForm(ConditionMixin, PartForm):
    """One question, everything about it; controls that its type has no use for are left out."""

    folded = frozenset(
        {"prefill", "locked", "default", "min", "max", "not_before", "before", "max_length", "pattern", "document_type"}
        | {"pattern_help_vi", "pattern_help_en", "exactly_one", "gap_from", "gap_to", "gap_since_age", "gap_born"}
        | {"same_as", "same_as_label_vi", "same_as_label_en", "with_old_unit", "in_place_of_filing"}
    )

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
    compute_function = _select(_("Cách tính"), choices=COMPUTING.items())
    compute_of = _select(_("Tính từ câu"))
    compute_percent = _number(_("Phần trăm"), 1_000)
    min_items = _number(PROPERTIES["min_items"], LARGEST_REPEAT)
    max_items = _number(PROPERTIES["max_items"], LARGEST_REPEAT, 1)
    signer_vi = forms.CharField(label=_("Ai xác nhận"), max_length=300, required=False)
    signer_en = forms.CharField(label=_("Ai xác nhận, tiếng Anh"), max_length=300, required=False)
    routing_level = _select(_("Cấp của cơ quan"), choices=[("", _("Mọi cấp")), *AgencyLevel.choices])
    routing_branch = _select(_("Ngành của cơ quan"), choices=[("", _("Mọi ngành")), *Branch.choices])
    detail = _select(PROPERTIES["detail"], choices=[(name, DETAIL_WORDS[name]) for name in sorted(DETAILS)])
    prefill_from = _select(PROPERTIES["prefill"])
    prefill = forms.CharField(
        label=_("Nguồn khác, ghi bằng mã"),
        max_length=200,
        required=False,
        help_text=format_lazy(
            "{example} {sources}.",
            example=_("Khi danh sách trên không có. Ví dụ: vehicle.plate | earlier.bien_so. Nguồn:"),
            sources=lazy(_named_sources, str)(),
        ),
    )
    locked = forms.BooleanField(label=_("Điền sẵn rồi thì không cho sửa"), required=False)
    default = _select(PROPERTIES["default"])
    min = forms.CharField(
        label=_("Nhỏ nhất"),
        max_length=20,
        required=False,
        help_text=_("Số; với ngày: một ngày, today (hôm nay) hoặc today-30 (30 ngày trước)"),
    )
    max = forms.CharField(label=_("Lớn nhất"), max_length=20, required=False)
    not_before = _select(_("Không sớm hơn ngày ở câu"))
    before = _select(_("Phải trước ngày ở câu"))
    max_length = _number(_("Dài nhất (ký tự)"), 10_000, 1)
    pattern = forms.CharField(label=_("Mẫu (biểu thức chính quy)"), max_length=4_000, required=False)
    pattern_help_vi = forms.CharField(label=_("Cách viết đúng mẫu"), max_length=300, required=False)
    pattern_help_en = forms.CharField(label=_("Cách viết đúng mẫu, tiếng Anh"), max_length=300, required=False)
    document_type = forms.CharField(
        label=PROPERTIES["document_type"], max_length=60, required=False, help_text=_("Ví dụ GT.CHUNG-SINH.")
    )
    exactly_one = _select(_("Đúng một dòng được đánh dấu ở cột"))
    gap_from = _select(_("Không bỏ trống tháng nào: cột từ tháng"))
    gap_to = _select(_("Không bỏ trống tháng nào: cột đến tháng"))
    gap_since_age = _number(_("Không bỏ trống tháng nào: kể từ tuổi"), 150)
    gap_born = forms.MultipleChoiceField(
        label=_("Không bỏ trống tháng nào: ngày sinh ở câu"), required=False, widget=forms.CheckboxSelectMultiple
    )
    with_old_unit = forms.BooleanField(label=_("Hỏi cả tên đơn vị cũ ghi trên giấy tờ"), required=False)
    same_as = _select(_("Lấy theo địa chỉ ở câu"))
    same_as_label_vi = forms.CharField(label=_("Chữ trên nút lấy theo"), max_length=200, required=False)
    same_as_label_en = forms.CharField(label=_("Chữ trên nút lấy theo, tiếng Anh"), max_length=200, required=False)
    in_place_of_filing = forms.BooleanField(label=_("Phải ở nơi nộp hồ sơ"), required=False)

    def __init__(self, data: Any = None, *, beside: Beside) -> None:
        self.row_before = dict(beside.row)
        super().__init__(data, initial=self.initial_of(self.row_before, beside))
        self.kind = str(self.row_before["type"])
        shown = shown_for(self.kind, self.row_before, is_part=beside.is_part)
        for name in ATTRIBUTES - shown:
            del self.fields[name]
        self._offer(beside)
        for about in messages_of(self.kind, self.row_before):
            self._add_message(about)
        labels = {name: PROPERTIES[name] for name in _CONDITIONS if name in shown | {"visible_if"}}
        self.set_conditions(self.row_before, labels, beside.questions)

    def _offer(self, beside: Beside) -> None:
        """What there is to choose from beside it; what it says now stays a choice, were it gone from the form."""
        kinds = [
            (kind, said)
            for kind, said in TYPES
            if kind == self.kind or not (kind == "computed" or (beside.is_part and kind in NOT_IN_PARTS))
        ]
        dates = beside.of_type(*DATES)
        found: dict[str, Any] = {
            "type": kinds,
            "compute_of": beside.of_type("repeat", "money", "integer", "decimal", "date"),
            "not_before": [("", "–"), *dates],
            "before": [("", "–"), *dates],
            "exactly_one": [("", "–"), *beside.columns("boolean")],
            "gap_from": [("", "–"), *beside.columns("month")],
            "gap_to": [("", "–"), *beside.columns("month")],
            "gap_born": beside.born,
            "same_as": [("", "–"), *beside.addresses],
            "prefill_from": self._sources(beside),
        }
        for name, choices in found.items():
            if name in self.fields:
                said = self.initial.get(name)
                known = {value for value, words in choices if not isinstance(words, list)} | (
                    {said} if name == "prefill_from" else set()
                )
                gone = [value for value in (said if isinstance(said, list) else [said]) if value and value not in known]
                control: Any = self.fields[name]
                control.choices = [*choices, *((value, value) for value in gone)]
        if "default" in self.fields:
            self._offer_default(beside)

    def _sources(self, beside: Beside) -> list[Any]:
        """From where a question of this type can be filled in; what it says now, were it not among them, is typed."""
        listed = prefill_choices.offered(self.kind, str(self.row_before["key"]), beside)
        said = self.initial.get("prefill") or ""
        if any(said == value for _words, group in listed for value, _said in group):
            self.initial.update(prefill_from=said, prefill="")
        return [("", "–"), *listed]

    def _offer_default(self, beside: Beside) -> None:
        label = PROPERTIES["default"]
        if self.kind in {"boolean", "consent"}:
            choices = [("", "–"), ("true", _("Có")), ("false", _("Không"))]
            self.fields["default"] = _select(label, choices=choices)
        elif self.kind == "choice":
            items = [(str(item["value"]), item["vi"]) for item in beside.options]
            self.fields["default"] = _select(label, choices=[("", "–"), *items])
        else:
            self.fields["default"] = forms.CharField(label=label, max_length=2_000, required=False)

    def _add_message(self, about: str) -> None:
        for language, said in (("vi", MESSAGE_WORDS[about]), ("en", None)):
            label = said or format_lazy("{words}, {language}", words=MESSAGE_WORDS[about], language=_("tiếng Anh"))
            name = f"message_{about}_{language}"
            self.fields[name] = forms.CharField(label=label, max_length=300, required=False)
            self.folded |= {name}

    def apart(self) -> frozenset[str]:
        """Its conditions."""
        return self.condition_names

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

    def clean_document_type(self) -> str:
        """A code that exists."""
        return ", ".join(known_types(self.cleaned_data["document_type"], self.initial.get("document_type", "")))

    def clean(self) -> dict[str, Any]:
        """A choice has options; what goes together is whole."""
        typed = super().clean() or self.cleaned_data
        if typed.get("type") in WITH_OPTIONS and "options" in typed and not typed["options"]:
            self.add_error("options", _("Hãy ghi ít nhất một lựa chọn."))
        if typed.get("compute_function") == "percent" and typed.get("compute_percent") is None:
            self.add_error("compute_percent", _("Hãy ghi phần trăm, ví dụ 22."))
        if typed.get("prefill_from") and (typed.get("prefill") or "").strip():
            self.add_error(
                "prefill", _("Hãy chọn trong danh sách, hoặc chọn “–” ở đó rồi ghi ở đây: chỉ một trong hai.")
            )
        gap = [typed.get(name) for name in ("gap_from", "gap_to", "gap_born")]
        if any(gap) and not (all(gap) and typed.get("gap_since_age") is not None):
            self.add_error("gap_from", _("Hãy chọn đủ hai cột tháng, tuổi và ngày sinh, hoặc để trống cả bốn."))
        return typed

    @property
    def is_of_new_type(self) -> bool:
        """Whether she chose another type, which may have controls of its own."""
        return bool(self.cleaned_data["type"] != self.kind)

    def answers(self) -> list[dict[str, str]] | None:
        """The answers to choose from; of what has just become a choice, two to begin with."""
        typed = self.cleaned_data
        if typed["type"] not in WITH_OPTIONS:
            return None
        return typed.get("options") or first_options()

    def row(self, before: dict[str, Any]) -> dict[str, Any]:
        """The question's row, on the ground of the one before: what has no control for its type stays only with it."""
        typed = self.cleaned_data
        row: dict[str, Any] = {"key": before["key"], "label": words(typed["label_vi"], typed["label_en"])}
        row["type"] = typed["type"]
        if typed["type"] in WITH_PARTS:
            row["fields"] = before.get("fields") or first_parts(typed["label_vi"])
        if typed["type"] in WITH_OPTIONS and before.get("choices"):
            row["choices"] = before["choices"]
        said = {
            "help": words(typed["help_vi"], typed["help_en"]),
            "required": typed.get("required") or None,
            **own_attributes(typed, before),
            "messages": said_messages(typed),
            **{name: self.condition(name) for name in self.condition_labels},
        }
        if self.is_of_new_type:
            wanted = shown_for(typed["type"], {}, is_part="file" not in dict(self.fields["type"].choices))  # type: ignore[attr-defined]  # the types know of no choices
            said = {name: value for name, value in said.items() if name in wanted or name in _ALWAYS}
        made = row | {name: value for name, value in said.items() if value is not None}
        no = {name: False for name in said if name not in made and before.get(name) is False}
        return made | no

    @classmethod
    def initial_of(cls, row: dict[str, Any], beside: Beside) -> dict[str, Any]:
        """What the row says, control by control."""
        texts = {
            f"{name}_{language}": (row.get(name) or {}).get(language, "")
            for name in ("label", "help", "signer", "pattern_help", "same_as_label")
            for language in ("vi", "en")
        }
        lines = (" | ".join((str(item["value"]), item["vi"], item.get("en", ""))) for item in beside.options)
        return {**texts, "type": row["type"], "options": "\n".join(lines), **initial_attributes(row)}


_ALWAYS = frozenset({"help", "visible_if", "messages"})
