"""Paper that an agency turned into an electronic document (số hóa giấy tờ): who, from what, checked how."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.models.documents import Document
from portal.agencies.models import Agency


class DigitisationState(models.TextChoices):
    """State of a digitisation (tình trạng số hóa)."""

    SCANNED = "scanned", _("Chờ kiểm tra, ký xác nhận")
    CERTIFIED = "certified", _("Đã ký xác nhận")
    REJECTED = "rejected", _("Không đạt")


class PaperOriginal(models.TextChoices):
    """What lay on the desk (bản giấy đem số hóa)."""

    ORIGINAL = "original", _("Bản chính")
    CERTIFIED_COPY = "copy", _("Bản sao có chứng thực")


class Digitisation(models.Model):
    """One paper digitised by an official; its document is shown to its owner from the moment it is certified."""

    document = models.OneToOneField(Document, models.CASCADE, related_name="digitisation")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="digitisations")
    original = models.CharField(_("bản giấy"), max_length=8, choices=PaperOriginal)
    state = models.CharField(
        _("tình trạng"), max_length=9, choices=DigitisationState, default=DigitisationState.SCANNED
    )
    findings = models.JSONField(_("máy kiểm tra thấy"), default=list, blank=True)
    """What the automatic check found: a list of {"page", "code"}."""
    checks = ArrayField(models.CharField(max_length=20), verbose_name=_("đã đối chiếu"), default=list, blank=True)
    """What the certifying official confirmed, by name."""
    scanned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    scanned_by_name = models.CharField(_("người số hóa"), max_length=200)
    scanned_at = models.DateTimeField(_("số hóa lúc"), default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_by_name = models.CharField(_("người ký xác nhận"), max_length=200, blank=True)
    decided_at = models.DateTimeField(_("ký xác nhận lúc"), null=True, blank=True)
    reason = models.CharField(_("lý do không đạt"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("giấy tờ số hóa")
        verbose_name_plural = _("giấy tờ số hóa")
        indexes = [
            models.Index(fields=["agency", "id"], name="digitisation_waiting", condition=Q(state="scanned")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="scanned", decided_at__isnull=True)
                | (~Q(state="scanned") & Q(decided_at__isnull=False)),
                name="decided_digitisation_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.state}"
