"""The form of a hand-over (trao bản giấy kết quả): who collected the paper and what the official looked at."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from datastore.models import DocumentFile
from dossiers import handing_over, paper_results
from dossiers.paper_results import Checked, Receiver, Way
from portal.backoffice.forms import TOO_LONG, StepForm


class HandOverForm(StepForm):
    """What to print, then into whose hands it goes. Which fields a receiver needs is the service's to say."""

    intro_template = "backoffice/_form_hand_over.html"

    is_printed = forms.BooleanField(
        error_messages={"required": _("Hãy in đủ rồi đánh dấu ô này.")},
    )
    receiver = forms.ChoiceField(
        label=_("Giao cho ai?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Hãy chọn người nhận."), "invalid_choice": _("Hãy chọn người nhận.")},
    )
    checked = forms.ChoiceField(
        label=_("Giấy tờ tùy thân đã xem"),
        required=False,
        choices=[("", _("Chưa chọn")), *Checked.choices],
    )
    name = forms.CharField(
        label=_("Họ tên người nhận thay"),
        required=False,
        max_length=handing_over.NAME_LIMIT,
        error_messages={"max_length": TOO_LONG},
    )
    proof = forms.CharField(
        required=False,
        max_length=handing_over.PROOF_LIMIT,
        error_messages={"max_length": TOO_LONG},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.paper = paper_results.ordered(self.dossier)
        self.is_by_post = self.paper is not None and self.paper.way == Way.POST
        self.fields["is_printed"].label = _now("Tôi đã in đủ: %(papers)s") % {
            "papers": self.paper.words if self.paper else ""
        }
        receiver: Any = self.fields["receiver"]
        receiver.choices = [
            *([(Receiver.POST.value, Receiver.POST.label)] if self.is_by_post else []),
            (Receiver.SELF.value, f"{Receiver.SELF.label}: {self.dossier.applicant_name}"),
            (Receiver.AUTHORISED.value, Receiver.AUTHORISED.label),
        ]
        told: Any = self.fields  # which of them the receiver needs is the service's to say; the label says when
        told["checked"].needed_when = _now("(khi chính người nộp nhận)")
        told["name"].needed_when = told["proof"].needed_when = _now("(khi nhận thay)")
        self.fields["proof"].label = (
            _now("Số hiệu bưu gửi, hoặc giấy ủy quyền") if self.is_by_post else _now("Giấy ủy quyền")
        )
        self.fields["proof"].help_text = _now(
            "Với người nhận thay: ai lập, ngày nào. Không cần khi chính người nộp nhận."
        )

    def document(self) -> DocumentFile | None:
        """The file to print: the result in force."""
        return DocumentFile.objects.filter(document=self.dossier.result_document_id).order_by("position").first()

    def arguments(self) -> dict[str, Any]:
        """Who and what was seen; the tick is for the person."""
        return {key: self.cleaned_data[key] for key in ("receiver", "name", "checked", "proof")}


FORMS: dict[str, type[StepForm]] = {"return_result": HandOverForm}
