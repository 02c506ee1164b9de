"""A dossier as an agency's system receives it: whole, once (what webhooks and GET /api/v1/dossiers/{code}/ carry)."""

from typing import Any

from django.conf import settings

from dossiers.models import Dossier


def dossier_payload(dossier: Dossier) -> dict[str, Any]:
    """Return data, answers and file digests with the addresses where granted files are fetched."""
    code = dossier.code or ""
    base = f"{settings.BASE_URL}/api/v1/dossiers/{code}/files/"
    return {
        "code": code,
        "state": dossier.state,
        "national_status": dossier.national_status,
        "procedure_code": dossier.procedure_code,
        "procedure_name": dossier.procedure_name,
        "procedure_version": dossier.procedure_version.number if dossier.procedure_version else None,
        "agency_code": dossier.agency.code if dossier.agency else None,
        "agency_name": dossier.agency.name if dossier.agency else None,
        "channel": dossier.channel,
        "submitted_at": _iso(dossier.submitted_at),
        "accepted_at": _iso(dossier.accepted_at),
        "due_at": _iso(dossier.due_at),
        "finished_at": _iso(dossier.finished_at),
        "applicant": {
            "full_name": dossier.applicant_name,
            "personal_id": dossier.applicant_id,
            "phone": dossier.applicant_phone,
            "email": dossier.applicant_email,
        },
        "organisation": {"name": dossier.organisation.name, "tax_code": dossier.organisation.tax_code}
        if dossier.organisation
        else None,
        "province_code": dossier.province_code,
        "commune_code": dossier.commune_code,
        "answers": dossier.answers,
        "answers_sha256": dossier.answers_sha256,
        "components": [
            {
                "code": component.component_code,
                "name": component.name,
                "from_store": component.from_store,
                "supplement_round": component.supplement_round,
                "files": [{**file, "url": f"{base}{file['file_id']}/"} for file in component.files],
            }
            for component in dossier.components.order_by("supplement_round", "id")
        ],
        "obligations": [
            {"kind": owed.kind, "description": owed.description, "amount_vnd": owed.amount_vnd, "state": owed.state}
            for owed in dossier.obligations.order_by("id")
        ],
    }


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment is not None else None
