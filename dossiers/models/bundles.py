"""Filings of linked procedures (hồ sơ liên thông): one declaration, its dossiers, and what waits for what."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.models import Document
from dossiers.lifecycle import FINISHED_STATES, DossierState
from dossiers.models.assistance import Assistance
from dossiers.models.dossiers import Dossier
from dossiers.models.requests import FinancialObligation
from portal.agencies.models import Agency
from procedures.models import ProcedureVersion

if TYPE_CHECKING:
    from portal.accounts.models import User

HAS_RESULT = (DossierState.DECIDED, DossierState.RETURNED)
"""States in which a dossier may have the result that others wait for."""
FAILED = (DossierState.REFUSED, DossierState.STOPPED)
"""States in which it ended without one."""


class BundleFiling(models.Model):
    """One declaration of a linked procedure, frozen as it was sent with the plan of its day. NĐ 63/2024/NĐ-CP."""

    public_id = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    """That of the draft it was typed in: a second click on its button finds it."""
    procedure_version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="+")
    procedure_code = models.CharField(_("mã thủ tục"), max_length=60)
    definition = models.JSONField()
    filer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="filed_bundles")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="owned_bundles")
    applicant_name = models.CharField(_("chủ hồ sơ"), max_length=300)
    assistance = models.ForeignKey(Assistance, models.PROTECT, null=True, blank=True, related_name="+")
    answers = models.JSONField(_("nội dung kê khai"), default=dict)
    answers_sha256 = models.CharField(max_length=64)
    held = models.JSONField(_("giấy tờ báo là Nhà nước đã có"), default=list, blank=True)
    """[{component_code, words}]: what was said of papers of the declaration, for the dossiers that ask for them."""
    province_code = models.CharField(max_length=2, blank=True)
    commune_code = models.CharField(max_length=5, blank=True)
    submitted_at = models.DateTimeField(_("nộp lúc"), default=timezone.now)
    working_days = models.PositiveSmallIntegerField(_("số ngày làm việc"), null=True, blank=True)
    due_at = models.DateTimeField(_("thời hạn chung"), null=True, blank=True)
    """By when all of it is to be done, by the plan of its day; None where nothing limits the whole."""

    class Meta:
        verbose_name = _("hồ sơ liên thông")
        verbose_name_plural = _("hồ sơ liên thông")
        constraints = [
            models.CheckConstraint(
                condition=Q(due_at__isnull=True)
                | Q(working_days__isnull=False, working_days__gt=0, due_at__gt=models.F("submitted_at")),
                name="bundle_due_after_filing",
            )
        ]
        indexes = [
            models.Index(fields=["filer", "-id"], name="bundle_of_filer"),
            models.Index(fields=["due_at"], name="bundle_due", condition=Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_code} {self.public_id}"


class BundlePartQuerySet(models.QuerySet["BundlePart"]):
    """Reads over parts."""

    def waiting(self) -> Self:
        """Parts whose dossier has not been opened."""
        return self.filter(opened_at__isnull=True)

    def ready(self) -> Self:
        """Waiting parts whose every need has its result; a result that is still being laid down is waited for."""
        unmet: Any = BundlePart.objects.filter(feeds=OuterRef("pk")).exclude(
            Q(dossier__state__in=HAS_RESULT, dossier__result_document__isnull=False)
            | Q(dossier__state=DossierState.RETURNED) & ~Q(dossier__result_issue__work_state="pending")
        )
        return self.waiting().exclude(Exists(unmet))

    def over(self) -> Self:
        """Parts that ask for no payment any more: ended, never filed, or waiting for what ended without a result."""
        failed = Q(problem__gt="") | Q(opened_at__isnull=False, dossier=None) | Q(dossier__state__in=FAILED)
        return self.filter(failed | Q(dossier__state__in=sorted(FINISHED_STATES)) | _waiting_for(failed))

    def lying(self, since: datetime) -> Self:
        """Parts that the applicant has had as a draft since before then, and those that wait for one."""
        draft = Q(dossier__isnull=False, dossier__code=None, opened_at__lt=since)
        return self.filter(draft | _waiting_for(draft))


def _waiting_for(those: Q) -> Q:
    """Parts not opened whose need is one of those, or waits for one itself."""
    further = Exists(BundlePart.objects.filter(those, feeds=OuterRef("pk")))
    needs: Any = BundlePart.objects.filter(those | Q(further, opened_at=None), feeds=OuterRef("pk"))
    return Q(Exists(needs), opened_at=None)


class BundlePart(models.Model):
    """One dossier of a bundle, or the place where it will be (hồ sơ thành phần)."""

    bundle = models.ForeignKey(BundleFiling, models.CASCADE, related_name="parts")
    node = models.CharField(max_length=50)
    position = models.PositiveSmallIntegerField()
    procedure_code = models.CharField(_("mã thủ tục"), max_length=60)
    procedure_name = models.TextField(_("tên thủ tục"))
    dossier = models.OneToOneField(
        Dossier, models.SET_NULL, null=True, blank=True, related_name="bundle_part", verbose_name=_("hồ sơ")
    )
    """A draft where the applicant has to add something; None before it is opened, and where she threw it away."""
    needs = models.ManyToManyField("self", symmetrical=False, related_name="feeds", blank=True)
    opened_at = models.DateTimeField(_("mở lúc"), null=True, blank=True)
    problem = models.CharField(_("vì sao chưa nộp được"), max_length=500, blank=True)

    objects = BundlePartQuerySet.as_manager()

    class Meta:
        verbose_name = _("hồ sơ thành phần")
        verbose_name_plural = _("hồ sơ thành phần")
        ordering = ["bundle", "position"]
        constraints = [
            models.UniqueConstraint(fields=["bundle", "node"], name="one_part_per_node"),
            models.CheckConstraint(
                condition=Q(dossier__isnull=True) | Q(opened_at__isnull=False), name="opened_part_has_time"
            ),
        ]
        indexes = [models.Index(fields=["bundle"], name="part_waiting", condition=Q(opened_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.node} {self.bundle_id}"


class BundlePaper(models.Model):
    """A paper that came with the declaration, for every dossier that asks for it."""

    bundle = models.ForeignKey(BundleFiling, models.CASCADE, related_name="papers")
    component_code = models.CharField(_("mã thành phần"), max_length=60)
    document = models.ForeignKey(Document, models.PROTECT, related_name="used_in_bundles")
    from_store = models.BooleanField(_("lấy từ kho"), default=False)

    class Meta:
        verbose_name = _("giấy tờ của hồ sơ liên thông")
        verbose_name_plural = _("giấy tờ của hồ sơ liên thông")
        constraints = [
            models.UniqueConstraint(fields=["bundle", "component_code", "document"], name="one_paper_per_component")
        ]

    def __str__(self) -> str:
        return self.component_code


class PaidAhead(models.Model):
    """Money that came for a charge of a part before anybody asked for it (khoản nộp trước).

    It settles the charge in the moment in which the agency asks for it, or goes back (payments.ahead).
    """

    part = models.ForeignKey(BundlePart, models.PROTECT, related_name="paid_ahead")
    charge = models.CharField(_("mã khoản thu"), max_length=60)
    """The published charge (procedures.models.FeeRule.charge)."""
    amount_vnd = models.PositiveBigIntegerField(_("số tiền (đồng)"))
    reference = models.CharField(_("mã giao dịch"), max_length=100)
    paid_at = models.DateTimeField(_("nộp lúc"), default=timezone.now)
    collector = models.ForeignKey(
        Agency, models.PROTECT, db_index=False, related_name="+", verbose_name=_("đơn vị thu")
    )
    """For whom it came; it settles a charge of this agency only."""
    obligation = models.OneToOneField(
        FinancialObligation, models.PROTECT, null=True, blank=True, related_name="paid_ahead"
    )
    """What it settled."""
    returned_at = models.DateTimeField(_("trả lại lúc"), null=True, blank=True)
    """When it was noted that it goes back."""

    class Meta:
        verbose_name = _("khoản nộp trước")
        verbose_name_plural = _("khoản nộp trước")
        constraints = [
            models.CheckConstraint(condition=Q(amount_vnd__gt=0) & ~Q(charge=""), name="paid_ahead_is_of_a_charge"),
            models.CheckConstraint(
                condition=Q(obligation__isnull=True) | Q(returned_at__isnull=True), name="paid_ahead_settles_or_returns"
            ),
            models.UniqueConstraint(
                fields=["part", "charge"], condition=Q(returned_at__isnull=True), name="one_payment_ahead_per_charge"
            ),
        ]
        indexes = [
            models.Index(fields=["part"], name="paid_ahead_held", condition=Q(obligation=None, returned_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.charge}"


def may_see(user: "User") -> Q:
    """Whose bundles somebody reads: those she filed, and those that are hers."""
    return Q(filer=user) | Q(owner=user)
