"""Public halves of the signing keys (khóa ký)."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


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
    agencies = models.JSONField(default=list, db_default=[], blank=True)
    """For whom a certificate signs papers, by the names that credentials give them; `*` is every agency."""
    valid_from = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("khóa ký")
        verbose_name_plural = _("khóa ký")

    def __str__(self) -> str:
        return self.kid


class KeySetRelease(models.Model):
    """The list of credential keys as the root key signed it once; the newest is served, the others are history."""

    root_kid = models.CharField(max_length=64)
    root_jwk = models.JSONField()
    keys_sha256 = models.CharField(max_length=64)
    """Digest of the list, to see whether the keys have changed since."""
    jws = models.TextField()
    cose = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("bộ khóa công khai")
        verbose_name_plural = _("bộ khóa công khai")

    def __str__(self) -> str:
        return f"{self.root_kid} {self.created_at:%d/%m/%Y %H:%M}"
