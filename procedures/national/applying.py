"""A batch of derived records becomes versions of their procedures: planned first, then written in a few statements."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
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
from procedures.national import differences, life_events, own_forms
from procedures.national.deriving import Derived
from procedures.national.differences import Difference
from procedures.national.import_run import BESIDE, BESIDE_CHANGED, CHANGED, NEW, REOPENED, STAYS_CLOSED, Problem, Run
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
    life_events.assign(procedures[derived.code].pk for derived, _version in plan.versions)
    NationalRecord.objects.bulk_create(
        plan.kept,
        update_conflicts=True,
        unique_fields=["procedure"],
        update_fields=["content_sha256", "record", "imported_at", "seen", "changed_at", "as_came"],
    )
    return plan.problems, plan.counts


def _planned(batch: list[tuple[Raw, Derived]], run: Run, procedures: dict[str, Procedure]) -> _Plan:
    """Go through the batch; nothing is written yet. A procedure with a pack of ours keeps its version."""
    plan = _Plan()
    known = NationalRecord.objects.filter(procedure__in=procedures.values()).select_for_update()
    records = {row.procedure_id: row for row in known.defer("record", "seen", "as_came")}
    last = _last_versions(procedures)
    beside = _read_beside(last)
    now = timezone.now()
    for raw, derived in batch:
        procedure = procedures[derived.code]
        before = last.get(procedure.pk)
        has_pack = before is not None and before.origin == Origin.PACK
        record = records.get(procedure.pk) or NationalRecord(procedure=procedure)
        record.content_sha256, record.imported_at, record.as_came = derived.digest, now, derived.as_came
        record.record, record.seen = (derived.record if has_pack else None), None
        plan.kept.append(record)
        if has_pack:
            plan.counts[BESIDE] += 1
            plan.problems += _beside(record, derived, beside.get(procedure.pk, (None, None)), raw, now)
            continue
        record.changed_at = None
        starts = (
            min(derived.valid_from or run.today, run.today) if before is None else max(run.today, before.valid_from)
        )
        if before is not None:
            before.valid_to = max(before.valid_from, starts - timedelta(days=1))
            plan.ended.append(before)
            changes = differences.between(before.source_record or {}, derived.record)
            told = tuple(map(str, changes))
            part = _changed_parts(changes) if changes or procedure.is_open else "mở lại, nội dung như trước"
            plan.problems.append(Problem(raw.place, derived.code, CHANGED, part, f"bản {before.number + 1}", told))
        plan.versions.append((derived, _version(derived, procedure, before, starts=starts)))
        plan.counts[CHANGED if before else NEW] += 1
        if procedure.is_closed_by_hand:
            words = "cán bộ đã ngừng nhận thủ tục này; bản mới đã ghi, thủ tục vẫn ngừng nhận"
            plan.problems.append(Problem(raw.place, derived.code, STAYS_CLOSED, "", words))
    return plan


def _read_beside(last: dict[int, ProcedureVersion]) -> dict[int, tuple[Any, Any]]:
    """Of procedures whose version is the portal's own: the record as it came last, and as an official saw it last."""
    packs = {key for key, version in last.items() if version.origin == Origin.PACK}
    if not packs:
        return {}
    rows = NationalRecord.objects.filter(procedure__in=packs).values_list("procedure_id", "record", "seen")
    found = {key: (record, seen) for key, record, seen in rows}
    # One that a pack of ours was published over since: its version has what it said.
    bare = [key for key, (record, _seen) in found.items() if record is None]
    over = ProcedureVersion.objects.filter(procedure__in=bare, origin=Origin.NATIONAL, source_record__isnull=False)
    for key, record in over.order_by("procedure_id", "number").values_list("procedure_id", "source_record"):
        found[key] = (record, found[key][1])
    return found


def _beside(record: NationalRecord, derived: Derived, kept: tuple[Any, Any], raw: Raw, now: datetime) -> list[Problem]:
    """Tell of a record that changed beside what the portal publishes, and keep what officials saw of it last."""
    before, seen = kept
    if before is None:
        return []
    changes = differences.between(before, derived.record)
    if differences.between(seen, derived.record) if seen is not None else changes:
        record.seen = seen if seen is not None else before
        record.changed_at = now if changes else record.changed_at
    else:  # nothing, or back to what officials know
        record.changed_at = None
    if not changes:
        return []
    words = "bản ghi quốc gia đã đổi; bản đang công bố là của cổng, không đổi theo"
    told = tuple(map(str, changes))
    return [Problem(raw.place, derived.code, BESIDE_CHANGED, _changed_parts(changes), words, told)]


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


def _changed_parts(changes: list[Difference]) -> str:
    """The parts of a record that changed; where nothing in it did, the rules that read it."""
    return ", ".join(dict.fromkeys(change.part for change in changes)) or "quy tắc đọc bản ghi"
