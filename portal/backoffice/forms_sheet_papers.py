"""Papers and results of a sheet as officials write them (giấy tờ cần nộp, kết quả)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.backoffice.forms_sheet_rows import Row, RowForm, Rows, codes, known_types, offer, short
from portal.backoffice.sheet_choices import LEAST_TRUST, PAPER_CHANNELS
from procedures.form_words import SOURCES
from procedures.models import ComponentKind, ResultKind

_NO_DATA = frozenset({"earlier", "answer", "filing"})
"""Sources of prefilled answers that are the person's own word."""


class ComponentRowForm(RowForm):
    """A paper: what it is, how many originals and copies, when, which form."""

    kind = forms.ChoiceField(label=_("Loại"), choices=ComponentKind.choices, initial=ComponentKind.DOCUMENT)
    originals = forms.IntegerField(
        label=_("Số bản chính"), min_value=0, max_value=100, required=False, widget=short(inputmode="numeric")
    )
    copies = forms.IntegerField(
        label=_("Số bản sao"), min_value=0, max_value=100, required=False, widget=short(inputmode="numeric")
    )
    required = forms.BooleanField(label=_("Bắt buộc khi nộp trực tuyến"), required=False)
    when_vi = forms.CharField(label=_("Khi nào cần"), max_length=10_000, required=False)
    when_en = forms.CharField(label=_("Khi nào cần, tiếng Anh"), max_length=10_000, required=False)
    note_vi = forms.CharField(
        label=_("Mẫu đơn, ghi chú"),
        max_length=10_000,
        required=False,
        help_text=_(
            "Ví dụ: Mẫu số 01, Thông tư 04/2024/TT-BTP. Có tệp mẫu trên mạng thì ghi địa chỉ https://… ở cuối: "
            "người dân tải được từ trang thủ tục và khi nộp hồ sơ."
        ),
    )
    note_en = forms.CharField(label=_("Mẫu đơn, ghi chú, tiếng Anh"), max_length=10_000, required=False)
    document_types = forms.CharField(
        label=_("Loại giấy tờ trong kho"),
        max_length=1_000,
        required=False,
        help_text=_("Mã loại, cách nhau bằng dấu phẩy. Ví dụ GT.CHUNG-SINH. Có mã thì lần sau dùng lại được."),
    )

    channels = forms.ChoiceField(label=_("Chỉ cần khi nộp"), required=False)
    least_trust = forms.ChoiceField(
        label=_("Giấy tờ trong kho phải"),
        choices=LEAST_TRUST,
        required=False,
    )
    reuse_from = forms.CharField(
        label=_("Nguồn dữ liệu có thể thay giấy này"),
        max_length=300,
        required=False,
        help_text=_("Cách nhau bằng dấu phẩy. Ví dụ: civil_status, population."),
    )
    code = forms.CharField(
        label=_("Mã giấy tờ quốc gia"), max_length=60, required=False, help_text=_("Ví dụ 000.00.00.G15-KQ004389.")
    )

    texts = ("name", "when", "note")
    plain = ("kind", "originals", "copies", "required", "least_trust", "code")
    condition_label = _("Chỉ cần khi")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "channels", PAPER_CHANNELS, none=_("cách nào cũng cần"))

    def clean_reuse_from(self) -> list[str]:
        """Sources that there are, named by code or in words."""
        known = {name: str(said) for name, said in SOURCES.items() if name not in _NO_DATA}
        kept = codes(self.initial.get("reuse_from", ""))
        named = {said.casefold(): name for name, said in known.items()}
        written = [named.get(said.casefold(), said) for said in codes(self.cleaned_data["reuse_from"])]
        if unknown := [said for said in written if said not in known and said not in kept]:
            words = _("Không có nguồn dữ liệu %(name)s. Các nguồn: %(known)s.")
            listed = ", ".join(f"{name} ({said})" for name, said in known.items())
            raise ValidationError(words % {"name": unknown[0], "known": listed})
        return list(dict.fromkeys(written))

    def clean_document_types(self) -> list[str]:
        """Codes that exist."""
        return known_types(self.cleaned_data["document_types"], self.initial.get("document_types", ""))

    def row(self, before: Row) -> Row:
        """What is written in one line as a list."""
        typed = self.cleaned_data
        said = {
            "document_types": typed["document_types"],
            "channels": codes(typed["channels"]),
            "reuse_from": typed["reuse_from"],
        }
        made = {name: value for name, value in super().row(before).items() if name not in said}
        return made | {name: value for name, value in said.items() if value}

    @classmethod
    def initial_of(cls, row: Row) -> Row:
        """Lists in one line."""
        listed = {"document_types": ", ", "reuse_from": ", ", "channels": ","}
        return super().initial_of(row) | {name: mark.join(row.get(name) or ()) for name, mark in listed.items()}


class ResultRowForm(RowForm):
    """A result: what it is, and whether an approval issues it."""

    kind = forms.ChoiceField(label=_("Loại"), choices=ResultKind.choices, initial=ResultKind.DOCUMENT)
    default = forms.BooleanField(label=_("Cấp khi hồ sơ được duyệt"), required=False)
    document_type = forms.CharField(
        label=_("Loại giấy tờ trong kho"), max_length=60, required=False, help_text=_("Ví dụ KQ.KHAI-SINH.")
    )

    plain = ("kind", "default", "document_type")

    def clean_document_type(self) -> str:
        """A code that exists."""
        return ", ".join(known_types(self.cleaned_data["document_type"], self.initial.get("document_type", "")))


class ResultRows(Rows):
    """Exactly one result is issued by an approval."""

    def clean(self) -> None:
        """Count them."""
        if any(self.errors):
            return
        written = (form for form in self.forms if form in self.initial_forms or form.has_changed())
        kept = [form.cleaned_data for form in written if not form.cleaned_data.get("DELETE")]
        if sum(bool(typed.get("default")) for typed in kept) != 1:
            raise ValidationError(_("Hãy đánh dấu đúng một kết quả được cấp khi hồ sơ được duyệt."))
