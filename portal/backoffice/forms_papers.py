"""Steps with which agencies send each other papers (kèm tệp): chosen like any file, kept once the rest is right."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from dossiers import consultation_papers
from dossiers.consultation_papers import FIELD
from portal.backoffice.forms import StepForm

ACCEPTED = (
    ".pdf,.jpg,.jpeg,.png,.webp,.heic,.heif,application/pdf,image/jpeg,image/png,image/webp,image/heic,image/heif"
)
"""What the browser offers to choose; the store looks at the bytes themselves."""


class SeveralFilesInput(forms.FileInput):
    """A control for several files at once."""

    allow_multiple_selected = True


class PapersField(forms.Field):
    """Files of any number; what is wrong with one is said when it is kept (WithPapersForm.prepare)."""

    widget = SeveralFilesInput

    def clean(self, value: Any) -> list[UploadedFile]:
        """The files that were sent."""
        return list(value or [])


class WithPapersForm(StepForm):
    """A step with which papers go to another agency; when one is refused what was typed stays."""

    takes_files = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept: list[consultation_papers.Kept] = []
        words = _(
            "PDF hoặc ảnh JPG, PNG, HEIC, mỗi tệp tối đa %(size)d MB, nhiều nhất %(most)d tệp. Chỉ cán bộ của hai cơ "
            "quan mở được; người nộp không thấy."
        )
        facts = {"size": settings.UPLOAD_MAX_BYTES // 1024 // 1024, "most": consultation_papers.MOST}
        field = PapersField(label=_("Kèm tệp"), help_text=words % facts, required=False)
        field.widget.attrs["accept"] = ACCEPTED
        self.fields[FIELD] = field

    def prepare(self) -> bool:
        """Keep the files; False where one is refused, with the reason at the field."""
        self.kept, wrong = consultation_papers.keep(self.cleaned_data[FIELD], actor=self.actor)
        for words in wrong:
            self.add_error(FIELD, words)
        return not wrong

    def refused(self) -> None:
        """A browser gives no file back to a form that was refused."""
        if self.files and self.files.getlist(FIELD):
            self.choose_again(FIELD)

    def arguments(self) -> dict[str, Any]:
        """With the files as they were kept."""
        return {**super().arguments(), FIELD: self.kept}
