"""Forms of the steps that change the course of a dossier: another agency, a new date, a step taken back."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from datastore.models import Document
from datastore.results import service as results
from dossiers import consultation, forwarding, rebasing, revocation
from dossiers.models import Consultation
from dossiers.reasons import LEGAL_BASIS_MAX_LENGTH
from portal.agencies.models import Agency
from portal.backoffice import agency_naming
from portal.backoffice.day_fields import DayField
from portal.backoffice.forms import TOO_LONG, ReasonStepForm, StepForm, reason_field
from portal.backoffice.forms_papers import WithPapersForm

SUGGESTED_AT_MOST = 40


class AgencyStepForm(StepForm):
    """A step that names another agency: by its code or its whole name, with those nearby to choose from."""

    agency = forms.CharField(
        label=_("Cơ quan"),
        max_length=300,
        help_text=_("Gõ tên hoặc mã cơ quan, hoặc chọn trong danh sách gợi ý."),
        error_messages={"required": _("Hãy chọn cơ quan."), "max_length": TOO_LONG},
        widget=forms.TextInput(attrs={"list": "agency-list", "autocomplete": "off"}),
    )
    suggestions_template = "backoffice/_agency_list.html"

    def suggestions(self) -> list[Agency]:
        """Agencies under the same parent, and those above: where a neighbour's dossier mostly belongs."""
        own = self.dossier.agency
        if own is None:
            return []
        near = Agency.objects.valid_on(timezone.localdate()).exclude(pk=own.pk)
        return list(near.filter(parent=own.parent_id).order_by("name")[:SUGGESTED_AT_MOST])

    def clean_agency(self) -> Agency:
        """The agency that was named."""
        return self.agency_named(self.cleaned_data["agency"])

    def agency_named(self, typed: str) -> Agency:
        """The one that is meant in the dossier's own province; raises ValidationError as agency_naming does."""
        return agency_naming.agency_named(typed, province_code=self.dossier.province_code)


class ConsultationForm(WithPapersForm, AgencyStepForm):
    """The question to another agency, or the same to several at once."""

    also = forms.CharField(
        label=_("Hỏi cùng lúc cơ quan khác"),
        help_text=_("Mỗi dòng một cơ quan, tên hoặc mã. Mỗi cơ quan nhận cùng câu hỏi này và trả lời riêng."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": TOO_LONG},
    )
    question = reason_field(
        _("Nội dung hỏi"),
        _("Cơ quan được hỏi đọc nguyên văn. Người nộp chỉ đọc tên cơ quan đó và hạn trả lời."),
        missing=_("Hãy ghi nội dung hỏi."),
    )
    answer_due_on = DayField(label=_("Đề nghị trả lời trước ngày"))
    legal_basis = forms.CharField(
        label=_("Căn cứ dừng thời hạn"),
        max_length=200,
        required=False,
        help_text=_("Chỉ ghi khi luật cho dừng tính thời hạn trong lúc chờ. Để trống thì thời hạn vẫn chạy."),
        error_messages={"max_length": TOO_LONG},
    )

    def clean_also(self) -> list[Agency]:
        """The other agencies, each once."""
        typed = [line for line in self.cleaned_data["also"].splitlines() if line.strip()]
        if len(typed) > consultation.MOST_AT_ONCE:
            words = _now("Hỏi cùng lúc nhiều nhất %(most)d cơ quan khác.") % {"most": consultation.MOST_AT_ONCE}
            raise forms.ValidationError(words)
        found = {agency.pk: agency for agency in map(self.agency_named, typed)}
        if isinstance(first := self.cleaned_data.get("agency"), Agency):
            found.pop(first.pk, None)
        return list(found.values())


class OfAskedForm(StepForm):
    """A step that ends the question to one agency; where several are asked, which one."""

    asked = forms.ModelChoiceField(
        label=_("Cơ quan được hỏi"),
        queryset=Agency.objects.none(),
        error_messages={
            "required": _("Hãy chọn cơ quan."),
            "invalid_choice": _("Cơ quan này không còn được hỏi. Hãy xem lại."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [row for row in consultation.open_ones(self.dossier) if self.is_hers(row)]
        if len(rows) > 1:
            field: Any = self.fields["asked"]
            field.queryset = Agency.objects.filter(pk__in=[row.agency_id for row in rows]).order_by("name")
        else:
            del self.fields["asked"]

    def is_hers(self, row: Consultation) -> bool:
        """Whether this question is one that she may end."""
        return True

    def arguments(self) -> dict[str, Any]:
        """Which agency, under the name the service has for it."""
        arguments = super().arguments()
        return arguments | {"agency": arguments.pop("asked")} if "asked" in arguments else arguments


class AnswerForm(WithPapersForm, OfAskedForm):
    """The other agency's answer."""

    def is_hers(self, row: Consultation) -> bool:
        """Those of her agency and below."""
        return self.actor.agency is not None and row.agency.is_within(self.actor.agency)

    answer = reason_field(
        _("Ý kiến của cơ quan"),
        _("Cơ quan giải quyết đọc nguyên văn. Người nộp không đọc."),
        missing=_("Hãy ghi ý kiến."),
    )


class AmongOfficialsForm(StepForm):
    """A step whose reason only officials read (dossiers.timeline.AMONG_OFFICIALS)."""

    reason = reason_field(_("Lý do"), _("Chỉ cán bộ đọc, người nộp không đọc."))


class CancelForm(OfAskedForm, AmongOfficialsForm):
    """Which agency is asked no more, and why."""


class ForwardForm(AgencyStepForm):
    """Where the filing belongs, and why; where the rules of routing say another agency, it stands there already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        route = forwarding.suggested(self.dossier)
        if route is not None:
            self.fields["agency"].initial = route.agency.name
            self.fields["agency"].help_text = _("Theo quy tắc chuyển hồ sơ: %(agency)s.") % {"agency": route.agency}

    reason = reason_field(_("Lý do"), _("Người nộp đọc nguyên văn."))


class ExtendForm(ReasonStepForm):
    """The apology's reason and the new date."""

    new_due_on = DayField(
        label=_("Ngày hẹn mới"), help_text=_("Một ngày làm việc, sau ngày hẹn cũ; dạng ngày/tháng/năm.")
    )


class RebaseForm(ReasonStepForm):
    """Deciding under the newer version: what changes, why, and the clause that allows it."""

    intro_template = "backoffice/_form_rebase.html"
    document = None
    reason = reason_field(_("Lý do"), _("Người nộp đọc nguyên văn."))
    legal_basis = forms.CharField(
        label=_("Căn cứ pháp lý"),
        max_length=LEGAL_BASIS_MAX_LENGTH,
        help_text=_("Điều khoản chuyển tiếp cho phép áp dụng quy định mới cho hồ sơ đã nộp."),
        error_messages={"required": _("Hãy ghi căn cứ pháp lý."), "max_length": TOO_LONG},
    )

    def differences(self) -> rebasing.Differences | None:
        """What the newer version changes."""
        return rebasing.differences(self.dossier)


class RevokeForm(ReasonStepForm):
    """Taking a result back: which one, what it means, why and on what legal ground, and that it is understood."""

    intro_template = "backoffice/_form_revoke.html"
    reason = reason_field(_("Lý do thu hồi"), _("Người được cấp đọc nguyên văn. Nêu rõ sai ở đâu và cách làm tiếp."))
    legal_basis = forms.CharField(
        label=_("Căn cứ pháp lý"),
        max_length=LEGAL_BASIS_MAX_LENGTH,
        help_text=_("Điều, khoản, tên luật cho phép thu hồi, và số quyết định thu hồi nếu có."),
        error_messages={"required": _("Hãy ghi căn cứ pháp lý."), "max_length": TOO_LONG},
    )
    is_understood = forms.BooleanField(
        label=_("Tôi đã kiểm tra đúng kết quả cần thu hồi"),
        error_messages={"required": _("Hãy kiểm tra rồi đánh dấu ô này.")},
    )

    def document(self) -> Document | None:
        """The result that would be revoked; None where another window was quicker."""
        return revocation.revocable(self.dossier)

    def stays_replaced(self) -> Document | None:
        """The paper that it took the place of, which does not come back."""
        document = self.document()
        return results.replaced_by(document.pk) if document else None

    def arguments(self) -> dict[str, Any]:
        """Reason and legal ground; the tick is for the person."""
        return {key: self.cleaned_data[key] for key in ("reason", "legal_basis")}


FORMS: dict[str, type[StepForm]] = {
    "request_consultation": ConsultationForm,
    "answer_consultation": AnswerForm,
    "cancel_consultation": CancelForm,
    "forward": ForwardForm,
    "rebase": RebaseForm,
    "extend": ExtendForm,
    "send_back": AmongOfficialsForm,
    "return_stage": AmongOfficialsForm,
    "revert": ReasonStepForm,
    "reopen": ReasonStepForm,
    "revoke_result": RevokeForm,
}
