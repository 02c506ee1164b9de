"""Papers that an agency brings in by the thousand (nhập hàng loạt): a batch, and a row for each line of its list."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.models.documents import Document
from portal.agencies.models import Agency
from portal.core.encryption import EncryptedTextField
from portal.core.work import QueuedWork, WorkQuerySet, WorkState


class ImportState(models.TextChoices):
    """State of a line."""

    PENDING = "pending", _("Chưa nhập")
    DONE = "done", _("Đã nhập")
    FAILED = "failed", _("Không nhập được")


class BatchStanding(models.TextChoices):
    """How a batch stands for who looks at it."""

    DONE = "done", _("Đã xong")
    STOPPED = "stopped", _("Đã dừng")
    RUNNING = "running", _("Đang nhập")
    GIVEN_UP = "given_up", _("Cần xem lại")
    UNFINISHED = "unfinished", _("Chưa nhập hết")
    """Lines are left and no job of the worker's will bring them: by the command, with which nobody may be at work."""


class ImportBatch(models.Model):
    """One list of papers of one agency (đợt nhập); the same list again is the same batch."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="import_batches", verbose_name=_("cơ quan"))
    name = models.CharField(_("tên tệp danh sách"), max_length=200)
    list_sha256 = models.CharField(max_length=64)
    total_rows = models.PositiveIntegerField(_("số dòng"))
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("người nhập")
    )
    started_at = models.DateTimeField(_("bắt đầu lúc"), default=timezone.now)
    finished_at = models.DateTimeField(_("xong lúc"), null=True, blank=True)

    class Meta:
        verbose_name = _("đợt nhập giấy tờ")
        verbose_name_plural = _("đợt nhập giấy tờ")
        constraints = [models.UniqueConstraint(fields=["agency", "list_sha256"], name="one_batch_per_list")]

    def __str__(self) -> str:
        return self.name

    @property
    def standing(self) -> BatchStanding:
        """Whether every line had its turn, and if not, whether somebody is at it."""
        job: ImportJob | None = getattr(self, "job", None)
        if self.finished_at is not None:
            return BatchStanding.DONE
        if job is None:
            return BatchStanding.UNFINISHED
        if job.stopped_at is not None:
            return BatchStanding.STOPPED
        return STANDING_OF_JOB[WorkState(job.work_state)]


STANDING_OF_JOB = {
    WorkState.PENDING: BatchStanding.RUNNING,
    WorkState.DEAD: BatchStanding.GIVEN_UP,
    WorkState.DONE: BatchStanding.UNFINISHED,
}
"""Of a batch with lines left. The job is done with those where the command tries failed ones again."""


class ImportRow(models.Model):
    """One line: what it says, encrypted as it names people, and what became of it."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    facts = EncryptedTextField()
    """The line's columns as JSON; emptied once the paper is in."""
    state = models.CharField(max_length=7, choices=ImportState, default=ImportState.PENDING)
    error = models.CharField(max_length=500, blank=True)
    document = models.ForeignKey(Document, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("dòng của đợt nhập")
        verbose_name_plural = _("dòng của đợt nhập")
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="one_row_per_line")]
        indexes = [models.Index(fields=["batch", "line"], name="import_row_pending", condition=Q(state="pending"))]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.line}"


class ImportJob(QueuedWork):
    """A batch that the worker brings in from archives (việc nhập hàng loạt), started on a page of the back office."""

    batch = models.OneToOneField(ImportBatch, models.CASCADE, related_name="job")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    """That of the batch: whose administrator sees the job among background work."""
    official = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    """Who answers for it: with her posts of the moment each line comes in."""
    is_certified = models.BooleanField(default=False)
    """She compared the batch before: each paper is signed at once."""
    stopped_at = models.DateTimeField(_("dừng lúc"), null=True, blank=True)
    """Stopped by an official: what is in stays in, the rest waits until one goes on."""

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("việc nhập giấy tờ")
        verbose_name_plural = _("việc nhập giấy tờ")
        indexes = [models.Index(fields=["next_try_at", "id"], name="import_job_due", condition=Q(work_state="pending"))]

    def __str__(self) -> str:
        return f"{self.batch_id}"


class ImportArchive(models.Model):
    """A ZIP archive with scans of a batch, sealed like every file; it goes once the batch is through."""

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="archives")
    name = models.CharField(max_length=300)
    created_at = models.DateTimeField(default=timezone.now)
    storage_key = models.CharField(max_length=100, unique=True)
    key_id = models.CharField(max_length=12)
    wrapped_key = models.BinaryField()

    class Meta:
        verbose_name = _("tệp ZIP của đợt nhập")
        verbose_name_plural = _("tệp ZIP của đợt nhập")

    def __str__(self) -> str:
        return f"{self.job_id}: {self.storage_key}"
