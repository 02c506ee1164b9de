"""The steps by which an agency divides its work on a dossier (quy trình nội bộ), as data of its own administrator."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.agencies.models.agencies import Agency
from portal.agencies.models.dated import DatedQuerySet

MOST_STAGES = 12
"""Stages of one process (our choice): a page still shows them at a glance."""


class StageRole(models.TextChoices):
    """Who does a stage (người làm bước): a role of MembershipRole that acts on dossiers, or any of them."""

    ANYBODY = "", _("Ai ở cơ quan cũng được")
    DESK = "desk", _("Cán bộ một cửa")
    SPECIALIST = "specialist", _("Chuyên viên")
    LEADER = "leader", _("Lãnh đạo")


class StageUnit(models.TextChoices):
    """What a stage's limit is counted in; values of core.durations.DurationUnit."""

    HOUR = "hour", _("giờ làm việc")
    WORKING_DAY = "working_day", _("ngày làm việc")


class InternalProcess(models.Model):
    """The stages of a dossier while it is worked on, at an agency and those below it (quy trình nội bộ).

    Of one procedure, of all of a field, or of all; portal.agencies.processes says which one holds. A dossier keeps the
    stages that held when its work began. NĐ 118/2025/NĐ-CP (K: its article was not read) has every agency write an
    internal process with who does what within which time; without a row the work has no stages.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="internal_processes", verbose_name=_("cơ quan"))
    procedure_code = models.CharField(_("mã thủ tục"), max_length=60, blank=True)
    field_code = models.CharField(_("mã lĩnh vực"), max_length=60, blank=True)
    stages = models.JSONField(_("các bước"))
    """In their order; portal.agencies.processes.Stage reads them."""
    legal_basis = models.CharField(_("căn cứ"), max_length=200)
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến ngày"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("quy trình nội bộ")
        verbose_name_plural = _("quy trình nội bộ (các bước xử lý)")
        constraints = [
            models.CheckConstraint(
                condition=Q(procedure_code="") | Q(field_code=""), name="process_of_a_procedure_or_a_field"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="process_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["agency", "procedure_code", "field_code", "valid_from"],
                name="one_process_per_scope_and_day",
            ),
        ]

    def __str__(self) -> str:
        return " → ".join(str(stage.get("name", "")) for stage in self.stages)[:200]
