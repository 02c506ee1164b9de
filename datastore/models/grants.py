"""Who may read a document (quyền truy cập)."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.models.documents import Document
from portal.agencies.models import Agency


class Grant(models.Model):
    """An agency's right to read a document while it handles a dossier (quyền truy cập)."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="grants")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="grants")
    dossier_code = models.CharField(_("mã hồ sơ"), max_length=50, db_index=True)
    purpose = models.CharField(_("mục đích"), max_length=300)
    granted_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("quyền truy cập")
        verbose_name_plural = _("quyền truy cập")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "agency", "dossier_code"],
                name="one_grant_per_dossier",
            )
        ]

    def __str__(self) -> str:
        return f"{self.agency} – {self.dossier_code}"
