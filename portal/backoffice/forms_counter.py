"""What an official types or scans at the counter: who came, what her card says, and for which organisation."""

import re
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dossiers import confirmed_relations, counter
from dossiers.models import ActsBy
from portal.accounts import bodies
from portal.accounts.models import Gender, Organisation, RepresentationKind
from portal.accounts.people import Person
from portal.backoffice import card_scans
from portal.backoffice.day_fields import DayField
from portal.core import form_errors, identity_cards
from portal.core.errors import PortalError
from portal.core.identifiers import (
    IdentifierWarning,
    clean_phone,
    clean_tax_code,
    personal_id_warnings,
)
from portal.core.identity_cards import IdentityCard
from portal.core.text import clean_line, fold
from procedures import access as catalogue


def one_line(keyboard: str = "text") -> forms.TextInput:
    """One line; the browser of the desk offers nobody what it heard of the person before."""
    return forms.TextInput(attrs={"inputmode": keyboard, "autocomplete": "off"})


class WhoForm(forms.Form):
    """The number typed, or the card's QR scanned: scanners type the text and press Enter."""

    who = forms.CharField(
        label=_("Số định danh cá nhân hoặc mã QR trên thẻ căn cước"),
        help_text=_("Gõ 12 chữ số, hoặc để con trỏ ở đây rồi quét mã QR trên thẻ bằng máy quét."),
        max_length=identity_cards.MAX_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autofocus": True}),
        error_messages={
            "required": _("Hãy gõ số định danh hoặc quét mã QR trên thẻ."),
            "max_length": _("Mã QR này dài hơn mã trên thẻ căn cước. Hãy quét lại đúng mã trên thẻ."),
        },
    )

    card: IdentityCard | None = None

    def clean_who(self) -> str:
        """The twelve figures; a card that was scanned is kept beside them."""
        self.card = card_scans.card_of(self.cleaned_data["who"])
        return form_errors.cleaned(card_scans.number_of, self.cleaned_data["who"])


class IdentityForm(forms.Form):
    """Who somebody is: number, name, day of birth and gender, as her card or her paper says."""

    personal_id = forms.CharField(
        label=_("Số định danh cá nhân"),
        help_text=_("Gõ 12 chữ số, hoặc để con trỏ ở đây rồi quét mã QR trên thẻ bằng máy quét."),
        max_length=identity_cards.MAX_LENGTH,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Hãy nhập số định danh cá nhân gồm 12 chữ số."),
            "max_length": _("Mã QR này dài hơn mã trên thẻ căn cước. Hãy quét lại đúng mã trên thẻ."),
        },
    )
    full_name = forms.CharField(
        label=_("Họ, chữ đệm, tên"),
        max_length=identity_cards.NAME_LIMIT,
        widget=one_line(),
        error_messages={"required": _("Hãy nhập họ tên như trên thẻ.")},
    )
    date_of_birth = DayField(
        label=_("Ngày sinh"),
        help_text=_("Ngày, tháng, năm, ví dụ 08/03/1999."),
        error_messages={
            "required": _("Hãy nhập ngày sinh như trên thẻ."),
        },
    )
    gender = forms.ChoiceField(
        label=_("Giới tính"),
        choices=Gender.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Hãy chọn giới tính như trên thẻ.")},
    )

    def clean_personal_id(self) -> str:
        """Twelve figures; of a scanned card that cannot be read it says why."""
        return form_errors.cleaned(card_scans.number_of, self.cleaned_data["personal_id"])

    def clean_full_name(self) -> str:
        """One line."""
        return clean_line(self.cleaned_data["full_name"])

    def clean_date_of_birth(self) -> Any:
        """Not after today."""
        day = self.cleaned_data["date_of_birth"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Ngày sinh không thể sau hôm nay."))
        return day

    def warnings(self) -> list[IdentifierWarning]:
        """Where the number contradicts what was typed beside it; a warning is looked at, not refused."""
        data = self.cleaned_data
        return personal_id_warnings(data["personal_id"], date_of_birth=data["date_of_birth"], gender=data["gender"])


class PersonForm(IdentityForm):
    """Somebody the portal does not know: what stands on her card (NĐ 69/2024/NĐ-CP; she shows it at the desk)."""

    phone = forms.CharField(
        label=_("Số điện thoại"),
        help_text=_("Người nộp nhận tin và tra cứu hồ sơ bằng số này."),
        required=False,
        max_length=20,
        widget=one_line("tel"),
    )
    address_line = forms.CharField(
        label=_("Nơi cư trú"),
        required=False,
        max_length=identity_cards.RESIDENCE_LIMIT,
        widget=one_line(),
    )
    has_seen_card = forms.BooleanField(
        label=_("Tôi đã xem thẻ căn cước và người trên ảnh là người đến quầy"),
        error_messages={"required": _("Hãy xem thẻ và xác nhận trước khi nhập người mới.")},
    )

    def clean_phone(self) -> str:
        """A telephone number, or nothing."""
        typed = self.cleaned_data["phone"]
        return form_errors.cleaned(clean_phone, typed) if typed.strip() else ""

    def clean_address_line(self) -> str:
        """One line."""
        return clean_line(self.cleaned_data["address_line"])

    def person(self) -> Person:
        """The person, once the form is valid."""
        kept = {name: value for name, value in self.cleaned_data.items() if name != "has_seen_card"}
        return Person(**kept)


class OrganisationForm(forms.Form):
    """For which organisation the person came, and by which paper; the official has both before her."""

    tax_code = forms.CharField(
        label=_("Mã số thuế của tổ chức"),
        help_text=_("10 chữ số, hoặc 13 với đơn vị phụ thuộc, như 0100109106 hay 0100109106-001."),
        max_length=20,
        widget=one_line("numeric"),
        error_messages={"required": _("Hãy nhập mã số thuế trên giấy đăng ký của tổ chức.")},
    )
    name = forms.CharField(
        label=_("Tên tổ chức"),
        help_text=_("Chỉ cần khi tổ chức chưa có trên Cổng: ghi như trên giấy đăng ký."),
        required=False,
        max_length=300,
        widget=one_line(),
    )
    acts_by = forms.ChoiceField(
        label=_("Người đến là"),
        choices=[(way, way.label) for way in (ActsBy.REPRESENTATIVE, ActsBy.MANDATE)],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Hãy chọn người này đến với tư cách nào."),
            "invalid_choice": _("Hãy chọn người này đến với tư cách nào."),
        },
    )
    proof = forms.CharField(
        label=_("Giấy tờ đã xem"),
        help_text=_("Loại giấy, số, ngày và người ký. Ví dụ: Giấy ủy quyền 05/UQ ngày 02/11/2026, giám đốc ký."),
        max_length=counter.PROOF_LIMIT,
        widget=one_line(),
        error_messages={"required": _("Hãy ghi giấy tờ đã xem để chứng minh tư cách.")},
    )
    mandate_until = DayField(
        label=_("Ủy quyền đến hết ngày"),
        help_text=_(
            "Chỉ với người được ủy quyền. Giấy không ghi thời hạn thì có giá trị một năm từ ngày lập "
            "(Bộ luật Dân sự 2015, Điều 563). Ngày, tháng, năm, ví dụ 31/12/2026."
        ),
        required=False,
    )
    mandate_procedures = forms.CharField(
        label=_("Mã thủ tục được ủy quyền"),
        help_text=_(
            "Khi giấy chỉ cho làm một số thủ tục: các mã, cách nhau bằng dấu phẩy. Để trống nếu là mọi thủ tục."
        ),
        required=False,
        max_length=200,
        widget=one_line(),
    )
    has_seen_proof = forms.BooleanField(
        label=_("Tôi đã xem bản chính, còn hiệu lực và ghi đúng người đang ở quầy"),
        error_messages={"required": _("Hãy xem giấy tờ và xác nhận trước khi nhận hồ sơ thay tổ chức.")},
    )

    known: Organisation | None = None

    def clean_tax_code(self) -> str:
        """The code in its normal form."""
        code = form_errors.cleaned(clean_tax_code, self.cleaned_data["tax_code"])
        self.known = bodies.find(code)
        return code

    def clean_name(self) -> str:
        """One line."""
        return clean_line(self.cleaned_data["name"])

    def clean_proof(self) -> str:
        """One line that says something."""
        seen = clean_line(self.cleaned_data["proof"])
        if not seen:
            raise forms.ValidationError(_("Hãy ghi giấy tờ đã xem để chứng minh tư cách."))
        return seen

    def clean_mandate_procedures(self) -> list[str]:
        """Codes of procedures that take filings at a desk."""
        codes = list(dict.fromkeys(re.split(r"[\s,;]+", self.cleaned_data["mandate_procedures"].strip())))
        for code in filter(None, codes):
            try:
                catalogue.get_open_version(code)
            except PortalError as error:
                unknown = gettext("Không có thủ tục nhận hồ sơ với mã “%(code)s”. Hãy tìm mã ở trang trước.")
                raise forms.ValidationError(unknown % {"code": code}) from error
        return [code for code in codes if code]

    def clean(self) -> dict[str, Any]:
        """An organisation that is new here needs its name, a mandate its last day; who represents it needs none."""
        if self.cleaned_data.get("acts_by") != ActsBy.MANDATE:
            self.cleaned_data |= {"mandate_until": None, "mandate_procedures": []}
        elif "mandate_until" not in self.errors:
            until = self.cleaned_data.get("mandate_until")
            if until is None or until < timezone.localdate():
                self.add_error("mandate_until", counter.MANDATE_ENDED)
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "tax_code" in data and self.known is None and not data.get("name") and "name" not in self.errors:
            self.add_error("name", _("Tổ chức này chưa có trên Cổng. Hãy nhập tên như trên giấy đăng ký."))
        return data

    def organisation(self) -> Organisation:
        """The organisation, once the form is valid; entered where it is new."""
        return self.known or bodies.enter(self.cleaned_data["tax_code"], self.cleaned_data["name"])

    @property
    def has_another_name(self) -> bool:
        """Whether the portal knows the code under another name than was typed."""
        typed = self.cleaned_data.get("name", "")
        return bool(self.known and typed and fold(typed) != fold(self.known.name))


class RelationForm(IdentityForm):
    """For whom the person acts by law, and by which paper; the official has it before her."""

    kind = forms.ChoiceField(
        label=_("Người đến là"),
        choices=[
            (RepresentationKind.CHILD, _("Cha hoặc mẹ của người chưa đủ 18 tuổi")),
            (RepresentationKind.WARD, _("Người giám hộ của người chưa đủ 18 tuổi")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Hãy chọn người này đại diện với tư cách nào."),
            "invalid_choice": _("Hãy chọn người này đại diện với tư cách nào."),
        },
    )
    proof = forms.CharField(
        label=_("Giấy tờ đã xem"),
        help_text=_("Loại giấy, số, ngày và nơi cấp. Ví dụ: Trích lục đăng ký giám hộ 03/2026, UBND phường Cửa Nam."),
        max_length=counter.PROOF_LIMIT,
        widget=one_line(),
        error_messages={"required": _("Hãy ghi giấy tờ đã xem để chứng minh tư cách.")},
    )
    until = DayField(
        label=_("Giám hộ đến hết ngày"),
        help_text=_("Chỉ khi giấy ghi ngày cuối. Bỏ trống thì giám hộ đến khi người này đủ 18 tuổi."),
        required=False,
    )
    has_seen_proof = forms.BooleanField(
        label=_("Tôi đã xem bản chính và thẻ căn cước; giấy ghi đúng người đang ở quầy"),
        error_messages={"required": _("Hãy xem giấy tờ và xác nhận trước khi ghi nhận.")},
    )
    field_order = ("kind", "personal_id", "full_name", "date_of_birth", "gender", "proof", "until", "has_seen_proof")

    def person(self) -> Person:
        """The child or the ward, once the form is valid."""
        kept = ("personal_id", "full_name", "date_of_birth", "gender")
        return Person(**{name: self.cleaned_data[name] for name in kept})


class EndRelationForm(forms.Form):
    """Why a relation that this desk confirmed is over; both parties read it."""

    reason = forms.CharField(
        label=_("Lý do và giấy tờ đã xem"),
        help_text=_("Ví dụ: Trích lục chấm dứt giám hộ 02/2026, UBND phường Cửa Nam. Hai bên đều đọc được dòng này."),
        max_length=300,
        widget=one_line(),
        error_messages={"required": confirmed_relations.NO_REASON},
    )
    has_seen_proof = forms.BooleanField(
        label=_("Tôi đã xem giấy tờ và biết việc đại diện hết ngay khi bấm nút"),
        error_messages={"required": _("Hãy xem giấy tờ và xác nhận trước khi chấm dứt.")},
    )
