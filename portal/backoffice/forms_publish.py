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
    """Also the decision under which the new version stands: a new one, or the last one if that covers the change, too.

    ``published`` is the last one; None where nothing was published yet.
    """

    decision_number = forms.CharField(label=_("Theo quyết định công bố số"), max_length=60, required=False)
    decision_date = DayField(label=_("Ngày quyết định"), required=False)
    is_covered = forms.BooleanField(required=False)

    def __init__(
        self, data: Any = None, *, decision: Decision, published: Decision | None, issuer: str, valid_from: Any
    ) -> None:
        said = {"decision_number": decision.number, "decision_date": decision.day}
        super().__init__(data, initial={"valid_from": valid_from, **said})
        self.published = published
        if published is None:
            del self.fields["is_covered"]
        elif words := published.words():
            self.fields["is_covered"].label = _now("Thay đổi này cũng theo quyết định %(decision)s") % {
                "decision": words
            }
        else:
            self.fields["is_covered"].label = _now("Chưa có quyết định công bố thay đổi này")
        words = _now("Của %(agency)s. Nếu thay đổi theo quyết định mới, hãy ghi số và ngày của quyết định ấy.")
        self.fields["decision_number"].help_text = words % {"agency": issuer}

    def clean(self) -> dict[str, Any]:
        """The decision is signed before what it announces holds, and covers it: the last one, only if she says so."""
        cleaned = super().clean() or {}
        day, valid_from = cleaned.get("decision_date"), cleaned.get("valid_from")
        if day and valid_from and day > valid_from:
            self.add_error("decision_date", _now("Ngày quyết định không được sau ngày áp dụng. Hãy xem lại hai ngày."))
        is_asked = self.published is not None and "decision_number" in self.data
        if not is_asked or not {"decision_number", "decision_date"}.isdisjoint(self.errors):
            return cleaned
        if self.decision() == self.published and not cleaned.get("is_covered"):
            words = _now("Hãy ghi quyết định của thay đổi này, hoặc đánh dấu ô “%(label)s”.")
            self.add_error("is_covered", words % {"label": self.fields["is_covered"].label})
        return cleaned

    def decision(self) -> Decision | None:
        """The decision that was confirmed or written; None where the page did not ask for it."""
        if "decision_number" not in self.data:
            return None
        return Decision(self.cleaned_data["decision_number"].strip(), self.cleaned_data["decision_date"])
