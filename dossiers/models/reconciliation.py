"""Reconciliation with partners' systems (đối soát): each comparison, and each dossier on which the two sides differ."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import ApiClient
from portal.core.work import QueuedWork, WorkQuerySet, WorkState

PENDING = Q(work_state=WorkState.PENDING)


class Reconciliation(QueuedWork):
    """One comparison with a system (lượt đối soát): the nightly one, or one that an operator asked for."""

    client = models.ForeignKey(ApiClient, models.CASCADE, related_name="reconciliations", verbose_name=_("hệ thống"))
    since = models.DateField(_("từ ngày"))
    until = models.DateField(_("đến ngày"))
    """Days on which the dossiers were filed, both included."""
    night = models.DateField(_("đêm"), null=True, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    compared = models.PositiveIntegerField(_("hồ sơ đã so"), default=0)
    differing = models.PositiveIntegerField(_("hồ sơ lệch"), default=0)
    note = models.TextField(_("ghi chú"), blank=True, default="")
    """Why nothing, or not all of it, was compared, in an official's words."""

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("lượt đối soát")
        verbose_name_plural = _("lượt đối soát")
        constraints = [
            models.UniqueConstraint(fields=["client", "night"], name="one_reconciliation_per_night"),
            models.UniqueConstraint(
                fields=["client"], condition=PENDING & Q(night__isnull=True), name="one_reconciliation_asked_for"
            ),
            models.CheckConstraint(condition=Q(since__lte=models.F("until")), name="reconciliation_days_in_order"),
        ]
        indexes = [
            models.Index(fields=["next_try_at", "id"], name="reconciliation_due", condition=PENDING),
            models.Index(fields=["client", "-id"], name="reconciliation_of_client"),
        ]

    def __str__(self) -> str:
        return f"{self.client} {self.since}–{self.until}"


class Difference(QueuedWork):
    """A dossier on which a system and the portal differ (hồ sơ lệch): healed by itself, or a task for a person."""

    client = models.ForeignKey(ApiClient, models.CASCADE, related_name="differences", verbose_name=_("hệ thống"))
    code = models.CharField(_("mã hồ sơ"), max_length=60)
    ours = models.PositiveSmallIntegerField(_("trạng thái trên Cổng"), null=True, blank=True)
    theirs = models.PositiveSmallIntegerField(_("trạng thái ở hệ thống"), null=True, blank=True)
    """National status numbers; None where that side does not have the dossier."""
    sent_again = models.PositiveSmallIntegerField(_("lần gửi lại"), default=0)
    outcome = models.TextField(_("kết quả"), blank=True, default="")
    """How it was healed, in an official's words."""

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("hồ sơ lệch")
        verbose_name_plural = _("hồ sơ lệch")
        constraints = [
            models.UniqueConstraint(
                fields=["client", "code"], condition=~Q(work_state=WorkState.DONE), name="one_open_difference"
            )
        ]
        indexes = [
            models.Index(fields=["next_try_at", "id"], name="difference_due", condition=PENDING),
            models.Index(fields=["client", "-id"], name="difference_of_client"),
        ]

    def __str__(self) -> str:
        return self.code
