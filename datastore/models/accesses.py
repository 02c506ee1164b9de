"""Who looked (nhật ký truy cập): one row a reading, linked into a chain, whose days are signed (docs/access-log.md)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.models.documents import Document
from datastore.models.keys import SigningKey
from datastore.models.shares import Share
from portal.agencies import post_titles
from portal.agencies.actors import ActorKind
from portal.agencies.models import Agency, ApiClient

BY_LINK = "link"
"""The role of somebody who came by a shared link, whom nobody knows."""
READER_ROLES = [*ActorKind.choices, (BY_LINK, _("Người có liên kết"))]


class AccessAction(models.TextChoices):
    """What a reader did."""

    LOOKED = "looked", _("đã xem thông tin")
    OPENED = "opened", _("đã mở tệp")
    DOSSIER = "dossier", _("đã mở hồ sơ của bạn")
    REVEALED = "revealed", _("đã xem số định danh đầy đủ của bạn")


class AccessLog(models.Model):
    """One reading of a person's data by somebody else; written once, by datastore.readings, never changed.

    The last three columns are the chain's: datastore.chain fills them in once. The database refuses every other change
    and every deletion (migration 0005).
    """

    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="accesses")
    """None where no paper of the store was read: a dossier, an identification number, the draft of a result."""
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="accesses_to_mine")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    agency_name = models.CharField(_("cơ quan"), max_length=300, blank=True, default="", db_default="")
    """As it was called then."""
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    client = models.ForeignKey(ApiClient, models.PROTECT, null=True, blank=True, related_name="+")
    share = models.ForeignKey(Share, models.PROTECT, null=True, blank=True, related_name="accesses")
    reader_name = models.CharField(_("người xem"), max_length=200)
    reader_role = models.CharField(_("vai"), max_length=20, choices=READER_ROLES)
    action = models.CharField(_("việc đã làm"), max_length=10, choices=AccessAction)
    purpose = models.CharField(_("mục đích"), max_length=300)
    dossier_code = models.CharField(_("mã hồ sơ"), max_length=50, blank=True)
    read_at = models.DateTimeField(default=timezone.now)

    position = models.BigIntegerField(_("số thứ tự trong chuỗi"), null=True, blank=True, unique=True, editable=False)
    row_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    chain_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)

    class Meta:
        verbose_name = _("lượt xem giấy tờ")
        verbose_name_plural = _("lượt xem giấy tờ")
        indexes = [
            models.Index(fields=["owner", "-read_at", "-id"], name="access_of_owner"),
            models.Index(fields=["id"], name="access_not_linked", condition=Q(position__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.reader_name} {self.read_at:%Y-%m-%d %H:%M}"

    @property
    def agency_title(self) -> str:
        """The agency as it was called then, in the reader's language where it still has that name."""
        agency = self.agency
        return agency.title if agency is not None and agency.name == self.agency_name else self.agency_name

    @property
    def reader_title(self) -> str:
        """The reader as she was named then, with a common title in the reader's language."""
        return post_titles.official(self.reader_name)


class AccessHead(models.Model):
    """The signed end of a day's chain (chốt nhật ký trong ngày): who kept it can tell that nothing was changed since.

    It covers the rows that were linked since the head before it. The database refuses to change or delete it.
    """

    day = models.DateField(_("ngày"), unique=True)
    first_position = models.BigIntegerField()
    last_position = models.BigIntegerField()
    """One less than the first where nothing was read."""
    statement = models.JSONField()
    """What is signed, as it is published: day, first, last, chain, root, the head before, key and time."""
    signature = models.CharField(max_length=100)
    branch_roots = ArrayField(models.CharField(max_length=64))
    """Roots over each 1,024 rows of the day in turn, so that a proof reads no more than those beside a row."""
    key = models.ForeignKey(SigningKey, models.PROTECT, related_name="access_heads")

    class Meta:
        verbose_name = _("chốt nhật ký truy cập")
        verbose_name_plural = _("chốt nhật ký truy cập")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class AccessEnd(models.Model):
    """The signed end of the log as it is now (điểm cuối nhật ký): what is cut off behind the last head is missed by it.

    One row, signed anew with every row that is linked and every day that is closed. The database lets it only go on.
    """

    position = models.BigIntegerField()
    """Of the last linked row."""
    chain_sha256 = models.CharField(max_length=64)
    statement = models.JSONField()
    """What is signed: last position, chain, the newest head, key and time."""
    signature = models.CharField(max_length=100)

    class Meta:
        verbose_name = _("điểm cuối nhật ký truy cập")
        verbose_name_plural = _("điểm cuối nhật ký truy cập")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="access_log_has_one_end")]

    def __str__(self) -> str:
        return str(self.position)
