"""Papers that the worker makes for a dossier: letters and the result, as rows first."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from datastore.models import Document, DocumentStatus
from dossiers.models.dossiers import Dossier
from dossiers.models.events import DossierEvent
from dossiers.models.letter_forms import own_form
from portal.core.work import QueuedWork, WorkQuerySet, WorkState


class LetterKind(models.TextChoices):
    """The letters that the portal writes by itself: 01 to 05 are forms of TT 03/2025/TT-VPCP (mẫu số), 00 is ours."""

    SUBMISSION = "00", _("Xác nhận nộp hồ sơ trực tuyến")
    RECEIPT = "01", _("Giấy tiếp nhận hồ sơ và hẹn trả kết quả")
    SUPPLEMENT = "02", _("Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ")
    REFUSAL = "03", _("Phiếu từ chối tiếp nhận giải quyết hồ sơ")
    EXTENSION = "04", _("Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết")
    STOP = "05", _("Thông báo dừng giải quyết hồ sơ")


class Letter(QueuedWork):
    """A letter to write as PDF (văn bản của hồ sơ): a row first, then a document in the applicant's store."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="letters")
    kind = models.CharField(_("mẫu"), max_length=2, choices=LetterKind)
    event = models.OneToOneField(DossierEvent, models.CASCADE, related_name="letter")
    document = models.OneToOneField(Document, models.PROTECT, null=True, blank=True, related_name="letter")

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("văn bản của hồ sơ")
        verbose_name_plural = _("văn bản của hồ sơ")
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                name="letter_due",
                condition=Q(work_state="pending"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.dossier}"

    @property
    def form(self) -> str:
        """The number of its form: its kind, or that of the branch whose form its procedure uses (mẫu CT04)."""
        own = own_form(self.kind, self.dossier.procedure_version)
        return own.number if own else self.kind

    @property
    def title(self) -> str:
        """What it is called on paper and wherever it is spoken of."""
        own = own_form(self.kind, self.dossier.procedure_version)
        return str(own.title if own else self.get_kind_display())

    @property
    def is_taken_back(self) -> bool:
        """Whether it no longer holds: void since it was written, or its step was taken back before the worker came."""
        if self.document is None:
            return self.work_state == WorkState.DONE
        return self.document.status == DocumentStatus.REVOKED


class ResultIssue(QueuedWork):
    """A result to make (cấp kết quả): render, sign, deposit; one per dossier and edition, however often it is tried."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="result_issue")
    document_number = models.CharField(_("số văn bản"), max_length=60)
    signer_name = models.CharField(_("người ký"), max_length=200)
    signer_title = models.CharField(_("chức vụ"), max_length=150, blank=True)
    signs_for = models.CharField(_("ký thay"), max_length=150, blank=True, default="", db_default="")
    """Where the signer signs for the head of the agency: the form of it, “TL. Chủ tịch” (dossiers.delegated)."""
    approved_at = models.DateTimeField(_("phê duyệt lúc"))
    fields = models.JSONField(default=dict, blank=True)
    """What the deciding agency adds to the template (`rows`) and puts right on it (`corrections`, by answer)."""
    edition = models.PositiveSmallIntegerField(_("bản thứ"), default=1, db_default=1)
    """1 until a wrong paper is replaced by a right one (dossiers.replacing)."""
    document = models.OneToOneField(Document, models.PROTECT, null=True, blank=True, related_name="issued_by_work")

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("việc cấp kết quả")
        verbose_name_plural = _("việc cấp kết quả")
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                name="result_due",
                condition=Q(work_state="pending"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_number} {self.dossier}"

    @property
    def reference(self) -> str:
        """What the paper is issued for, once: the dossier's code, with the edition from the second on."""
        code = self.dossier.code or ""
        return code if self.edition == 1 else f"{code}#{self.edition}"

    @property
    def corrections(self) -> dict[str, str]:
        """The right words of answers that were wrong on an earlier edition, by their keys."""
        return dict(self.fields.get("corrections") or {})
