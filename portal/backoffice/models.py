"""What the back office keeps of its own: jobs over many dossiers (việc hàng loạt), saved filters (bộ lọc đã lưu)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import Agency
from portal.core.work import QueuedWork, WorkQuerySet


class BulkKind(models.TextChoices):
    """What is done to each dossier of a job."""

    ACCEPT = "accept", _("Tiếp nhận")
    ASSIGN = "assign", _("Phân công")
    FORWARD = "forward", _("Chuyển đúng thẩm quyền")
    END_STAGE = "end_stage", _("Xong bước")
    APPROVE = "approve", _("Duyệt và ký")


class BulkJob(QueuedWork):
    """One step for many dossiers, wanted by one official (việc hàng loạt); its items say what became of each."""

    official = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    """For which the official acts on the first dossier: its administrator sees the job among background work."""
    kind = models.CharField(_("việc"), max_length=10, choices=BulkKind)
    arguments = models.JSONField(default=dict)
    """What the step's service is called with, as plain values; looked at again for each dossier."""
    source = models.JSONField(default=dict, db_default={})
    """Of a job over a whole long queue: which one, as it was when, how far it is gathered (backoffice.gathering)."""
    total = models.PositiveIntegerField(_("số hồ sơ"))
    stopped_at = models.DateTimeField(_("dừng lúc"), null=True, blank=True)
    """Stopped by the official: what was done stays done, the rest waits until she goes on."""
    form_token = models.CharField(max_length=40)

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("việc hàng loạt")
        verbose_name_plural = _("việc hàng loạt")
        constraints = [
            models.UniqueConstraint(fields=["official", "form_token"], name="one_bulk_job_per_form"),
        ]
        indexes = [
            models.Index(fields=["next_try_at", "id"], name="bulk_job_due", condition=Q(work_state="pending")),
            models.Index(fields=["official", "-id"], name="bulk_job_of_official"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"

    @property
    def is_gathering(self) -> bool:
        """Whether its items are still being written, before the first of them is done."""
        return bool(self.source) and not self.source.get("is_gathered", False)


class ItemState(models.TextChoices):
    """What became of one dossier of a job."""

    WAITING = "waiting", _("Chờ")
    DONE = "done", _("Xong")
    REFUSED = "refused", _("Không làm được")


class BulkItem(models.Model):
    """One dossier of a job."""

    job = models.ForeignKey(BulkJob, models.CASCADE, related_name="items")
    dossier_code = models.CharField(_("mã hồ sơ"), max_length=50)
    seen_sequence = models.PositiveIntegerField()
    """The last event that the official saw: where more happened since, nothing is done."""
    state = models.CharField(_("kết quả"), max_length=8, choices=ItemState, default=ItemState.WAITING)
    words = models.TextField(_("lý do"), blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    """Of one that waits: when it was met while somebody else held the dossier; the second time it is refused."""

    class Meta:
        verbose_name = _("hồ sơ của việc hàng loạt")
        verbose_name_plural = _("hồ sơ của việc hàng loạt")
        constraints = [models.UniqueConstraint(fields=["job", "dossier_code"], name="one_item_per_job_and_dossier")]
        indexes = [
            models.Index(fields=["job", "id"], name="bulk_item_waiting", condition=Q(state="waiting")),
            models.Index(fields=["job", "state", "id"], name="bulk_item_by_state"),
        ]

    def __str__(self) -> str:
        return self.dossier_code


class SavedFilter(models.Model):
    """A queue as one official likes to see it (bộ lọc đã lưu): hers alone, nobody else reads or changes it."""

    official = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(_("tên bộ lọc"), max_length=60)
    queue = models.CharField(_("hàng đợi"), max_length=40)
    narrowed = models.JSONField(default=dict)
    """What backoffice.narrowing keeps: official, agency, desk, procedure, order."""
    is_start = models.BooleanField(_("trang đầu"), default=False)
    """Whether the back office opens with it."""
    created_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(_("xóa lúc"), null=True, blank=True)
    """Thrown away; for a day it can be had back."""

    class Meta:
        verbose_name = _("bộ lọc đã lưu")
        verbose_name_plural = _("bộ lọc đã lưu")
        constraints = [
            models.UniqueConstraint(
                fields=["official", "name"], condition=Q(deleted_at=None), name="one_saved_filter_per_name"
            ),
            models.UniqueConstraint(
                fields=["official"], condition=Q(is_start=True, deleted_at=None), name="one_start_page"
            ),
        ]

    def __str__(self) -> str:
        return self.name
