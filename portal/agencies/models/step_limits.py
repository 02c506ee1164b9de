"""How long one step of a dossier may take at an agency (thời hạn của từng bước), as data."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.agencies.models.agencies import Agency
from portal.agencies.models.dated import DatedQuerySet

MOST_HOURS = 2_000
"""Office hours; a year has about as many."""


class HandStep(models.TextChoices):
    """Whose hands a dossier is in while it is worked on (bước giải quyết nội bộ)."""

    ASSIGN = "assign", _("Phân công người thụ lý")
    WORK = "work", _("Thụ lý, trình lãnh đạo")
    SIGN = "sign", _("Lãnh đạo duyệt")


class StepLimit(models.Model):
    """How many office hours a step may take, at an agency and those below it, of one procedure or of all.

    The internal process of a procedure divides its time among those who work on it – NĐ 118/2025/NĐ-CP on the internal
    and electronic process (quy trình nội bộ); the hours are the agency's own. Without a row a step has no limit.
    """

    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="step_limits", verbose_name=_("cơ quan")
    )
    """None: the whole country."""
    procedure_code = models.CharField(_("mã thủ tục"), max_length=60, blank=True)
    step = models.CharField(_("bước"), max_length=10, choices=HandStep)
    hours = models.PositiveSmallIntegerField(
        _("số giờ làm việc"), validators=[MinValueValidator(1), MaxValueValidator(MOST_HOURS)]
    )
    legal_basis = models.CharField(_("căn cứ"), max_length=200)
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến ngày"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("thời hạn của bước")
        verbose_name_plural = _("thời hạn của từng bước")
        constraints = [
            models.CheckConstraint(condition=Q(hours__gte=1, hours__lte=MOST_HOURS), name="step_limit_is_some_hours"),
            models.UniqueConstraint(
                fields=["agency", "procedure_code", "step", "valid_from"],
                name="one_step_limit_per_scope_and_day",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()}: {self.hours}"
