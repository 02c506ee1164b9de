"""An official's checks of papers (lượt kiểm tra kết quả)."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.models.documents import Document
from portal.agencies.actors import ActorKind
from portal.agencies.models import Agency


class CheckOutcome(models.TextChoices):
    """What a check found."""

    VALID = "valid", _("Còn hiệu lực")
    REPLACED = "replaced", _("Đã được thay thế")
    REVOKED = "revoked", _("Đã bị thu hồi")
    EXPIRED = "expired", _("Đã hết hiệu lực")
    UNKNOWN = "unknown", _("Không tìm thấy")
    FORGED = "forged", _("Mã QR không đúng chữ ký")


class ResultCheck(models.Model):
    """One check in the officials' scan mode, whatever it found; the paper's owner sees those that showed her data."""

    official = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="result_checks")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    role = models.CharField(_("vai"), max_length=20, choices=ActorKind)
    purpose = models.CharField(_("mục đích"), max_length=200)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="checks")
    outcome = models.CharField(_("kết quả"), max_length=8, choices=CheckOutcome)
    has_signature = models.BooleanField(_("có mã QR nguyên vẹn"), default=False)
    checked_at = models.DateTimeField(_("lúc"), default=timezone.now)

    class Meta:
        verbose_name = _("lượt kiểm tra kết quả")
        verbose_name_plural = _("lượt kiểm tra kết quả")
        indexes = [models.Index(fields=["official", "-id"], name="check_of_official")]

    def __str__(self) -> str:
        return f"{self.checked_at:%Y-%m-%d %H:%M} {self.outcome}"
