"""The words of the forms of letters (mẫu văn bản), as versions that hold in the whole country from a day on."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers.models.letter_forms import FORMS
from dossiers.models.work import LetterKind

MAX_LENGTH = 20_000


def form_choices() -> list[tuple[str, Any]]:
    """The forms that letters are written on, by their numbers: the one-stop forms and those of a branch."""
    named = [(kind.value, f"{kind.value} – {kind.label}") for kind in LetterKind]
    return [*named, *((number, f"{number} – {form.title}") for number, form in FORMS.items())]


class LetterTemplate(models.Model):
    """What a form of letter says between the dossier's facts and an agency's closing words, in the language of papers.

    Version 0 of every form is the release's own (dossiers.letter_bodies). A version that has begun stays as it is:
    letters were written with it.
    """

    form = models.CharField(_("mẫu"), max_length=4, choices=form_choices)
    body = models.TextField(_("nội dung mẫu"), max_length=MAX_LENGTH)
    reason = models.CharField(_("lý do đổi"), max_length=300)
    """Which act, or which mistake, made it necessary."""
    valid_from = models.DateField(
        _("áp dụng từ"),
        default=timezone.localdate,
        help_text=_("Từ ngày này bản này không sửa được nữa; muốn đổi thì thêm bản mới."),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("người soạn")
    )
    """Who hears of it where a letter cannot be written with this version."""
    problem = models.TextField(_("lỗi khi lập văn bản"), blank=True, default="", editable=False)
    """Why a letter was written with the version before; empty while all went well."""
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("mẫu văn bản")
        verbose_name_plural = _("mẫu văn bản")
        ordering = ["form", "-valid_from", "-id"]
        indexes = [models.Index(fields=["form", "valid_from"], name="letter_template_in_force")]

    def __str__(self) -> str:
        return f"{self.get_form_display()} ({self.valid_from:%d/%m/%Y})"

    @property
    def has_begun(self) -> bool:
        """Whether letters may be written with it already."""
        return self.valid_from <= timezone.localdate()
