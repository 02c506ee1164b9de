"""Agencies (cơ quan), their one-stop desks (bộ phận một cửa), and which filing goes to which."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.agencies.models.dated import DatedQuerySet
from portal.agencies.models.units import AdministrativeUnit
from portal.core.language import in_language


class AgencyLevel(models.TextChoices):
    """Level at which an agency acts (cấp cơ quan)."""

    MINISTRY = "ministry", _("Cấp bộ")
    PROVINCE = "province", _("Cấp tỉnh")
    COMMUNE = "commune", _("Cấp xã")
    OTHER = "other", _("Cơ quan khác")


class Branch(models.TextChoices):
    """Branch of administration an agency belongs to (ngành); routing goes by branch, level and place."""

    PEOPLES_COMMITTEE = "peoples_committee", _("Ủy ban nhân dân")
    POLICE = "police", _("Công an")
    INSURANCE = "insurance", _("Bảo hiểm xã hội")
    JUSTICE = "justice", _("Tư pháp")
    FINANCE = "finance", _("Tài chính")
    INDUSTRY_TRADE = "industry_trade", _("Công Thương")
    HOME_AFFAIRS = "home_affairs", _("Nội vụ")
    HEALTH = "health", _("Y tế")
    CONSTRUCTION = "construction", _("Xây dựng")
    ELECTRICITY = "electricity", _("Điện lực")
    OTHER = "other", _("Khác")


class Agency(models.Model):
    """An agency that receives, decides or publishes (cơ quan), by its official code – QĐ 20/2020/QĐ-TTg."""

    code = models.CharField(_("mã định danh"), max_length=35, unique=True)
    name = models.CharField(_("tên"), max_length=300)
    short_name = models.CharField(_("tên ngắn"), max_length=150, blank=True)
    name_en = models.CharField(_("tên tiếng Anh"), max_length=300, blank=True)
    level = models.CharField(_("cấp"), max_length=10, choices=AgencyLevel)
    branch = models.CharField(_("ngành"), max_length=20, choices=Branch, default=Branch.OTHER)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=250, editable=False, default="", db_index=True)
    """Codes from the top joined by "/", with a closing "/": an agency's own and its children's rows share a prefix."""
    unit = models.ForeignKey(
        AdministrativeUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="agencies",
    )
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")
    valid_from = models.DateField(_("từ ngày"), null=True, blank=True)
    valid_to = models.DateField(_("đến ngày"), null=True, blank=True)
    office_hours = models.JSONField(_("giờ làm việc"), default=list, blank=True)
    """Spans of a working day as ["07:30", "11:30"]; empty means the default of portal.core.calendar."""
    works_on_saturday = models.BooleanField(_("làm sáng thứ Bảy"), default=False)
    counts_saturday = models.BooleanField(_("tính sáng thứ Bảy vào thời hạn"), default=False, db_default=False)
    """Most desks only take and hand out on Saturdays; where this stands it is a working day (docs/assumptions.md)."""
    address = models.CharField(_("địa chỉ"), max_length=300, blank=True)
    phone = models.CharField(_("điện thoại"), max_length=40, blank=True)
    tax_code = models.CharField(_("mã số thuế"), max_length=14, blank=True)
    treasury_account = models.CharField(_("tài khoản kho bạc"), max_length=30, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("cơ quan")
        verbose_name_plural = _("cơ quan")
        ordering = ["code"]
        indexes = [
            models.Index(
                fields=["path"],
                name="agency_path_prefix",
                opclasses=["varchar_pattern_ops"],
            ),
            models.Index(fields=["branch", "level", "unit"], name="agency_routing"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """What the agency is called in the reader's language.

        English names of agencies below the ministries are translations of our own, not official ones
        (docs/assumptions.md).
        """
        return in_language(self.name, self.name_en)

    @property
    def line_codes(self) -> list[str]:
        """Codes of the agencies above it from the top, then its own; empty for a row that was never saved."""
        return self.path.strip("/").split("/") if self.path else []

    def is_within(self, other: "Agency") -> bool:
        """Whether this agency is the other one or stands below it."""
        return self.path.startswith(other.path)


class OneStopDesk(models.Model):
    """The place where dossiers are handed in (bộ phận một cửa) – NĐ 118/2025/NĐ-CP."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="desks")
    name = models.CharField(_("tên"), max_length=200)
    name_en = models.CharField(_("tên tiếng Anh"), max_length=200, blank=True, db_default="", default="")
    address = models.CharField(_("địa chỉ"), max_length=300, blank=True)
    is_active = models.BooleanField(_("đang hoạt động"), default=True)

    class Meta:
        verbose_name = _("bộ phận một cửa")
        verbose_name_plural = _("bộ phận một cửa")

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """What it is called in the reader's language; the English name is a translation of our own, as of agencies."""
        return in_language(self.name, self.name_en)


class RoutingRule(models.Model):
    """Which agency and desk a filing goes to (quy tắc chuyển hồ sơ) where branch, level and place do not say it.

    See portal.agencies.routing_rules. NĐ 118/2025/NĐ-CP: an agency may be given what lies outside its own place.
    """

    procedure_code = models.CharField(_("mã thủ tục"), max_length=60, blank=True)
    branch = models.CharField(_("ngành"), max_length=20, choices=Branch, blank=True)
    level = models.CharField(_("cấp"), max_length=10, choices=AgencyLevel, blank=True)
    province_code = models.CharField(_("mã tỉnh"), max_length=2, blank=True)
    commune_code = models.CharField(_("mã xã"), max_length=5, blank=True)
    agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="routing_rules", verbose_name=_("chuyển về cơ quan")
    )
    desk = models.ForeignKey(
        OneStopDesk,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="routing_rules",
        verbose_name=_("bộ phận một cửa"),
    )
    legal_basis = models.CharField(_("căn cứ"), max_length=200)
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến ngày"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("quy tắc chuyển hồ sơ")
        verbose_name_plural = _("quy tắc chuyển hồ sơ")
        constraints = [
            models.CheckConstraint(
                condition=~Q(procedure_code="", branch="", level="", province_code="", commune_code=""),
                name="routing_rule_names_something",
            ),
            models.UniqueConstraint(
                fields=["procedure_code", "branch", "level", "province_code", "commune_code", "valid_from"],
                name="one_routing_rule_per_scope_and_day",
            ),
        ]

    def __str__(self) -> str:
        named = [self.procedure_code, self.get_branch_display(), self.get_level_display(), self.province_code]
        return f"{' · '.join(filter(None, [*named, self.commune_code]))} → {self.agency}"
