"""Days off and days worked instead (ngày nghỉ, ngày làm bù)."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.agencies.models.agencies import Agency


class DayKind(models.TextChoices):
    """What a calendar row says of its day."""

    OFF = "off", _("Nghỉ")
    WORKED = "worked", _("Làm việc (làm bù)")


class CalendarDay(models.Model):
    """A day off or a day worked instead (ngày nghỉ, ngày làm bù) – BLLĐ art. 112 and the Government's yearly swaps."""

    day = models.DateField(_("ngày"))
    kind = models.CharField(_("loại"), max_length=6, choices=DayKind)
    name = models.CharField(_("tên"), max_length=150)
    name_en = models.CharField(_("tên tiếng Anh"), max_length=150, blank=True)
    source = models.CharField(_("căn cứ"), max_length=200)
    agency = models.ForeignKey(Agency, models.CASCADE, null=True, blank=True, related_name="calendar_days")
    """None means the whole country."""
    noted_at = models.DateTimeField(default=timezone.now, null=True, editable=False)
    """When the row was written; None for those of before this was kept."""

    class Meta:
        verbose_name = _("ngày nghỉ, ngày làm bù")
        verbose_name_plural = _("ngày nghỉ, ngày làm bù")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "agency"],
                name="one_row_per_day_and_agency",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.name}"
