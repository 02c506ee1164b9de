"""What an agency keeps for its own work (tệp của cơ quan): bytes that lie in nobody's store, and who opened them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.models.accesses import READER_ROLES
from datastore.models.blobs import ScanState
from portal.agencies.models import Agency


class AgencyFile(models.Model):
    """Bytes of an agency, once per agency and digest, sealed like every file; no person owns them or is shown them.

    The name that a file came with is kept by whoever refers to it, with a protected key; what nothing refers to goes
    (datastore.agency_files).
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    content_sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    storage_key = models.CharField(max_length=100, unique=True)
    key_id = models.CharField(max_length=12)
    wrapped_key = models.BinaryField()
    scan_state = models.CharField(max_length=9, choices=ScanState, default=ScanState.UNSCANNED)
    scanner = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("tệp của cơ quan")
        verbose_name_plural = _("tệp của cơ quan")
        constraints = [
            models.UniqueConstraint(fields=["agency", "content_sha256"], name="bytes_once_per_agency"),
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="agency_file_is_not_empty"),
        ]
        indexes = [models.Index(fields=["created_at"], name="agency_file_by_age")]

    def __str__(self) -> str:
        return self.content_sha256[:12]


class AgencyFileReading(models.Model):
    """One opening of an agency's file; written once. The database refuses to change or delete it (migration 0035).

    Apart from the log of who looked (AccessLog), each row of which a person reads: what agencies send each other is not
    hers to know of.
    """

    file = models.ForeignKey(AgencyFile, models.PROTECT, related_name="readings")
    dossier_code = models.CharField(_("mã hồ sơ"), max_length=50, db_index=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("cơ quan"))
    """For which agency it was read."""
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reader_name = models.CharField(_("người xem"), max_length=200)
    reader_role = models.CharField(_("vai"), max_length=20, choices=READER_ROLES)
    read_at = models.DateTimeField(_("xem lúc"), default=timezone.now)

    class Meta:
        verbose_name = _("lượt xem tệp của cơ quan")
        verbose_name_plural = _("lượt xem tệp của cơ quan")
        indexes = [models.Index(fields=["-read_at", "-id"], name="agency_reading_newest")]

    def __str__(self) -> str:
        return f"{self.reader_name} {self.read_at:%Y-%m-%d %H:%M}"
