"""What an official reads on a mandate on paper: who signed it, which paper, what for, and who certified it."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers import confirmed_relations, written_mandates
from dossiers.written_mandates import Attestation, Paper
from portal.accounts.people import Person
from portal.backoffice.day_fields import DayField
from portal.backoffice.forms_counter import IdentityForm, one_line


class MandateForm(IdentityForm):
    """Who authorised the person at the counter, and by which paper; the official has it before her."""

    paper = forms.CharField(
        label=_("Giấy đã xem"),
        help_text=_("Loại giấy và số. Ví dụ: Giấy ủy quyền 05/2026."),
        max_length=written_mandates.PAPER_LIMIT,
        widget=one_line(),
        error_messages={"required": _("Hãy ghi loại giấy và số.")},
    )
    made_on = DayField(
        label=_("Ngày lập giấy"),
        help_text=_("Ngày, tháng, năm ghi trên giấy, ví dụ 02/11/2026."),
        error_messages={"required": _("Hãy ghi ngày lập giấy.")},
    )
    attestation = forms.ChoiceField(
        label=_("Công chứng, chứng thực"),
        choices=Attestation.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Hãy chọn vì sao tin được chữ ký của người vắng mặt."),
            "invalid_choice": _("Hãy chọn vì sao tin được chữ ký của người vắng mặt."),
        },
    )
    attested_by = forms.CharField(
        label=_("Ai chứng thực, số mấy; hoặc giấy cho thấy quan hệ"),
        help_text=_("Ví dụ: UBND phường Cửa Nam, số 112; hoặc Giấy khai sinh 30/1990 của người đến."),
        max_length=written_mandates.ATTESTED_LIMIT,
        widget=one_line(),
        error_messages={"required": _("Hãy ghi ai chứng thực, số mấy; hoặc giấy nào cho thấy quan hệ.")},
    )
    procedures = forms.CharField(
        label=_("Mã thủ tục giấy cho làm"),
        help_text=_(
            "Các mã, cách nhau bằng dấu phẩy, nhiều nhất 10; mã đứng dưới tên thủ tục ở trang trước. Chỉ nộp được "
            "những thủ tục này."
        ),
        max_length=200,
        widget=one_line(),
        error_messages={"required": _("Hãy ghi mã của những thủ tục mà giấy cho làm, nhiều nhất 10 thủ tục.")},
    )
    last = DayField(
        label=_("Ủy quyền đến hết ngày"),
        help_text=_(
            "Chỉ khi giấy ghi. Bỏ trống thì giấy có giá trị một năm từ ngày lập (Bộ luật Dân sự 2015, Điều 563)."
        ),
        required=False,
    )
    has_seen_proof = forms.BooleanField(
        label=_("Tôi đã xem bản chính và thẻ căn cước; giấy ghi đúng người đang ở quầy"),
        error_messages={"required": _("Hãy xem giấy tờ và xác nhận trước khi ghi nhận.")},
    )
    field_order = (
        *("personal_id", "full_name", "date_of_birth", "gender"),
        *("paper", "made_on", "attestation", "attested_by", "procedures", "last", "has_seen_proof"),
    )

    def clean_procedures(self) -> list[str]:
        """The codes; whether they may be left to another is the service's to say."""
        return [code for code in re.split(r"[\s,;]+", self.cleaned_data["procedures"]) if code]

    def person(self) -> Person:
        """Who signed, once the form is valid."""
        kept = ("personal_id", "full_name", "date_of_birth", "gender")
        return Person(**{name: self.cleaned_data[name] for name in kept})

    def read(self) -> Paper:
        """The paper, once the form is valid."""
        data: dict[str, Any] = self.cleaned_data
        return Paper(
            name=data["paper"],
            made_on=data["made_on"],
            attestation=Attestation(data["attestation"]),
            attested_by=data["attested_by"],
            procedure_codes=data["procedures"],
            last=data["last"],
        )


class EndMandateForm(forms.Form):
    """Why a mandate on paper is over: for who signed it her will is enough, the desk that noted it says why."""

    reason = forms.CharField(
        label=_("Lý do chấm dứt"),
        help_text=_("Ví dụ: nơi chứng thực trả lời không có số 112; hoặc ghi nhầm mã thủ tục. Hai bên đều đọc được."),
        max_length=300,
        widget=one_line(),
        error_messages={"required": confirmed_relations.NO_REASON},
    )
    has_seen_proof = forms.BooleanField(
        label=_("Tôi biết giấy này hết dùng được ở mọi quầy ngay khi bấm nút"),
        error_messages={"required": _("Hãy xác nhận trước khi chấm dứt.")},
    )

    def __init__(self, *args: Any, is_by_signer: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_by_signer:
            del self.fields["reason"]
            self.fields["has_seen_proof"].label = _("Người ký giấy đang ở quầy, tôi đã xem thẻ căn cước")
