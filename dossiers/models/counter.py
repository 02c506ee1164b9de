"""A person at the counter (lượt tiếp tại quầy): who came, which official received her, at which desk's agency."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Organisation
from portal.agencies.models import Agency


class ActsBy(models.TextChoices):
    """By what somebody acts for an organisation at a counter (tư cách) – BLDS 91/2015/QH13 art. 134–138."""

    REPRESENTATIVE = "representative", _("Người đại diện theo pháp luật")
    MANDATE = "mandate", _("Người được ủy quyền")


class CounterVisit(models.Model):
    """One reception at a one-stop desk (lượt tiếp tại quầy); what is filed there in person hangs on it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="counter_visits", verbose_name=_("người đến")
    )
    official = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("cán bộ tiếp")
    )
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="counter_visits", verbose_name=_("cơ quan tiếp"))
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="counter_visits",
        verbose_name=_("nộp thay tổ chức"),
    )
    """For which organisation the person came; what she files at this visit is the organisation's."""
    acts_by = models.CharField(_("tư cách"), max_length=14, choices=ActsBy, blank=True, default="", db_default="")
    proof = models.CharField(_("giấy tờ chứng minh tư cách"), max_length=200, blank=True, default="", db_default="")
    """What the official saw at the desk: kind, number, day and signer of the paper."""
    card_was_scanned = models.BooleanField(_("đã quét mã QR trên thẻ"), default=False)
    opened_at = models.DateTimeField(_("lúc"), default=timezone.now)

    class Meta:
        verbose_name = _("lượt tiếp tại quầy")
        verbose_name_plural = _("lượt tiếp tại quầy")
        indexes = [models.Index(fields=["agency", "-opened_at"], name="visit_of_agency")]
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=True, acts_by="", proof="")
                | Q(organisation__isnull=False) & ~Q(acts_by="") & ~Q(proof=""),
                name="visit_for_organisation_has_proof",
            )
        ]

    def __str__(self) -> str:
        return f"{self.agency} {self.opened_at:%Y-%m-%d %H:%M}"
