"""Writing records: unchanged is nothing, changed a new version from today; a record is applied whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from django.db import DatabaseError, OperationalError, connection, transaction

from portal.core import lock_waits
from procedures import publication
from procedures.models import (
    Field,
    NationalRecord,
    Origin,
    Procedure,
)
from procedures.national import applying, checking, documents, lay_thu_tuc
from procedures.national.checking import Flaws, RecordError
from procedures.national.deriving import Derived, derive, digest_of, text_of
from procedures.national.import_run import CLOSED, FLAW, SKIPPED, UNCHANGED, Problem, Run
from procedures.national.reading import Raw

BATCH = 200
MOST_CLOSED_SHARE = 0.3
"""More vanishing at once looks like a file that was cut short, not like a reform."""


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
    run.hiding += raw.hides_others
    if raw.problem:
        code, broken = documents.named_in(raw.text)
        run.counts[SKIPPED] += 1
        run.nameless += not code
        run.unread.add(code)
        return [Problem(raw.place, code, SKIPPED, broken, raw.problem)], None
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
        issuer = derived.columns["issuer_code"]
        if derived.columns["issuer_name"] == issuer:  # the wire shape has the code alone
            derived.columns["issuer_name"] = run.issuers.get(issuer, issuer)
        if source != raw.record:
            derived.as_came = raw.text or json.dumps(raw.record)
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
    return [Problem(raw.place, code, FLAW, name, reason) for name, reason in flaws.found], derived


def _write(batch: list[tuple[Raw, Derived]], run: Run) -> list[Problem]:
    """Write a batch; when the database refuses it, record by record, so that only the bad ones are left out.

    Raises OperationalError when the database is away, or when somebody else holds a row for longer than we wait (behind
    a pooler): neither is a fault of any record.
    """
    try:
        with transaction.atomic():
            problems, counts = applying.apply(batch, run)
        run.counts.update(counts)
        return problems
    except (DatabaseError, ValueError, TypeError, KeyError, OverflowError) as error:
        if connection.connection is None or not connection.is_usable():
            raise OperationalError(str(error)) from error
        if lock_waits.is_row_held(error):
            raise
        # Fields that the batch made went with it.
        run.fields = {each.code: each for each in Field.objects.all()}
        if len(batch) == 1:
            raw, derived = batch[0]
            run.counts[SKIPPED] += 1
            reason = f"cơ sở dữ liệu không nhận: {' '.join(str(error).split())[:200]}"
            return [Problem(raw.place, derived.code, SKIPPED, "", reason)]
        return [problem for one in batch for problem in _write([one], run)]


class CloseRefused(Exception):
    """Closing what vanished would be guessing."""


@transaction.atomic
def close_missing(run: Run, reason: str, *, many: bool = False) -> list[Problem]:
    """Close every procedure of the national catalogue that the run did not see. Raises CloseRefused.

    Procedures with a pack of our own stay open: what they say is kept by us.
    """
    if run.nameless:
        raise CloseRefused(f"{run.nameless} bản ghi không đọc được mã: có thể chính là bản ghi “thiếu”")
    if run.hiding:
        raise CloseRefused(f"{run.hiding} chỗ bị cắt ngang hoặc nuốt bản ghi khác: có thể chính là bản ghi “thiếu”")
    gone = Procedure.objects.filter(is_open=True, national_record__isnull=False, current__origin=Origin.NATIONAL)
    codes = sorted(set(gone.values_list("code", flat=True)) - set(run.seen) - run.unread)
    if len(codes) > MOST_CLOSED_SHARE * max(1, len(run.known)) and not many:
        raise CloseRefused(f"{len(codes)} trong {len(run.known)} thủ tục sẽ bị đóng; thêm --close-many nếu đúng là vậy")
    Procedure.objects.filter(code__in=codes).update(is_open=False, closed_reason=reason)
    # Seen again later, even unchanged, such a record opens its procedure again.
    NationalRecord.objects.filter(procedure__code__in=codes).update(content_sha256="")
    run.counts[CLOSED] += len(codes)
    publication.announce()
    return [Problem("", code, CLOSED, "", reason) for code in codes]
