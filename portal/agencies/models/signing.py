"""Who may sign in a head's stead (giao ký thay): by which paper, for which procedures, from when until when."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from portal.agencies.models.agencies import Agency
from portal.agencies.models.dated import DatedQuerySet
from portal.agencies.models.posts import Membership, MembershipRole

DEPUTY = "phó"
"""How the title of a deputy begins (Phó Chủ tịch, Phó Trưởng phòng)."""
OF_A_DEPUTY = rf"^\s*{DEPUTY}(\s|$)"


class SigningManner(models.TextChoices):
    """In which form somebody signs for the head of an agency (hình thức ký) – NĐ 30/2020/NĐ-CP art. 13."""

    FOR_HEAD = "KT", _("KT. – cấp phó ký thay người đứng đầu")
    BY_ORDER = "TL", _("TL. – ký thừa lệnh người đứng đầu")
    BY_AUTHORISATION = "TUQ", _("TUQ. – ký thừa ủy quyền của người đứng đầu")


class SigningQuerySet(DatedQuerySet):
    """Reads over who may sign for whom."""

    def in_force(self, day: date) -> Self:
        """Those that allow a signature on a day: not taken back, one heads the agency, the other has a title."""
        posts = Membership.objects.valid_on(day).filter(agency=OuterRef("agency"), user__is_active=True)
        return self.valid_on(day).filter(
            Exists(posts.filter(user=OuterRef("signer")).exclude(role=MembershipRole.ADMINISTRATOR).exclude(title="")),
            Exists(
                posts.filter(user=OuterRef("principal"), role=MembershipRole.LEADER)
                .exclude(title="")
                .exclude(title__iregex=OF_A_DEPUTY)
            ),
            revoked_at__isnull=True,
        )

    def covering(self, procedure_code: str) -> Self:
        """Those for all procedures, or for this one among others."""
        return self.filter(Q(procedures=[]) | Q(procedures__contains=[procedure_code]))


class SigningDelegation(models.Model):
    """The head of an agency has somebody sign results there for her (giao ký), by a paper and for a time.

    Never changed once written: it is taken back, and another one is written. Who holds it passes it on to nobody.
    An absence (vắng mặt) is something else: there the work comes to a colleague, who signs by her own post.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="signing_delegations", verbose_name=_("cơ quan"))
    principal = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    """The head, for whom is signed."""
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="signing_delegations")
    manner = models.CharField(_("hình thức ký"), max_length=3, choices=SigningManner)
    procedures = models.JSONField(_("thủ tục"), default=list, blank=True)
    """Codes; none: all that the agency decides."""
    document_number = models.CharField(_("số văn bản giao ký"), max_length=60)
    document_date = models.DateField(_("ngày văn bản"))
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến ngày"))
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("ghi lúc"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("thu hồi lúc"), null=True, blank=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_for = models.CharField(_("lý do thu hồi"), max_length=200, blank=True)

    objects = SigningQuerySet.as_manager()

    class Meta:
        verbose_name = _("giao ký")
        verbose_name_plural = _("giao ký")
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="signing_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(principal=F("signer")), name="nobody_signs_for_herself"),
            models.CheckConstraint(condition=~Q(document_number=""), name="signing_has_its_paper"),
            models.CheckConstraint(
                condition=Q(document_date__lte=F("valid_from")), name="signing_begins_with_its_paper"
            ),
            models.CheckConstraint(
                condition=~Q(manner="TUQ", procedures=[]), name="authorised_signing_names_procedures"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="signing_revoked_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["agency", "principal", "signer", "manner", "document_number", "valid_from"],
                condition=Q(revoked_at__isnull=True),
                name="one_signing_per_paper_and_day",
            ),
        ]
        indexes = [models.Index(fields=["signer", "agency", "valid_to"], name="signing_of_signer")]

    def __str__(self) -> str:
        return f"{self.manner}. {self.principal} → {self.signer}"
