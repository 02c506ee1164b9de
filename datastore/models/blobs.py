"""Bytes as they lie in storage, once per owner (tệp)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ScanState(models.TextChoices):
    """What the malware scan said (quét mã độc)."""

    UNSCANNED = "unscanned", _("Chưa quét")
    CLEAN = "clean", _("Sạch")
    INFECTED = "infected", _("Có mã độc")


class Blob(models.Model):
    """Bytes, once per owner and digest (tệp); the storage key is random, the kept name belongs to the document."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="blobs")
    content_sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    storage_key = models.CharField(max_length=100, unique=True)
    key_id = models.CharField(max_length=12, blank=True, default="", db_default="")
    """Which key of PORTAL_STORE_KEYS wraps this file's own; empty for a file from before there were keys."""
    wrapped_key = models.BinaryField(null=True, blank=True)
    scan_state = models.CharField(max_length=9, choices=ScanState, default=ScanState.UNSCANNED)
    scanner = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("tệp")
        verbose_name_plural = _("tệp")
        indexes = [
            models.Index(fields=["key_id", "id"], name="blob_by_key"),
            models.Index(fields=["content_sha256"], name="blob_by_digest"),  # a file that anybody has checked
        ]
        constraints = [
            models.UniqueConstraint(fields=["owner", "content_sha256"], name="bytes_once_per_owner"),
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="blob_is_not_empty"),
            models.CheckConstraint(
                condition=Q(key_id="", wrapped_key__isnull=True) | (~Q(key_id="") & Q(wrapped_key__isnull=False)),
                name="sealed_blob_has_its_key",
            ),
        ]

    def __str__(self) -> str:
        return self.content_sha256[:12]
