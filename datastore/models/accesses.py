"""Who looked (nhật ký truy cập)."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.models.documents import Document
from portal.agencies.actors import ActorKind
from portal.agencies.models import Agency, ApiClient


class AccessAction(models.TextChoices):
    """What a reader did."""

    LOOKED = "looked", _("đã xem thông tin")
    OPENED = "opened", _("đã mở tệp")


class AccessLog(models.Model):
    """One reading of a document by somebody other than its owner (nhật ký truy cập); append-only."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="accesses")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="accesses_to_mine")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    client = models.ForeignKey(ApiClient, models.PROTECT, null=True, blank=True, related_name="+")
    reader_name = models.CharField(_("người xem"), max_length=200)
    reader_role = models.CharField(_("vai"), max_length=20, choices=ActorKind)
    action = models.CharField(_("việc đã làm"), max_length=6, choices=AccessAction)
    purpose = models.CharField(_("mục đích"), max_length=300)
    dossier_code = models.CharField(_("mã hồ sơ"), max_length=50, blank=True)
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("lượt xem giấy tờ")
        verbose_name_plural = _("lượt xem giấy tờ")
        indexes = [models.Index(fields=["owner", "-read_at", "-id"], name="access_of_owner")]

    def __str__(self) -> str:
        return f"{self.reader_name} {self.read_at:%Y-%m-%d %H:%M}"
