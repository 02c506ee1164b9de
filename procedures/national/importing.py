"""Writing records: unchanged is nothing, changed a new version from today; a record is applied whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone

from portal.agencies.models import AdministrativeUnit, Agency
from portal.core import bulk_rows
from procedures import publication, search_index
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
from procedures.national import checking, lay_thu_tuc, own_forms
from procedures.national.checking import Flaws, RecordError
from procedures.national.deriving import Derived, derive, digest_of, text_of
from procedures.national.reading import Raw

BATCH = 200
NEW, CHANGED, UNCHANGED, BESIDE, SKIPPED, CLOSED, REOPENED = (
    "new", "changed", "unchanged", "beside_pack", "skipped", "closed", "reopened",
)  # fmt: skip
MOST_CLOSED_SHARE = 0.3
"""More vanishing at once looks like a file that was cut short, not like a reform."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the report."""

    place: str
    code: str
    kind: str
    """``skipped``: not imported; ``flaw``: imported without this part; ``changed``: a new version."""
    field: str
    reason: str


@dataclass(slots=True)
class Run:
    """One import: what it did so far, and what it saw."""

    today: date = field(default_factory=timezone.localdate)
    counts: Counter[str] = field(default_factory=Counter)
    seen: dict[str, str] = field(default_factory=dict)
    """Digest by code of every record that named itself, good or bad."""
    nameless: int = 0
    known: dict[str, str] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    provinces: dict[str, str] = field(default_factory=dict)
    successors: dict[str, str] = field(default_factory=dict)

    def prepare(self) -> None:
        """Read what every batch needs: known digests, fields, codes of provinces and of agencies that ended."""
        rows = NationalRecord.objects.values_list("procedure__code", "content_sha256")
        self.known = dict(rows.iterator(chunk_size=2_000))
        self.fields = {each.code: each for each in Field.objects.all()}
        units = AdministrativeUnit.objects.filter(level="province").prefetch_related("agencies")
        self.provinces = {
            agency.code: unit.code for unit in units for agency in unit.agencies.all() if agency.code.startswith("H")
        }
        self.successors = _successors()


def _successors() -> dict[str, str]:
    """By code of each agency that ended, the name of the one that has its tasks today; circles end where they close."""
    agencies = {pk: (code, name) for pk, code, name in Agency.objects.values_list("pk", "code", "name")}
    ended = Agency.objects.filter(successor__isnull=False)
    after: dict[int, int] = dict(ended.values_list("pk", "successor_id"))
    found = {}
    for start in after:
        last, passed = start, {start}
        while (following := after.get(last)) and following not in passed:
            passed.add(following)
            last = following
        if last != start:
            found[agencies[start][0]] = agencies[last][1]
    return found


def run_over(raws: Iterable[Raw], run: Run) -> Iterator[tuple[Raw, list[Problem]]]:
    """Import every record, a batch in one transaction; yields each source record with what there is to say of it."""
    batch: list[tuple[Raw, Derived]] = []
    for raw in raws:
        problems, derived = _look_at(raw, run)
        if derived is not None:
            batch.append((raw, derived))
        yield raw, problems
        if len(batch) >= BATCH:
            yield raw, _write(batch, run)
            batch = []
    if batch:
        yield batch[-1][0], _write(batch, run)
    publication.announce()


def _look_at(raw: Raw, run: Run) -> tuple[list[Problem], Derived | None]:
    """Check and derive one record, unless it is unchanged, a copy, or bad."""
    if raw.problem:
        run.counts[SKIPPED] += 1
        run.nameless += 1
        return [Problem(raw.place, "", SKIPPED, "", raw.problem)], None
    flaws = Flaws()
    code = ""
    try:
        source = checking.cleaned(raw.record, flaws, is_nfc=raw.is_nfc)
        record = lay_thu_tuc.as_record(source, flaws) if lay_thu_tuc.is_one(source) else source
        code = checking.code_of(record)
        text = text_of(source)
        digest = digest_of(text)
        before = run.seen.get(code)
        if before is not None:
            reason = (
                "trùng mã, nội dung giống nhau" if before == digest else "trùng mã với bản ghi trước, nội dung khác"
            )
            run.counts[SKIPPED] += 1
            return [Problem(raw.place, code, SKIPPED, "code", reason)], None
        run.seen[code] = digest
        if run.known.get(code) == digest:
            run.counts[UNCHANGED] += 1
            return [], None
        derived = derive(record, digest, flaws)
        derived.record, derived.text = source, text
    except RecordError as error:
        run.counts[SKIPPED] += 1
        if error.code or code:
            run.seen.setdefault(code or error.code, "")
        else:
            run.nameless += 1
        return [Problem(raw.place, code or error.code, SKIPPED, error.field, error.reason)], None
    except (RecursionError, TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:
        # A shape nobody thought of: named, so that a rule can be written for it.
        run.counts[SKIPPED] += 1
        run.nameless += not code
        return [
            Problem(raw.place, code, SKIPPED, "", f"không đọc được: {type(error).__name__}: {str(error)[:120]}")
        ], None
    return [Problem(raw.place, code, "flaw", name, reason) for name, reason in flaws.found], derived


def _write(batch: list[tuple[Raw, Derived]], run: Run) -> list[Problem]:
    """Write a batch; when the database refuses it, record by record, so that only the bad ones are left out.

    Raises OperationalError when the database is away: that is no fault of any record.
    """
    try:
        with transaction.atomic():
            problems, counts = _apply(batch, run)
        run.counts.update(counts)
        return problems
    except (DatabaseError, ValueError, TypeError, KeyError, OverflowError) as error:
        if connection.connection is None or not connection.is_usable():
            raise OperationalError(str(error)) from error
        # Fields that the batch made went with it.
        run.fields = {each.code: each for each in Field.objects.all()}
        if len(batch) == 1:
            raw, derived = batch[0]
            run.counts[SKIPPED] += 1
            reason = f"cơ sở dữ liệu không nhận: {' '.join(str(error).split())[:200]}"
            return [Problem(raw.place, derived.code, SKIPPED, "", reason)]
        return [problem for one in batch for problem in _write([one], run)]


def _apply(batch: list[tuple[Raw, Derived]], run: Run) -> tuple[list[Problem], Counter[str]]:
    problems: list[Problem] = []
    counts: Counter[str] = Counter()
    _make_fields(batch, run)
    procedures = _procedures(batch, run)
    records = {
        row.procedure_id: row
        for row in NationalRecord.objects.filter(procedure__in=procedures.values()).defer("record").select_for_update()
    }
    last = _last_versions(procedures)
    versions: list[tuple[Derived, ProcedureVersion]] = []
    changed_procedures: list[Procedure] = []
    ended: list[ProcedureVersion] = []
    kept: list[NationalRecord] = []
    now = timezone.now()
    for raw, derived in batch:
        procedure = procedures[derived.code]
        before = last.get(procedure.pk)
        has_pack = before is not None and before.origin == Origin.PACK
        record = records.get(procedure.pk) or NationalRecord(procedure=procedure)
        record.content_sha256, record.imported_at = derived.digest, now
        record.record = derived.record if has_pack else None
        kept.append(record)
        if has_pack:
            counts[BESIDE] += 1
            continue
        starts = (
            min(derived.valid_from or run.today, run.today) if before is None else max(run.today, before.valid_from)
        )
        if before is not None:
            before.valid_to = max(before.valid_from, starts - timedelta(days=1))
            ended.append(before)
            parts = _changed_parts(before.source_record or {}, derived.record)
            problems.append(Problem(raw.place, derived.code, CHANGED, ", ".join(parts), f"bản {before.number + 1}"))
        version = _version(derived, procedure, before, starts=starts, run=run)
        versions.append((derived, version))
        counts[CHANGED if before else NEW] += 1
    bulk_rows.update_each(ended, ["valid_to"])
    for (_derived, version), key in zip(versions, bulk_rows.next_keys(ProcedureVersion, len(versions)), strict=True):
        version.pk = key
    bulk_rows.copy_in(
        ProcedureVersion,
        [{**vars(version), "source_record": bulk_rows.Encoded(derived.text)} for derived, version in versions],
    )
    for derived, version in versions:
        procedure = procedures[derived.code]
        procedure.field = run.fields[derived.field_code]
        procedure.current = version
        procedure.is_internal = derived.is_internal
        procedure.province_code = run.provinces.get(derived.province_agency, "")
        if not procedure.is_open and procedure.replaced_by_id is None:
            procedure.is_open, procedure.closed_reason = True, ""
            counts[REOPENED] += 1
        changed_procedures.append(procedure)
    bulk_rows.update_each(
        changed_procedures, ["field", "current", "is_internal", "province_code", "is_open", "closed_reason"]
    )
    for model, part in ((Component, "components"), (FeeRule, "fees"), (ResultType, "results")):
        bulk_rows.copy_in(
            model,
            [{"version_id": version.pk, **row} for derived, version in versions for row in getattr(derived, part)],
        )
    NationalRecord.objects.bulk_create(
        kept,
        update_conflicts=True,
        unique_fields=["procedure"],
        update_fields=["content_sha256", "record", "imported_at"],
    )
    return problems, counts


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
    derived: Derived, procedure: Procedure, before: ProcedureVersion | None, *, starts: date, run: Run
) -> ProcedureVersion:
    columns: dict[str, Any] = dict(derived.columns)
    form = before.form if before else {}
    _name_successors(columns["sheet"]["agencies"], run.successors)
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


def _name_successors(agencies: dict[str, list[dict[str, str]]], successors: dict[str, str]) -> None:
    """Agencies that ended keep their published name and are shown with what took over."""
    for rows in agencies.values():
        for row in rows:
            if successor := successors.get(row["code"]) or successors.get(row["code"].split(".")[0]):
                row["successor"] = successor


PARTS = {
    "name": "tên", "field": "lĩnh vực", "field_code": "mã lĩnh vực", "level": "cấp thực hiện", "steps": "trình tự",
    "methods": "cách thức, thời hạn, phí", "components": "thành phần hồ sơ", "results": "kết quả",
    "requirements": "yêu cầu, điều kiện", "legal_basis": "căn cứ pháp lý", "agencies": "cơ quan",
    "target_groups": "đối tượng", "subcases": "trường hợp", "decision": "quyết định công bố",
    "full_online": "mức độ trực tuyến", "promulgated_by": "cơ quan công bố", "note": "ghi chú",
}  # fmt: skip
"""Parts of a record in the words of the catalogue."""


def _changed_parts(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The parts of a record that changed; one of the wire format by the words of the part it becomes."""
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    words = [PARTS.get(key) or PARTS.get(lay_thu_tuc.PARTS.get(key, ""), key) for key in keys]
    return list(dict.fromkeys(words)) or ["quy tắc đọc bản ghi"]


class CloseRefused(Exception):
    """Closing what vanished would be guessing."""


@transaction.atomic
def close_missing(run: Run, reason: str, *, many: bool = False) -> list[Problem]:
    """Close every procedure of the national catalogue that the run did not see. Raises CloseRefused.

    Procedures with a pack of our own stay open: what they say is kept by us.
    """
    if run.nameless:
        raise CloseRefused(f"{run.nameless} bản ghi không đọc được mã: có thể chính là bản ghi “thiếu”")
    gone = Procedure.objects.filter(is_open=True, national_record__isnull=False, current__origin=Origin.NATIONAL)
    codes = sorted(set(gone.values_list("code", flat=True)) - set(run.seen))
    if len(codes) > MOST_CLOSED_SHARE * max(1, len(run.known)) and not many:
        raise CloseRefused(f"{len(codes)} trong {len(run.known)} thủ tục sẽ bị đóng; thêm --close-many nếu đúng là vậy")
    Procedure.objects.filter(code__in=codes).update(is_open=False, closed_reason=reason)
    # Seen again later, even unchanged, such a record opens its procedure again.
    NationalRecord.objects.filter(procedure__code__in=codes).update(content_sha256="")
    run.counts[CLOSED] += len(codes)
    publication.announce()
    return [Problem("", code, CLOSED, "", reason) for code in codes]
