"""Partners' systems (hệ thống kết nối) and the sessions of the wire protocol."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.agencies.models.agencies import Agency, AgencyLevel, Branch
from portal.core.encryption import EncryptedTextField


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
    wraps_replies = models.BooleanField(_("trả lời lồng trong message"), default=False, db_default=False)
    """Some exchanges hand a reply with a result on as text within one (protocol §9.1, §10.1), and clients expect it."""
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
