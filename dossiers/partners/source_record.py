"""A partner's record of a dossier (bản ghi của hệ thống nguồn) as the dossier's own content."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from dossiers.models import Dossier
from dossiers.partners.wire import ReportedDossier
from portal.accounts.models import CitizenProfile
from portal.core.encryption import blind_index
from portal.core.masking import IDENTITY_NUMBER_FIELDS, mask_personal_id
from portal.core.statements import Statement
from procedures import published


def describe(dossier: Dossier, record: ReportedDossier) -> None:
    """Copy what the record says about the dossier; the state is not its business."""
    describe_procedure(dossier, record.procedure_code, name=record.procedure_name)
    dossier.applicant_name = record.applicant_name
    dossier.applicant_phone = record.applicant_phone
    dossier.applicant_email = record.applicant_email
    dossier.channel = record.channel
    if record.applicant_id:
        dossier.applicant_id = record.applicant_id
        dossier.applicant_id_index = blind_index(record.applicant_id)
        dossier.owner_id = _account(_BY_NUMBER, dossier.applicant_id_index)
    elif record.applicant_account and not dossier.applicant_id_index:  # a number that was told says more
        dossier.owner_id = _account(_BY_ACCOUNT, record.applicant_account) or dossier.owner_id
    started_at = record.submitted_at or record.received_at or dossier.submitted_at or record.not_before
    dossier.submitted_at = started_at or timezone.now()
    dossier.accepted_at = record.received_at or dossier.accepted_at
    dossier.due_at = record.due_at or dossier.due_at
    if dossier.finished_at is not None:
        dossier.finished_at = record.finished_at or record.refused_at or dossier.finished_at
    dossier.source_record = masked(record.record)


def has_guessed_end(dossier: Dossier) -> bool:
    """Whether nobody said when a dossier ended: its end is the latest date its record had, or the moment it came."""
    ended_at, since = dossier.finished_at, dossier.state_occurred_at
    if ended_at is None or any(
        dossier.source_record.get(name) for name in ("NgayKetThucXuLy", "NgayTuChoi", "NgayTra")
    ):
        return False
    begun_at = max(filter(None, (dossier.submitted_at, dossier.accepted_at)), default=None)
    return since is None or ended_at > since or ended_at == begun_at


def _statement(column: str) -> Statement:
    table = CitizenProfile._meta.db_table
    return Statement(f"SELECT user_id FROM {table} WHERE {column} = %s ORDER BY id LIMIT 1")  # noqa: S608 - our own names


_BY_NUMBER, _BY_ACCOUNT = _statement("personal_id_index"), _statement("technical_id")


def _account(statement: Statement, told: str) -> int | None:
    found = statement.first([told])
    return found[0] if found is not None else None


def describe_procedure(dossier: Dossier, code: str, *, name: str = "") -> None:
    """Tie a dossier to the procedure with this code, or flag it where the catalogue does not know it."""
    found = published.newest(code)
    dossier.procedure_version_id, known_name = found or (None, name)
    dossier.is_catalogue_gap = found is None
    dossier.procedure_code = code
    dossier.procedure_name = known_name


def masked(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record as it came, identity numbers masked at any depth: the one that counts lies encrypted beside it."""
    return {name: _masked(name, value) for name, value in record.items()}


def _masked(name: str, value: Any) -> Any:
    # by its name in whatever case: it may have come twice, in two spellings
    if isinstance(value, dict):
        return masked(value)
    lower = name.lower()
    if lower == "dinhdanhchs":  # a number that stands there without a name of its own is not kept
        return [masked(item) for item in value if isinstance(item, dict)] if isinstance(value, list) else None
    if isinstance(value, list):
        return [_masked(name, item) for item in value]
    return mask_personal_id(str(value or "")) if lower in IDENTITY_NUMBER_FIELDS else value
