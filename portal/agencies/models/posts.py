"""Who works where, as what and from when (phân công cán bộ), and who stands in (vắng mặt)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.agencies.models.agencies import Agency
from portal.agencies.models.dated import DatedQuerySet


class MembershipRole(models.TextChoices):
    """What an official does at an agency (vai trò cán bộ)."""

    DESK = "desk", _("Cán bộ một cửa")
    SPECIALIST = "specialist", _("Chuyên viên")
    LEADER = "leader", _("Lãnh đạo")
    ADMINISTRATOR = "administrator", _("Quản trị của cơ quan")


class Membership(models.Model):
    """An official's post at an agency, dated (phân công cán bộ)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="memberships")
    role = models.CharField(_("vai trò"), max_length=15, choices=MembershipRole)
    title = models.CharField(_("chức danh"), max_length=100, blank=True)
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến ngày"), null=True, blank=True)
    takes_cash = models.BooleanField(_("được thu tiền mặt"), default=False, db_default=False)
    """Whether the holder may take fees in cash at the counter and give the receipt."""

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("phân công")
        verbose_name_plural = _("phân công")
        constraints = [models.UniqueConstraint(fields=["user", "agency", "role"], name="one_post_per_role")]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()} – {self.agency}"


class Absence(models.Model):
    """An official is away and another one stands in (vắng mặt, làm thay): from a day to a day, both included.

    The substitute acts by her own posts and under her own name; what she gains is that the other's work comes to her.
    Signing for a head is another thing, with a paper of its own (models.signing).
    """

    official = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="absences")
    substitute = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="stands_in")
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến ngày"))
    reason = models.CharField(_("lý do"), max_length=200, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("ghi lúc"), auto_now_add=True)
    ended_at = models.DateTimeField(_("kết thúc sớm lúc"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("vắng mặt")
        verbose_name_plural = _("vắng mặt")
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gte=models.F("valid_from")), name="absence_ends_after_start"),
            models.CheckConstraint(condition=~Q(official=models.F("substitute")), name="nobody_stands_in_for_herself"),
        ]
        indexes = [models.Index(fields=["substitute", "valid_to"], name="absence_of_substitute")]

    def __str__(self) -> str:
        return f"{self.official} → {self.substitute}"
