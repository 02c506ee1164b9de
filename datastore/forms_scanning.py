"""The form of the officials' scan mode."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from datastore.results.scan_mode import MAX_CHARACTERS
from portal.agencies.actors import Actor


class PaperCheckForm(forms.Form):
    """What was scanned, and what for."""

    post = forms.ChoiceField(label=_("Kiểm tra với tư cách"), error_messages={"required": _("Chọn tư cách.")})
    purpose = forms.CharField(
        label=_("Kiểm tra để làm gì"),
        help_text=_("Ví dụ: Tiếp nhận hồ sơ tại quầy. Người được cấp giấy cũng thấy dòng này."),
        max_length=200,
        error_messages={"required": _("Hãy ghi kiểm tra để làm gì.")},
    )
    text = forms.CharField(
        label=_("Nội dung mã QR, hoặc mã 16 ký tự"),
        max_length=MAX_CHARACTERS,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "data-scan-text": ""}),
        error_messages={"required": _("Hãy quét mã QR, hoặc gõ mã 16 ký tự in cuối giấy.")},
    )

    def __init__(self, *args: Any, actors: list[Actor], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(index), f"{actor.name} – {actor.agency}") for index, actor in enumerate(actors)]
        self.actors = actors
        self.fields["post"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField, declared above
        self.fields["post"].initial = "0"
        if len(choices) == 1:
            self.fields["post"].widget = forms.HiddenInput()

    @property
    def actor(self) -> Actor:
        """As whom she checks."""
        return self.actors[int(self.cleaned_data["post"])]
