"""The right to file for somebody (quyền giúp nộp hồ sơ): given by a one-time code, scoped, timed, revocable."""

import uuid
from datetime import date, datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.moments import vn_datetime
from procedures.models import ProcedureVersion


class HelperKind(models.TextChoices):
    """Who helps (người hỗ trợ)."""

    POST_OFFICE = "post_office", _("Nhân viên bưu điện")
    COMMUNITY = "community", _("Tổ công nghệ số cộng đồng")
    RELATIVE = "relative", _("Người thân")


class AssistanceQuerySet(models.QuerySet["Assistance"]):
    """Reads over rights."""

    def in_force(self, now: datetime) -> Self:
        """Taken up, not taken back, not over."""
        return self.filter(claimed_at__isnull=False, revoked_at__isnull=True, valid_until__gt=now)


class Assistance(models.Model):
    """One right: a citizen lets one helper file for her (quyền giúp nộp hồ sơ)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    citizen = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="assistances_given")
    helper = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="assistances_held"
    )
    helper_name = models.CharField(_("người hỗ trợ"), max_length=200, blank=True)
    """Name and organisation as the receipt and the history show them."""
    kind = models.CharField(_("ai giúp"), max_length=12, choices=HelperKind)
    procedure_code = models.CharField(_("mã thủ tục"), max_length=60, blank=True)
    field_code = models.CharField(_("mã lĩnh vực"), max_length=60, blank=True)
    """The scope; both empty means every procedure."""
    may_use_store = models.BooleanField(_("được dùng giấy tờ trong kho"), default=False)
    code_index = models.CharField(max_length=64, blank=True, default="", editable=False)
    """Keyed digest of the one-time code; emptied when it is taken up."""
    code_expires_at = models.DateTimeField(_("mã hết hạn lúc"))
    created_at = models.DateTimeField(_("trao lúc"), default=timezone.now)
    valid_until = models.DateTimeField(_("có giá trị đến"))
    claimed_at = models.DateTimeField(_("nhận lúc"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("thu hồi lúc"), null=True, blank=True)

    objects = AssistanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("quyền giúp nộp hồ sơ")
        verbose_name_plural = _("quyền giúp nộp hồ sơ")
        constraints = [
            models.UniqueConstraint(fields=["code_index"], condition=~Q(code_index=""), name="one_open_code"),
            models.CheckConstraint(
                condition=Q(claimed_at__isnull=True, helper__isnull=True)
                | Q(claimed_at__isnull=False, helper__isnull=False, code_index=""),
                name="assistance_claimed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(helper__isnull=True) | ~Q(helper=models.F("citizen")), name="nobody_helps_herself"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gt=models.F("created_at")), name="assistance_ends_after_it_begins"
            ),
        ]
        indexes = [
            models.Index(fields=["citizen", "-id"], name="assistance_of_citizen"),
            models.Index(fields=["helper", "-id"], name="assistance_of_helper"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {vn_datetime(self.created_at)}"

    @property
    def last_day(self) -> date:
        """The last whole day of the right, which ends with the midnight after it."""
        return (timezone.localtime(self.valid_until) - timedelta(microseconds=1)).date()

    def covers(self, version: ProcedureVersion) -> bool:
        """Whether a procedure lies in the scope."""
        if self.procedure_code:
            return version.procedure.code == self.procedure_code
        return not self.field_code or version.procedure.field.code == self.field_code

    def is_in_force(self, now: datetime) -> bool:
        """As the query says of one row."""
        return self.claimed_at is not None and self.revoked_at is None and self.valid_until > now
