"""Issue a result (cấp kết quả): draw, prove by QR, sign, lay in the store; and what changes its status later."""

import dataclasses
import io
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore import represented, services
from datastore.filenames import clean_name
from datastore.intake import Inspected, measure
from datastore.models import (
    Credential,
    Document,
    DocumentStatus,
    DocumentType,
    ScanState,
    TrustLevel,
    new_public_id,
)
from datastore.results import agency_keys, credential, keys, paper, signing
from datastore.results.contents import ResultContent
from datastore.scanning import Verdict
from portal.accounts.models import Organisation, Representation, User
from portal.core import qr
from portal.core.errors import ConflictError, NotFoundError

__all__ = [
    "HOW_TO_COMPLAIN",
    "REPLACED_STAYS",
    "ResultContent",
    "address",
    "canonical",
    "issue",
    "replace",
    "replaced_by",
    "revoke",
]

log = structlog.get_logger(__name__)

HOW_TO_COMPLAIN = _(
    "Nếu không đồng ý, bạn có quyền khiếu nại trong 90 ngày kể từ ngày biết việc thu hồi (Luật Khiếu nại 2011, Điều 9)."
)
"""Said to the holder of a revoked result: Luật Khiếu nại 02/2011/QH13 art. 7, 9."""
REPLACED_STAYS = _(
    "Giấy trước mà giấy này đã thay vẫn mang dấu “Đã được thay thế” trên Cổng."
    " Nếu cần giấy, hãy hỏi cơ quan cấp hoặc nộp hồ sơ mới."
)
"""Said to the holder of a revoked result that had taken the place of another (`replaced_by`).

Nothing in NĐ 123/2015/NĐ-CP or Luật Hộ tịch gives an earlier paper its force back (docs/assumptions.md).
"""
OWN_WORK = Verdict(ScanState.CLEAN, "portal")  # we drew it ourselves a moment ago


def issue(
    *,
    owner: User,
    reference: str,
    result: ResultContent,
    organisation: Organisation | None = None,
    representation: Representation | None = None,
) -> Document:
    """Issue a result once for a reference (a dossier code) and return its document; repeating returns the same one.

    It lies in the owner's store, or in that of the organisation for which she filed. By a `representation` somebody
    filed for the owner, who reads it, too.

    Nothing is written until the signed file is ready; then bytes, document and credential go in together. A crash
    before leaves at most a nameless file in storage, a crash after is found by the reference.
    """
    if (known := _issued(reference)) is not None:
        return known
    # A result must never be lost for want of a row of reference data: an unknown type is added by its code.
    kind, _created = DocumentType.objects.get_or_create(code=result.type_code, defaults={"name": result.title[:400]})
    end = services.end_of_validity(kind, timezone.localdate(result.decided_at))
    result = dataclasses.replace(result, valid_until=result.valid_until or end)
    public_id = new_public_id()
    content = canonical(result)
    digest = credential.content_sha256(content)
    token = credential.sign(_statement(result, public_id, digest))
    proof = address(public_id, token)
    drawing = qr.draw(proof, label="Mã QR xác thực kết quả")
    pdf = paper.draw(result, public_id=public_id, qr_svg=drawing.svg, credential=proof)
    signed = signing.sign_pdf(
        pdf, agency_name=result.issuer.name, location=paper.place(result.issuer), agency=result.issuer
    )
    file = _inspected(result, signed)
    key = keys.register()
    with transaction.atomic():
        _one_at_a_time(reference)
        if (known := _issued(reference)) is not None:
            return known  # another worker was faster; ours was never written
        document = _lay_down(owner, kind, result, file, organisation=organisation, representation=representation)
        Credential.objects.create(
            public_id=public_id,
            reference=reference,
            document=document,
            key=key,
            token=token,
            content_sha256=digest,
            content=credential.canonical_json(content),
            pdf_sha256=file.content_sha256,
            template_version=result.template_version,
        )
    log.info("result.issued", dossier=result.dossier_code, document_id=document.pk)
    return document


def canonical(result: ResultContent) -> dict[str, Any]:
    """The content whose digest the credential carries: what the paper states, kept for whoever may read the paper."""
    return {
        "agency": {"code": result.issuer.code, "name": result.issuer.name},
        "decided_at": result.decided_at.astimezone(timezone.get_default_timezone()).isoformat(timespec="seconds"),
        "dossier_code": result.dossier_code,
        "fields": [[label, value] for label, value in result.fields],
        "holder": {"id": result.holder_id, "name": result.holder_name},
        "number": result.number,
        "procedure": {"code": result.procedure_code, "name": result.procedure_name},
        "signer": {
            "name": result.signer_name,
            "title": result.signer_title,
            **({"signs_for": result.signs_for} if result.signs_for else {}),
        },
        "title": result.title,
        "valid_until": result.valid_until.isoformat() if result.valid_until else None,
    }


def address(public_id: str, token: str = "") -> str:
    """The text of the QR: an address any camera opens, in capitals for the QR's short mode, and the token behind #."""
    parts = urlsplit(settings.BASE_URL)
    base = f"{parts.scheme}://{parts.netloc}/XM/{public_id}".upper()
    return f"{base}#{token}" if token else base


@transaction.atomic
def revoke(document_id: int, *, reason: str, agency_name: str = "", legal_basis: str = "") -> Document:
    """Revoke a result (thu hồi); its verification page says so at once. Repeating changes nothing.

    Reason, agency and legal basis are for the holder's eyes; the open pages tell the state and its day only.
    """
    document = _locked(document_id)
    if document.status != DocumentStatus.REVOKED:
        document.status_agency_name, document.status_legal_basis = agency_name[:300], legal_basis[:200]
        document.save(update_fields=["status_agency_name", "status_legal_basis"])
        _set_status(document, DocumentStatus.REVOKED, reason)
    return document


@transaction.atomic
def replace(document_id: int, *, by: Document, reason: str) -> Document:
    """Mark a result as replaced by a newer one (thay thế); raises ConflictError when it was revoked or is the newer."""
    document = _locked(document_id)
    if document.status == DocumentStatus.REVOKED or by.pk == document.pk:
        raise ConflictError
    document.replaced_by = by
    document.save(update_fields=["replaced_by"])
    _set_status(document, DocumentStatus.REPLACED, reason)
    return document


def replaced_by(document_id: int) -> Document | None:
    """The last paper that this one took the place of; it stays replaced where this one is revoked."""
    older = Document.objects.filter(replaced_by=document_id, status=DocumentStatus.REPLACED)
    return older.order_by("-status_changed_at", "-pk").first()


def _locked(document_id: int) -> Document:
    document = Document.objects.select_for_update().filter(pk=document_id, credential__isnull=False).first()
    if document is None:
        raise NotFoundError
    return document


def _set_status(document: Document, status: DocumentStatus, reason: str) -> None:
    document.status, document.status_reason, document.status_changed_at = status, reason, timezone.now()
    document.save(update_fields=["status", "status_reason", "status_changed_at"])
    represented.paper_ended(document)
    log.info("result.status_changed", document_id=document.pk, status=str(status))


def _issued(reference: str) -> Document | None:
    return Document.objects.filter(credential__reference=reference).select_related("type").first()


def _one_at_a_time(reference: str) -> None:
    # The unique reference is the guard; the lock makes the slower worker wait for the faster one's document.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 10))", [reference])


def _inspected(result: ResultContent, signed: bytes) -> Inspected:
    stream = io.BytesIO(signed)
    size, digest = measure(stream)
    name = clean_name(f"{result.title[:100]} {result.number.replace('/', '-')}.pdf", "application/pdf")
    return Inspected(stream, name, "application/pdf", size, digest, OWN_WORK)


def _lay_down(owner: User, kind: DocumentType, result: ResultContent, file: Inspected, **whose: Any) -> Document:
    return services.keep(
        owner=owner,
        file=file,
        kind=kind,
        trust=TrustLevel.ISSUED,
        title=result.title[:400],
        issuer=result.issuer,
        number=result.number,
        issued_on=timezone.localdate(result.decided_at),
        valid_until=result.valid_until,
        dossier_code=result.dossier_code,
        procedure_code=result.procedure_code,
        **whose,
    )


def _statement(result: ResultContent, public_id: str, digest: str) -> credential.Statement:
    return credential.Statement(
        public_id=public_id,
        title=result.title,
        number=result.number,
        agency_name=agency_keys.brief(result.issuer),
        holder_name=result.holder_name,
        holder_id=result.holder_id,
        dossier_code=result.dossier_code,
        procedure_code=result.procedure_code,
        scope=result.scope,
        issued_at=timezone.now(),
        expires_at=_end_of(result.valid_until) if result.valid_until else None,
        content_digest=digest[: 2 * credential.DIGEST_BYTES],
    )


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))
