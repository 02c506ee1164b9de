"""The form that puts a wrong result right (cấp bản thay thế): what the paper says, value by value, to be corrected."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from datastore.models import Document
from dossiers import replacing
from dossiers.models import ResultIssue
from dossiers.reasons import LEGAL_BASIS_MAX_LENGTH
from dossiers.services import Decision
from portal.backoffice.forms import TOO_LONG, StepForm, number_field, reason_field
from portal.backoffice.forms_drafts import Corrections
from portal.backoffice.forms_lines import LinesForm, as_lines

LAW = "Nghị định 30/2020/NĐ-CP, Điều 18 khoản 4"


class ReplaceForm(Corrections, LinesForm):
    """Number, signer and lines, for they may be what is wrong, and each value with room to write the right one."""

    intro_template = "backoffice/_form_replace.html"
    is_long = True
    """The whole paper stands in it: it gets half of the page."""
    field_order = ("reason", "legal_basis", "document_number", "signer_name", "signer_title", "content")

    reason = reason_field(_("Lý do thay thế"), _("Người được cấp đọc nguyên văn. Nêu rõ chỗ nào sai và vì sao."))
    document_number = number_field()
    signer_name = forms.CharField(
        label=_("Người ký"), max_length=200, error_messages={"required": _("Hãy ghi họ tên người ký.")}
    )
    signer_title = forms.CharField(label=_("Chức vụ"), max_length=150, required=False)
    legal_basis = forms.CharField(
        label=_("Căn cứ pháp lý"),
        max_length=LEGAL_BASIS_MAX_LENGTH,
        initial=LAW,
        error_messages={"required": _("Hãy ghi căn cứ pháp lý."), "max_length": TOO_LONG},
    )
    is_understood = forms.BooleanField(
        label=_("Tôi đã đối chiếu từng chỗ sửa với hồ sơ"),
        error_messages={"required": _("Hãy kiểm tra rồi đánh dấu ô này.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        work = ResultIssue.objects.filter(dossier=self.dossier).first()
        name, _comma, title = self.actor.name.partition(", ")
        self.initial.update(legal_basis=LAW, signer_name=name, signer_title=title)
        if work is not None:
            self.initial["content"] = as_lines(work.fields.get("rows", []))
        rows, corrected = (replacing.statements(self.dossier), work.corrections) if work is not None else ([], {})
        self.offer(rows, corrected)

    def document(self) -> Document | None:
        """The paper that would be replaced; None where another window was quicker."""
        return replacing.replaceable(self.dossier)

    def arguments(self) -> dict[str, Any]:
        """Reason, legal ground, what is put right and the decision; the tick is for the person."""
        data = self.cleaned_data
        decision = Decision(data["document_number"], data["signer_name"], data["signer_title"], data["content"])
        said = {key: data[key] for key in ("reason", "legal_basis")}
        return {**said, "decision": decision, "corrections": self.changed}


FORMS: dict[str, type[StepForm]] = {"replace_result": ReplaceForm}
