"""Dossiers (hồ sơ): what was filed, what happened, what is owed and which letters were written."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.models import Document
from dossiers.lifecycle import (
    DUE_STATES,
    FINISHED_STATES,
    NATIONAL_STATUS,
    DossierState,
)
from portal.agencies.actors import ActorKind
from portal.agencies.models import Agency, ApiClient
from portal.core.encryption import EncryptedTextField
from portal.core.work import QueuedWork, WorkQuerySet
from procedures.models import ProcedureVersion

if TYPE_CHECKING:
    from portal.accounts.models import User


class FilingChannel(models.TextChoices):
    """How the dossier came in (kênh thực hiện): KenhThucHien of the wire protocol."""

    DIRECT = "1", _("Trực tiếp")
    ONLINE = "2", _("Trực tuyến")
    POSTAL = "3", _("Bưu chính công ích")


class DossierQuerySet(models.QuerySet["Dossier"]):
    """Reads over dossiers."""

    def of_citizen(self, user: "User") -> Self:
        """Dossiers a person filed or owns, drafts left out."""
        return self.filter(Q(filer=user) | Q(owner=user)).exclude(state=DossierState.DRAFT)

    def within(self, agency: Agency) -> Self:
        """Dossiers of an agency and of those below it, drafts left out."""
        return self.filter(agency__path__startswith=agency.path).exclude(state=DossierState.DRAFT)

    def overdue(self, now: datetime) -> Self:
        """Dossiers whose due time has passed while the clock runs."""
        return self.filter(state__in=DUE_STATES, due_at__lt=now)


class Dossier(models.Model):
    """One filing (hồ sơ), frozen at submission: version, answers, digests. State changes only through services."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("mã hồ sơ"), max_length=50, null=True, blank=True, unique=True)
    state = models.CharField(_("trạng thái"), max_length=24, choices=DossierState, default=DossierState.DRAFT)
    resume_state = models.CharField(
        _("trạng thái trước khi dừng đồng hồ"),
        max_length=24,
        choices=DossierState,
        blank=True,
    )
    """The state that payment or a refused withdrawal leads back to."""
    procedure_version = models.ForeignKey(
        ProcedureVersion, models.PROTECT, related_name="dossiers", null=True, blank=True
    )
    """None only for a partner's dossier whose procedure the catalogue does not know (a catalogue gap)."""
    procedure_code = models.CharField(_("mã thủ tục"), max_length=60)
    procedure_name = models.TextField(_("tên thủ tục"), blank=True)
    agency = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="dossiers",
        verbose_name=_("cơ quan giải quyết"),
    )
    """None only while a draft has not chosen where."""
    handled_by = models.ForeignKey(ApiClient, models.PROTECT, null=True, blank=True, related_name="dossiers")
    """The agency's own system that decides; None means the portal's back office."""
    source = models.ForeignKey(
        ApiClient,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reported_dossiers",
    )
    """The partner that reported a dossier born in its own system; None for one filed here."""
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assigned_dossiers",
    )
    filer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="filed_dossiers",
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_dossiers",
    )
    applicant_name = models.CharField(_("chủ hồ sơ"), max_length=300, blank=True)
    applicant_id = EncryptedTextField(_("số giấy tờ chủ hồ sơ"), blank=True, default="")
    applicant_id_index = models.CharField(max_length=64, blank=True, default="", db_index=True, editable=False)
    applicant_phone = models.CharField(_("số điện thoại"), max_length=30, blank=True)
    applicant_email = models.CharField(_("thư điện tử"), max_length=254, blank=True)
    channel = models.CharField(_("kênh"), max_length=1, choices=FilingChannel, default=FilingChannel.ONLINE)
    answers = models.JSONField(_("nội dung kê khai"), default=dict, blank=True)
    answers_sha256 = models.CharField(max_length=64, blank=True)
    answer_sources = models.JSONField(_("nguồn của thông tin"), default=dict, blank=True)
    local_terms = models.JSONField(_("chính sách địa phương áp dụng"), default=dict, db_default={}, blank=True)
    """What local policies made of fees and time at submission, frozen with its legal basis (dossiers.local_terms)."""
    province_code = models.CharField(_("mã tỉnh nơi thực hiện"), max_length=2, blank=True)
    commune_code = models.CharField(_("mã xã nơi thực hiện"), max_length=5, blank=True)
    step = models.CharField(_("bước đang điền"), max_length=60, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(_("nộp lúc"), null=True, blank=True)
    counted_from = models.DateTimeField(_("tính thời hạn từ"), null=True, blank=True)
    intake_due_at = models.DateTimeField(_("hạn tiếp nhận"), null=True, blank=True)
    """Acceptance, refusal or a supplement request within 8 working hours (NĐ 118/2025/NĐ-CP)."""
    accepted_at = models.DateTimeField(_("tiếp nhận lúc"), null=True, blank=True)
    due_at = models.DateTimeField(_("hẹn trả"), null=True, blank=True)
    original_due_at = models.DateTimeField(_("hẹn trả lần đầu"), null=True, blank=True)
    """The first appointment of an extended dossier: the index of QĐ 766/QĐ-TTg compares with this one."""
    is_without_time_limit = models.BooleanField(_("không quy định thời hạn"), default=False)
    clock_stopped_at = models.DateTimeField(_("dừng tính từ"), null=True, blank=True)
    finished_at = models.DateTimeField(_("xử lý xong lúc"), null=True, blank=True)
    returned_at = models.DateTimeField(_("trả kết quả lúc"), null=True, blank=True)
    state_occurred_at = models.DateTimeField(null=True, blank=True)
    """When the event that set the current state happened at its source: the fold's position."""
    last_sequence = models.PositiveIntegerField(default=0)
    source_record = models.JSONField(_("bản ghi của hệ thống nguồn"), default=dict, blank=True)
    is_catalogue_gap = models.BooleanField(_("thủ tục chưa có trong danh mục"), default=False)
    result_document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="result_of")

    newest_event: "DossierEvent | None" = None
    """The event that this instance's last step made; not a column."""
    next_event_id: int | None = None
    """An id that was reserved for the next event while the row was locked; not a column."""

    objects = DossierQuerySet.as_manager()

    class Meta:
        verbose_name = _("hồ sơ")
        verbose_name_plural = _("hồ sơ")
        constraints = [
            models.CheckConstraint(
                condition=Q(state=DossierState.DRAFT) | Q(code__isnull=False), name="submitted_has_code"
            ),
            models.CheckConstraint(
                condition=Q(state=DossierState.DRAFT) | Q(submitted_at__isnull=False), name="submitted_has_time"
            ),
            models.CheckConstraint(
                condition=Q(state=DossierState.DRAFT) | Q(agency__isnull=False), name="submitted_has_agency"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[DossierState.ACCEPTED, DossierState.PROCESSING, DossierState.CONSULTING])
                | Q(due_at__isnull=False)
                | Q(is_without_time_limit=True)
                | Q(source__isnull=False),
                name="accepted_has_due_date",
            ),
            models.CheckConstraint(
                condition=Q(original_due_at__isnull=True) | Q(original_due_at__lt=models.F("due_at")),
                name="extension_is_later",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(FINISHED_STATES)) | Q(finished_at__isnull=False), name="finished_has_time"
            ),
        ]
        indexes = [
            models.Index(fields=["filer", "-id"], name="dossier_of_filer"),
            models.Index(fields=["agency", "state", "due_at", "id"], name="dossier_queue"),
            models.Index(
                fields=["handled_by", "id"],
                name="dossier_of_client",
                condition=Q(handled_by__isnull=False),
            ),
            models.Index(fields=["agency", "submitted_at"], name="dossier_of_agency_day"),
        ]

    def __str__(self) -> str:
        return self.code or str(self.public_id)

    @property
    def national_status(self) -> int | None:
        """The published status number 1–10, or None for a draft."""
        return NATIONAL_STATUS.get(DossierState(self.state))


class DossierComponent(models.Model):
    """What was handed in for one component (thành phần hồ sơ đã nộp): a reference to the store and frozen digests."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="components")
    component_code = models.CharField(_("mã thành phần"), max_length=60)
    name = models.TextField(_("tên"))
    document = models.ForeignKey(Document, models.PROTECT, related_name="used_in")
    files = models.JSONField(default=list)
    """[{name, size_bytes, content_sha256, content_type}] frozen at submission."""
    from_store = models.BooleanField(_("lấy từ kho"), default=False)
    supplement_round = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("thành phần đã nộp")
        verbose_name_plural = _("thành phần đã nộp")
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "component_code", "document"],
                name="one_document_per_component",
            )
        ]

    def __str__(self) -> str:
        return self.name


class DossierEvent(models.Model):
    """One thing that happened to a dossier (sự kiện): the hub that timeline, partners, notices and figures read."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="events")
    sequence = models.PositiveIntegerField()
    name = models.CharField(_("sự kiện"), max_length=60)
    """In the past: dossier.submitted, dossier.supplement_requested …"""
    from_state = models.CharField(max_length=24, blank=True)
    to_state = models.CharField(max_length=24, blank=True)
    """Empty when the event changed no state, or came too late to change it."""
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    actor_agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    actor_name = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=60, default="portal")
    source_reference = models.CharField(max_length=150, blank=True, default="")
    occurred_at = models.DateTimeField(_("xảy ra lúc"))
    received_at = models.DateTimeField(_("nhận lúc"), default=timezone.now)
    reason = models.TextField(_("lý do"), blank=True)
    data = models.JSONField(default=dict, blank=True)
    is_public = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("sự kiện của hồ sơ")
        verbose_name_plural = _("sự kiện của hồ sơ")
        ordering = ["dossier", "sequence"]
        get_latest_by = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "sequence"], name="one_event_per_sequence"),
            models.UniqueConstraint(
                fields=["dossier", "source", "source_reference"],
                condition=~Q(source_reference=""),
                name="one_event_per_source_reference",
            ),
        ]
        indexes = [models.Index(fields=["-received_at", "-id"], name="event_by_arrival")]

    def __str__(self) -> str:
        return f"{self.name} #{self.sequence}"


class DossierCodeCounter(models.Model):
    """The last number an agency gave on a day; numbers are never used twice."""

    agency_code = models.CharField(max_length=35)
    day = models.DateField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("bộ đếm mã hồ sơ")
        verbose_name_plural = _("bộ đếm mã hồ sơ")
        constraints = [models.UniqueConstraint(fields=["agency_code", "day"], name="one_counter_per_agency_and_day")]

    def __str__(self) -> str:
        return f"{self.agency_code} {self.day}: {self.last_number}"


class ObligationState(models.TextChoices):
    """State of something owed."""

    DUE = "due", _("Chưa nộp")
    PAID = "paid", _("Đã nộp")
    CANCELLED = "cancelled", _("Không phải nộp")


class FinancialObligation(models.Model):
    """Something owed for a dossier (nghĩa vụ tài chính); a dossier says what is owed, payments says it was paid."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="obligations")
    kind = models.CharField(_("loại"), max_length=6)
    """procedures.models.FeeKind: phí, lệ phí and giá have different accounts and receipts."""
    description = models.CharField(_("khoản"), max_length=300)
    amount_vnd = models.PositiveBigIntegerField(_("số tiền (đồng)"))
    legal_basis = models.CharField(_("căn cứ"), max_length=200, blank=True)
    state = models.CharField(max_length=9, choices=ObligationState, default=ObligationState.DUE)
    created_at = models.DateTimeField(default=timezone.now)
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("nghĩa vụ tài chính")
        verbose_name_plural = _("nghĩa vụ tài chính")
        constraints = [
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="obligation_is_positive"),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(paid_at__isnull=False),
                name="paid_obligation_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.description}: {self.amount_vnd}"


class SupplementRequest(models.Model):
    """One complete list of what is missing (phiếu yêu cầu bổ sung) – NĐ 118/2025/NĐ-CP, form 02."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="supplement_requests")
    round = models.PositiveSmallIntegerField()
    reason = models.TextField(_("lý do"))
    items = models.JSONField(default=list)
    """[{component_code, name, text}]"""
    requested_at = models.DateTimeField()
    answer_due_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        verbose_name = _("yêu cầu bổ sung")
        verbose_name_plural = _("yêu cầu bổ sung")
        ordering = ["dossier", "round"]
        constraints = [models.UniqueConstraint(fields=["dossier", "round"], name="one_request_per_round")]

    def __str__(self) -> str:
        return f"{self.dossier} #{self.round}"


class Consultation(models.Model):
    """A question to another agency about a dossier (lấy ý kiến); that agency reads the papers until it answers."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="consultations")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="consultations", verbose_name=_("cơ quan được hỏi"))
    question = models.TextField(_("nội dung hỏi"))
    stops_clock = models.BooleanField(_("dừng tính thời hạn"), default=False)
    legal_basis = models.CharField(_("căn cứ dừng"), max_length=200, blank=True)
    """The text that lets the time limit stand still while the other agency answers; most laws have none."""
    asked_at = models.DateTimeField()
    answer_due_at = models.DateTimeField(_("hạn trả lời"))
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(_("trả lời"), blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    """When it was answered, or taken back without an answer."""

    class Meta:
        verbose_name = _("lấy ý kiến")
        verbose_name_plural = _("lấy ý kiến")
        ordering = ["dossier", "asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(ended_at__isnull=True), name="one_open_consultation"
            ),
            models.CheckConstraint(condition=Q(stops_clock=False) | ~Q(legal_basis=""), name="clock_stops_by_law_only"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(ended_at__isnull=False), name="answered_consultation_ended"
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "answer_due_at"], condition=Q(ended_at__isnull=True), name="open_questions"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier} → {self.agency}"


class LetterKind(models.TextChoices):
    """The letters of TT 03/2025/TT-VPCP that the portal writes by itself (mẫu số)."""

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


class ResultIssue(QueuedWork):
    """A result to make (cấp kết quả): render, sign, deposit; at most one per dossier, however often it is tried."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="result_issue")
    document_number = models.CharField(_("số văn bản"), max_length=60)
    signer_name = models.CharField(_("người ký"), max_length=200)
    signer_title = models.CharField(_("chức vụ"), max_length=150, blank=True)
    approved_at = models.DateTimeField(_("phê duyệt lúc"))
    fields = models.JSONField(default=dict, blank=True)
    """Content the deciding agency adds to the template, by name."""
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
