"""Messages to partners and requests from them, as rows; exchange does not know what a dossier is."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import ApiClient
from portal.core.work import QueuedWork, WorkQuerySet


class OutboxMessage(QueuedWork):
    """A message to a partner's system (hộp thư đi): delivered at least once, in order per subject."""

    client = models.ForeignKey(
        ApiClient, models.PROTECT, related_name="outbox", verbose_name=_("hệ thống")
    )
    message_id = models.CharField(_("mã thông điệp"), max_length=60, unique=True)
    """Stable across tries: the partner's idempotency key (Standard Webhooks `webhook-id`)."""
    type = models.CharField(_("loại"), max_length=60)
    subject = models.CharField(_("đối tượng"), max_length=60, db_index=True)
    """What the message is about (a dossier code): order is kept within a subject, subjects never block each other."""
    payload = models.JSONField(_("nội dung"))
    response_status = models.PositiveIntegerField(
        _("mã trả lời"), null=True, blank=True
    )

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("thông điệp gửi đi")
        verbose_name_plural = _("thông điệp gửi đi")
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                name="outbox_due",
                condition=models.Q(work_state="pending"),
            ),
            models.Index(fields=["subject", "id"], name="outbox_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"


class RequestState(models.TextChoices):
    """Where a partner's request stands."""

    RUNNING = "running", _("Đang xử lý")
    ANSWERED = "answered", _("Đã trả lời")


class InboundRequest(models.Model):
    """A partner's request with its key and our answer (yêu cầu nhận được): the same key gets the same answer."""

    client = models.ForeignKey(ApiClient, models.PROTECT, related_name="requests")
    key = models.CharField(_("khóa chống lặp"), max_length=255)
    operation = models.CharField(_("thao tác"), max_length=200)
    body_sha256 = models.CharField(max_length=64)
    state = models.CharField(
        max_length=8, choices=RequestState, default=RequestState.RUNNING
    )
    response_status = models.PositiveIntegerField(null=True)
    response_body = models.JSONField(null=True)
    received_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("yêu cầu nhận được")
        verbose_name_plural = _("yêu cầu nhận được")
        constraints = [
            models.UniqueConstraint(fields=["client", "key"], name="one_answer_per_key")
        ]

    def __str__(self) -> str:
        return f"{self.client} {self.operation}"


class InboxMessage(QueuedWork):
    """A report accepted from a partner and answered at once, applied afterwards (hộp thư đến).

    `dedupe_key` makes a resend harmless; `quarantine_reason` says in an official's words why it waits for a person.
    """

    client = models.ForeignKey(
        ApiClient, models.PROTECT, related_name="inbox", verbose_name=_("hệ thống")
    )
    service = models.CharField(_("dịch vụ"), max_length=60)
    subject = models.CharField(_("đối tượng"), max_length=60, db_index=True)
    dedupe_key = models.CharField(max_length=64)
    payload = models.JSONField(_("nội dung"))
    quarantine_reason = models.TextField(_("lý do chờ xử lý"), blank=True, default="")

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("thông điệp nhận được")
        verbose_name_plural = _("thông điệp nhận được")
        constraints = [
            models.UniqueConstraint(
                fields=["client", "dedupe_key"], name="one_inbox_row_per_report"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                name="inbox_due",
                condition=models.Q(work_state="pending"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.subject}"
