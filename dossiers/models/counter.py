"""A person at the counter (lượt tiếp tại quầy): who came, which official received her, at which desk's agency."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import Agency


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
    card_was_scanned = models.BooleanField(_("đã quét mã QR trên thẻ"), default=False)
    opened_at = models.DateTimeField(_("lúc"), default=timezone.now)

    class Meta:
        verbose_name = _("lượt tiếp tại quầy")
        verbose_name_plural = _("lượt tiếp tại quầy")
        indexes = [models.Index(fields=["agency", "-opened_at"], name="visit_of_agency")]

    def __str__(self) -> str:
        return f"{self.agency} {self.opened_at:%Y-%m-%d %H:%M}"
