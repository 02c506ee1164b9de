"""From a pack to a version and its rows (nội dung của bản công bố): columns, sheet, components, fees, results."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from portal.agencies.models import Agency
from procedures.models import Audience, Component, FeeRule, Procedure, ProcedureVersion, ResultType
from procedures.packs import Pack

BESIDE = frozenset({"form", "policies"})
"""Parts of a pack that a version keeps in a column of their own, or that are rows of their own."""


def write(pack: Pack, procedure: Procedure, digest: str, *, number: int, valid_from: date) -> ProcedureVersion:
    """Write a version of a pack with all of its rows; called under the procedure's lock."""
    version = _version(pack, procedure, digest, number=number, valid_from=valid_from)
    _components(pack, version)
    _fees(pack, version)
    _results(pack, version)
    return version


def pair(row: Mapping[str, Any], name: str, column: str) -> dict[str, str]:
    """A text of two languages as two columns."""
    words = row.get(name) or {}
    return {column: words.get("vi", ""), f"{column}_en": words.get("en", "")}


def _version(pack: Pack, procedure: Procedure, digest: str, *, number: int, valid_from: date) -> ProcedureVersion:
    data = pack.data
    decision = data.get("decision") or {}
    processing = data["processing"]
    routing = data["competent"]["routing"]
    rule = data.get("supplement_rule") or {}
    cutoff = processing.get("cutoff")
    confirmation = data.get("draft_confirmation") or {}
    issuer = Agency.objects.filter(code=data["issued_by"]).values_list("name", flat=True).first()
    version = ProcedureVersion(
        procedure=procedure,
        number=number,
        valid_from=valid_from,
        content_sha256=digest,
        name=data["name"]["vi"],
        name_en=data["name"].get("en", ""),
        short_name=data["short_name"]["vi"],
        short_name_en=data["short_name"].get("en", ""),
        issuer_code=data["issued_by"],
        issuer_name=issuer or data["issued_by"],
        decision_number=decision.get("number") or "",
        decision_on=date.fromisoformat(decision["date"]) if decision.get("date") else None,
        service_level=data["service_level"],
        service_level_reason=((data.get("service_level_reason") or {}).get("text") or {}).get("vi", ""),
        competent_level=routing["level"],
        levels=data["competent"].get("levels") or [routing["level"]],
        audience=audience_of(pack),
        competent_branch=routing["branch"],
        competent_place=routing["place"],
        processing_value=processing.get("value"),
        processing_unit=processing.get("unit") or "",
        intake_cutoff=time.fromisoformat(cutoff) if cutoff else None,
        supplement_rule=rule.get("effect") or "restart",
        supplement_days=rule.get("days") or 15,
        supplement_rounds=rule.get("rounds"),
        closes_on_silence=rule.get("closes") is not False,  # an empty value in the file says nothing
        draft_days=confirmation.get("days"),
        sheet=_sheet(pack),
        form=pack.form,
        source_record={key: value for key, value in pack.data.items() if key not in BESIDE},
    )
    version.save(force_insert=True)
    return version


def audience_of(pack: Pack) -> list[str]:
    """For whom the procedure is, from the kinds of its applicants."""
    kinds = {item["kind"] for item in pack.applicants}
    return [
        audience
        for audience, kind in ((Audience.CITIZEN, "person"), (Audience.ORGANISATION, "organisation"))
        if kind in kinds
    ]


def _sheet(pack: Pack) -> dict[str, Any]:
    """What the sheet shows beside columns and rows: texts as pairs, lists as they came."""
    data = pack.data
    kept = ("summary", "channels", "subcases", "steps", "requirements", "notes", "legal_basis", "keywords", "linked")
    sheet = {
        name: data[name]
        for name in (
            *kept,
            "replaces",
            "service_level_reason",
            "updated_on",
            "marks",
            "letters",
            "letter_forms",
            "waivers",
            "assigns_personal_id",
            "persons_only",
        )
        if data.get(name)
    }
    if words := data.get("persons_only"):
        sheet["requirements"] = [words, *sheet.get("requirements", ())]
    sheet["competent"] = data["competent"]["text"]
    sheet["processing"] = {
        name: data["processing"][name] for name in ("text", "extended") if data["processing"].get(name)
    }
    sheet["applicants"] = [{"code": item["code"], "name": item["name"]} for item in pack.applicants]
    return {**(data.get("published") or {}), **sheet}


def _components(pack: Pack, version: ProcedureVersion) -> None:
    Component.objects.bulk_create(
        Component(
            version=version,
            position=position,
            code=row["key"],
            national_code=row.get("code") or "",
            kind=row["kind"],
            originals=row.get("originals", 0),
            copies=row.get("copies", 0),
            channels=row.get("channels") or [],
            is_required=bool(row.get("required")),
            condition=row.get("condition"),
            document_types=row.get("document_types") or [],
            least_trust=row.get("least_trust") or "",
            reuse_from=row.get("reuse_from") or [],
            **pair(row, "name", "name"),
            **pair(row, "when", "when_text"),
            **pair(row, "note", "note"),
        )
        for position, row in enumerate(pack.data.get("components") or ())
    )


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _fees(pack: Pack, version: ProcedureVersion) -> None:
    FeeRule.objects.bulk_create(
        FeeRule(
            version=version,
            position=position,
            key=row["key"],
            charge=row["charge"],
            kind=row["kind"],
            amount_vnd=row.get("amount_vnd"),
            foreign_amount=f"{row['amount']} {row['currency']}" if row.get("currency") else "",
            channel=row.get("channel") or "all",
            quantity_field=row.get("quantity_field") or "",
            is_default=bool(row.get("default")),
            condition=row.get("condition"),
            decided_by=row.get("decided_by") or "",
            legal_basis=row.get("legal") or "",
            payable_on=row.get("payable_on") or "filing",
            valid_from=_day(row.get("valid_from")),
            valid_to=_day(row.get("valid_to")),
            **pair(row, "name", "name"),
            **pair(row, "unit", "unit"),
            **pair(row, "when", "when_text"),
        )
        for position, row in enumerate(pack.data.get("fees") or ())
    )


def _results(pack: Pack, version: ProcedureVersion) -> None:
    ResultType.objects.bulk_create(
        ResultType(
            version=version,
            position=position,
            code=row["key"],
            kind=row.get("kind") or "document",
            document_type=row.get("document_type") or "",
            is_default=bool(row.get("default")),
            **pair(row, "name", "name"),
        )
        for position, row in enumerate(pack.data.get("results") or ())
    )
