"""What anybody may learn about a result (xác thực kết quả): its live status, whether a token or a file is ours."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files import File
from django.db import DatabaseError, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.models import Credential, Document, DocumentGroup, DocumentStatus, TrustLevel
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
        .defer("content", "document__replaced_by__credential__content")  # nobody here may read what the paper states
        .first()
    )
    if found is None:
        return Status(ResultState.UNKNOWN)
    return _status(found.document, found.public_id)


def _status(document: Document, public_id: str = "") -> Status:
    newer = document.replaced_by
    return Status(
        state=_state(document.status, document.valid_until),
        public_id=public_id,
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
    """What an uploaded PDF is: a file we issued byte for byte, its signature, and the live status where it is known."""

    is_issued_file: bool
    signature: signing.SignatureCheck
    status: Status
    sent_on: date | None = None
    """The day on which an agency's own system sent this very file; None where none did."""
    letter_number: str | None = None
    """Of a letter or receipt of the portal, this very file: its number, which some have not; None for other files."""


def check_file(stream: "File[bytes]") -> FileVerdict:
    """Judge a PDF by its digest, its PAdES signature and the live status; nothing is kept of it."""
    check = signing.check_pdf(stream.read())
    found = Credential.objects.filter(pdf_sha256=check.sha256).defer("content").first()
    if found is not None:
        return FileVerdict(True, check, status_of(found.public_id))
    sent = _sent_by_an_agency(check.sha256)
    if sent is not None:
        return FileVerdict(False, check, _status(sent), timezone.localdate(sent.created_at))
    letter = _letter(check.sha256) if check.is_valid else None
    if letter is not None:
        return FileVerdict(False, check, _status(letter), letter_number=letter.number)
    return FileVerdict(False, check, Status(ResultState.UNKNOWN))


def _letter(sha256: str) -> Document | None:
    """The letter or receipt whose file this is: kind, number, agency and day stand on the file itself."""
    ours = Document.objects.filter(type__group=DocumentGroup.LETTER, trust=TrustLevel.ISSUED)
    found = ours.filter(files__blob__content_sha256=sha256).exclude(status=DocumentStatus.DELETED)
    return found.select_related("type", "issuer", "replaced_by__credential").order_by("pk").first()


def _sent_by_an_agency(sha256: str) -> Document | None:
    """The paper of a store whose file this is and which an agency's system sent; its newest word of several.

    Who sent it vouches for it (`TrustLevel.FETCHED`), so it is no forgery for want of a signature of the portal.
    """
    before = models.Q(trust=TrustLevel.DIGITISED, issuer__isnull=False)  # as the release before wrote it
    return (
        Document.objects.filter(before | models.Q(trust=TrustLevel.FETCHED), files__blob__content_sha256=sha256)
        .filter(is_listed=True)
        .exclude(status=DocumentStatus.DELETED)
        .select_related("type", "issuer", "replaced_by__credential")
        .order_by("-created_at", "-pk")
        .first()
    )


def key_set() -> dict[str, Any]:
    """The credential keys as a JSON Web Key Set, retired ones with their time (`nbf`, `exp` in seconds)."""
    return {"keys": key_sets.public_keys()}


def root_key() -> dict[str, Any] | None:
    """The public half of the root key that signed the newest list of keys; None where none was signed yet."""
    released = key_sets.latest()
    return dict(released.root_jwk) if released else None
