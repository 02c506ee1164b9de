"""The rows of a sheet as officials write them: fees, papers, results; each keeps what it has no control for."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from datastore.models import DocumentType
from portal.backoffice.day_fields import DayField
from portal.backoffice.forms_sheet_start import pair
from portal.core import money
from procedures.models import ComponentKind, FeeKind, ResultKind
from procedures.packs.checking import KEY

BLANK_ROWS = 2
"""Empty rows below the written ones; saving brings new ones."""
MOST_ROWS = 300
Row = dict[str, Any]
_AMOUNT = _("Ghi số tiền bằng chữ số, ví dụ 8.000. Miễn phí thì ghi 0.")


class AmountField(forms.CharField):
    """Whole đồng as people write them."""

    def to_python(self, value: Any) -> Any:
        """The amount, or None where nothing was written: never nought."""
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return money.parse_vnd(text)
        except ValueError:
            raise ValidationError(_AMOUNT) from None

    def validate(self, value: Any) -> None:
        """An amount is no text."""

    def run_validators(self, value: Any) -> None:
        """An amount is no text."""

    def prepare_value(self, value: Any) -> Any:
        """As people write it."""
        return f"{value:,}".replace(",", ".") if isinstance(value, int) else value


def known_types(text: str, before: str) -> list[str]:
    """The codes of kinds of paper in a line; those that stood there before are kept as they are.

    Raises ValidationError that names what the portal has no kind for, with the codes that are nearest to it.
    """
    written, kept = _codes(text), set(_codes(before))
    if not (new := set(written) - kept):
        return written
    known = set(DocumentType.objects.values_list("code", flat=True))
    if unknown := [code for code in written if code in new - known]:
        near = dict.fromkeys(match for code in unknown for match in get_close_matches(code.upper(), known, n=2))
        words = (
            _("Không có loại giấy tờ mã %(codes)s. Mã gần giống: %(near)s.")
            if near
            else _("Không có loại giấy tờ mã %(codes)s. Hãy xem lại mã, hoặc để trống.")
        )
        raise ValidationError(words % {"codes": ", ".join(unknown), "near": ", ".join(near)})
    return written


def _codes(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _short(**attributes: str) -> forms.TextInput:
    return forms.TextInput({"class": "govuk-input--width-10", **attributes})


class RowForm(forms.Form):
    """One row; `key` says which row before it is, and is empty for a new one."""

    key = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    name_vi = forms.CharField(label=_("Tên"), max_length=10_000, widget=forms.Textarea({"rows": 2}))
    name_en = forms.CharField(label=_("Tên tiếng Anh"), max_length=10_000, required=False)

    texts: tuple[str, ...] = ("name",)
    """Names of pairs that have a control for each language."""
    plain: tuple[str, ...] = ()
    """Names that the row and the controls share."""

    def row(self, before: Row) -> Row:
        """The row's facts, on the ground of those before."""
        typed = self.cleaned_data
        said: Row = {name: pair(typed[f"{name}_vi"], typed[f"{name}_en"]) for name in self.texts}
        said |= {name: typed[name] for name in self.plain}
        made = dict(before)
        for name, value in said.items():
            if value:
                made[name] = value
            elif made.get(name):
                del made[name]
        return made

    @classmethod
    def initial_of(cls, row: Row) -> Row:
        """What the row says, control by control."""
        texts = {
            f"{name}_{language}": (row.get(name) or {}).get(language, "")
            for name in cls.texts
            for language in ("vi", "en")
        }
        return {"key": row.get("key", ""), **texts, **{name: row[name] for name in cls.plain if name in row}}


class FeeRowForm(RowForm):
    """A fee: how much, for which way of filing and which case, on what ground."""

    kind = forms.ChoiceField(label=_("Loại"), choices=FeeKind.choices, initial=FeeKind.FEE)
    amount_vnd = AmountField(
        label=_("Số tiền (đồng)"),
        required=False,
        widget=_short(inputmode="numeric"),
        help_text=_("Miễn phí thì ghi 0. Để trống khi tỉnh quyết định hoặc cơ quan thông báo."),
    )
    channel = forms.ChoiceField(
        label=_("Khi nộp"),
        choices=[("all", _("Mọi cách nộp")), ("online", _("Trực tuyến")), ("direct", _("Trực tiếp, bưu chính"))],
        initial="all",
    )
    default = forms.BooleanField(label=_("Thu với mọi hồ sơ thông thường"), required=False)
    when_vi = forms.CharField(label=_("Trường hợp"), max_length=10_000, required=False)
    when_en = forms.CharField(label=_("Trường hợp, tiếng Anh"), max_length=10_000, required=False)
    legal = forms.CharField(label=_("Văn bản quy định"), max_length=200, required=False)
    decided_by = forms.ChoiceField(
        label=_("Ai quy định mức thu"),
        choices=[("", _("Không nêu")), ("national", _("Trung ương")), ("province", _("Hội đồng nhân dân cấp tỉnh"))],
        required=False,
    )
    payable_on = forms.ChoiceField(
        label=_("Nộp tiền khi nào"),
        choices=[
            ("filing", _("Khi nộp hồ sơ")),
            ("acceptance", _("Khi được tiếp nhận")),
            ("result", _("Khi nhận kết quả")),
        ],
        initial="filing",
    )
    valid_from = DayField(label=_("Thu từ ngày"), required=False)
    valid_to = DayField(label=_("Thu đến ngày"), required=False)
    charge = forms.RegexField(
        rf"^{KEY.pattern}\Z",
        label=_("Mã khoản thu"),
        required=False,
        max_length=60,
        help_text=_(
            "Các dòng cùng mã thì chỉ thu một dòng, mức thấp nhất. Khác mã thì cộng lại. Để trống là theo loại."
        ),
        error_messages={"invalid": _("Mã gồm chữ thường không dấu, chữ số và dấu gạch dưới, bắt đầu bằng chữ.")},
    )

    texts = ("name", "when")
    plain = ("kind", "channel", "default", "legal", "decided_by", "payable_on", "charge")

    def row(self, before: Row) -> Row:
        """Nought is an amount; a row without a code for its charge takes that of its kind."""
        typed = self.cleaned_data
        has_amount = typed["amount_vnd"] is not None
        away = {"valid_from", "valid_to", "amount_vnd"} | ({"currency", "amount"} if has_amount else set())
        made = {name: value for name, value in super().row(before).items() if name not in away}
        made |= {name: typed[name].isoformat() for name in ("valid_from", "valid_to") if typed[name]}
        if has_amount:
            made["amount_vnd"] = typed["amount_vnd"]
        return made | {"charge": typed["charge"] or typed["kind"]}

    @classmethod
    def initial_of(cls, row: Row) -> Row:
        """Amount and days as well."""
        return super().initial_of(row) | {name: row.get(name) for name in ("amount_vnd", "valid_from", "valid_to")}


class ComponentRowForm(RowForm):
    """A paper: what it is, how many originals and copies, when, which form."""

    kind = forms.ChoiceField(label=_("Loại"), choices=ComponentKind.choices, initial=ComponentKind.DOCUMENT)
    originals = forms.IntegerField(
        label=_("Số bản chính"), min_value=0, max_value=100, required=False, widget=_short(inputmode="numeric")
    )
    copies = forms.IntegerField(
        label=_("Số bản sao"), min_value=0, max_value=100, required=False, widget=_short(inputmode="numeric")
    )
    required = forms.BooleanField(label=_("Bắt buộc khi nộp trực tuyến"), required=False)
    when_vi = forms.CharField(label=_("Khi nào cần"), max_length=10_000, required=False)
    when_en = forms.CharField(label=_("Khi nào cần, tiếng Anh"), max_length=10_000, required=False)
    note_vi = forms.CharField(
        label=_("Mẫu đơn, ghi chú"),
        max_length=10_000,
        required=False,
        help_text=_("Ví dụ: Mẫu số 01, Thông tư 04/2024/TT-BTP."),
    )
    note_en = forms.CharField(label=_("Mẫu đơn, ghi chú, tiếng Anh"), max_length=10_000, required=False)
    document_types = forms.CharField(
        label=_("Loại giấy tờ trong kho"),
        max_length=1_000,
        required=False,
        help_text=_("Mã loại, cách nhau bằng dấu phẩy. Ví dụ GT.CHUNG-SINH. Có mã thì lần sau dùng lại được."),
    )

    texts = ("name", "when", "note")
    plain = ("kind", "originals", "copies", "required")

    def clean_document_types(self) -> list[str]:
        """Codes that exist."""
        return known_types(self.cleaned_data["document_types"], self.initial.get("document_types", ""))

    def row(self, before: Row) -> Row:
        """Types as a list."""
        types = self.cleaned_data["document_types"]
        made = {name: value for name, value in super().row(before).items() if name != "document_types" or not value}
        return made | ({"document_types": types} if types else {})

    @classmethod
    def initial_of(cls, row: Row) -> Row:
        """Types in one line."""
        return super().initial_of(row) | {"document_types": ", ".join(row.get("document_types") or ())}


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


class Rows(forms.BaseFormSet):
    """The rows of one part in their order."""

    def __init__(self, *args: Any, rows: list[Row], **kwargs: Any) -> None:
        self.before = {str(row.get("key")): row for row in rows}
        kwargs["initial"] = [self.form.initial_of(row) for row in rows]
        super().__init__(*args, **kwargs)

    def add_fields(self, form: Any, index: int | None) -> None:
        """Order and removal in words."""
        super().add_fields(form, index)
        form.fields["ORDER"].label, form.fields["ORDER"].widget = _("Thứ tự"), _short(inputmode="numeric")
        form.fields["DELETE"].label = _("Bỏ dòng này")

    def facts(self) -> list[Row]:
        """The rows as written, new ones with keys of their own."""
        made: list[Row] = []
        taken = set(self.before)
        for form in self.ordered_forms:
            before = self.before.get(form.cleaned_data.get("key") or "", {})
            key = before.get("key") or next(name for number in range(1, 10_000) if (name := f"r{number}") not in taken)
            taken.add(key)
            made.append({"key": key} | form.row(before))
        return made


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


def _rows_of(form: type[RowForm], kind: type[Rows] = Rows) -> Any:
    return forms.formset_factory(
        form,
        formset=kind,
        extra=BLANK_ROWS,
        can_order=True,
        can_delete=True,
        max_num=MOST_ROWS,
        absolute_max=MOST_ROWS,
    )


PARTS: tuple[tuple[str, Any, Any], ...] = (
    ("fees", _rows_of(FeeRowForm), _("Phí, lệ phí")),
    ("components", _rows_of(ComponentRowForm), _("Giấy tờ cần nộp")),
    ("results", _rows_of(ResultRowForm, ResultRows), _("Kết quả")),
)
"""Parts that are rows: key of the pack, the rows' form, title."""
