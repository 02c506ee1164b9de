"""A dossier as an agency's system receives it: whole, once (what webhooks and GET /api/v1/dossiers/{code}/ carry)."""

from typing import Any

from django.conf import settings

from datastore.models import DocumentFile, DocumentStatus
from dossiers.models import Dossier
from dossiers.models.letter_forms import own_forms


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
        "letter_forms": {form.kind: form.number for form in own_forms(dossier.procedure_version)},
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
        "representative": {"full_name": str(dossier.filer), "kind": dossier.representation.kind}
        if dossier.representation and dossier.filer
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
        "result": _result(dossier),
    }


def result_file(dossier: Dossier) -> DocumentFile | None:
    """The file of the result that the portal drew and signed, with its document; None for one that a system sent."""
    if dossier.result_document_id is None:
        return None
    ours = DocumentFile.objects.filter(document=dossier.result_document_id, document__credential__isnull=False)
    whole = ours.exclude(document__status=DocumentStatus.DELETED).select_related("blob", "document__credential")
    return whole.defer("document__credential__content").order_by("position").first()  # sealed, and not told here


def _result(dossier: Dossier) -> dict[str, Any] | None:
    """The signed paper in force, for the system that decided (dossiers.result_delivery says how long it is read)."""
    file = result_file(dossier)
    if file is None:
        return None
    document = file.document
    return {
        "document_id": document.pk,
        "title": document.title,
        "number": document.number,
        "status": document.status,
        "verification_id": document.credential.public_id,
        "file_id": file.pk,
        "name": file.name,
        "size_bytes": file.blob.size_bytes,
        "content_sha256": file.blob.content_sha256,
        "content_type": file.blob.content_type,
        "url": f"{settings.BASE_URL}/api/v1/documents/{document.pk}/files/{file.pk}/",
    }


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment is not None else None
