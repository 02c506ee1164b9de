"""How long a procedure takes, as officials write it: the time, until which hour intake counts, longer cases."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.backoffice.forms_sheet_start import pair
from portal.backoffice.sheet_choices import ONE_DAY, UNITS, is_no_time
from portal.core.durations import MOST
from procedures.facts import Facts

_NUMBER = {"inputmode": "numeric", "class": "govuk-input--width-5"}
_SAID = frozenset({"value", "unit", "text", "cutoff", "extended"})


class ClockField(forms.CharField):
    """A clock time as people write it: 15:00, 15h, 15 giờ 30."""

    def to_python(self, value: Any) -> str:
        """``HH:MM``, or nothing."""
        text = str(value or "").strip().casefold().replace("giờ", ":").replace("h", ":").replace(" ", "")
        if not text:
            return ""
        hour, _colon, minute = text.partition(":")
        try:
            return time(int(hour), int(minute or 0)).isoformat("minutes")
        except ValueError:
            raise ValidationError(_("Ghi giờ và phút, ví dụ 15:00.")) from None


class TimeForm(forms.Form):
    """The time of an ordinary filing, of a longer one, and when intake counts for the next day."""

    time_value = forms.IntegerField(
        label=_("Thời hạn giải quyết"), required=False, min_value=1, max_value=MOST, widget=forms.TextInput(_NUMBER)
    )
    time_unit = forms.ChoiceField(label=_("Đơn vị thời hạn"), choices=UNITS, required=False)
    time_vi = forms.CharField(
        label=_("Thời hạn, viết bằng lời"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Cần khi không ghi số và đơn vị ở trên."),
    )
    time_en = forms.CharField(label=_("Thời hạn bằng lời, tiếng Anh"), max_length=20_000, required=False)
    cutoff = ClockField(
        label=_("Nhận sau giờ này thì tính từ ngày làm việc sau"),
        max_length=10,
        required=False,
        help_text=_("Ví dụ 15:00. Để trống là hết giờ làm việc."),
        widget=forms.TextInput({"class": "govuk-input--width-5"}),
    )
    extended_value = forms.IntegerField(
        label=_("Thời hạn khi phải kéo dài"),
        required=False,
        min_value=1,
        max_value=MOST,
        widget=forms.TextInput(_NUMBER),
    )
    extended_unit = forms.ChoiceField(label=_("Đơn vị thời hạn kéo dài"), choices=UNITS, required=False)
    extended_vi = forms.CharField(
        label=_("Kéo dài khi nào"), max_length=2_000, required=False, help_text=_("Ví dụ: Khi phải xác minh.")
    )
    extended_en = forms.CharField(label=_("Kéo dài khi nào, tiếng Anh"), max_length=2_000, required=False)

    def clean(self) -> dict[str, Any]:
        """A number has its unit and goes with it; no time at all has its words."""
        typed = super().clean() or self.cleaned_data
        for name in ("time", "extended"):
            if f"{name}_value" in typed and bool(typed.get(f"{name}_value")) != bool(typed.get(f"{name}_unit")):
                self.add_error(f"{name}_value", _("Hãy ghi cả số và đơn vị, hoặc để trống cả hai."))
        if not typed.get("time_value") and not (typed.get("time_vi") or "").strip():
            self.add_error("time_vi", _("Hãy ghi thời hạn, hoặc viết vì sao không có thời hạn."))
        if typed.get("extended_value") and not (typed.get("extended_vi") or "").strip():
            self.add_error("extended_vi", _("Hãy viết khi nào thời hạn kéo dài."))
        for name in ("time", "extended"):  # last: a refused value is gone, and would be asked for
            if is_no_time(typed.get(f"{name}_value"), typed.get(f"{name}_unit")):
                self.add_error(f"{name}_value", ONE_DAY)
        return typed

    def processing(self, before: Facts) -> Facts:
        """The times as a pack has them, on the ground of those before."""
        typed = self.cleaned_data
        made = {name: value for name, value in before.items() if name not in _SAID}
        if typed["time_value"]:
            made |= {"value": typed["time_value"], "unit": typed["time_unit"]}
        if text := pair(typed["time_vi"], typed["time_en"]):
            made["text"] = text
        if typed["cutoff"]:
            made["cutoff"] = typed["cutoff"]
        extended = (
            {} if not typed["extended_value"] else {"value": typed["extended_value"], "unit": typed["extended_unit"]}
        )
        if when := pair(typed["extended_vi"], typed["extended_en"]):
            extended["when"] = when
        kept = {
            name: value
            for name, value in (before.get("extended") or {}).items()
            if name not in {"value", "unit", "when"}
        }
        return made | ({"extended": {**kept, **extended}} if extended else {})


def initial_times(processing: Facts) -> dict[str, Any]:
    """What the times say, control by control."""
    extended = processing.get("extended") or {}
    texts = {"time": processing.get("text"), "extended": extended.get("when")}
    return {
        "time_value": processing.get("value"),
        "time_unit": processing.get("unit") or "",
        "cutoff": processing.get("cutoff") or "",
        "extended_value": extended.get("value"),
        "extended_unit": extended.get("unit") or "",
        **{
            f"{name}_{language}": (text or {}).get(language, "")
            for name, text in texts.items()
            for language in ("vi", "en")
        },
    }
