"""What anybody may learn about a result (xác thực kết quả): its live status, whether a token or a file is ours."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files import File
from django.db import DatabaseError, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.models import Credential, DocumentStatus
from datastore.results import credential, key_sets, signing
from datastore.results.credential import CredentialError, Verified
from portal.core.statements import Statement

__all__ = ["CredentialError", "FileVerdict", "ResultState", "Status", "check_file", "status_of", "verify_token"]


class ResultState(models.TextChoices):
    """Live state of a result (tình trạng kết quả)."""

    VALID = "valid", _("Còn hiệu lực")
    REPLACED = "replaced", _("Đã được thay thế")
    REVOKED = "revoked", _("Đã bị thu hồi")
    EXPIRED = "expired", _("Đã hết hiệu lực")
    UNKNOWN = "unknown", _("Không tìm thấy")


@dataclass(frozen=True, slots=True)
class Status:
    """The live status of a result, with the least data that makes sense of it: nothing about the person."""

    state: ResultState
    public_id: str = ""
    type_name: str = ""
    type_name_en: str = ""
    agency_name: str = ""
    issued_on: date | None = None
    valid_until: date | None = None
    changed_at: datetime | None = None
    replaced_by: str = ""
    """Public id of the result that took its place."""


def status_of(public_id: str) -> Status:
    """Return the live status of a result by the id in its QR, in any case of letters; one query."""
    found = (
        Credential.objects.filter(public_id=public_id.strip().upper()[:16])
        .select_related("document__type", "document__issuer", "document__replaced_by__credential")
        .first()
    )
    if found is None:
        return Status(ResultState.UNKNOWN)
    document = found.document
    newer = document.replaced_by
    return Status(
        state=_state(document.status, document.valid_until),
        public_id=found.public_id,
        type_name=document.type.name,
        type_name_en=document.type.name_en,
        agency_name=document.shown_issuer,
        issued_on=document.issued_on,
        valid_until=document.valid_until,
        changed_at=document.status_changed_at,
        replaced_by=newer.credential.public_id if newer is not None and hasattr(newer, "credential") else "",
    )


_EDITION = Statement("SELECT number FROM datastore_resultedition")


def edition() -> str | None:
    """Another one after every change of an issued result's standing, and every day; None while nobody can know.

    A trigger counts in the transaction of the change (migration 0020), so a status page that was kept is drawn anew at
    once, in every process.
    """
    try:
        row = _EDITION.first()
    except DatabaseError:
        return None
    return f"{row[0]} {timezone.localdate()}" if row else None


def _state(status: str, valid_until: date | None) -> ResultState:
    if status == DocumentStatus.REVOKED:
        return ResultState.REVOKED
    if status == DocumentStatus.REPLACED:
        return ResultState.REPLACED
    if valid_until is not None and valid_until < timezone.localdate():
        return ResultState.EXPIRED
    return ResultState.VALID


def verify_token(text: str) -> Verified:
    """Check a token, or a scanned address with one behind #; raises CredentialError with a code."""
    return credential.verify(text)


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """What an uploaded PDF is: a file we issued byte for byte, its signature, and the live status where it is ours."""

    is_issued_file: bool
    signature: signing.SignatureCheck
    status: Status


def check_file(stream: "File[bytes]") -> FileVerdict:
    """Judge a PDF by its digest, its PAdES signature and the live status; nothing is kept of it."""
    check = signing.check_pdf(stream.read())
    found = Credential.objects.filter(pdf_sha256=check.sha256).first()
    status = status_of(found.public_id) if found else Status(ResultState.UNKNOWN)
    return FileVerdict(found is not None, check, status)


def key_set() -> dict[str, Any]:
    """The credential keys as a JSON Web Key Set, retired ones with their time (`nbf`, `exp` in seconds)."""
    return {"keys": key_sets.public_keys()}


def root_key() -> dict[str, Any] | None:
    """The public half of the root key that signed the newest list of keys; None where none was signed yet."""
    released = key_sets.latest()
    return dict(released.root_jwk) if released else None
