"""The small forms around a dossier; the filing form itself comes from the procedure (procedures.eforms)."""

from collections.abc import Mapping
from typing import Any, Self
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core import form_errors
from portal.core.errors import InvalidInputError
from portal.core.identifiers import clean_dossier_code
from procedures import competence
from procedures.territory import Territory


class PlaceForm(forms.Form):
    """Where to file: province first, then commune (nơi nộp hồ sơ)."""

    province_code = forms.ChoiceField(
        label=_("Tỉnh, thành phố"),
        error_messages={
            "required": _("Hãy chọn tỉnh, thành phố."),
            "invalid_choice": _("Tỉnh, thành phố này không có trong danh sách. Hãy chọn lại."),
        },
    )
    commune_code = forms.ChoiceField(
        label=_("Xã, phường, đặc khu"),
        error_messages={
            "required": _("Hãy chọn xã, phường, đặc khu nơi nộp hồ sơ."),
            "invalid_choice": _("Xã, phường này không thuộc tỉnh đã chọn. Hãy chọn lại."),
        },
    )

    def __init__(
        self,
        *args: Any,
        province: str = "",
        needs_commune: bool = True,
        source: str = "",
        only_in: str = "",
        **kwargs: Any,
    ) -> None:
        """``only_in``: the one province whose own procedure it is, which is then the only one to choose."""
        super().__init__(*args, **kwargs)
        territory = Territory()
        provinces = [(unit.code, unit.full_name) for unit in territory.provinces() if only_in in {"", unit.code}]
        if only_in:
            self.fields["province_code"].help_text = competence.only_in(only_in)
            self.fields["province_code"].error_messages["invalid_choice"] = competence.only_in(only_in)
        self._offer("province_code", [("", _("Chọn tỉnh, thành phố")), *provinces], source)
        if not needs_commune:
            del self.fields["commune_code"]
            return
        known = territory.communes(province) if territory.is_province(province) else []
        communes = [(unit.code, unit.full_name) for unit in known]
        self._offer("commune_code", [("", _("Chọn xã, phường, đặc khu")), *communes], source)

    def _offer(self, name: str, choices: list[Any], source: str) -> None:
        field: Any = self.fields[name]
        field.choices = choices
        field.source = source  # shown by components/field.html

    def add_texts(self, fields: Mapping[str, list[Any]]) -> None:
        """Show a service's errors at the fields they are about, any other above the form."""
        for name, texts in fields.items():
            here = name if name in self.fields else next(iter(self.fields))
            self.add_error(here, [str(text) for text in texts])


class TrackForm(forms.Form):
    """Track without signing in: the code and a second fact that only the applicant knows."""

    code = forms.CharField(
        label=_("Mã hồ sơ"),
        help_text=_("In trên giấy tiếp nhận và trong thư báo, ví dụ H17.20194-261120-0001."),
        max_length=60,
        error_messages={
            "required": _("Hãy nhập mã hồ sơ."),
            "max_length": _("Mã hồ sơ dài nhất 50 ký tự. Hãy nhập như trên giấy tiếp nhận."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    phone_tail = forms.RegexField(
        label=_("4 số cuối điện thoại của người nộp"),
        regex=r"^[0-9]{4}$",
        strip=True,
        error_messages={
            "required": _("Hãy nhập 4 số cuối điện thoại đã khai trong hồ sơ."),
            "invalid": _("Nhập đúng 4 chữ số, ví dụ 0123."),
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "4", "size": "6"}),
    )

    def clean_code(self) -> str:
        """Capitals, no blanks."""
        return form_errors.cleaned(clean_dossier_code, self.cleaned_data["code"])


class ReasonForm(forms.Form):
    """A reason in the person's own words."""

    reason = forms.CharField(
        label=_("Lý do"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Hãy nêu lý do."),
            "max_length": _("Lý do dài quá %(limit_value)d ký tự. Hãy viết gọn lại."),
        },
    )


class DraftAnswerForm(forms.Form):
    """The applicant's answer to the draft of her result: right, or where it is wrong."""

    RIGHT, WRONG = "dung", "sai"

    answer = forms.ChoiceField(
        choices=[(RIGHT, _("Đúng, tôi xác nhận")), (WRONG, _("Có chỗ sai"))],
        error_messages={
            "required": _("Hãy chọn một câu trả lời."),
            "invalid_choice": _("Hãy chọn một câu trả lời."),
        },
    )
    number = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=1,
        max_value=32767,
        error_messages={
            "required": _("Hãy tải lại trang rồi trả lời."),
            "invalid": _("Hãy tải lại trang rồi trả lời."),
            "min_value": _("Hãy tải lại trang rồi trả lời."),
            "max_value": _("Hãy tải lại trang rồi trả lời."),
        },
    )
    reason = forms.CharField(
        label=_("Chỗ nào sai, ghi thế nào mới đúng?"),
        help_text=_("Ghi tên mục và nội dung đúng, ví dụ: Nơi sinh, đúng là Bệnh viện Phụ sản Hà Nội."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Hãy ghi chỗ nào sai và nội dung đúng."),
            "max_length": _("Nội dung dài quá %(limit_value)d ký tự. Hãy viết gọn lại."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # who says that something is wrong says what; who confirms has nothing to write
        self.fields["reason"].required = self.data.get("answer") != self.RIGHT


class SupplementAnswerForm(forms.Form):
    """The words that go with supplemented papers; where only words are asked for, they have to be there."""

    answer = forms.CharField(
        label=_("Nội dung trả lời"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Hãy viết nội dung trả lời."),
            "max_length": _("Nội dung dài quá %(limit_value)d ký tự. Hãy viết gọn lại."),
        },
    )

    def __init__(self, *args: Any, needs_words: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].required = needs_words

    @classmethod
    def as_typed(cls, posted: Mapping[str, Any], **named: Any) -> Self:
        """What was typed so far, and no word on it: a button that only changes rows sends nothing."""
        form = cls(None, **named)
        form.initial = {name: posted[name] for name in form.fields if name in posted}
        return form


class MessageForm(forms.Form):
    """A message to the other side; its token makes a second press of the button harmless."""

    text = forms.CharField(
        label=_("Nội dung"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Hãy viết nội dung."),
            "max_length": _("Nội dung dài quá %(limit_value)d ký tự. Hãy viết gọn lại."),
        },
    )
    token = forms.CharField(widget=forms.HiddenInput, max_length=40)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**62)
    """The newest message on the page: what comes while somebody writes has not been read by her."""

    def __init__(self, *args: Any, has_files: bool = False, **kwargs: Any) -> None:
        kwargs["initial"] = {"token": uuid4().hex, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["text"].required = not has_files  # a file may come without a word
        self.fields["token"].error_messages["required"] = _("Hãy tải lại trang rồi gửi.")

    def texts(self) -> list[tuple[str, str]]:
        """Every error with its field, "__all__" for the form's own."""
        return [(name, str(text)) for name, texts in self.errors.items() for text in texts]

    def take(self, error: InvalidInputError, file_errors: list[str]) -> None:
        """Show a service's words at the field they are about; those about files are the page's."""
        for name, texts in error.fields.items():
            for text in texts:
                if name == "files":
                    file_errors.append(str(text))
                else:
                    self.add_error(name if name in self.fields else None, str(text))


class HeldForm(forms.Form):
    """Where the State got or gave the paper, for the official who looks for it."""

    words = forms.CharField(
        label=_("Giấy ấy cấp ở đâu, khi nào?"),
        help_text=_("Ví dụ: UBND phường Tân Định cấp năm 2019, số 12/2019. Không nhớ thì bỏ trống."),
        required=False,
        max_length=300,
        error_messages={"max_length": _("Hãy viết ngắn lại, nhiều nhất %(limit_value)d ký tự.")},
    )
