"""A batch of derived records becomes versions of their procedures: planned first, then written in a few statements."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from portal.core import bulk_rows
from procedures import search_index
from procedures.models import (
    Component,
    FeeRule,
    Field,
    NationalRecord,
    Origin,
    Procedure,
    ProcedureVersion,
    ResultType,
)
from procedures.national import lay_thu_tuc, own_forms
from procedures.national.deriving import Derived
from procedures.national.import_run import BESIDE, CHANGED, NEW, REOPENED, STAYS_CLOSED, Problem, Run
from procedures.national.reading import Raw


@dataclass
class _Plan:
    """What a batch makes: versions that end and begin, records as they came, and what the report says of it."""

    versions: list[tuple[Derived, ProcedureVersion]] = field(default_factory=list)
    ended: list[ProcedureVersion] = field(default_factory=list)
    kept: list[NationalRecord] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def apply(batch: list[tuple[Raw, Derived]], run: Run) -> tuple[list[Problem], Counter[str]]:
    """Write a batch within the caller's transaction; returns the report's lines and what is to be counted."""
    _make_fields(batch, run)
    procedures = _procedures(batch, run)
    plan = _planned(batch, run, procedures)
    _write_versions(plan)
    _make_current(plan, run, procedures)
    NationalRecord.objects.bulk_create(
        plan.kept,
        update_conflicts=True,
        unique_fields=["procedure"],
        update_fields=["content_sha256", "record", "imported_at"],
    )
    return plan.problems, plan.counts


def _planned(batch: list[tuple[Raw, Derived]], run: Run, procedures: dict[str, Procedure]) -> _Plan:
    """Go through the batch; nothing is written yet. A procedure with a pack of ours keeps its version."""
    plan = _Plan()
    known = NationalRecord.objects.filter(procedure__in=procedures.values()).defer("record").select_for_update()
    records = {row.procedure_id: row for row in known}
    last = _last_versions(procedures)
    now = timezone.now()
    for raw, derived in batch:
        procedure = procedures[derived.code]
        before = last.get(procedure.pk)
        has_pack = before is not None and before.origin == Origin.PACK
        record = records.get(procedure.pk) or NationalRecord(procedure=procedure)
        record.content_sha256, record.imported_at = derived.digest, now
        record.record = derived.record if has_pack else None
        plan.kept.append(record)
        if has_pack:
            plan.counts[BESIDE] += 1
            continue
        starts = (
            min(derived.valid_from or run.today, run.today) if before is None else max(run.today, before.valid_from)
        )
        if before is not None:
            before.valid_to = max(before.valid_from, starts - timedelta(days=1))
            plan.ended.append(before)
            parts = _changed_parts(before.source_record or {}, derived.record)
            plan.problems.append(
                Problem(raw.place, derived.code, CHANGED, ", ".join(parts), f"bản {before.number + 1}")
            )
        plan.versions.append((derived, _version(derived, procedure, before, starts=starts)))
        plan.counts[CHANGED if before else NEW] += 1
        if procedure.is_closed_by_hand:
            words = "cán bộ đã ngừng nhận thủ tục này; bản mới đã ghi, thủ tục vẫn ngừng nhận"
            plan.problems.append(Problem(raw.place, derived.code, STAYS_CLOSED, "", words))
    return plan


def _write_versions(plan: _Plan) -> None:
    """End the versions before, write the new ones and their parts."""
    bulk_rows.update_each(plan.ended, ["valid_to"])
    keys = bulk_rows.next_keys(ProcedureVersion, len(plan.versions))
    for (_derived, version), key in zip(plan.versions, keys, strict=True):
        version.pk = key
    bulk_rows.copy_in(
        ProcedureVersion,
        [{**vars(version), "source_record": bulk_rows.Encoded(derived.text)} for derived, version in plan.versions],
    )
    for model, part in ((Component, "components"), (FeeRule, "fees"), (ResultType, "results")):
        bulk_rows.copy_in(
            model,
            [{"version_id": version.pk, **row} for derived, version in plan.versions for row in getattr(derived, part)],
        )


def _make_current(plan: _Plan, run: Run, procedures: dict[str, Procedure]) -> None:
    """Let each procedure follow its new version; one that had vanished from the catalogue opens again.

    One that an official closed stays closed: only an official opens it.
    """
    changed: list[Procedure] = []
    for derived, version in plan.versions:
        procedure = procedures[derived.code]
        procedure.field = run.fields[derived.field_code]
        procedure.current = version
        procedure.is_internal = derived.is_internal
        procedure.province_code = run.provinces.get(derived.province_agency, "")
        if not procedure.is_open and not procedure.is_closed_by_hand and procedure.replaced_by_id is None:
            procedure.is_open, procedure.closed_reason = True, ""
            plan.counts[REOPENED] += 1
        changed.append(procedure)
    bulk_rows.update_each(changed, ["field", "current", "is_internal", "province_code", "is_open", "closed_reason"])


def _make_fields(batch: list[tuple[Raw, Derived]], run: Run) -> None:
    """Fields of administration that are new; names stay as first published, since records spell them variously."""
    new = {each.field_code: each.field_name for _raw, each in batch if each.field_code not in run.fields}
    Field.objects.bulk_create([Field(code=code, name=name) for code, name in new.items()], ignore_conflicts=True)
    run.fields.update({each.code: each for each in Field.objects.filter(code__in=new)})


def _procedures(batch: list[tuple[Raw, Derived]], run: Run) -> dict[str, Procedure]:
    Procedure.objects.bulk_create(
        [Procedure(code=each.code, field=run.fields[each.field_code]) for _raw, each in batch], ignore_conflicts=True
    )
    codes = [each.code for _raw, each in batch]
    return {each.code: each for each in Procedure.objects.filter(code__in=codes).order_by("pk").select_for_update()}


def _last_versions(procedures: dict[str, Procedure]) -> dict[int, ProcedureVersion]:
    rows = (
        ProcedureVersion.objects.filter(procedure__in=procedures.values())
        .order_by("procedure_id", "-number")
        .distinct("procedure_id")
        .only("procedure_id", "number", "valid_from", "valid_to", "origin", "source_record", "form")
    )
    return {row.procedure_id: row for row in rows}


def _version(
    derived: Derived, procedure: Procedure, before: ProcedureVersion | None, *, starts: date
) -> ProcedureVersion:
    columns: dict[str, Any] = dict(derived.columns)
    form = before.form if before else {}
    version = ProcedureVersion(
        procedure=procedure,
        number=before.number + 1 if before else 1,
        valid_from=starts,
        content_sha256=own_forms.digest_with(derived.digest, form),
        form=form,
        origin=Origin.NATIONAL,
        **columns,
    )
    version.search_text = search_index.text_of(
        version, field=derived.field_name, results=[row["name"] for row in derived.results], events=[]
    )
    return version


PARTS = {
    "name": "tên", "field": "lĩnh vực", "field_code": "mã lĩnh vực", "level": "cấp thực hiện", "steps": "trình tự",
    "methods": "cách thức, thời hạn, phí", "components": "thành phần hồ sơ", "results": "kết quả",
    "requirements": "yêu cầu, điều kiện", "legal_basis": "căn cứ pháp lý", "agencies": "cơ quan",
    "target_groups": "đối tượng", "subcases": "trường hợp", "decision": "quyết định công bố",
    "full_online": "mức độ trực tuyến", "promulgated_by": "cơ quan công bố", "note": "ghi chú",
    "receiving_address": "nơi tiếp nhận", "keywords": "từ khóa", "service_groups": "nhóm dịch vụ", "internal": "nội bộ",
    "scope": "phạm vi áp dụng", "vertical": "ngành dọc", "procedure_type": "loại thủ tục", "code": "mã thủ tục",
    "updated": "ngày cập nhật", "url": "địa chỉ nguồn", "source": "nguồn",
}  # fmt: skip
"""Parts of a record in the words of the catalogue."""


def _changed_parts(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The parts of a record that changed; one of the wire format by the words of the part it becomes."""
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    words = [PARTS.get(key) or PARTS.get(lay_thu_tuc.PARTS.get(key, ""), key) for key in keys]
    return list(dict.fromkeys(words)) or ["quy tắc đọc bản ghi"]
