"""The result before it is signed (bản dự thảo kết quả): what was put right on it, and what the applicant said to it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossiers import Dossier


class ResultDraft(models.Model):
    """What the coming paper says otherwise than the answers do, or beside them (bản dự thảo kết quả)."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="result_draft")
    corrections = models.JSONField(_("chỗ đã sửa"), default=dict, blank=True)
    """The right words by the key of their answer; the signed paper takes them over (ResultIssue.fields)."""
    lines = models.JSONField(_("nội dung thêm"), default=list, db_default=[], blank=True)
    """What the specialist adds to the template, as pairs of name and text; who signs reads it, and changes nothing."""

    class Meta:
        verbose_name = _("bản dự thảo kết quả")
        verbose_name_plural = _("bản dự thảo kết quả")

    def __str__(self) -> str:
        return str(self.dossier)


class DraftState(models.TextChoices):
    """How a draft that was sent stands (tình trạng bản dự thảo đã gửi)."""

    OPEN = "open", _("Chờ xác nhận")
    CONFIRMED = "confirmed", _("Đã xác nhận")
    DISPUTED = "disputed", _("Báo có chỗ sai")
    LAPSED = "lapsed", _("Hết hạn, coi như đã xác nhận")
    OVERTAKEN = "overtaken", _("Không còn dùng")


class DraftCheck(models.Model):
    """A draft sent to the applicant for confirmation (gửi bản dự thảo để xác nhận), and the answer."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="draft_checks")
    round = models.PositiveSmallIntegerField(_("lần gửi"))
    state = models.CharField(_("tình trạng"), max_length=10, choices=DraftState, default=DraftState.OPEN)
    sent_at = models.DateTimeField(_("gửi lúc"))
    answer_due_at = models.DateTimeField(_("hạn trả lời"))
    answered_at = models.DateTimeField(_("trả lời lúc"), null=True, blank=True)
    words = models.TextField(_("chỗ sai"), blank=True)
    is_on_paper = models.BooleanField(_("xác nhận trên giấy tại quầy"), default=False)

    class Meta:
        verbose_name = _("lần gửi bản dự thảo")
        verbose_name_plural = _("lần gửi bản dự thảo")
        ordering = ["dossier", "round"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "round"], name="one_draft_per_round"),
            models.UniqueConstraint(fields=["dossier"], condition=Q(state="open"), name="one_open_draft"),
            models.CheckConstraint(
                condition=Q(state="open", answered_at__isnull=True) | (~Q(state="open") & Q(answered_at__isnull=False)),
                name="answered_draft_has_time",
            ),
        ]
        indexes = [models.Index(fields=["answer_due_at"], condition=Q(state="open"), name="draft_runs_out")]

    def __str__(self) -> str:
        return f"{self.dossier} #{self.round}"
