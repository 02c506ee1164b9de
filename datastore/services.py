"""The one door into the store: deposit, delete (kho quản lý dữ liệu điện tử) – NĐ 45/2020/NĐ-CP, TT 01/2023."""

import json
from calendar import monthrange
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import MAXYEAR, date, timedelta
from typing import IO, Any

import structlog
from django.core.files import File
from django.db import transaction
from django.db.models import PROTECT, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from datastore import access, bytes_once, quota, storage
from datastore.intake import NONE_OF_ITS_OWN, Inspected, Limits, inspected, measure
from datastore.models import (
    AccessLog,
    Blob,
    Document,
    DocumentFile,
    DocumentStatus,
    DocumentType,
    ScanState,
    TrustLevel,
)
from datastore.scanning import Verdict
from portal.accounts.models import Organisation, Representation, User
from portal.agencies.actors import Actor
from portal.agencies.models import Agency
from portal.core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, Text
from portal.core.text import clean_line, fold

log = structlog.get_logger(__name__)

DRAFT_KEPT = timedelta(hours=12)
"""So long a paper that no event took yet is found again; the sweep drops it after a day (datastore.sweeping)."""
IN_USE = gettext_lazy(
    "Giấy tờ này đang nằm trong một hồ sơ hoặc bản nháp nên chưa xóa được. "
    "Nếu là bản nháp, hãy gỡ giấy tờ khỏi bản nháp trước."
)


def inspecting(
    content: "File[bytes] | IO[bytes] | bytes",
    name: str,
    *,
    type_code: str,
    trust: TrustLevel | str,
    may_be: Sequence[str] = (),
) -> AbstractContextManager[Inspected]:
    """Read and scan bytes for `deposit`, which takes what this gives: before a lock, for a scanner may take its time.

    Raises InvalidInputError("file") and UpstreamError as deposit does.
    """
    is_own = trust == TrustLevel.UPLOADED
    [limits] = limits_of([[type_code, *may_be]]) if is_own else [NONE_OF_ITS_OWN]
    return inspected(content, name, from_agency=not is_own, limits=limits)


def deposit(
    *,
    owner: User,
    content: "File[bytes] | IO[bytes] | bytes | Inspected",
    name: str,
    type_code: str,
    title: str = "",
    trust: TrustLevel | str,
    about: str = "",
    number: str = "",
    issuer: Agency | None = None,
    issued_on: date | None = None,
    valid_until: date | None = None,
    dossier_code: str = "",
    procedure_code: str = "",
    is_listed: bool = True,
    organisation: Organisation | None = None,
    representation: Representation | None = None,
    once: bool = False,
    may_be: Sequence[str] = (),
) -> Document:
    """Put bytes into somebody's store as a new document: the only way in for uploads, letters and results alike.

    Raises InvalidInputError: field "file" (empty, too large or long, not what its name says, unsupported, locked,
    scripted or infected, beyond what the owner's store holds) with the cure; "type" for an unknown document type;
    "title", "number", "valid_until" for what cannot be kept. What its owner uploads keeps within the limits of its
    type, too, or of the loosest of those that it `may_be` instead. With `once`, the owner's listed document of this
    type with these very bytes is returned instead of a second one, marked `was_there`: a form sent twice. So is one
    that is not listed yet, where the one asked for is none either: an agency's event that is tried again. Raises
    UpstreamError when the malware scanner does not answer. Who holds a lock gives what passed before (`inspecting`, of
    the same type and trust); `name` then says nothing more. The bytes are on the disk before any row speaks of them.
    """
    heading = _line(title, 400, "title")
    facts: dict[str, Any] = {
        "about_name": _line(about, 200, "about"),
        "number": _line(number, 60, "number"),
        "issued_on": issued_on,
        "valid_until": valid_until,
        "dossier_code": dossier_code,
        "procedure_code": procedure_code,
        "is_listed": is_listed,
        "organisation": organisation,
        "representation": representation,
    }
    if issued_on and valid_until and valid_until < issued_on:
        raise _invalid("valid_until", _("Ngày hết hiệu lực phải sau ngày cấp."))
    kind = document_type(type_code)
    passed: AbstractContextManager[Inspected] = (
        nullcontext(content)
        if isinstance(content, Inspected)
        else inspecting(content, name, type_code=type_code, trust=trust, may_be=may_be)
    )
    with passed as file, transaction.atomic():
        if once and trust == TrustLevel.UPLOADED:
            quota.hold(owner, organisation)  # of a form sent twice at once the second sees what the first one kept
        draft_of = "" if is_listed else dossier_code
        alike = (
            _same_paper(
                organisation or owner,
                file,
                kind,
                TrustLevel(trust),
                draft_of=draft_of,
                filer_id=representation.representative_id if representation else None,
            )
            if once
            else None
        )
        if alike is not None:
            alike.was_there = True
            return alike
        if trust == TrustLevel.UPLOADED:
            quota.require_room(owner, file.size_bytes, organisation=organisation)
        document = keep(
            owner=owner, file=file, kind=kind, trust=TrustLevel(trust), title=heading, issuer=issuer, **facts
        )
    log.info("document.deposited", document_id=document.pk, trust=str(trust), size_bytes=file.size_bytes)
    return document


def document_type(code: str) -> DocumentType:
    """Return a document type by its code; raises InvalidInputError with field "type"."""
    try:
        return DocumentType.objects.get(code=code)
    except DocumentType.DoesNotExist:
        raise _invalid("type", _("Chưa có loại giấy tờ này. Hãy chọn một loại trong danh sách.")) from None


def limits_of(alternatives: Sequence[Sequence[str]]) -> list[Limits]:
    """How large what its owner uploads may be, for each list of types that it may have, by their codes; one query."""
    wanted = {code for codes in alternatives for code in codes}
    kinds = {kind.code: kind for kind in DocumentType.objects.filter(code__in=wanted)} if wanted else {}
    return [Limits.of([kinds[code] for code in codes if code in kinds]) for codes in alternatives]


def keep(
    *,
    owner: User,
    file: Inspected,
    kind: DocumentType,
    trust: TrustLevel,
    title: str,
    issuer: Agency | None,
    **facts: object,
) -> Document:
    """Write bytes and rows of an inspected file; the caller is in a transaction."""
    blob = bytes_once.find_or_write(Blob.objects.all(), file, owner=owner)
    document = Document(owner=owner, type=kind, trust=trust, title=title or kind.name, issuer=issuer, **facts)
    document.valid_until = document.valid_until or end_of_validity(kind, document.issued_on)
    document.issuer_name = issuer.name if issuer else ""
    document.search_text = search_text(document)
    document.save(force_insert=True)
    DocumentFile.objects.create(document=document, blob=blob, name=file.name, position=0)
    return document


def end_of_validity(kind: DocumentType, issued_on: date | None) -> date | None:
    """The last day of a paper that runs out by itself so many months after its issue, or None."""
    if not kind.validity_months or issued_on is None:
        return None
    years, month = divmod(issued_on.month - 1 + kind.validity_months, 12)
    year = issued_on.year + years
    if year >= MAXYEAR:  # an agency's system may send any day
        return None
    return date(year, month + 1, min(issued_on.day, monthrange(year, month + 1)[1]))


def _same_paper(
    holder: User | Organisation,
    file: Inspected,
    kind: DocumentType,
    trust: TrustLevel,
    *,
    draft_of: str,
    filer_id: int | None,
) -> Document | None:
    mine = Document.objects.listed(holder)
    if filer_id is not None and trust == TrustLevel.UPLOADED:  # what another parent uploaded is not hers to read
        hers = Q(representation=None) | Q(representation__representative=filer_id)
        mine = mine.filter(hers | ~Q(trust=TrustLevel.UPLOADED))
    if draft_of:  # young ones only: the sweep drops those that no event took
        since = timezone.now() - DRAFT_KEPT
        mine = Document.objects.of(holder).filter(is_listed=False, dossier_code=draft_of, created_at__gt=since)
    if trust == TrustLevel.FETCHED:  # the release before this level wrote it as digitised, with its issuer
        mine = mine.filter(Q(trust=trust) | Q(trust=TrustLevel.DIGITISED, issuer__isnull=False))
    elif trust != TrustLevel.UPLOADED:  # what the holder uploaded herself is not what an agency vouches for
        mine = mine.filter(trust=trust)
    mine = mine.filter(type=kind, status=DocumentStatus.VALID)
    return mine.filter(files__blob__content_sha256=file.content_sha256).order_by("pk").first()


def search_text(document: Document) -> str:
    """What the owner's search looks through: title, whose it is, number, issuer and type, folded."""
    return fold(
        " ".join([document.title, document.about_name, document.number, document.issuer_name, document.type.name])
    )


@transaction.atomic
def delete(document_id: int, actor: Actor) -> None:
    """Delete a document from its owner's store, with its bytes where nothing else uses them.

    A tombstone without content stays, so that the record of who looked stays whole. Raises NotFoundError for anybody
    but the owner, ConflictError in words where a dossier or a draft still refers to it, NotAllowedError for a result
    issued by an agency (Luật Lưu trữ 33/2024/QH15: kept for its term).
    """
    document = (
        Document.objects.select_for_update().filter(pk=document_id).exclude(status=DocumentStatus.DELETED).first()
    )
    if document is None or not access.is_owner(document, actor):
        raise NotFoundError
    if not access.may_manage(document, actor):
        raise NotAllowedError(_("Chỉ người đại diện theo pháp luật được xóa giấy tờ của tổ chức."))
    if document.trust == TrustLevel.ISSUED:
        raise NotAllowedError(_("Kết quả do cơ quan cấp được giữ trong kho theo quy định lưu trữ nên không xóa được."))
    if is_in_use(document):
        raise ConflictError(IN_USE, code="document.in_use")
    empty(document)
    log.info("document.deleted", document_id=document.pk)


def put_bytes(file: DocumentFile, stream: IO[bytes]) -> None:
    """Let other bytes of the same kind take the place of a file's: a scan that was signed. Within a transaction."""
    old = file.blob
    size, digest = measure(stream)
    verdict = Verdict(ScanState(old.scan_state), old.scanner)
    fresh = Inspected(stream, file.name, old.content_type, size, digest, verdict)
    file.blob = bytes_once.find_or_write(Blob.objects.all(), fresh, owner=old.owner)
    file.save(update_fields=["blob"])
    _drop_unused([old])


@transaction.atomic
def name_subject(document_id: int, name: str, facts: Mapping[str, str] | None = None) -> None:
    """Say whom a paper is about, where nothing says so yet; repeating is idle.

    `facts` is what the paper says of that person beside the name (Document.about), for the next form.
    """
    document = Document.objects.select_for_update(of=("self",)).select_related("type").get(pk=document_id)
    if document.about_name or document.status == DocumentStatus.DELETED:
        return
    document.about_name = clean_line(name)[:200]
    document.about_facts = json.dumps(dict(facts), ensure_ascii=False, sort_keys=True) if facts else ""
    document.search_text = search_text(document)
    document.save(update_fields=["about_name", "about_facts", "search_text"])


def empty(document: Document) -> None:
    """Make a locked document a tombstone: its files go, with the bytes that nothing else uses."""
    blobs = list(Blob.objects.select_for_update().filter(uses__document=document))
    document.files.all().delete()
    _drop_unused(blobs)
    document.status = DocumentStatus.DELETED
    document.status_changed_at = timezone.now()
    document.title, document.about_name, document.number = document.type.name, "", ""
    document.issuer_name = document.search_text = document.about_facts = ""
    emptied = ("title", "about_name", "about_facts", "number", "issuer_name", "search_text")
    document.save(update_fields=["status", "status_changed_at", *emptied])


def _drop_unused(blobs: Sequence[Blob]) -> None:
    for blob in blobs:
        if not blob.uses.exists():
            blob.delete()
            storage.remove_after_commit(blob.storage_key)


@transaction.atomic
def void(document_id: int, *, reason: str) -> None:
    """Say that a letter no longer holds (thu hồi văn bản); it stays in the store with the reason. Repeating is idle."""
    document = Document.objects.select_for_update().get(pk=document_id)
    if document.status != DocumentStatus.REVOKED:
        document.status, document.status_reason = DocumentStatus.REVOKED, reason
        document.status_changed_at = timezone.now()
        document.save(update_fields=["status", "status_reason", "status_changed_at"])


def supersede(document_id: int, *, by: Document, reason: str) -> bool:
    """Mark a delivered paper as replaced by the one its agency delivered after it; False where it counts no more.

    Results that the portal signed are replaced by `datastore.results.service`, which knows their credentials.
    """
    unsigned = Document.objects.filter(pk=document_id, credential__isnull=True, status=DocumentStatus.VALID)
    told = {"status": DocumentStatus.REPLACED, "status_reason": reason, "status_changed_at": timezone.now()}
    return bool(unsigned.update(replaced_by=by, **told))


def is_in_use(document: Document) -> bool:
    """Whether a dossier, a draft or the reuse ledger still refers to it: whatever holds it by a protected key."""
    for relation in document._meta.related_objects:
        holder = relation.related_model
        if relation.on_delete is not PROTECT or holder is AccessLog:
            continue
        if holder._base_manager.filter(**{relation.field.name: document}).exists():
            return True
    return document.grants.exists()


def _line(text: str, limit: int, field: str) -> str:
    line = clean_line(text)
    if len(line) > limit:
        raise _invalid(field, _("Dài quá %(limit)d ký tự. Hãy viết ngắn lại.") % {"limit": limit})
    return line


def _invalid(field: str, message: Text) -> InvalidInputError:
    return InvalidInputError(message, fields={field: [message]})
