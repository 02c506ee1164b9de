"""Cases of the agency, their papers, what came in and what has to go out; every errand is a row."""

import secrets
import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone


class CaseState(models.TextChoices):
    RECEIVED = "received", "Chờ tiếp nhận"
    ACCEPTED = "accepted", "Đã tiếp nhận"
    PROCESSING = "processing", "Đang xử lý"
    AWAITING_SUPPLEMENT = "awaiting_supplement", "Chờ bổ sung giấy tờ"
    AWAITING_PAYMENT = "awaiting_payment", "Chờ nộp phí, lệ phí"
    WITHDRAWAL_REQUESTED = "withdrawal_requested", "Người nộp xin rút"
    REFUSED = "refused", "Không tiếp nhận"
    STOPPED = "stopped", "Dừng xử lý"
    DONE = "done", "Đã trả kết quả"


CLOSED = frozenset({CaseState.REFUSED, CaseState.STOPPED, CaseState.DONE})


class Case(models.Model):
    """One dossier as this agency knows it."""

    class Origin(models.TextChoices):
        PORTAL = "portal", "Từ Cổng Dịch vụ công"
        COUNTER = "counter", "Nộp trực tiếp"

    code = models.CharField(max_length=80, unique=True)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.PORTAL)
    procedure_code = models.CharField(max_length=40)
    procedure_name = models.TextField(blank=True)
    agency_code = models.CharField(max_length=60, blank=True)
    agency_name = models.CharField(max_length=300, blank=True)
    applicant = models.JSONField(default=dict)
    answers = models.JSONField(default=dict)
    components = models.JSONField(default=list)
    submitted_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(help_text="timestamp of the newest message the content comes from")
    received_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=24, choices=CaseState.choices, default=CaseState.RECEIVED)
    resume_state = models.CharField(max_length=24, blank=True, help_text="where the case goes on after waiting")
    by_hand = models.BooleanField(default=False, help_text="an official took it over; nothing acts alone any more")
    next_step_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-received_at", "-pk"]

    def __str__(self) -> str:
        return self.code

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED

    @property
    def applicant_name(self) -> str:
        return str(self.applicant.get("full_name") or self.applicant.get("organisation_name") or "")

    @property
    def tone(self) -> str:
        if self.state == CaseState.DONE:
            return "jade"
        if self.state in (CaseState.REFUSED, CaseState.STOPPED):
            return "error"
        if self.state in (CaseState.ACCEPTED, CaseState.PROCESSING):
            return "neutral"
        return "amber"


class Paper(models.Model):
    """One file of a case: announced with its digest, then fetched from the portal and checked."""

    class State(models.TextChoices):
        WAITING = "waiting", "Đang tải"
        FETCHED = "fetched", "Đã tải, đúng mã băm"
        MISMATCH = "mismatch", "Sai mã băm"
        MISSING = "missing", "Không tải được"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="papers")
    component_code = models.CharField(max_length=120, blank=True)
    component_name = models.TextField(blank=True)
    name = models.CharField(max_length=255)
    size_bytes = models.PositiveBigIntegerField(default=0)
    content_sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=120, blank=True)
    url = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    refusals = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "component_code", "name", "content_sha256"], name="sandbox_paper_announced_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self):
        return settings.FILES_DIR / str(self.case_id) / str(self.pk)


class Delivery(models.Model):
    """One webhook taken in; its id is remembered so that a replay does nothing."""

    webhook_id = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=80)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="deliveries")
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.webhook_id


def new_reference() -> str:
    return f"{settings.PROGRAM}-{uuid.uuid4().hex}"


class Push(models.Model):
    """One status event on its way to the portal; kept until the portal has said yes or an official gives it up."""

    class State(models.TextChoices):
        WAITING = "waiting", "Chờ gửi"
        DELIVERED = "delivered", "Cổng đã nhận"
        REFUSED = "refused", "Cổng từ chối"
        SKIPPED = "skipped", "Đã bỏ qua"

    UNSETTLED = ("waiting", "refused")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="pushes")
    action = models.CharField(max_length=40)
    status_number = models.PositiveSmallIntegerField()
    reference = models.CharField(max_length=80, unique=True, default=new_reference)
    occurred_at = models.DateTimeField(default=timezone.now)
    content = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    last_error = models.TextField(blank=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.reference

    @property
    def tone(self) -> str:
        return {"waiting": "amber", "delivered": "jade", "refused": "error", "skipped": "neutral"}[self.state]


def new_token() -> str:
    return secrets.token_urlsafe(24)


class ResultFile(models.Model):
    """A result paper of a case, offered under an address nobody can guess; drawn at its first download."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="results")
    token = models.CharField(max_length=64, unique=True, default=new_token)
    name = models.CharField(max_length=255)
    title = models.TextField()
    document_number = models.CharField(max_length=120)
    is_uploaded = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self):
        return settings.FILES_DIR / "results" / self.token

    @property
    def url(self) -> str:
        return f"{settings.SANDBOX.public_url}/ket-qua/{self.token}/{self.name}"


class Desk(models.Model):
    """How this agency works: alone after a few seconds, or by an official's clicks. One row."""

    class Handling(models.TextChoices):
        AUTO = "auto", "Tự động"
        MANUAL = "manual", "Thủ công"

    handling = models.CharField(max_length=10, choices=Handling.choices)
    last_asked_at = models.DateTimeField(null=True, help_text="when the portal last asked for events")

    def __str__(self) -> str:
        return self.handling

    @classmethod
    def current(cls) -> "Desk":
        return cls.objects.get_or_create(pk=1, defaults={"handling": settings.SANDBOX.handling})[0]


class Credential(models.Model):
    """A token or session of the portal's, kept until it ends or is refused."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.TextField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @classmethod
    def valid(cls, name: str) -> str:
        row = cls.objects.filter(name=name, expires_at__gt=timezone.now()).first()
        return row.value if row else ""

    @classmethod
    def keep(cls, name: str, value: str, expires_at: datetime) -> None:
        cls.objects.update_or_create(name=name, defaults={"value": value, "expires_at": expires_at})

    @classmethod
    def forget(cls, name: str, value: str) -> None:
        """Drop a credential the portal refused, unless another thread has already renewed it."""
        cls.objects.filter(name=name, value=value).delete()
