"""Uploads under way (phiên tải lên): one row a file, one row a piece that arrived."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import ApiClient


def new_upload_id() -> str:
    """An id that nobody guesses."""
    return secrets.token_urlsafe(18)


class UploadSession(models.Model):
    """A file on its way into somebody's store (phiên tải lên); it is no document before a form takes it.

    It belongs to a person, or to the partner's system that sends it as a result.
    """

    public_id = models.CharField(max_length=24, unique=True, default=new_upload_id)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="upload_sessions"
    )
    client = models.ForeignKey(ApiClient, models.CASCADE, null=True, blank=True, related_name="upload_sessions")
    name = models.CharField(max_length=300)
    size_bytes = models.PositiveBigIntegerField()
    received_bytes = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    """When a partner's paper first became a result; it may become the result of another dossier until it expires."""

    class Meta:
        verbose_name = _("phiên tải lên")
        verbose_name_plural = _("phiên tải lên")
        constraints = [
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="upload_announces_bytes"),
            models.CheckConstraint(
                condition=Q(owner__isnull=True) ^ Q(client__isnull=True), name="upload_has_one_sender"
            ),
            models.CheckConstraint(
                condition=Q(received_bytes__lte=F("size_bytes")), name="upload_receives_what_it_announced"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_whole(self) -> bool:
        """Whether everything that was announced has arrived."""
        return self.received_bytes == self.size_bytes


class UploadPart(models.Model):
    """A piece of a file on its way, sealed like every file."""

    session = models.ForeignKey(UploadSession, models.CASCADE, related_name="parts")
    offset = models.PositiveBigIntegerField()
    size_bytes = models.PositiveBigIntegerField()
    storage_key = models.CharField(max_length=100, unique=True)
    key_id = models.CharField(max_length=12)
    wrapped_key = models.BinaryField()

    class Meta:
        verbose_name = _("phần của tệp đang tải lên")
        verbose_name_plural = _("phần của tệp đang tải lên")
        constraints = [
            models.UniqueConstraint(fields=["session", "offset"], name="one_part_per_offset"),
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="upload_part_is_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}+{self.offset}"
