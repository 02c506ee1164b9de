"""A procedure as the open catalogue shows it: both languages, money in đồng, absolute addresses, no personal data."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation

from portal.agencies import successors
from procedures.models import LocalPolicy, Procedure, ProcedureVersion, Question
from procedures.sheet_agencies import ROLES

HEAVY = ("search_text", "source_record", "form")


def with_current(rows: QuerySet[Procedure], *, whole: bool = False) -> QuerySet[Procedure]:
    """Procedures with what an answer needs and nothing more; a list needs no texts of sheets."""
    left_out = HEAVY if whole else (*HEAVY, "sheet")
    return rows.select_related("field", "current", "replaced_by").defer(*(f"current__{name}" for name in left_out))


def summary(procedure: Procedure, origin: str) -> dict[str, Any]:
    """One line of the list."""
    version = procedure.current
    code = procedure.code
    row: dict[str, Any] = {
        "code": code,
        "is_open": procedure.is_open,
        "is_internal": procedure.is_internal,
        "field": {"code": procedure.field.code, "name": procedure.field.name},
        "replaced_by": procedure.replaced_by.code if procedure.replaced_by else None,
        "url": address(origin, "procedure", code),
        "sheet_url": sheet_address(origin, code),
        "form_schema_url": f"{address(origin, 'procedure', code)}form-schema/",
    }
    if version is not None:
        row |= {
            "name": texts(version.name, version.name_en),
            "short_name": texts(version.short_name, version.short_name_en),
            "service_level": version.service_level,
            "levels": version.levels or [version.competent_level],
            "audience": version.audience,
            "version": version.number,
            "valid_from": version.valid_from.isoformat(),
            "valid_to": version.valid_to.isoformat() if version.valid_to else None,
            "published_at": version.created_at.isoformat(),
        }
    return row


def whole(
    procedure: Procedure, version: ProcedureVersion, origin: str, *, policies: list[LocalPolicy], asked: list[Question]
) -> dict[str, Any]:
    """Everything the sheet says."""
    sheet = version.sheet
    return {
        **summary(procedure, origin),
        "closed_reason": procedure.closed_reason,
        "summary": sheet.get("summary"),
        **_agencies(version),
        "decision": {
            "number": version.decision_number,
            "date": version.decision_on.isoformat() if version.decision_on else None,
        },
        "service_level_reason": sheet.get("service_level_reason"),
        "competent": {
            "text": sheet.get("competent"),
            "level": version.competent_level,
            "branch": version.competent_branch,
            "place": version.competent_place,
        },
        "processing_time": {
            "value": version.processing_value,
            "unit": version.processing_unit or None,
            "text": (sheet.get("processing") or {}).get("text"),
        },
        **{name: sheet.get(name) or [] for name in ("channels", "applicants", "steps", "requirements", "notes")},
        "ways": [_timed(row, "channel") for row in sheet.get("ways") or ()],
        "subcases": [_timed(row, "code", "name") for row in sheet.get("subcases") or ()],
        "legal_basis": sheet.get("legal_basis") or [],
        "linked": sheet.get("linked") or [],
        "components": [
            {
                "code": row.code,
                "national_code": row.national_code,
                "name": texts(row.name, row.name_en),
                "kind": row.kind,
                "originals": row.originals,
                "copies": row.copies,
                "is_required_online": row.is_required,
                "channels": row.channels,
                "when": texts(row.when_text, row.when_text_en),
                "document_types": row.document_types,
                "least_trust": row.least_trust or None,
                "data_sources": row.reuse_from,
            }
            for row in version.components.all()
        ],
        "fees": [
            {
                "charge": row.charge,
                "kind": row.kind,
                "name": texts(row.name, row.name_en),
                "amount_vnd": row.amount_vnd,
                "foreign_amount": row.foreign_amount or None,
                "channel": row.channel,
                "unit": texts(row.unit, row.unit_en),
                "when": texts(row.when_text, row.when_text_en),
                "legal_basis": row.legal_basis,
                "valid_from": row.valid_from.isoformat() if row.valid_from else None,
                "valid_to": row.valid_to.isoformat() if row.valid_to else None,
            }
            for row in version.fees.all()
        ],
        "results": [
            {"code": row.code, "name": texts(row.name, row.name_en), "kind": row.kind} for row in version.results.all()
        ],
        "local_policies": [policy_row(policy) for policy in policies],
        "questions": [
            {"question": texts(row.question, row.question_en), "answer": texts(row.answer, row.answer_en)}
            for row in asked
        ],
    }


def _agencies(version: ProcedureVersion) -> dict[str, Any]:
    """Who publishes and who does what, as published; beside one that ended, who has its tasks today (heir)."""
    published = version.sheet.get("agencies") or {}
    rows = [row for role in ROLES for row in published.get(role) or ()]
    heirs = successors.heirs_of([version.issuer_code, *(str(row.get("code") or "") for row in rows)])

    def told(code: str, name: str) -> dict[str, Any]:
        heir = heirs.get(code)
        today = {"code": heir.agency.code, "name": heir.agency.name, "is_of_top": heir.is_of_top} if heir else None
        return {"code": code or None, "name": name or None, "heir": today}

    return {
        "issuer": told(version.issuer_code, version.issuer_name),
        "agencies": {
            role: [told(str(row.get("code") or ""), str(row.get("name") or "")) for row in published.get(role) or ()]
            for role in ROLES
        },
        "receiving_address": version.sheet.get("receiving_address") or None,
        "updated_on": version.sheet.get("updated_on") or None,
        "source_url": version.sheet.get("source_url") or None,
    }


def policy_row(policy: LocalPolicy) -> dict[str, Any]:
    """A local policy that is not over, in force or to come; figures that its effect does not use are null."""
    return {
        "code": policy.code,
        "name": texts(policy.name, policy.name_en),
        "legal_basis": policy.legal_basis,
        "effect": policy.effect,
        "percent": str(policy.percent) if policy.percent is not None else None,
        "amount_vnd": policy.amount_vnd,
        "time": {"value": policy.time_value, "unit": policy.time_unit} if policy.time_value else None,
        "channel": policy.channel,
        "provinces": policy.provinces,
        "communes": policy.communes,
        "fee_kinds": policy.fee_kinds,
        "charges": policy.charges,
        "when": texts(policy.when_text, policy.when_text_en),
        "is_in_force": policy.valid_from <= timezone.localdate(),
        "valid_from": policy.valid_from.isoformat(),
        "valid_to": policy.valid_to.isoformat() if policy.valid_to else None,
    }


def texts(vietnamese: str, english: str) -> dict[str, str] | None:
    """Both languages; null where nothing was written."""
    return {"vi": vietnamese, "en": english} if vietnamese or english else None


def address(origin: str, name: str, code: str) -> str:
    """The address of a procedure in the API."""
    return f"{origin}{reverse(f'api:{name}', kwargs={'code': code})}"


def sheet_address(origin: str, code: str) -> str:
    """The address of the sheet, in Vietnamese."""
    with translation.override("vi"):
        return f"{origin}{reverse('procedures:detail', kwargs={'code': code})}"


def _timed(row: dict[str, Any], *names: str) -> dict[str, Any]:
    """A way of filing or a case, with the processing time that is its own."""
    return {**{name: row.get(name) for name in names}, "value": row.get("value"), "unit": row.get("unit")}
