"""The signed statement in a result's QR (mã QR)."""

import base64
import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from datastore.models.documents import Document
from datastore.models.keys import SigningKey
from datastore.models.result_templates import ResultTemplateVersion
from portal.core.encryption import EncryptedTextField


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
    content = EncryptedTextField(blank=True, default="", db_default="", editable=False)
    """That content, as the JSON that was digested, for who may read the paper; empty where it was issued before."""
    pdf_sha256 = models.CharField(max_length=64, db_index=True)
    """Digest of the signed file, which the credential inside that file cannot carry."""
    template_version = models.ForeignKey(
        ResultTemplateVersion, models.PROTECT, null=True, blank=True, related_name="credentials"
    )
    """The template the paper was written by; none: the general paper of answers."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("mã xác thực kết quả")
        verbose_name_plural = _("mã xác thực kết quả")

    def __str__(self) -> str:
        return self.public_id
