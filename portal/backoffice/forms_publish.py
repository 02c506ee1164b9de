"""The forms with which a draft is published: from which day on, and under which decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from portal.backoffice.day_fields import DayField
from procedures.decisions import Decision


class PublishForm(forms.Form):
    """From which day on the draft holds."""

    valid_from = DayField(label=_("Áp dụng từ ngày"))


class AnnouncedForm(PublishForm):
    """Also the decision under which the new version stands: the last one, unless there is a new one."""

    decision_number = forms.CharField(label=_("Theo quyết định công bố số"), max_length=60, required=False)
    decision_date = DayField(label=_("Ngày quyết định"), required=False)

    def __init__(self, data: Any = None, *, decision: Decision, issuer: str, valid_from: Any) -> None:
        said = {"decision_number": decision.number, "decision_date": decision.day}
        super().__init__(data, initial={"valid_from": valid_from, **said})
        words = _now("Của %(agency)s. Nếu thay đổi theo quyết định mới, hãy ghi số và ngày của quyết định ấy.")
        self.fields["decision_number"].help_text = words % {"agency": issuer}

    def decision(self) -> Decision | None:
        """The decision that was confirmed or written; None where the page did not ask for it."""
        if "decision_number" not in self.data:
            return None
        return Decision(self.cleaned_data["decision_number"].strip(), self.cleaned_data["decision_date"])
