"""Territory (đơn vị hành chính): provinces and communes, two levels since 1 July 2025."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.agencies.models.dated import DatedQuerySet


class UnitLevel(models.TextChoices):
    """Level of an administrative unit; two levels since 1 July 2025 (cấp đơn vị hành chính)."""

    PROVINCE = "province", _("Tỉnh, thành phố")
    COMMUNE = "commune", _("Xã, phường, đặc khu")


class AdministrativeUnit(models.Model):
    """A province or commune with its official code (đơn vị hành chính)."""

    code = models.CharField(_("mã"), max_length=5, unique=True)
    name = models.CharField(_("tên"), max_length=100)
    full_name = models.CharField(_("tên đầy đủ"), max_length=150)
    folded_name = models.CharField(max_length=150, editable=False, db_index=True)
    sort_key = models.CharField(max_length=300, editable=False, default="")
    level = models.CharField(_("cấp"), max_length=8, choices=UnitLevel)
    kind = models.CharField(_("loại"), max_length=40)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")
    valid_from = models.DateField(_("từ ngày"), null=True, blank=True)
    valid_to = models.DateField(_("đến ngày"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("đơn vị hành chính")
        verbose_name_plural = _("đơn vị hành chính")
        ordering = ["level", "code"]

    def __str__(self) -> str:
        return self.full_name
