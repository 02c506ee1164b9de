"""The document store (kho quản lý dữ liệu điện tử): every byte, its owner, its trust, who may read it and who did."""

import base64
import secrets
from datetime import date
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.agencies.actors import ActorKind
from portal.agencies.models import Agency, ApiClient


class DocumentGroup(models.TextChoices):
    """Where papers of a type come from."""

    RESULT = "result", _("Kết quả giải quyết")
    LETTER = "letter", _("Văn bản của hồ sơ")
    UPLOAD = "upload", _("Giấy tờ của người nộp")


class DocumentType(models.Model):
    """A kind of paper by its national or own code (loại giấy tờ)."""

    code = models.CharField(_("mã"), max_length=60, unique=True)
    name = models.CharField(_("tên"), max_length=400)
    name_en = models.CharField(_("tên tiếng Anh"), max_length=400, blank=True)
    group = models.CharField(_("nhóm"), max_length=6, choices=DocumentGroup, default=DocumentGroup.RESULT)
    validity_months = models.PositiveSmallIntegerField(_("thời hạn (tháng)"), null=True, blank=True)
    is_reusable = models.BooleanField(_("dùng lại được"), default=True)
    is_identity_paper = models.BooleanField(_("giấy tờ tuỳ thân"), default=False)

    class Meta:
        verbose_name = _("loại giấy tờ")
        verbose_name_plural = _("loại giấy tờ")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ScanState(models.TextChoices):
    """What the malware scan said (quét mã độc)."""

    UNSCANNED = "unscanned", _("Chưa quét")
    CLEAN = "clean", _("Sạch")
    INFECTED = "infected", _("Có mã độc")


class Blob(models.Model):
    """Bytes, once per owner and digest (tệp); the storage key is random, the kept name belongs to the document."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="blobs")
    content_sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    storage_key = models.CharField(max_length=100, unique=True)
    scan_state = models.CharField(max_length=9, choices=ScanState, default=ScanState.UNSCANNED)
    scanner = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("tệp")
        verbose_name_plural = _("tệp")
        constraints = [
            models.UniqueConstraint(fields=["owner", "content_sha256"], name="bytes_once_per_owner"),
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="blob_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.content_sha256[:12]


class TrustLevel(models.TextChoices):
    """How far a document can be relied on (mức tin cậy) – NĐ 45/2020/NĐ-CP art. 10, 14, 16; TT 01/2023/TT-VPCP."""

    ISSUED = "A", _("Bản điện tử gốc do cơ quan ký số")
    CERTIFIED = "B", _("Bản sao điện tử có chứng thực")
    DIGITISED = "C", _("Cán bộ số hóa và ký xác nhận")
    UPLOADED = "D", _("Bạn tự tải lên")


class DocumentStatus(models.TextChoices):
    """State of a document (tình trạng giấy tờ); expiry is computed from valid_until."""

    VALID = "valid", _("Còn hiệu lực")
    REPLACED = "replaced", _("Đã được thay thế")
    REVOKED = "revoked", _("Đã bị thu hồi")
    DELETED = "deleted", _("Đã xóa khỏi kho")


class DocumentQuerySet(models.QuerySet["Document"]):
    """Reads over documents."""

    def of(self, user: object) -> Self:
        """A person's own documents, without those she deleted."""
        return self.filter(owner=user).exclude(status=DocumentStatus.DELETED)

    def listed(self, user: object) -> Self:
        """What the person's store shows: no letters and receipts, which stand on the dossier's page."""
        return self.of(user).filter(is_listed=True)


class Document(models.Model):
    """A paper in the store (giấy tờ điện tử): uploaded, reused and issued ones are the same kind of thing."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="documents")
    type = models.ForeignKey(DocumentType, models.PROTECT, related_name="documents", verbose_name=_("loại"))
    title = models.CharField(_("tên"), max_length=400)
    number = models.CharField(_("số, ký hiệu"), max_length=60, blank=True)
    issuer_name = models.CharField(_("cơ quan cấp"), max_length=300, blank=True)
    issuer = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="issued_documents")
    issued_on = models.DateField(_("ngày cấp"), null=True, blank=True)
    valid_until = models.DateField(_("có giá trị đến"), null=True, blank=True)
    status = models.CharField(
        _("tình trạng"),
        max_length=8,
        choices=DocumentStatus,
        default=DocumentStatus.VALID,
    )
    status_reason = models.TextField(_("lý do"), blank=True)
    status_changed_at = models.DateTimeField(default=timezone.now)
    trust = models.CharField(_("mức tin cậy"), max_length=1, choices=TrustLevel)
    is_listed = models.BooleanField(_("hiện trong kho"), default=True)
    """Letters and receipts of a dossier are bytes of the store but do not crowd its list."""
    dossier_code = models.CharField(_("mã hồ sơ"), max_length=50, blank=True, db_index=True)
    procedure_code = models.CharField(_("mã thủ tục"), max_length=20, blank=True)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaces")
    search_text = models.TextField(editable=False, default="")
    """Title, number and issuer without case and tone marks, for the owner's search."""
    created_at = models.DateTimeField(default=timezone.now)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("giấy tờ điện tử")
        verbose_name_plural = _("giấy tờ điện tử")
        indexes = [
            models.Index(
                fields=["owner", "-created_at", "-id"],
                name="document_of_owner",
                condition=Q(is_listed=True) & ~Q(status="deleted"),
            ),
            models.Index(
                fields=["owner", "type", "-created_at", "-id"],
                name="document_of_owner_and_type",
                condition=Q(is_listed=True) & ~Q(status="deleted"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def is_expired(self, day: date) -> bool:
        """Whether its validity ran out before a day."""
        return self.valid_until is not None and self.valid_until < day

    def is_in_force(self, day: date) -> bool:
        """Whether it counts on a day: valid, and not expired."""
        return self.status == DocumentStatus.VALID and not self.is_expired(day)


class DocumentFile(models.Model):
    """One file of a document, with the name it came with."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="files")
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="uses")
    name = models.CharField(_("tên tệp"), max_length=200)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("tệp của giấy tờ")
        verbose_name_plural = _("tệp của giấy tờ")
        ordering = ["document", "position"]
        constraints = [models.UniqueConstraint(fields=["document", "position"], name="one_file_per_position")]

    def __str__(self) -> str:
        return self.name


class Grant(models.Model):
    """An agency's right to read a document while it handles a dossier (quyền truy cập)."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="grants")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="grants")
    dossier_code = models.CharField(_("mã hồ sơ"), max_length=50, db_index=True)
    purpose = models.CharField(_("mục đích"), max_length=300)
    granted_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("quyền truy cập")
        verbose_name_plural = _("quyền truy cập")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "agency", "dossier_code"],
                name="one_grant_per_dossier",
            )
        ]

    def __str__(self) -> str:
        return f"{self.agency} – {self.dossier_code}"


class AccessAction(models.TextChoices):
    """What a reader did."""

    LOOKED = "looked", _("đã xem thông tin")
    OPENED = "opened", _("đã mở tệp")


class AccessLog(models.Model):
    """One reading of a document by somebody other than its owner (nhật ký truy cập); append-only."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="accesses")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="accesses_to_mine")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    client = models.ForeignKey(ApiClient, models.PROTECT, null=True, blank=True, related_name="+")
    reader_name = models.CharField(_("người xem"), max_length=200)
    reader_role = models.CharField(_("vai"), max_length=20, choices=ActorKind)
    action = models.CharField(_("việc đã làm"), max_length=6, choices=AccessAction)
    purpose = models.CharField(_("mục đích"), max_length=300)
    dossier_code = models.CharField(_("mã hồ sơ"), max_length=50, blank=True)
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("lượt xem giấy tờ")
        verbose_name_plural = _("lượt xem giấy tờ")
        indexes = [models.Index(fields=["owner", "-read_at", "-id"], name="access_of_owner")]

    def __str__(self) -> str:
        return f"{self.reader_name} {self.read_at:%Y-%m-%d %H:%M}"


class KeyUse(models.TextChoices):
    """What a signing key signs."""

    CREDENTIAL = "credential", _("Mã QR xác thực")
    DOCUMENT = "document", _("Chữ ký số trên tệp PDF")


class SigningKey(models.Model):
    """The public side of a signing key (khóa ký); the private side lies in SIGNING_KEYS_DIR or an HSM."""

    kid = models.CharField(max_length=64, unique=True)
    use = models.CharField(max_length=10, choices=KeyUse)
    algorithm = models.CharField(max_length=20)
    public_jwk = models.JSONField(default=dict)
    certificate_pem = models.TextField(blank=True)
    valid_from = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("khóa ký")
        verbose_name_plural = _("khóa ký")

    def __str__(self) -> str:
        return self.kid


def new_public_id() -> str:
    """Return 80 random bits as 16 capitals and figures: unguessable, and short in a QR's alphanumeric mode."""
    return base64.b32encode(secrets.token_bytes(10)).decode()


class Credential(models.Model):
    """The signed statement in a result's QR (mã QR) – TT 01/2023/TT-VPCP art. 26; its page shows the live status."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id)
    reference = models.CharField(max_length=100, unique=True)
    """What the result was issued for (a dossier code): however often an issue is tried, there is one result."""
    document = models.OneToOneField(Document, models.PROTECT, related_name="credential")
    key = models.ForeignKey(SigningKey, models.PROTECT, related_name="credentials")
    token = models.TextField()
    """The COSE_Sign1 in base32 as it stands in the QR's fragment (docs/adr/0010)."""
    content_sha256 = models.CharField(max_length=64)
    """Digest of the result's canonical content; the credential carries its first half."""
    pdf_sha256 = models.CharField(max_length=64, db_index=True)
    """Digest of the signed file, which the credential inside that file cannot carry."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("mã xác thực kết quả")
        verbose_name_plural = _("mã xác thực kết quả")

    def __str__(self) -> str:
        return self.public_id


class Reuse(models.Model):
    """One time a stored paper stood in for a new upload (sử dụng lại giấy tờ)."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="reuses")
    dossier_code = models.CharField(max_length=50, db_index=True)
    component_code = models.CharField(max_length=60)
    consent_text = models.CharField(max_length=300)
    content_sha256 = ArrayField(models.CharField(max_length=64))
    reused_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("lượt sử dụng lại")
        verbose_name_plural = _("lượt sử dụng lại")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "dossier_code", "component_code"],
                name="one_reuse_per_component",
            )
        ]

    def __str__(self) -> str:
        return f"{self.dossier_code} {self.component_code}"
