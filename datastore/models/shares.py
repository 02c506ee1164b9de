"""One document shown to whoever has the link (chia sẻ giấy tờ bằng liên kết)."""

from datetime import datetime

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.models.documents import Document

CODE_TRIES = 5


class ShareQuerySet(models.QuerySet["Share"]):
    """Reads over shares."""

    def open(self, now: datetime) -> "ShareQuerySet":
        """Those by which the document can be seen at a moment."""
        return self.filter(
            revoked_at__isnull=True,
            expires_at__gt=now,
            view_count__lt=F("view_limit"),
            code_failures__lt=CODE_TRIES,
        )


class Share(models.Model):
    """A link to one document: for whom, until when, how often. The link itself is kept by nobody but who made it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="shares")
    document = models.ForeignKey(Document, models.CASCADE, related_name="shares")
    """The row of a document stays when its content is deleted; a share is no reason to keep the content."""
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    code_hash = models.CharField(max_length=200, blank=True, editable=False)
    """Empty where no code is asked for."""
    code_failures = models.PositiveSmallIntegerField(_("lần nhập mã sai"), default=0)
    purpose = models.CharField(_("để làm gì"), max_length=200)
    created_at = models.DateTimeField(_("tạo lúc"), default=timezone.now)
    expires_at = models.DateTimeField(_("hết hạn lúc"))
    view_limit = models.PositiveSmallIntegerField(_("số lượt xem tối đa"), validators=[MinValueValidator(1)])
    view_count = models.PositiveSmallIntegerField(_("số lượt đã xem"), default=0)
    revoked_at = models.DateTimeField(_("đóng lúc"), null=True, blank=True)

    objects = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("liên kết chia sẻ")
        verbose_name_plural = _("liên kết chia sẻ")
        indexes = [models.Index(fields=["owner", "-id"], name="share_of_owner")]
        constraints = [
            models.CheckConstraint(condition=Q(view_count__lte=F("view_limit")), name="share_views_within_limit"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="share_expires_after_creation"),
            models.CheckConstraint(condition=Q(code_failures__lte=CODE_TRIES), name="share_code_tries_within_limit"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.view_count}/{self.view_limit}"
