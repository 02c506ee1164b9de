"""A person at the counter (lượt tiếp tại quầy): who came, which official received her, at which desk's agency."""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Organisation, Representation
from portal.agencies.models import Agency
from portal.core.moments import vn_datetime

if TYPE_CHECKING:
    from portal.accounts.models import User


class ActsBy(models.TextChoices):
    """By what somebody acts for an organisation at a counter (tư cách).

    BLDS 91/2015/QH13 art. 134–138; that a member whom the portal knows needs no paper is our choice.
    """

    REPRESENTATIVE = "representative", _("Người đại diện theo pháp luật")
    MANDATE = "mandate", _("Người được ủy quyền")
    MEMBER = "member", _("Thành viên của tổ chức trên Cổng")


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
    """What the official saw at the desk: kind, number, day and signer of the paper; of a member her role here."""
    mandate_until = models.DateField(_("ủy quyền đến hết ngày"), null=True, blank=True)
    """The last day of a mandate; none of a visit from before it was asked for."""
    mandate_procedures = models.CharField(
        _("thủ tục được ủy quyền"), max_length=200, blank=True, default="", db_default=""
    )
    """Codes that the mandate names, between blanks; empty where it is for whatever the organisation files."""
    representation = models.ForeignKey(
        Representation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="counter_visits",
        verbose_name=_("nộp thay cá nhân"),
        db_index=False,
    )
    """By which the person who came acts for another one at this visit: for a child, a ward, or by mandate."""
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
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=True) | Q(representation__isnull=True), name="visit_for_one_other"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency}, {vn_datetime(self.opened_at)}"

    @property
    def acts_by_words(self) -> str:
        """By what she acts, as forms and pages name it."""
        words = [self.get_acts_by_display(), self.proof]
        if self.mandate_until is not None:
            words.append(_("đến hết ngày %(day)s") % {"day": f"{self.mandate_until:%d/%m/%Y}"})
        if self.mandated:
            words.append(_("chỉ thủ tục %(codes)s") % {"codes": ", ".join(self.mandated)})
        return "; ".join(str(text) for text in words)

    @property
    def mandated(self) -> list[str]:
        """Codes of the procedures that the mandate is for; none: for all."""
        return self.mandate_procedures.split()

    def is_within_mandate(self, procedure_code: str) -> bool:
        """Whether who came may file this (BLDS 91/2015/QH13 art. 141: nobody acts beyond the scope of the mandate)."""
        if self.representation is not None:
            return self.representation.covers(procedure_code)
        return not self.mandated or procedure_code in self.mandated

    @property
    def principal(self) -> "User":
        """Whose dossiers are filed at this visit: the person represented at it, or the visitor."""
        return self.representation.principal if self.representation is not None else self.applicant
