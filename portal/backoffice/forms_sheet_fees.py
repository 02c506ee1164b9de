"""A fee of a sheet as officials write it: how much, for what, when it is charged by itself (phí, lệ phí)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.backoffice.day_fields import DayField
from portal.backoffice.forms_sheet_rows import Row, RowForm, SheetQuestions, offer, short
from portal.backoffice.sheet_choices import DECIDED_BY, FEE_CHANNELS, PAYABLE_ON
from portal.core.money_fields import VndField
from procedures.models import FeeKind
from procedures.packs.checking import KEY

_AMOUNT = _("Ghi số tiền bằng chữ số, ví dụ 8.000. Miễn phí thì ghi 0.")


class FeeRowForm(RowForm):
    """A fee: how much, for which way of filing and which case, on what ground."""

    kind = forms.ChoiceField(label=_("Loại"), choices=FeeKind.choices, initial=FeeKind.FEE)
    amount_vnd = VndField(
        label=_("Số tiền (đồng)"),
        required=False,
        min_value=0,
        error_messages={"invalid": _AMOUNT, "min_value": _AMOUNT},
        widget=short(inputmode="numeric"),
        help_text=_("Miễn phí thì ghi 0. Để trống khi tỉnh quyết định hoặc cơ quan thông báo."),
    )
    channel = forms.ChoiceField(
        label=_("Khi nộp"),
        choices=FEE_CHANNELS,
        initial="all",
    )
    default = forms.BooleanField(label=_("Thu với mọi hồ sơ thông thường"), required=False)
    when_vi = forms.CharField(label=_("Trường hợp"), max_length=10_000, required=False)
    when_en = forms.CharField(label=_("Trường hợp, tiếng Anh"), max_length=10_000, required=False)
    unit_vi = forms.CharField(
        label=_("Tính theo"),
        max_length=60,
        required=False,
        help_text=_("Đơn vị của số tiền, ví dụ bản, trang, lần."),
    )
    unit_en = forms.CharField(label=_("Tính theo, tiếng Anh"), max_length=60, required=False)
    quantity_field = forms.ChoiceField(
        label=_("Nhân với số ở câu"),
        required=False,
        help_text=_("Câu loại số nguyên, hoặc nhóm lặp (nhân với số dòng), của biểu mẫu đang công bố."),
    )
    foreign_amount = forms.RegexField(
        r"^[0-9]{1,9}([.][0-9]{1,2})?\Z",
        label=_("Số tiền ngoại tệ"),
        required=False,
        help_text=_("Chỉ với cơ quan đại diện ở nước ngoài, thay cho số tiền đồng. Ví dụ 10 hoặc 10.50."),
        widget=short(inputmode="decimal"),
    )
    currency = forms.ChoiceField(
        label=_("Loại ngoại tệ"), choices=[("", "–"), ("USD", "USD"), ("EUR", "EUR")], required=False
    )
    legal = forms.CharField(label=_("Văn bản quy định"), max_length=200, required=False)
    decided_by = forms.ChoiceField(
        label=_("Ai quy định mức thu"),
        choices=DECIDED_BY,
        required=False,
    )
    payable_on = forms.ChoiceField(
        label=_("Nộp tiền khi nào"),
        choices=PAYABLE_ON,
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

    texts = ("name", "when", "unit")
    plain = ("kind", "channel", "default", "legal", "decided_by", "payable_on", "charge", "quantity_field")
    condition_label = _("Tự thu khi")
    has_facts = True

    def __init__(self, *args: Any, questions: SheetQuestions, **kwargs: Any) -> None:
        super().__init__(*args, questions=questions, **kwargs)
        offer(self, "quantity_field", questions.numbers)
        offer(self, "currency", [("USD", "USD"), ("EUR", "EUR")])

    def clean(self) -> dict[str, Any]:
        """An amount is in đồng or in another currency; one of a currency has both."""
        typed = super().clean() or self.cleaned_data
        if bool(typed.get("foreign_amount")) != bool(typed.get("currency")) and "foreign_amount" in typed:
            self.add_error("foreign_amount", _("Hãy ghi cả số tiền và loại ngoại tệ, hoặc để trống cả hai."))
        if typed.get("foreign_amount") and typed.get("amount_vnd") is not None:
            self.add_error("foreign_amount", _("Đã có số tiền đồng. Hãy để trống một trong hai."))
        return typed

    def row(self, before: Row) -> Row:
        """Nought is an amount; a row without a code for its charge takes that of its kind."""
        typed = self.cleaned_data
        has_amount = typed["amount_vnd"] is not None
        away = {"valid_from", "valid_to", "amount_vnd", "currency", "amount"}
        made = {name: value for name, value in super().row(before).items() if name not in away}
        made |= {name: typed[name].isoformat() for name in ("valid_from", "valid_to") if typed[name]}
        if has_amount:
            made["amount_vnd"] = typed["amount_vnd"]
        if typed["foreign_amount"]:
            made |= {"currency": typed["currency"], "amount": typed["foreign_amount"]}
        return made | {"charge": typed["charge"] or typed["kind"]}

    @classmethod
    def initial_of(cls, row: Row) -> Row:
        """Amount and days as well."""
        return super().initial_of(row) | {
            **{name: row.get(name) for name in ("amount_vnd", "valid_from", "valid_to", "currency")},
            "foreign_amount": row.get("amount"),
        }
