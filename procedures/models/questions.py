"""Questions people ask about a procedure, and our answers (hỏi đáp)."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Question(models.Model):
    """A question and its answer, shown on the sheets of the procedures it is about once it is published."""

    code = models.SlugField(_("mã"), max_length=80, unique=True)
    procedure_codes = ArrayField(models.CharField(max_length=20), verbose_name=_("mã thủ tục"))
    question = models.CharField(_("câu hỏi"), max_length=300)
    question_en = models.CharField(_("câu hỏi tiếng Anh"), max_length=300, blank=True)
    answer = models.TextField(_("trả lời"))
    answer_en = models.TextField(_("trả lời tiếng Anh"), blank=True)
    legal_basis = models.CharField(_("căn cứ"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=0)
    is_published = models.BooleanField(_("đã công bố"), default=False)
    source_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    """Digest of the reference row it was loaded from; changes made by hand stay until that row changes."""
    updated_at = models.DateTimeField(_("sửa lúc"), auto_now=True)

    class Meta:
        verbose_name = _("hỏi đáp")
        verbose_name_plural = _("hỏi đáp")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(procedure_codes__len__gt=0),
                name="question_is_about_something",
                violation_error_message=_("Hãy ghi ít nhất một mã thủ tục."),
            ),
            models.CheckConstraint(
                condition=~Q(question="") & ~Q(answer=""),
                name="question_has_an_answer",
                violation_error_message=_("Hãy viết cả câu hỏi và câu trả lời."),
            ),
        ]
        indexes = [GinIndex(fields=["procedure_codes"], name="question_by_procedure")]

    def __str__(self) -> str:
        return self.question
