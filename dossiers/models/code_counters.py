"""Numbers that codes of dossiers count by (bộ đếm mã hồ sơ)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
