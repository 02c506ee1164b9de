"""A province's own policies on fees and times (nghị quyết của Hội đồng nhân dân cấp tỉnh) as dated rows."""

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import Agency
from procedures.models.contents import FeeKind
from procedures.policies import FEE_EFFECTS, TIME_EFFECTS, PolicyEffect

E = PolicyEffect


class PolicyChannel(models.TextChoices):
    """Which way of filing a policy is for (cách nộp)."""

    ONLINE = "online", _("Nộp trực tuyến")
    DIRECT = "direct", _("Nộp trực tiếp, bưu chính")
    ALL = "all", _("Mọi cách nộp")


class LocalPolicyQuerySet(models.QuerySet["LocalPolicy"]):
    """Reads over policies."""

    def covering(self, procedure_code: str, field_code: str) -> Self:
        """Policies that name a procedure or its field."""
        return self.filter(Q(procedure_codes__contains=[procedure_code]) | Q(field_codes__contains=[field_code]))

    def not_over(self, day: date) -> Self:
        """Policies that hold on a day or will hold later."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def _figures(effects: list[PolicyEffect], **needed: bool) -> Q:
    """These effects have exactly the figures they need."""
    return Q(effect__in=effects) & Q(**{f"{name}__isnull": not is_needed for name, is_needed in needed.items()})


class LocalPolicy(models.Model):
    """One effect of one resolution: a lower fee or a shorter time, for whom, where, how filed, and until when.

    The one way to say what is different in a province; what holds in the whole country stands in ``FeeRule``.
    """

    code = models.SlugField(_("mã"), max_length=80, unique=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="local_policies", verbose_name=_("cơ quan"))
    """Whose administrator keeps it: the province's committee, or one below it."""
    name = models.CharField(_("tên"), max_length=300)
    name_en = models.CharField(_("tên tiếng Anh"), max_length=300, blank=True)
    legal_basis = models.CharField(_("căn cứ"), max_length=200)
    effect = models.CharField(_("nội dung"), max_length=12, choices=PolicyEffect)
    percent = models.DecimalField(_("phần trăm giảm"), max_digits=4, decimal_places=2, null=True, blank=True)
    amount_vnd = models.PositiveBigIntegerField(_("số tiền (đồng)"), null=True, blank=True)
    time_value = models.PositiveIntegerField(_("thời hạn mới"), null=True, blank=True)
    time_unit = models.CharField(_("đơn vị thời hạn"), max_length=20, blank=True)
    channel = models.CharField(_("cách nộp"), max_length=6, choices=PolicyChannel, default=PolicyChannel.ONLINE)
    provinces = ArrayField(models.CharField(max_length=2), verbose_name=_("tỉnh, thành phố"))
    communes = ArrayField(
        models.CharField(max_length=5), verbose_name=_("xã, phường, đặc khu"), default=list, blank=True
    )
    """Empty: everywhere in the provinces."""
    procedure_codes = ArrayField(
        models.CharField(max_length=20), verbose_name=_("mã thủ tục"), default=list, blank=True
    )
    field_codes = ArrayField(models.CharField(max_length=60), verbose_name=_("mã lĩnh vực"), default=list, blank=True)
    """Every procedure of these fields."""
    fee_kinds = ArrayField(
        models.CharField(max_length=10, choices=FeeKind), verbose_name=_("loại tiền"), default=list, blank=True
    )
    """Empty: phí and lệ phí alike."""
    charges = ArrayField(models.CharField(max_length=60), verbose_name=_("khoản thu"), default=list, blank=True)
    """Keys of charges (``FeeRule.charge``); empty: every charge of the procedure."""
    condition = models.JSONField(_("điều kiện"), null=True, blank=True)
    """Over the answers, as in a procedure pack; None: every filing."""
    when_text = models.TextField(_("khi nào"), blank=True)
    when_text_en = models.TextField(_("khi nào (tiếng Anh)"), blank=True)
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến ngày"), null=True, blank=True)
    source_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    """Digest of the reference row it was loaded from; an administrator's changes stay until that row changes."""
    updated_at = models.DateTimeField(_("sửa lúc"), auto_now=True)

    objects = LocalPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("chính sách địa phương")
        verbose_name_plural = _("chính sách địa phương")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="policy_ends_after_it_begins",
                violation_error_message=_("Ngày kết thúc phải từ ngày bắt đầu trở đi."),
            ),
            models.CheckConstraint(
                condition=Q(provinces__len__gt=0),
                name="policy_has_a_province",
                violation_error_message=_("Hãy chọn ít nhất một tỉnh, thành phố."),
            ),
            models.CheckConstraint(
                condition=Q(procedure_codes__len__gt=0) | Q(field_codes__len__gt=0),
                name="policy_covers_something",
                violation_error_message=_("Hãy ghi ít nhất một mã thủ tục hoặc một mã lĩnh vực."),
            ),
            models.CheckConstraint(
                condition=~Q(legal_basis=""),
                name="policy_has_legal_basis",
                violation_error_message=_("Hãy ghi số, ký hiệu của nghị quyết."),
            ),
            models.CheckConstraint(
                condition=_figures([E.FEE_PERCENT, E.TIME_PERCENT], percent=True, amount_vnd=False, time_value=False)
                | _figures([E.FEE_LESS, E.FEE_NEW], percent=False, amount_vnd=True, time_value=False)
                | _figures([E.FEE_FREE], percent=False, amount_vnd=False, time_value=False)
                | _figures([E.TIME_NEW], percent=False, amount_vnd=False, time_value=True),
                name="policy_has_the_figure_of_its_effect",
                violation_error_message=_(
                    "Mỗi nội dung cần đúng một con số: phần trăm khi giảm phần trăm, số tiền khi giảm tiền hoặc đặt "
                    "mức thu mới, thời hạn khi đặt thời hạn mới; không thu thì để trống."
                ),
            ),
            models.CheckConstraint(
                condition=(Q(percent__isnull=True) | Q(percent__gt=0, percent__lt=100))
                & (Q(amount_vnd__isnull=True) | Q(amount_vnd__gt=0))
                & (Q(time_value__isnull=True, time_unit="") | (Q(time_value__gt=0) & ~Q(time_unit=""))),
                name="policy_figures_are_sensible",
                violation_error_message=_(
                    "Phần trăm phải lớn hơn 0 và nhỏ hơn 100; số tiền và thời hạn phải lớn hơn 0, thời hạn có đơn vị."
                ),
            ),
            models.CheckConstraint(
                condition=Q(effect__in=sorted(FEE_EFFECTS))
                | Q(effect__in=sorted(TIME_EFFECTS), fee_kinds__len=0, charges__len=0),
                name="policy_on_time_names_no_charge",
                violation_error_message=_("Chính sách về thời hạn không ghi loại tiền hay khoản thu."),
            ),
        ]
        indexes = [
            GinIndex(fields=["procedure_codes"], name="policy_by_procedure"),
            GinIndex(fields=["field_codes"], name="policy_by_field"),
        ]

    def __str__(self) -> str:
        return self.name
