"""What a procedure says from one day to another (bản công bố)."""

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import AgencyLevel, Branch
from portal.core.durations import Duration, DurationUnit
from portal.core.language import in_language
from procedures.models.catalogue import Procedure


class ServiceLevel(models.TextChoices):
    """How far a procedure goes online – NĐ 224/2026/NĐ-CP art. 13–19."""

    FULL = "toan_trinh", _("Toàn trình")
    PARTIAL = "mot_phan", _("Một phần")
    NONE = "truc_tiep", _("Trực tiếp")


class Audience(models.TextChoices):
    """For whom a procedure is (đối tượng thực hiện), as the portal's two entrances tell them apart."""

    CITIZEN = "citizen", _("Công dân")
    ORGANISATION = "organisation", _("Tổ chức, doanh nghiệp")


class Origin(models.TextChoices):
    """Where a version comes from."""

    PACK = "pack", _("Gói thủ tục của cổng")
    NATIONAL = "national", _("Cơ sở dữ liệu quốc gia về thủ tục hành chính")


class Place(models.TextChoices):
    """Which agency of the right branch and level may receive (nơi tiếp nhận)."""

    RESIDENCE = "residence", _("Nơi cư trú")
    LOCATION = "location", _("Nơi có việc, có tài sản")
    ANY_IN_PROVINCE = "any_in_province", _("Nơi bất kỳ trong tỉnh")
    ANY = "any", _("Nơi bất kỳ trong cả nước")


class ProcedureVersionQuerySet(models.QuerySet["ProcedureVersion"]):
    """Reads over versions."""

    def valid_on(self, day: date) -> Self:
        """Versions in force on a day."""
        return self.filter(Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day))


class ProcedureVersion(models.Model):
    """What a procedure says from one day to another (bản công bố); a dossier keeps the version it was filed under."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("lần công bố"))
    valid_from = models.DateField(_("hiệu lực từ"))
    valid_to = models.DateField(_("hiệu lực đến"), null=True, blank=True)
    content_sha256 = models.CharField(max_length=64)
    name = models.TextField(_("tên"))
    short_name = models.CharField(_("tên ngắn"), max_length=250, blank=True)
    name_en = models.TextField(_("tên tiếng Anh"), blank=True)
    short_name_en = models.CharField(_("tên ngắn tiếng Anh"), max_length=250, blank=True)
    issuer_code = models.CharField(_("mã cơ quan công bố"), max_length=35)
    issuer_name = models.CharField(_("cơ quan công bố"), max_length=300)
    decision_number = models.CharField(_("số quyết định"), max_length=60, blank=True)
    decision_on = models.DateField(_("ngày quyết định"), null=True, blank=True)
    service_level = models.CharField(_("mức độ trực tuyến"), max_length=10, choices=ServiceLevel)
    service_level_reason = models.TextField(_("lý do chưa toàn trình"), blank=True)
    competent_level = models.CharField(_("cấp giải quyết"), max_length=10, choices=AgencyLevel)
    competent_branch = models.CharField(_("ngành giải quyết"), max_length=20, choices=Branch)
    competent_place = models.CharField(_("nơi tiếp nhận"), max_length=16, choices=Place)
    levels = ArrayField(
        models.CharField(max_length=10, choices=AgencyLevel),
        verbose_name=_("các cấp"),
        default=list,
        db_default=[],
        blank=True,
    )
    """Every level that handles it; ``competent_level`` is the one that filing here goes to."""
    audience = ArrayField(
        models.CharField(max_length=12, choices=Audience),
        verbose_name=_("dành cho"),
        default=list,
        db_default=[],
        blank=True,
    )
    origin = models.CharField(_("nguồn"), max_length=10, choices=Origin, default=Origin.PACK, db_default=Origin.PACK)
    processing_value = models.PositiveIntegerField(_("thời hạn"), null=True, blank=True)
    processing_unit = models.CharField(_("đơn vị thời hạn"), max_length=20, blank=True)
    """A value of portal.core.durations.DurationUnit; value and unit are both empty where the law sets no time."""
    intake_cutoff = models.TimeField(_("giờ chốt tiếp nhận"), null=True, blank=True)
    supplement_rule = models.CharField(_("khi bổ sung"), max_length=12, default="restart")
    supplement_days = models.PositiveSmallIntegerField(_("hạn bổ sung (ngày làm việc)"), default=15)
    supplement_rounds = models.PositiveSmallIntegerField(_("số lần được yêu cầu bổ sung"), null=True, blank=True)
    """None: as often as the official names the text of law that allows it once more."""
    closes_on_silence = models.BooleanField(_("dừng khi quá hạn bổ sung"), default=True, db_default=True)
    """Whether a dossier ends when no supplement comes in time (NĐ 118/2025/NĐ-CP as restated; docs/assumptions.md)."""
    draft_days = models.PositiveSmallIntegerField(_("hạn xác nhận bản dự thảo kết quả (ngày)"), null=True, blank=True)
    """Days in which who filed online confirms the draft before it is signed; None where there is no such step."""
    sheet = models.JSONField(_("nội dung công bố"), default=dict)
    """Everything the sheet shows beside the columns and rows here; keys in procedures.sheets."""
    form = models.JSONField(_("biểu mẫu điện tử"), default=dict)
    """Pages, fields and value lists (docs/procedure-pack.md), groups expanded; empty = the generic form."""
    source_record = models.JSONField(_("bản ghi gốc"), null=True, blank=True)
    search_text = models.TextField(editable=False, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProcedureVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("bản công bố thủ tục")
        verbose_name_plural = _("bản công bố thủ tục")
        ordering = ["procedure", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "number"], name="one_version_per_number"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="version_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(processing_value__isnull=True, processing_unit="")
                | (Q(processing_value__isnull=False, processing_value__gte=1) & ~Q(processing_unit="")),
                name="processing_time_has_a_unit",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    @property
    def title(self) -> str:
        """What people call the procedure, in the reader's language: its short name, or the official one."""
        return in_language(self.short_name or self.name, self.short_name_en or self.name_en)

    @property
    def is_filed_for_organisations(self) -> bool:
        """Whether somebody may file it in the name of an organisation.

        The catalogue names organisations also where the law has persons only: then the pack says `persons_only`.
        """
        return Audience.ORGANISATION in self.audience and not self.sheet.get("persons_only")

    @property
    def is_for_persons_only(self) -> bool:
        """Whether nobody may file it for an organisation; a version that names no audience is else for everybody."""
        is_published_so = bool(self.audience) and Audience.ORGANISATION not in self.audience
        return is_published_so or bool(self.sheet.get("persons_only"))

    def is_over(self, on: date) -> bool:
        """Whether its last day of force lies before a day."""
        return self.valid_to is not None and self.valid_to < on

    def processing_time(self) -> Duration | None:
        """The processing time (thời hạn giải quyết), or None where the law sets none."""
        if self.processing_value is None:
            return None
        return Duration(self.processing_value, DurationUnit(self.processing_unit))
