"""Digitising at the counter (số hóa giấy tờ tại bộ phận một cửa): scan, check, certify with the agency's signature.

NĐ 45/2020/NĐ-CP art. 10 (electronic copies), TT 01/2023/TT-VPCP on digitising papers of administrative procedures. An
official who certifies vouches that the copy shows the paper (mức tin cậy: cán bộ số hóa và ký xác nhận); where a leader
certifies what somebody else scanned, it counts as a certified electronic copy (`K`: which of the two needs a leader).
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from datastore import intake, joining, organisations, pdf_metadata, scan_quality, services, storage
from datastore.models import (
    Digitisation,
    DigitisationState,
    Document,
    PaperOriginal,
    TrustLevel,
)
from datastore.results import keys, signing
from portal.accounts.models import CitizenProfile, User
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import Agency
from portal.core.encryption import blind_index
from portal.core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, UpstreamError
from portal.core.language import in_language, speaking
from portal.core.text import clean_line
from portal.notifications import services as notifications

log = structlog.get_logger(__name__)

DIGITISED_BY = frozenset({ActorKind.DESK, ActorKind.AGENCY, ActorKind.LEADER})
CHECKS = {
    "same": gettext_lazy("Bản điện tử giống hệt bản giấy đã cầm trên tay"),
    "whole": gettext_lazy("Đủ trang, đủ mặt, thấy cả bốn góc"),
    "readable": gettext_lazy("Chữ, số và con dấu đọc được"),
    "facts": gettext_lazy("Số, ngày, cơ quan cấp và tên người khớp với bản giấy"),
}
"""What has to be confirmed before a scan is certified; kept with the digitisation by name."""
SIGNED_BECAUSE = "Số hóa và xác nhận bản điện tử đúng với bản giấy"
UNKNOWN_PERSON = gettext_lazy(
    "Chưa có ai với số định danh này từng đăng nhập Cổng. "
    "Hãy hướng dẫn người dân đăng nhập một lần bằng VNeID rồi số hóa."
)


def owner_of(personal_id: str) -> User:
    """The person with this identification number; raises InvalidInputError with field "personal_id"."""
    profile = CitizenProfile.objects.select_related("user").filter(personal_id_index=blind_index(personal_id)).first()
    if profile is None:
        raise InvalidInputError(UNKNOWN_PERSON, fields={"personal_id": [UNKNOWN_PERSON]})
    return profile.user


def scan(
    *,
    actor: Actor,
    owner: User,
    files: Sequence[tuple[str, IO[bytes]]],
    type_code: str,
    original: PaperOriginal | str = PaperOriginal.ORIGINAL,
    **facts: Any,
) -> Digitisation:
    """Take a scan of somebody's paper: one PDF, or its photographed pages. It waits, unseen by its owner, for a check.

    `facts` are those of `services.deposit`. Raises as that does, and NotAllowedError for who is no official at work.
    """
    agency, official = at_work(actor)
    with _as_pdf(files) as (name, content):
        findings = scan_quality.findings_of(content)
        content.seek(0)
        with transaction.atomic():
            document = services.deposit(
                owner=owner,
                content=content,
                name=name,
                type_code=type_code,
                trust=TrustLevel.DIGITISED,
                issuer=None,
                is_listed=False,
                **facts,
            )
            made = Digitisation.objects.create(
                document=document,
                agency=agency,
                original=PaperOriginal(original),
                findings=findings,
                scanned_by=official,
                scanned_by_name=actor.name[:200],
            )
    log.info("paper.scanned", digitisation_id=made.pk, agency=agency.code)
    return made


def get(pk: int, *, paths: Sequence[str]) -> Digitisation:
    """A digitisation of these agencies or those below; raises NotFoundError for others', existing or not."""
    found = Digitisation.objects.select_related("document__type", "document__owner", "agency").filter(pk=pk).first()
    if found is None or not any(found.agency.path.startswith(path) for path in paths):
        raise NotFoundError
    return found


def certify(pk: int, *, actor: Actor, checks: Sequence[str]) -> Digitisation:
    """Certify a scan: the agency's signature goes onto the PDF, the owner sees it from now on. Repeating is idle.

    Raises InvalidInputError with field "checks" while one is not confirmed, ConflictError for what was rejected,
    UpstreamError where the bytes or the signing key cannot be had.
    """
    at_work(actor)
    if missing := [name for name in CHECKS if name not in checks]:
        raise InvalidInputError(
            fields={"checks": [_("Hãy xác nhận: %(check)s.") % {"check": CHECKS[name]} for name in missing]}
        )
    with transaction.atomic():
        made = _locked(pk, actor)
        if made.state == DigitisationState.CERTIFIED:
            return made
        if made.state == DigitisationState.REJECTED:
            raise ConflictError(_("Bản quét này đã bị trả lại. Hãy quét lại."))
        document = made.document
        _sign(document, actor)
        by_another_leader = actor.kind == ActorKind.LEADER and actor.user != made.scanned_by
        document.trust = TrustLevel.CERTIFIED if by_another_leader else TrustLevel.DIGITISED
        document.is_listed = True
        document.save(update_fields=["trust", "is_listed"])
        made.checks = [name for name in CHECKS if name in checks]
        _decide(made, DigitisationState.CERTIFIED, actor)
        _tell(document, made)
    log.info("paper.certified", digitisation_id=made.pk, trust=document.trust)
    return made


@transaction.atomic
def reject(pk: int, *, actor: Actor, reason: str) -> Digitisation:
    """Send a scan back: its bytes go, the row with the reason stays. Repeating is idle.

    Raises InvalidInputError with field "reason" without one, ConflictError for what was certified already.
    """
    at_work(actor)
    if not (line := clean_line(reason)[:500]):
        raise InvalidInputError(fields={"reason": [_("Hãy ghi lý do không đạt.")]})
    made = _locked(pk, actor)
    if made.state == DigitisationState.CERTIFIED:
        raise ConflictError(_("Giấy tờ này đã được ký xác nhận và đã ở trong kho của người dân."))
    if made.state == DigitisationState.SCANNED:
        made.reason = line
        services.empty(made.document)
        _decide(made, DigitisationState.REJECTED, actor)
        log.info("paper.rejected", digitisation_id=made.pk)
    return made


def at_work(actor: Actor) -> tuple[Agency, User]:
    """For which agency an official acts, and who it is; raises NotAllowedError for anybody else."""
    if actor.kind not in DIGITISED_BY or actor.agency is None or actor.user is None:
        raise NotAllowedError
    return actor.agency, actor.user


def _locked(pk: int, actor: Actor) -> Digitisation:
    found = Digitisation.objects.select_for_update(of=("self",)).select_related("agency").filter(pk=pk).first()
    if found is None or actor.agency is None or not found.agency.is_within(actor.agency):
        raise NotFoundError
    papers = Document.objects.select_for_update(of=("self",)).select_related("type", "owner")
    found.document = papers.get(pk=found.document_id)
    return found


def _decide(made: Digitisation, state: DigitisationState, actor: Actor) -> None:
    made.state, made.decided_at = state, timezone.now()
    made.decided_by, made.decided_by_name = actor.user, actor.name[:200]
    made.save(update_fields=["state", "decided_at", "decided_by", "decided_by_name", "reason", "checks"])


def _sign(document: Document, actor: Actor) -> None:
    """Put the agency's signature onto the scan; the signed bytes take the place of the plain ones.

    Onto its pages alone: what the file tells beside them nobody held against the paper, and a result's QR text among
    it would be signed by the key of results.
    """
    file = document.files.select_related("blob").get()
    try:
        with storage.open_stream(file.blob) as stream:
            plain = pdf_metadata.without(stream.read())
    except (FileNotFoundError, pdf_metadata.NotPlainError) as error:
        raise UpstreamError(_("Không đọc được tệp đã quét. Hãy quét lại.")) from error
    agency = actor.agency
    keys.register()  # a signature counts by the certificate that our list of keys holds
    signed = signing.sign_pdf(
        plain,
        agency_name=agency.name if agency else "",
        location=agency.unit.name if agency and agency.unit else "",
        reason=SIGNED_BECAUSE,
        agency=agency,
    )
    services.put_bytes(file, io.BytesIO(signed))


def _tell(document: Document, made: Digitisation) -> None:
    for person in organisations.who_hears(document):
        _write_to(person, document, made)


def _write_to(person: User, document: Document, made: Digitisation) -> None:
    with speaking(person.language):
        names = {
            "agency": in_language(made.agency.name, made.agency.name_en),
            "paper": in_language(document.type.name, document.type.name_en),
        }
        subject = _("Giấy tờ đã số hóa: %(paper)s") % names
        body = _("%(agency)s đã số hóa và ký xác nhận “%(paper)s” của bạn. Bạn dùng lại được khi nộp hồ sơ.") % names
    notifications.notify(
        recipient=person,
        kind="document.digitised",
        subject=subject,
        body=body,
        link=f"/kho-du-lieu/{document.pk}/",
        dedupe_key=f"document.{document.pk}.digitised.{person.pk}",
    )


@contextmanager
def _as_pdf(files: Sequence[tuple[str, IO[bytes]]]) -> Iterator[tuple[str, IO[bytes]]]:
    """The scan as one PDF: as it came, or joined from its photographed pages."""
    if not files:
        raise intake.refusal(_("Chọn tệp đã quét."))
    name, content = files[0]
    content.seek(0)
    is_pdf = content.read(5) == b"%PDF-"
    content.seek(0)
    if is_pdf and len(files) == 1:
        yield name, content
        return
    if is_pdf:
        raise intake.refusal(_("Chọn một tệp PDF, hoặc các ảnh là những trang của cùng một giấy."))
    with joining.join(files) as joined:
        yield "ban-quet.pdf", joined
