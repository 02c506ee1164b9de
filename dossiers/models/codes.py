"""Code tables of partners' systems (bảng mã): what their statuses, procedures and agencies are called here."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import ApiClient


class CodeKind(models.TextChoices):
    """What a code names."""

    STATUS = "status", _("Trạng thái hồ sơ")
    PROCEDURE = "procedure", _("Thủ tục hành chính")
    AGENCY = "agency", _("Cơ quan")


class CodeTable(models.Model):
    """One version of a system's code table, whole (một bản bảng mã); a version is never changed, the next follows."""

    client = models.ForeignKey(ApiClient, models.CASCADE, related_name="code_tables", verbose_name=_("hệ thống"))
    number = models.PositiveIntegerField(_("bản"))
    entries = models.JSONField(_("nội dung"), default=list)
    """[{kind, told, ours, note}]: `told` is the system's own code, `ours` the national one."""
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(_("lúc"), default=timezone.now)

    class Meta:
        verbose_name = _("bảng mã")
        verbose_name_plural = _("bảng mã")
        ordering = ["client", "-number"]
        constraints = [models.UniqueConstraint(fields=["client", "number"], name="one_code_table_per_number")]

    def __str__(self) -> str:
        return f"{self.client} {self.number}"


class CodeGap(models.Model):
    """A code of a system that says nothing to us (mã chưa ánh xạ); once it is mapped, what waited for it goes on."""

    client = models.ForeignKey(ApiClient, models.CASCADE, related_name="code_gaps", verbose_name=_("hệ thống"))
    kind = models.CharField(_("loại"), max_length=10, choices=CodeKind)
    told = models.CharField(_("mã của hệ thống"), max_length=200)
    example = models.CharField(_("ví dụ"), max_length=60, blank=True)
    """The code of a dossier that came with it."""
    first_seen_at = models.DateTimeField(_("gặp lần đầu"), default=timezone.now)
    resolved_at = models.DateTimeField(_("đã ánh xạ lúc"), null=True, blank=True)

    class Meta:
        verbose_name = _("mã chưa ánh xạ")
        verbose_name_plural = _("mã chưa ánh xạ")
        ordering = ["kind", "told"]
        constraints = [models.UniqueConstraint(fields=["client", "kind", "told"], name="one_gap_per_code")]
        indexes = [models.Index(fields=["client"], condition=Q(resolved_at__isnull=True), name="open_code_gap")]

    def __str__(self) -> str:
        return f"{self.kind} {self.told}"
