"""What was handed in for the components of a dossier."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.models import Document
from dossiers.models.dossiers import Dossier


class DossierComponent(models.Model):
    """What was handed in for one component (thành phần hồ sơ đã nộp): a reference to the store and frozen digests."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="components")
    component_code = models.CharField(_("mã thành phần"), max_length=60)
    name = models.TextField(_("tên"))
    document = models.ForeignKey(Document, models.PROTECT, related_name="used_in")
    files = models.JSONField(default=list)
    """[{name, size_bytes, content_sha256, content_type}] frozen at submission."""
    from_store = models.BooleanField(_("lấy từ kho"), default=False)
    supplement_round = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("thành phần đã nộp")
        verbose_name_plural = _("thành phần đã nộp")
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "component_code", "document"],
                name="one_document_per_component",
            )
        ]

    def __str__(self) -> str:
        return self.name
