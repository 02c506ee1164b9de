"""What is asked once before one step is taken for many dossiers."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.agencies import absences
from portal.backoffice import agency_naming, passages
from portal.backoffice.forms import TOO_LONG, reason_field
from portal.backoffice.models import BulkKind
from portal.backoffice.officials import Official


class BulkForm(forms.Form):
    """The common part: a token, so that the second press starts nothing again."""

    token = forms.CharField(
        widget=forms.HiddenInput, max_length=40, error_messages={"required": _("Hãy tải lại trang.")}
    )

    def __init__(self, *args: Any, official: Official, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"token": uuid4().hex}, **kwargs})
        self.acting = official

    def arguments(self) -> dict[str, Any]:
        """What the job keeps, as plain values."""
        return {key: value for key, value in self.cleaned_data.items() if key not in {"token", "is_understood"}}


NOBODY = "none"


class BulkAssignForm(BulkForm):
    """Who gets them; nobody is a choice of its own, which a hasty press does not make."""

    official = forms.ChoiceField(
        label=_("Người thụ lý"),
        help_text=_("Người được chọn phải làm việc tại cơ quan của hồ sơ; hồ sơ khác cơ quan giữ nguyên."),
        error_messages={
            "required": _("Hãy chọn người thụ lý, hoặc “Không giao cho ai”."),
            "invalid_choice": _("Người này không làm việc tại cơ quan của bạn."),
        },
    )

    def __init__(self, *args: Any, official: Official, **kwargs: Any) -> None:
        super().__init__(*args, official=official, **kwargs)
        field: Any = self.fields["official"]
        people = absences.named(passages.working_posts_within(official.top_paths()))
        nobody = [("", _("Chọn người thụ lý")), (NOBODY, _("Không giao cho ai"))]
        field.choices = [*nobody, *((str(number), name) for number, name in people)]

    def arguments(self) -> dict[str, Any]:
        """The person's id, or None."""
        chosen = self.cleaned_data["official"]
        return {"official": None if chosen == NOBODY else int(chosen)}


class BulkForwardForm(BulkForm):
    """Where the filings belong, and why: each applicant reads it."""

    agency = forms.CharField(
        label=_("Cơ quan"),
        max_length=300,
        help_text=_(
            "Gõ tên hoặc mã của cơ quan có thẩm quyền. Trong tỉnh, thành phố của bạn thì không cần ghi tên tỉnh."
        ),
        error_messages={"required": _("Hãy chọn cơ quan."), "max_length": TOO_LONG},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = reason_field(_("Lý do"), _("Người nộp của từng hồ sơ đọc nguyên văn."))

    def clean_agency(self) -> str:
        """The code of an agency that works today, named as on the workbench."""
        typed = self.cleaned_data["agency"]
        return agency_naming.agency_named(typed, province_code=self.acting.province_code).code


class BulkApproveForm(BulkForm):
    """Who presses signs all of them; only those that a specialist proposed are approved."""

    is_understood = forms.BooleanField(
        label=_("Tôi đã xem đề xuất của từng hồ sơ; mỗi kết quả được ký số ngay"),
        error_messages={"required": _("Hãy kiểm tra rồi đánh dấu ô này.")},
    )


FORMS: dict[BulkKind, type[BulkForm]] = {
    BulkKind.ACCEPT: BulkForm,
    BulkKind.ASSIGN: BulkAssignForm,
    BulkKind.FORWARD: BulkForwardForm,
    BulkKind.END_STAGE: BulkForm,
    BulkKind.APPROVE: BulkApproveForm,
}
