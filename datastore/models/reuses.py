"""The ledger of papers that stood in for a new upload (sử dụng lại giấy tờ)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.models.documents import Document


class Reuse(models.Model):
    """One time a stored paper stood in for a new upload (sử dụng lại giấy tờ)."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="reuses")
    dossier_code = models.CharField(max_length=50, db_index=True)
    component_code = models.CharField(max_length=60)
    consent_text = models.CharField(max_length=300)
    content_sha256 = ArrayField(models.CharField(max_length=64))
    reused_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("lượt sử dụng lại")
        verbose_name_plural = _("lượt sử dụng lại")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "dossier_code", "component_code"],
                name="one_reuse_per_component",
            )
        ]

    def __str__(self) -> str:
        return f"{self.dossier_code} {self.component_code}"
