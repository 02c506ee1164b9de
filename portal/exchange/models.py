"""Messages to partners and requests from them, as rows; exchange does not know what a dossier is."""

from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import ApiClient
from portal.core.encryption import EncryptedTextField
from portal.core.work import QueuedWork, WorkQuerySet, WorkState

PENDING = Q(work_state=WorkState.PENDING)


class OutboxQuerySet(WorkQuerySet):
    """Reads over messages to partners."""

    def heads(self) -> Self:
        """Pending messages with no earlier pending one about the same subject to the same partner."""
        earlier = OutboxMessage.objects.filter(
            PENDING, client=OuterRef("client"), subject=OuterRef("subject"), pk__lt=OuterRef("pk")
        )
        return self.filter(PENDING).exclude(Exists(earlier))

    def deliverable(self, now: datetime) -> Self:
        """Heads whose time has come, oldest first."""
        return self.heads().filter(next_try_at__lte=now).order_by("pk")


class OutboxMessage(QueuedWork):
    """A message to a partner's system (hộp thư đi): delivered at least once, in order per subject.

    The budget of tries counts from `tried_since`, not from the row's age: waiting for a partner to come
    back is no try. A dead message no longer holds back later ones: each carries the whole subject.
    """

    client = models.ForeignKey(ApiClient, models.PROTECT, related_name="outbox", verbose_name=_("hệ thống"))
    message_id = models.CharField(_("mã thông điệp"), max_length=60, unique=True)
    """Stable across tries: the partner's idempotency key (Standard Webhooks `webhook-id`)."""
    type = models.CharField(_("loại"), max_length=60)
    subject = models.CharField(_("đối tượng"), max_length=60)
    """What the message is about (a dossier code): order is kept within a subject, subjects never block each other."""
    payload = models.JSONField(_("nội dung"))
    response_status = models.PositiveIntegerField(_("mã trả lời"), null=True, blank=True)
    tried_since = models.DateTimeField(_("thử từ lúc"), null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("thông điệp gửi đi")
        verbose_name_plural = _("thông điệp gửi đi")
        indexes = [
            models.Index(fields=["client", "id"], name="outbox_pending", condition=PENDING),
            models.Index(fields=["client", "subject", "id"], name="outbox_pending_subject", condition=PENDING),
            models.Index(fields=["subject", "id"], name="outbox_subject"),
            models.Index(fields=["client", "id"], name="outbox_dead", condition=Q(work_state=WorkState.DEAD)),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"

    def redrive(self, now: datetime) -> None:
        """Put a dead message back in the queue with a fresh budget."""
        self.work_state = WorkState.PENDING
        self.next_try_at = now
        self.attempts = 0
        self.tried_since = None


class DeliveryLane(models.Model):
    """How delivery to one partner goes (đường gửi): who is at work on it, and whether it rests after failures.

    One worker at a time serves a partner, which keeps the order; a partner that does not answer rests here, so that it
    costs one wait now and then instead of one for each of its messages.
    """

    client = models.OneToOneField(ApiClient, models.CASCADE, primary_key=True, related_name="lane")
    holder = models.CharField(max_length=32, blank=True, default="")
    held_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(_("lần lỗi liên tiếp"), default=0)
    rests_until = models.DateTimeField(_("tạm dừng đến"), null=True, blank=True)
    last_success_at = models.DateTimeField(_("gửi được lần cuối"), null=True, blank=True)
    last_failure_at = models.DateTimeField(_("lỗi lần cuối"), null=True, blank=True)
    last_error = models.TextField(_("lỗi gần nhất"), blank=True, default="")

    class Meta:
        verbose_name = _("đường gửi")
        verbose_name_plural = _("đường gửi")

    def __str__(self) -> str:
        return str(self.client)


class InboundRequest(models.Model):
    """A partner's request with its key and our answer (yêu cầu đã trả lời): the same key gets the same answer.

    The row is written in the transaction of the change it answers for: either both are there or neither.
    """

    client = models.ForeignKey(ApiClient, models.PROTECT, related_name="requests", db_index=False)
    key = models.CharField(_("khóa chống lặp"), max_length=255)
    operation = models.CharField(_("thao tác"), max_length=200)
    body_sha256 = models.CharField(max_length=64)
    response_status = models.PositiveIntegerField()
    response_body = models.TextField()
    """The exact text, so that a repeat gets the same bytes."""
    received_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("yêu cầu đã trả lời")
        verbose_name_plural = _("yêu cầu đã trả lời")
        constraints = [models.UniqueConstraint(fields=["client", "key"], name="one_answer_per_key")]

    def __str__(self) -> str:
        return f"{self.client} {self.operation}"


class InboxMessage(QueuedWork):
    """A report accepted from a partner and answered at once, applied afterwards (hộp thư đến).

    `dedupe_key` makes a resend harmless; `quarantine_reason` says in an official's words why it waits for a person,
    and `waits_for` names what would let it go on by itself.
    """

    client = models.ForeignKey(
        ApiClient, models.PROTECT, related_name="inbox", verbose_name=_("hệ thống"), db_index=False
    )
    service = models.CharField(_("dịch vụ"), max_length=60)
    subject = models.CharField(_("đối tượng"), max_length=60, db_index=True)
    dedupe_key = models.CharField(max_length=64)
    payload = models.JSONField(_("nội dung"))
    quarantine_reason = models.TextField(_("lý do chờ xử lý"), blank=True, default="")
    waits_for = models.CharField(_("đang chờ"), max_length=240, blank=True, default="", db_default="")
    """Of a quarantined report: a key of whoever put it here; `services.release` sets free what waits for it."""

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("thông điệp nhận được")
        verbose_name_plural = _("thông điệp nhận được")
        constraints = [models.UniqueConstraint(fields=["client", "dedupe_key"], name="one_inbox_row_per_report")]
        indexes = [
            models.Index(fields=["next_try_at", "id"], name="inbox_due", condition=PENDING),
            models.Index(
                fields=["client", "waits_for", "id"],
                name="inbox_waiting",
                condition=Q(work_state=WorkState.DEAD) & ~Q(waits_for=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.subject}"


class PullProvider(models.TextChoices):
    """How a system that cannot push is asked."""

    WIRE = "wire", _("Định dạng DVCQG")
    REST = "rest", _("API sự kiện")
    FOLDER = "folder", _("Thư mục tệp CSV")


class PullSource(models.Model):
    """Where and how a system that cannot push is asked (nguồn kéo): its place, its pace, and how far we have read.

    One worker at a time asks a system. Failures in a row open the circuit: the next question waits longer each time,
    and one that is answered closes it again.
    """

    client = models.OneToOneField(ApiClient, models.CASCADE, related_name="pull_source", verbose_name=_("hệ thống"))
    provider = models.CharField(_("cách hỏi"), max_length=6, choices=PullProvider)
    address = models.CharField(_("địa chỉ"), max_length=500)
    """An address over HTTP, or the name of a folder."""
    username = models.CharField(_("tài khoản"), max_length=100, blank=True)
    secret = EncryptedTextField(_("mật khẩu hoặc khóa"), blank=True, default="")
    is_active = models.BooleanField(_("đang hỏi"), default=True)
    interval_seconds = models.PositiveIntegerField(_("hỏi mỗi (giây)"), default=300)
    window_days = models.PositiveSmallIntegerField(_("lần đầu lùi lại (ngày)"), default=7)
    parallel = models.PositiveSmallIntegerField(_("số câu hỏi cùng lúc"), default=1)
    cursor = models.JSONField(default=dict, blank=True)
    holder = models.CharField(max_length=32, blank=True, default="")
    held_until = models.DateTimeField(null=True, blank=True)
    next_run_at = models.DateTimeField(_("lần hỏi tiếp"), default=timezone.now)
    failures = models.PositiveIntegerField(_("lần lỗi liên tiếp"), default=0)
    last_success_at = models.DateTimeField(_("hỏi được lần cuối"), null=True, blank=True)
    last_failure_at = models.DateTimeField(_("lỗi lần cuối"), null=True, blank=True)
    last_error = models.TextField(_("lỗi gần nhất"), blank=True, default="")
    received = models.PositiveBigIntegerField(_("báo cáo đã lấy"), default=0)

    class Meta:
        verbose_name = _("nguồn kéo")
        verbose_name_plural = _("nguồn kéo")
        constraints = [
            models.CheckConstraint(condition=Q(parallel__gte=1, parallel__lte=8), name="pull_parallel_in_bounds"),
            models.CheckConstraint(condition=Q(interval_seconds__gte=10), name="pull_interval_in_bounds"),
            models.UniqueConstraint(
                fields=["address"],
                condition=Q(provider="folder"),
                name="one_system_per_folder",
                violation_error_message=_("Thư mục này là của hệ thống khác."),
            ),
        ]
        indexes = [models.Index(fields=["next_run_at"], name="pull_due", condition=Q(is_active=True))]

    def __str__(self) -> str:
        return str(self.client)


class RequestKey(models.Model):
    """A key with which a partner's system signs its requests (khóa ký yêu cầu, RFC 9421) instead of asking for tokens.

    Encrypted, not hashed: checking an HMAC needs the key itself.
    """

    client = models.ForeignKey(ApiClient, models.CASCADE, related_name="request_keys", verbose_name=_("hệ thống"))
    key_id = models.CharField(_("mã khóa"), max_length=40, unique=True)
    secret = EncryptedTextField(_("khóa ký yêu cầu"))
    scopes = ArrayField(models.CharField(max_length=40), verbose_name=_("phạm vi"))
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("hết hiệu lực lúc"), null=True, blank=True)

    class Meta:
        verbose_name = _("khóa ký yêu cầu")
        verbose_name_plural = _("khóa ký yêu cầu")

    def __str__(self) -> str:
        return self.key_id


class SpentNonce(models.Model):
    """A nonce of a signed request that was taken: the same request does not count a second time."""

    digest = models.CharField(max_length=64, primary_key=True)
    until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("nonce đã dùng")
        verbose_name_plural = _("nonce đã dùng")

    def __str__(self) -> str:
        return self.digest
