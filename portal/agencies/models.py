"""Territory, agencies and who works or connects for them; every row is dated so that old codes still resolve."""

from datetime import date
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.encryption import EncryptedTextField
from portal.core.language import in_language


class DatedQuerySet(models.QuerySet):
    """Reads over dated rows."""

    def valid_on(self, day: date) -> Self:
        """Rows in force on a day."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        )


class UnitLevel(models.TextChoices):
    """Level of an administrative unit; two levels since 1 July 2025 (cấp đơn vị hành chính)."""

    PROVINCE = "province", _("Tỉnh, thành phố")
    COMMUNE = "commune", _("Xã, phường, đặc khu")


class AdministrativeUnit(models.Model):
    """A province or commune with its official code (đơn vị hành chính)."""

    code = models.CharField(_("mã"), max_length=5, unique=True)
    name = models.CharField(_("tên"), max_length=100)
    full_name = models.CharField(_("tên đầy đủ"), max_length=150)
    folded_name = models.CharField(max_length=150, editable=False, db_index=True)
    sort_key = models.CharField(max_length=300, editable=False, default="")
    level = models.CharField(_("cấp"), max_length=8, choices=UnitLevel)
    kind = models.CharField(_("loại"), max_length=40)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")
    valid_from = models.DateField(_("từ ngày"), null=True, blank=True)
    valid_to = models.DateField(_("đến ngày"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("đơn vị hành chính")
        verbose_name_plural = _("đơn vị hành chính")
        ordering = ["level", "code"]

    def __str__(self) -> str:
        return self.full_name


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

    def is_within(self, other: "Agency") -> bool:
        """Whether this agency is the other one or stands below it."""
        return self.path.startswith(other.path)


class OneStopDesk(models.Model):
    """The place where dossiers are handed in (bộ phận một cửa) – NĐ 118/2025/NĐ-CP."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="desks")
    name = models.CharField(_("tên"), max_length=200)
    address = models.CharField(_("địa chỉ"), max_length=300, blank=True)
    is_active = models.BooleanField(_("đang hoạt động"), default=True)

    class Meta:
        verbose_name = _("bộ phận một cửa")
        verbose_name_plural = _("bộ phận một cửa")

    def __str__(self) -> str:
        return self.name


class RoutingRule(models.Model):
    """Which agency and desk a filing goes to (quy tắc chuyển hồ sơ) where branch, level and place do not say it.

    See portal.agencies.routes. NĐ 118/2025/NĐ-CP: an agency may be given what lies outside its own place.
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


class ClientKind(models.TextChoices):
    """How a partner's system talks to the portal."""

    REST = "rest", _("API v1")
    WIRE = "wire", _("Định dạng DVCQG")


class ApiClient(models.Model):
    """A ministry's or province's system (hệ thống kết nối): its credentials with us, and ours with it."""

    name = models.CharField(_("tên hệ thống"), max_length=150)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="clients")
    kind = models.CharField(_("loại kết nối"), max_length=5, choices=ClientKind)
    is_active = models.BooleanField(_("đang hoạt động"), default=True)
    oidc_client_id = models.CharField(_("client id"), max_length=100, blank=True)
    wire_username = models.CharField(_("tài khoản"), max_length=100, blank=True)
    wire_password_hash = models.CharField(max_length=200, blank=True, editable=False)
    wire_agency_code = models.CharField(_("madonvi"), max_length=35, blank=True)
    success_literal = models.CharField(_("giá trị error_code khi thành công"), max_length=2, default="0")
    """Some mid-2020 builds need "00" (protocol §0.5)."""
    webhook_url = models.URLField(_("địa chỉ nhận hồ sơ"), max_length=500, blank=True)
    webhook_secret = EncryptedTextField(_("khóa ký webhook"), blank=True, default="")
    file_hosts = ArrayField(
        models.CharField(max_length=255),
        verbose_name=_("máy chủ tệp được phép"),
        default=list,
        blank=True,
    )
    """Hosts from which result files may be fetched; anything else is refused (SSRF guard, protocol §3.3)."""
    receives_dossiers = models.BooleanField(_("giải quyết hồ sơ trên hệ thống riêng"), default=False)
    branches = ArrayField(
        models.CharField(max_length=20, choices=Branch),
        verbose_name=_("ngành"),
        default=list,
        blank=True,
    )
    """Branches whose dossiers go to this system; empty means all below its agency."""
    agency_level = models.CharField(_("chỉ cấp"), max_length=10, choices=AgencyLevel, blank=True)
    code_version = models.PositiveIntegerField(_("bản bảng mã đang dùng"), default=0, db_default=0, editable=False)
    """Which version of the system's code table counts (dossiers.partners.code_tables); 0 means it has none."""
    created_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(_("lần gọi gần nhất"), null=True, blank=True)

    class Meta:
        verbose_name = _("hệ thống kết nối")
        verbose_name_plural = _("hệ thống kết nối")
        constraints = [
            models.UniqueConstraint(
                fields=["oidc_client_id"],
                condition=~Q(oidc_client_id=""),
                name="oidc_client_id_once",
            ),
            models.UniqueConstraint(
                fields=["wire_username"],
                condition=~Q(wire_username=""),
                name="wire_username_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def event_source(self) -> str:
        """How events name this system as the one they come from: the other half of their `source_reference`."""
        return f"client:{self.pk}"


class WireSession(models.Model):
    """A session of the wire protocol (protocol §1.4): many per account, sliding, never ended by a new login."""

    token_sha256 = models.CharField(max_length=64, unique=True)
    client = models.ForeignKey(ApiClient, models.CASCADE, related_name="wire_sessions")
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("phiên kết nối")
        verbose_name_plural = _("phiên kết nối")

    def __str__(self) -> str:
        return f"{self.client} – {self.expires_at:%Y-%m-%d %H:%M}"


class DayKind(models.TextChoices):
    """What a calendar row says of its day."""

    OFF = "off", _("Nghỉ")
    WORKED = "worked", _("Làm việc (làm bù)")


class CalendarDay(models.Model):
    """A day off or a day worked instead (ngày nghỉ, ngày làm bù) – BLLĐ art. 112 and the Government's yearly swaps."""

    day = models.DateField(_("ngày"))
    kind = models.CharField(_("loại"), max_length=6, choices=DayKind)
    name = models.CharField(_("tên"), max_length=150)
    name_en = models.CharField(_("tên tiếng Anh"), max_length=150, blank=True)
    source = models.CharField(_("căn cứ"), max_length=200)
    agency = models.ForeignKey(Agency, models.CASCADE, null=True, blank=True, related_name="calendar_days")
    """None means the whole country."""

    class Meta:
        verbose_name = _("ngày nghỉ, ngày làm bù")
        verbose_name_plural = _("ngày nghỉ, ngày làm bù")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "agency"],
                name="one_row_per_day_and_agency",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.name}"


class Absence(models.Model):
    """An official is away and another one stands in (vắng mặt, ủy quyền): from a day to a day, both included.

    The substitute acts by her own posts and under her own name; what she gains is that the other's work comes to her.
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
