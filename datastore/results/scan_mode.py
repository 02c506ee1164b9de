"""The officials' scan mode (chế độ kiểm tra của cán bộ): each check is a row, and shows the fields a role may see.

Who checks holds the paper, so a whole and genuine QR shows what stands on the paper; its identification number whole
only to the agency that issued it or that may read it for a dossier (assumption, docs/assumptions.md). A bare number
shows what it shows to anybody. What is shown of a person leaves a row that she sees.
"""

import re
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from datastore import access, readings
from datastore.models import AccessAction, CheckOutcome, Credential, Document, ResultCheck
from datastore.results import credential, verification
from datastore.results.contents import scope_words
from datastore.results.credential import CredentialError, Statement
from datastore.results.verification import ResultState, Status
from portal.agencies.actors import Actor
from portal.core.errors import NotFoundError
from portal.core.masking import mask_personal_id

PUBLIC_ID = re.compile(r"[A-Z2-7]{16}")
MAX_CHARACTERS = 4000
FIELDS = (
    ("title", _("Tên giấy")),
    ("number", _("Số, ký hiệu")),
    ("agency_name", _("Cơ quan cấp")),
    ("holder_name", _("Cấp cho")),
    ("holder_id", _("Số định danh")),
    ("dossier_code", _("Mã hồ sơ")),
    ("procedure_code", _("Mã thủ tục")),
    ("scope", _("Phạm vi")),
)


@dataclass(frozen=True, slots=True)
class Check:
    """What a check found and may show."""

    outcome: CheckOutcome
    status: Status
    reason: str = ""
    """Why a QR is not to be trusted: a code of CredentialError, or other_document."""
    rows: list[tuple[str, str]] = field(default_factory=list)
    is_masked: bool = False
    status_reason: str = ""
    """Why the result was revoked or replaced, for the agency that issued it."""


@transaction.atomic
def check(text: str, *, actor: Actor, purpose: str) -> Check:
    """Judge what was scanned, typed or pasted, as this official; always leaves a row."""
    official, agency = actor.user, actor.agency
    if official is None or agency is None:
        raise NotFoundError
    public_id, statement, reason = _read(text)
    status = verification.status_of(public_id) if public_id else Status(ResultState.UNKNOWN)
    found = Credential.objects.filter(public_id=public_id).select_related("document__issuer").defer("content").first()
    document = found.document if found else None
    made = Check(CheckOutcome.FORGED if reason else CheckOutcome(status.state), status, reason)
    if statement is not None and document is not None:
        made = _shown(made, statement, document, actor)
        readings.of_document(
            document,
            actor=actor,
            purpose=f"Kiểm tra giấy đang cầm: {purpose}",
            action=AccessAction.LOOKED,
            dossier_code="",
        )
    ResultCheck.objects.create(
        official=official,
        agency=agency,
        role=actor.kind,
        purpose=purpose[:200],
        document=document,
        outcome=made.outcome,
        has_signature=statement is not None,
    )
    return made


def _read(text: str) -> tuple[str, Statement | None, str]:
    """The id that was asked for, what the QR says where it is whole, and why it is not to be trusted."""
    address, mark, token = text.strip()[:MAX_CHARACTERS].partition("#")
    named = PUBLIC_ID.search(address.upper().rpartition("/")[2])
    public_id = named[0] if named else ""
    if not mark and public_id:
        return public_id, None, ""
    try:
        statement = credential.verify(token or address).statement
    except CredentialError as error:
        return public_id, None, error.code
    if mark and public_id != statement.public_id:
        return public_id, None, "other_document"
    return statement.public_id, statement, ""


def _shown(made: Check, statement: Statement, document: Document, actor: Actor) -> Check:
    is_issuer = document.issuer is not None and actor.agency is not None and document.issuer.is_within(actor.agency)
    is_whole = is_issuer or access.may_read(document.pk, actor=actor)
    rows = []
    for name, label in FIELDS:
        value = getattr(statement, name)
        if name == "holder_id" and not is_whole:
            value = ", ".join(mask_personal_id(number) for number in value.split(", "))  # of two people, two
        if value:
            rows.append((str(label), scope_words(value) if name == "scope" else value))
    return Check(
        outcome=made.outcome,
        status=made.status,
        rows=rows,
        is_masked=not is_whole and bool(statement.holder_id),
        status_reason=document.status_reason if is_issuer else "",
    )
