"""Cases of a procedure with times of their own, as officials write them (trường hợp giải quyết)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.backoffice.forms_sheet_rows import RowForm, Rows, offer, short
from portal.backoffice.sheet_choices import ONE_DAY, UNITS, is_no_time
from portal.core.durations import MOST


class CaseRowForm(RowForm):
    """A case: its code in the national catalogue, its name, its time."""

    code = forms.CharField(
        label=_("Mã trường hợp"), max_length=60, required=False, help_text=_("Ví dụ 1.001193.01."), widget=short()
    )
    value = forms.IntegerField(
        label=_("Thời hạn của trường hợp"),
        required=False,
        min_value=1,
        max_value=MOST,
        widget=short(inputmode="numeric"),
    )
    unit = forms.ChoiceField(label=_("Đơn vị thời hạn"), required=False)

    plain = ("code", "value", "unit")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", [(str(unit), said) for unit, said in UNITS if unit])

    def clean(self) -> dict[str, Any]:
        """A number has its unit and goes with it; what the national catalogue left in words stays."""
        typed = super().clean() or self.cleaned_data
        if typed.get("value") and not typed.get("unit"):
            self.add_error("unit", _("Hãy chọn đơn vị của thời hạn."))
        if is_no_time(typed.get("value"), typed.get("unit")):
            self.add_error("value", ONE_DAY)
        return typed


class Cases(Rows):
    """Cases have codes, which may be missing or the same."""

    has_keys = False
