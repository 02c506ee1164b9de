"""A published version as one text file that stands alone: groups expanded, value lists beside the form."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from procedures import policy_register
from procedures.models import Component, FeeRule, LocalPolicy, Origin, ProcedureVersion, ResultType
from procedures.packs import yaml_text


def export(version: ProcedureVersion) -> str:
    """The YAML text of a version; importing it gives the same version again, to the letter.

    One of the national catalogue is its record as it came, and the form that we added: all else follows from these.
    """
    return yaml_text.dump(in_order(_with_policies(version, _as_published(version))))


def _as_published(version: ProcedureVersion) -> dict[str, Any]:
    if version.origin != Origin.NATIONAL or not version.source_record:
        return _pack_of(version)
    record = {"code": version.procedure.code, "origin": version.origin, "record": version.source_record}
    return {**record, **({"form": version.form} if version.form else {})}


ORDER = [
    "code",
    "origin",
    "record",
    "key",
    "use_group",
    "name",
    "title",
    "short_name",
    "summary",
    "intro",
    "label",
    "type",
    "help",
    "field",
    "issued_by",
    "decision",
    "number",
    "date",
    "updated_on",
    "life_events",
    "keywords",
    "featured_rank",
    "competent",
    "text",
    "routing",
    "level",
    "branch",
    "place",
    "service_level",
    "service_level_reason",
    "channels",
    "applicants",
    "persons_only",
    "processing",
    "value",
    "unit",
    "cutoff",
    "extended",
    "subcases",
    "fees",
    "charge",
    "kind",
    "amount_vnd",
    "currency",
    "amount",
    "channel",
    "quantity_field",
    "default",
    "required",
    "required_if",
    "visible_if",
    "condition",
    "when",
    "prefill",
    "prefill_if",
    "locked",
    "max_length",
    "pattern",
    "pattern_help",
    "messages",
    "min",
    "max",
    "not_before",
    "before",
    "choices",
    "min_items",
    "max_items",
    "exactly_one",
    "without_gap",
    "compute",
    "signer",
    "payable_on",
    "valid_from",
    "valid_to",
    "decided_by",
    "legal",
    "supplement_rule",
    "draft_confirmation",
    "assigns_personal_id",
    "effect",
    "days",
    "components",
    "originals",
    "copies",
    "document_types",
    "least_trust",
    "reuse_from",
    "note",
    "steps",
    "results",
    "requirements",
    "notes",
    "legal_basis",
    "replaces",
    "linked",
    "policies",
    "letters",
    "letter_forms",
    "waivers",
    "form",
    "pages",
    "groups",
    "fields",
    "lists",
    "mark",
    "marks",
    "vi",
    "en",
]
_RANK = {key: number for number, key in enumerate(ORDER)}


def in_order(value: Any) -> Any:
    """The same data with keys in the order people write them: the database keeps none."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (_RANK.get(key, len(_RANK)), key))
        return {key: in_order(value[key]) for key in keys}
    return [in_order(item) for item in value] if isinstance(value, list) else value


def pack_of(version: ProcedureVersion) -> dict[str, Any]:
    """The pack of a version: as it was published, or put together from what the version keeps."""
    return _with_policies(version, _pack_of(version))


def _with_policies(version: ProcedureVersion, data: dict[str, Any]) -> dict[str, Any]:
    policies = [plain_row(policy) for policy in _policies(version.procedure.code)]
    return {**data, **({"policies": policies} if policies else {})}


def _policies(code: str) -> QuerySet[LocalPolicy]:
    return LocalPolicy.objects.filter(procedure_codes__contains=[code]).select_related("agency").order_by("code")


def plain_row(policy: LocalPolicy) -> dict[str, Any]:
    """A policy as policies.yaml writes it, with days and percentages as text."""
    row = policy_register.as_row(policy)
    return {key: str(value) if isinstance(value, date | Decimal) else value for key, value in row.items()}


def _pack_of(version: ProcedureVersion) -> dict[str, Any]:
    record = version.source_record
    if isinstance(record, dict) and record.get("code") == version.procedure.code and "competent" in record:
        return {**record, **({"form": version.form} if version.form else {})}
    return _rebuilt(version)


def _pair(vi: str, en: str) -> dict[str, str]:
    return {"vi": vi, **({"en": en} if en else {})}


def _filled(**values: Any) -> dict[str, Any]:
    """Only what says something; nought and no do."""
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}


def _rebuilt(version: ProcedureVersion) -> dict[str, Any]:
    procedure, sheet = version.procedure, version.sheet
    processing = {**(sheet.get("processing") or {})}
    data = _filled(
        code=procedure.code,
        origin=version.origin,
        name=_pair(version.name, version.name_en),
        short_name=_pair(version.short_name or version.name[:250], version.short_name_en),
        summary=sheet.get("summary"),
        field={"code": procedure.field.code, "name": _pair(procedure.field.name, procedure.field.name_en)},
        issued_by=version.issuer_code,
        decision=_filled(
            number=version.decision_number, date=version.decision_on.isoformat() if version.decision_on else None
        ),
        updated_on=sheet.get("updated_on"),
        life_events=[event.slug for event in procedure.life_events.all()],
        keywords=sheet.get("keywords"),
        featured_rank=procedure.featured_rank,
        competent={
            "text": sheet.get("competent") or {"vi": version.issuer_name},
            "routing": {
                "level": version.competent_level,
                "branch": version.competent_branch,
                "place": version.competent_place,
            },
        },
        service_level=version.service_level,
        service_level_reason=sheet.get("service_level_reason"),
        channels=sheet.get("channels"),
        applicants=[item["code"] for item in sheet.get("applicants") or () if item.get("code")],
        processing=_filled(
            value=version.processing_value,
            unit=version.processing_unit,
            cutoff=version.intake_cutoff.isoformat("minutes") if version.intake_cutoff else None,
            **processing,
        ),
        subcases=sheet.get("subcases"),
        fees=[_fee(row) for row in version.fees.all()],
        supplement_rule=_filled(
            effect=version.supplement_rule,
            days=version.supplement_days,
            rounds=version.supplement_rounds,
            closes=None if version.closes_on_silence else False,
        ),
        components=[_component(row) for row in version.components.all()],
    )
    for name in (
        "steps",
        "requirements",
        "notes",
        "legal_basis",
        "replaces",
        "linked",
        "letters",
        "letter_forms",
        "waivers",
        "marks",
        "assigns_personal_id",
        "persons_only",
    ):
        if sheet.get(name):
            data[name] = sheet[name]
    if words := data.get("persons_only"):  # said once in the pack, first of the requirements on the sheet
        data["requirements"] = [text for text in data["requirements"] if text != words]
    if version.draft_days:
        recorded = (version.source_record or {}).get("draft_confirmation") or {}
        data["draft_confirmation"] = {"days": version.draft_days} | {
            name: recorded[name] for name in ("legal", "mark") if recorded.get(name)
        }
    data["results"] = [_result(row) for row in version.results.all()]
    if version.form:
        data["form"] = version.form
    return data


def _fee(row: FeeRule) -> dict[str, Any]:
    amount, _blank, currency = row.foreign_amount.partition(" ")
    return _filled(
        key=row.key,
        charge=row.charge,
        kind=row.kind,
        name=_pair(row.name, row.name_en),
        amount_vnd=row.amount_vnd,
        currency=currency,
        amount=amount,
        channel=row.channel,
        unit=_pair(row.unit, row.unit_en) if row.unit else None,
        quantity_field=row.quantity_field,
        default=row.is_default or None,
        condition=row.condition,
        when=_pair(row.when_text, row.when_text_en) if row.when_text else None,
        payable_on=row.payable_on,
        valid_from=row.valid_from.isoformat() if row.valid_from else None,
        valid_to=row.valid_to.isoformat() if row.valid_to else None,
        decided_by=row.decided_by,
        legal=row.legal_basis,
    )


def _component(row: Component) -> dict[str, Any]:
    return _filled(
        code=row.national_code,
        key=row.code,
        name=_pair(row.name, row.name_en),
        kind=row.kind,
        originals=row.originals,
        copies=row.copies,
        channels=row.channels,
        required=row.is_required,
        condition=row.condition,
        when=_pair(row.when_text, row.when_text_en) if row.when_text else None,
        document_types=row.document_types,
        least_trust=row.least_trust,
        reuse_from=row.reuse_from,
        note=_pair(row.note, row.note_en) if row.note else None,
    )


def _result(row: ResultType) -> dict[str, Any]:
    return _filled(
        key=row.code,
        name=_pair(row.name, row.name_en),
        kind=row.kind,
        document_type=row.document_type,
        default=row.is_default or None,
    )
