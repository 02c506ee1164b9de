"""What is asked for while a dossier is decided: money, missing papers, another agency's opinion."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.models import AgencyFile, Document
from dossiers.models.dossiers import Dossier
from portal.agencies.models import Agency

NAMELESS_PAPER = _("Giấy tờ bổ sung")


class ObligationState(models.TextChoices):
    """State of something owed."""

    DUE = "due", _("Chưa nộp")
    PAID = "paid", _("Đã nộp")
    CANCELLED = "cancelled", _("Không phải nộp")


class Wanted(models.TextChoices):
    """What answers a request; never stored, it follows from the items."""

    WORDS = "words", _("Trả lời cơ quan")
    FIELDS = "fields", _("Sửa nội dung khai")
    PAPERS = "papers", _("Bổ sung giấy tờ")
    BOTH = "both", _("Bổ sung giấy tờ và sửa nội dung khai")


class FinancialObligation(models.Model):
    """Something owed for a dossier (nghĩa vụ tài chính); a dossier says what is owed, payments says it was paid."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="obligations")
    kind = models.CharField(_("loại"), max_length=6)
    """procedures.models.FeeKind: phí, lệ phí and giá have different accounts and receipts."""
    charge = models.CharField(_("mã khoản thu"), max_length=60, blank=True, db_default="", default="")
    """Which published charge it is (procedures.models.FeeRule.charge), however the official words it; empty for others,
    and for what was asked before this was kept."""
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
            models.UniqueConstraint(
                fields=["dossier", "charge"],
                condition=~Q(charge="") & Q(state__in=["due", "paid"]),
                name="one_request_per_charge",
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
    """[{component_code, name, text}], with `field` where an answer is to be put right; none where words are enough.

    `pictures` are ids of documents that show what is wrong (RequestPicture)."""
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

    @property
    def named_items(self) -> list[dict[str, Any]]:
        """What is asked for, each with a name that can be shown."""
        return [{**item, "name": item.get("name") or str(NAMELESS_PAPER)} for item in self.items]

    @property
    def wanted(self) -> Wanted:
        """What is waited for: papers, answers put right, both, or only words."""
        return wanted_of(self.dossier, self.items)


class RequestPicture(models.Model):
    """A picture beside one thing asked for: a reference to the store, and the mark on a paper that it shows."""

    request = models.ForeignKey(SupplementRequest, models.CASCADE, related_name="pictures")
    item = models.PositiveSmallIntegerField()
    """The place of the thing among the request's items, from 0."""
    document = models.OneToOneField(Document, models.PROTECT, related_name="shown_with")
    files = models.JSONField(default=list)
    """As DossierComponent.files."""
    mark = models.JSONField(null=True, blank=True)
    """{file_id, page, box}: file of the paper, page from 1, and left, top, width, height in per mille of the page."""

    class Meta:
        verbose_name = _("ảnh kèm yêu cầu bổ sung")
        verbose_name_plural = _("ảnh kèm yêu cầu bổ sung")

    def __str__(self) -> str:
        return str(self.document_id)


def wanted_of(dossier: Dossier, items: Iterable[Mapping[str, Any]]) -> Wanted:
    """What such items ask for: papers, answers, or both where both are named.

    An agency's own system names them in its reason, so that one without items may ask for papers all the same.
    """
    marked = [bool(item.get("field")) for item in items]
    if not marked:
        return Wanted.WORDS if dossier.is_decided_here else Wanted.PAPERS
    if all(marked):
        return Wanted.FIELDS
    return Wanted.BOTH if any(marked) else Wanted.PAPERS


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
                fields=["dossier", "agency"], condition=Q(ended_at__isnull=True), name="one_open_question_an_agency"
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


class ConsultationSide(models.TextChoices):
    """With what a paper between agencies came."""

    QUESTION = "question", _("kèm câu hỏi")
    ANSWER = "answer", _("kèm trả lời")


class ConsultationPaper(models.Model):
    """A paper that agencies send each other with a question or its answer (giấy tờ trao đổi khi lấy ý kiến).

    It lies in the sending agency's files, in no citizen's store: the exchange is not the applicant's to read.
    """

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="papers")
    side = models.CharField(max_length=8, choices=ConsultationSide)
    file = models.ForeignKey(AgencyFile, models.PROTECT, related_name="consultation_papers")
    name = models.CharField(_("tên tệp"), max_length=200)

    class Meta:
        verbose_name = _("giấy tờ kèm lấy ý kiến")
        verbose_name_plural = _("giấy tờ kèm lấy ý kiến")
        ordering = ["consultation", "id"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "side", "file"], name="one_paper_per_side"),
        ]

    def __str__(self) -> str:
        return self.name
