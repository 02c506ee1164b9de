"""The form that puts a wrong result right (cấp bản thay thế): what the paper says, value by value, to be corrected."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from datastore.models import Document
from dossiers import replacing
from dossiers.models import ResultIssue
from dossiers.reasons import LEGAL_BASIS_MAX_LENGTH
from portal.backoffice.forms import TOO_LONG, ApproveForm, StepForm, reason_field
from portal.backoffice.forms_drafts import Corrections

LAW = "Nghị định 30/2020/NĐ-CP, Điều 18 khoản 4"


class ReplaceForm(Corrections, ApproveForm):
    """Number, signer and lines as at the approval, and each value of the paper with room to write the right one."""

    intro_template = "backoffice/_form_replace.html"
    field_order = ("reason", "legal_basis", "document_number", "signer_name", "signer_title", "content")

    reason = reason_field(_("Lý do thay thế"), _("Người được cấp đọc nguyên văn. Nêu rõ chỗ nào sai và vì sao."))
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
        self.initial["legal_basis"] = LAW
        if work is not None:
            self.initial["content"] = "\n".join(f"{label}: {text}" for label, text in work.fields.get("rows", []))
        rows, corrected = (replacing.statements(self.dossier), work.corrections) if work is not None else ([], {})
        self.offer(rows, corrected)

    def document(self) -> Document | None:
        """The paper that would be replaced; None where another window was quicker."""
        return replacing.replaceable(self.dossier)

    def arguments(self) -> dict[str, Any]:
        """Reason, legal ground, what is put right and the decision; the tick is for the person."""
        said = {key: self.cleaned_data[key] for key in ("reason", "legal_basis")}
        return {**said, **super().arguments(), "corrections": self.changed}


FORMS: dict[str, type[StepForm]] = {"replace_result": ReplaceForm}
