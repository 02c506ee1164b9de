"""Dossiers (hồ sơ): what was filed, where it stands, and the papers that came with it."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.models import Document
from dossiers.lifecycle import (
    DUE_STATES,
    FINISHED_STATES,
    NATIONAL_STATUS,
    OPEN_STATES,
    DossierState,
)
from dossiers.models.assistance import Assistance
from dossiers.models.counter import CounterVisit
from dossiers.models.represented import represented_by
from portal.accounts import representing
from portal.accounts.models import Organisation, Representation
from portal.agencies.models import Agency, ApiClient, OneStopDesk
from portal.core.encryption import EncryptedTextField
from procedures.models import ProcedureVersion

if TYPE_CHECKING:
    from dossiers.models.events import DossierEvent
    from portal.accounts.models import User


class FilingChannel(models.TextChoices):
    """How the dossier came in (kênh thực hiện): KenhThucHien of the wire protocol."""

    DIRECT = "1", _("Trực tiếp")
    ONLINE = "2", _("Trực tuyến")
    POSTAL = "3", _("Bưu chính công ích")


ACTS_BY = Case(When(state=DossierState.SUBMITTED, then=F("intake_due_at")), default=F("due_at"))
"""By when the official has to act: the intake clock first, then the appointment. The desk's index is ordered by it."""
ENDED_AT = Coalesce("finished_at", "submitted_at")
"""When a finished dossier ended; what another system reported may come without a day. Has an index of its own."""


class DossierQuerySet(models.QuerySet["Dossier"]):
    """Reads over dossiers."""

    def of_citizen(self, user: "User") -> Self:
        """Dossiers a person filed or owns, and those of the organisations she acts for today; drafts left out.

        What she filed for an organisation is the organisation's: it goes out of her sight with her membership. So does
        what she filed for another person, with the day on which she represents that person no more.
        """
        mine = Q(filer=user, organisation=None, representation=None) | Q(owner=user, organisation=None)
        if user.represents_others:
            mine |= represented_by(user)
        if organisations := representing.organisation_ids(user):
            mine |= Q(organisation__in=organisations)
        return self.filter(mine).exclude(state=DossierState.DRAFT)

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
    rebased_to = models.ForeignKey(
        ProcedureVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("áp dụng bản công bố"),
        db_index=False,
    )
    """The newer version it is decided under, by a transitional clause (dossiers.rebasing); what was filed stays."""
    procedure_code = models.CharField(_("mã thủ tục"), max_length=60)
    procedure_name = models.TextField(_("tên thủ tục"), blank=True)
    agency = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="dossiers",
        verbose_name=_("cơ quan giải quyết"),
        db_index=False,
    )
    """None only while a draft has not chosen where."""
    desk = models.ForeignKey(
        OneStopDesk,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="dossiers",
        verbose_name=_("bộ phận một cửa"),
        db_index=False,
    )
    """The desk that a rule of routing names; None: whichever the agency has."""
    handled_by = models.ForeignKey(
        ApiClient, models.PROTECT, null=True, blank=True, related_name="dossiers", db_index=False
    )
    """The agency's own system that decides; None means the portal's back office."""
    source = models.ForeignKey(
        ApiClient, models.PROTECT, null=True, blank=True, related_name="reported_dossiers", db_index=False
    )
    """The partner that reported a dossier born in its own system; None for one filed here."""
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assigned_dossiers",
        db_index=False,
    )
    filer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="filed_dossiers", db_index=False
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_dossiers",
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="dossiers",
        verbose_name=_("nộp thay tổ chức"),
        db_index=False,
    )
    """The organisation it is filed for: its members see the dossier, its store gets letters and result."""
    representation = models.ForeignKey(
        Representation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="dossiers",
        verbose_name=_("nộp thay cá nhân"),
        db_index=False,
    )
    """By which the filer acts for the owner, a child or a principal; None where nobody is represented."""
    applicant_name = models.CharField(_("chủ hồ sơ"), max_length=300, blank=True)
    applicant_id = EncryptedTextField(_("số giấy tờ chủ hồ sơ"), blank=True, default="")
    applicant_id_index = models.CharField(max_length=64, blank=True, default="", db_index=True, editable=False)
    applicant_phone = models.CharField(_("số điện thoại"), max_length=30, blank=True)
    applicant_email = models.CharField(_("thư điện tử"), max_length=254, blank=True)
    channel = models.CharField(_("kênh"), max_length=1, choices=FilingChannel, default=FilingChannel.ONLINE)
    counter_visit = models.ForeignKey(
        CounterVisit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="dossiers",
        verbose_name=_("lượt tiếp tại quầy"),
        db_index=False,
    )
    """The reception at which it was filed in person; its draft has no filer yet and is the desk's to finish."""
    assistance = models.ForeignKey(
        Assistance,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="dossiers",
        verbose_name=_("quyền giúp nộp"),
        db_index=False,
    )
    """The right under which a helper typed it; the filer is the citizen all the same."""
    answers = models.JSONField(_("nội dung kê khai"), default=dict, blank=True)
    answers_sha256 = models.CharField(max_length=64, blank=True)
    answer_sources = models.JSONField(_("nguồn của thông tin"), default=dict, blank=True)
    local_terms = models.JSONField(_("chính sách địa phương áp dụng"), default=dict, db_default={}, blank=True)
    """What local policies made of fees and time at submission, frozen with its legal basis (dossiers.local_terms)."""
    unread_answers = models.JSONField(_("chữ gõ chưa đọc được"), default=dict, db_default={}, blank=True)
    """Of a draft: what was typed and is no answer yet (half a date), by name of control; gone at submission."""
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
    proposed_at = models.DateTimeField(_("trình lãnh đạo lúc"), null=True, blank=True)
    """When the proposal that lies before the leader was made; None without one. The queue of proposals reads it."""
    finished_at = models.DateTimeField(_("xử lý xong lúc"), null=True, blank=True)
    returned_at = models.DateTimeField(_("trả kết quả lúc"), null=True, blank=True)
    state_occurred_at = models.DateTimeField(null=True, blank=True)
    """When the event that set the current state happened at its source: the fold's position."""
    last_sequence = models.PositiveIntegerField(default=0)
    source_record = models.JSONField(_("bản ghi của hệ thống nguồn"), default=dict, blank=True)
    is_catalogue_gap = models.BooleanField(_("thủ tục chưa có trong danh mục"), default=False)
    result_document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="result_of", db_index=False
    )

    newest_event: "DossierEvent | None" = None
    """The event that this instance's last step made; not a column."""
    next_event_ids: tuple[int, ...] = ()
    """Ids that were reserved for the next events while the row was locked; not a column."""
    may_know_reference: bool = True
    """False when it was seen, under the lock, that what is reported now was not reported before; not a column."""

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
                condition=Q(rebased_to__isnull=True) | ~Q(rebased_to=models.F("procedure_version")),
                name="rebased_to_another_version",
            ),
            models.CheckConstraint(
                condition=Q(original_due_at__isnull=True) | Q(original_due_at__lt=models.F("due_at")),
                name="extension_is_later",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(FINISHED_STATES)) | Q(finished_at__isnull=False), name="finished_has_time"
            ),
        ]
        # each change of state writes every index again that holds the row: what most rows lack is indexed where it is
        indexes = [
            *(
                models.Index(fields=[name], name=f"dossier_with_{name}", condition=Q(**{f"{name}__isnull": False}))
                for name in (
                    "assignee",
                    "assistance",
                    "counter_visit",
                    "desk",
                    "organisation",
                    "rebased_to",
                    "result_document",
                    "source",
                )
            ),
            models.Index(fields=["filer", "-id"], name="dossier_of_filer"),
            models.Index(
                fields=["handled_by", "id"],
                name="dossier_of_client",
                condition=Q(handled_by__isnull=False),
            ),
            # each of these answers alone what the desk asks often: no row of the table is read for a page or a number
            models.Index(fields=["agency", "submitted_at", "id"], name="dossier_by_day"),
            models.Index(
                fields=["agency", "submitted_at", "id"],
                name="dossier_open",
                condition=Q(state__in=sorted(OPEN_STATES)),
                include=["state", "assignee", "handled_by", "source", "clock_stopped_at", "due_at", "finished_at"],
            ),
            models.Index(fields=["agency"], name="dossier_decided", condition=Q(state=DossierState.DECIDED)),
            models.Index(
                F("agency"),
                ACTS_BY.copy(),
                F("id"),
                name="dossier_desk",
                condition=Q(state__in=sorted(OPEN_STATES), handled_by__isnull=True, source__isnull=True),
                include=["state", "assignee", "clock_stopped_at", "intake_due_at", "due_at", "proposed_at"],
            ),
            models.Index(
                fields=["state_occurred_at", "id"],
                name="dossier_waits_since",
                condition=Q(state__in=sorted(OPEN_STATES), handled_by__isnull=True, source__isnull=True),
            ),
            models.Index(
                F("agency"),
                ENDED_AT.copy(),
                F("id"),
                name="dossier_finished",
                condition=Q(state__in=sorted(FINISHED_STATES)),
                include=[
                    "finished_at",
                    "submitted_at",
                    "due_at",
                    "original_due_at",
                    "assignee",
                    "handled_by",
                    "source",
                ],
            ),
            models.Index(
                fields=["agency"],
                name="dossier_elsewhere",
                condition=Q(state__in=sorted(OPEN_STATES)) & (Q(handled_by__isnull=False) | Q(source__isnull=False)),
            ),
            models.Index(
                fields=["source", "procedure_code"],
                name="dossier_catalogue_gap",
                condition=Q(is_catalogue_gap=True),
            ),
        ]

    def __str__(self) -> str:
        return self.code or str(_("Bản nháp, thủ tục %(code)s") % {"code": self.procedure_code})

    @property
    def representative(self) -> "User | None":
        """Who acts for the owner: who filed it, or of a desk's draft, which has no filer yet, who came to the counter.

        None where nobody is represented.
        """
        if self.representation_id is None:
            return None
        if self.filer_id is None and self.counter_visit is not None:
            return self.counter_visit.applicant
        return self.filer

    @property
    def rules(self) -> ProcedureVersion | None:
        """The version whose rules hold for it now."""
        return self.procedure_version if self.rebased_to_id is None else self.rebased_to

    @property
    def is_reported(self) -> bool:
        """Whether it was born in a partner's system: what happens to it is decided there and only told here."""
        return self.source_id is not None

    @property
    def is_decided_here(self) -> bool:
        """Whether officials decide it in the back office, and no system of the agency's own."""
        return self.handled_by_id is None and self.source_id is None

    @property
    def waits_for_leader(self) -> bool:
        """Whether its specialist proposed a decision and the leader has not decided yet."""
        return self.state == DossierState.PROCESSING and self.proposed_at is not None

    @property
    def national_status(self) -> int | None:
        """The published status number 1–10, or None for a draft."""
        return NATIONAL_STATUS.get(DossierState(self.state))
