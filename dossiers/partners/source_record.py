"""A partner's record of a dossier (bản ghi của hệ thống nguồn) as the dossier's own content."""

from typing import Any

from django.utils import timezone

from dossiers.models import Dossier
from dossiers.partners.wire import ReportedDossier
from portal.accounts.models import CitizenProfile
from portal.core.encryption import blind_index
from portal.core.masking import mask_personal_id
from procedures.models import Procedure

NUMBER_FIELDS = frozenset({"sogiaytochuhoso", "sodinhdanh"})
"""Fields of a record that hold identity numbers, in lower case."""


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
        dossier.owner_id = _account(personal_id_index=dossier.applicant_id_index)
    elif record.applicant_account and not dossier.applicant_id_index:  # a number that was told says more
        dossier.owner_id = _account(technical_id=record.applicant_account) or dossier.owner_id
    started_at = record.submitted_at or record.received_at or dossier.submitted_at or record.not_before
    dossier.submitted_at = started_at or timezone.now()
    dossier.accepted_at = record.received_at or dossier.accepted_at
    dossier.due_at = record.due_at or dossier.due_at
    if dossier.finished_at is not None:
        dossier.finished_at = record.finished_at or record.refused_at or dossier.finished_at
    dossier.source_record = masked(record.record)


def _account(**known: str) -> int | None:
    profile = CitizenProfile.objects.filter(**known).order_by("pk").first()
    return profile.user_id if profile else None


def describe_procedure(dossier: Dossier, code: str, *, name: str = "") -> None:
    """Tie a dossier to the procedure with this code, or flag it where the catalogue does not know it."""
    procedure = Procedure.objects.filter(code=code).select_related("current").first()
    version = procedure.current if procedure else None
    dossier.procedure_version = version
    dossier.is_catalogue_gap = version is None
    dossier.procedure_code = code
    dossier.procedure_name = version.name if version else name


def masked(record: dict[str, Any]) -> dict[str, Any]:
    """The record as it came, identity numbers masked: the one that counts lies encrypted beside it."""
    return {name: _masked(name, value) for name, value in record.items()}


def _masked(name: str, value: Any) -> Any:
    # by its name in whatever case: it may have come twice, in two spellings
    lower = name.lower()
    if lower == "dinhdanhchs":
        items = value if isinstance(value, list) else [value]
        kept = [{key: _masked(key, told) for key, told in item.items()} for item in items if isinstance(item, dict)]
        return kept if isinstance(value, list) else next(iter(kept), None)
    return mask_personal_id(str(value or "")) if lower in NUMBER_FIELDS else value
