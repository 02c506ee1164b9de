"""Papers of an agency brought in by the thousand (nhập hàng loạt): a CSV list and a folder of scans, line by line.

Each line is one transaction: a stop at any moment leaves whole papers only, and the same list goes on where it was.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO

import structlog
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore import digitising
from datastore.import_folders import Folder
from datastore.models import DocumentType, ImportBatch, ImportRow, ImportState, PaperOriginal
from portal.agencies.actors import Actor
from portal.agencies.models import Agency
from portal.core.errors import InvalidInputError, PortalError, UpstreamError
from portal.core.identifiers import clean_personal_id
from portal.core.spreadsheets import harmless

log = structlog.get_logger(__name__)

COLUMNS = ("so_dinh_danh", "loai_giay_to", "tep", "so", "ngay_cap", "gia_tri_den", "giay_cua", "ban_giay")
"""Of the list: whose, type's code, file below the folder, number, issued on, valid until, about whom, goc or sao."""
COLUMN_WORDS = dict(
    zip(
        COLUMNS,
        (
            _("Số định danh cá nhân của người có giấy tờ"),
            _("Mã loại giấy tờ, như GT.KHAC"),
            _("Tên tệp bản quét trong thư mục, cả thư mục con nếu trùng tên"),
            _("Số, ký hiệu trên giấy"),
            _("Ngày cấp, dạng 20/11/2026"),
            _("Có giá trị đến ngày, bỏ trống nếu không thời hạn"),
            _("Họ tên người hoặc tên cơ sở ghi trên giấy"),
            _("goc là bản chính, sao là bản sao có chứng thực; bỏ trống là bản chính"),
        ),
        strict=True,
    )
)
"""The same as a page says it."""
NEEDED = COLUMNS[:5]
ORIGINALS = {"": PaperOriginal.ORIGINAL, "goc": PaperOriginal.ORIGINAL, "sao": PaperOriginal.CERTIFIED_COPY}
SURPLUS = "o_thua"
"""Kept of a line that has more cells than the list has columns."""
ROWS_AT_ONCE = 1000
LINES_MOST = 1_000_000


class BadListError(ValueError):
    """The list as a whole cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A list that was read: its fingerprint, and each line's number with its columns."""

    sha256: str
    lines: list[tuple[int, dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an import stands after a line."""

    done: int
    failed: int
    total: int


def read(content: bytes, *, most: int = LINES_MOST) -> Listed:
    """Read a list whole.

    Raises BadListError where it is no CSV in UTF-8 with the columns of COLUMNS, or has more than `most` lines.
    """
    return Listed(hashlib.sha256(content).hexdigest(), _lines(content, most))


def open_batch(listed: Listed, name: str, *, actor: Actor) -> ImportBatch:
    """Take a list up: its lines become rows, all or none. The same list of the same agency is the batch it was."""
    agency, official = digitising.at_work(actor)
    with transaction.atomic():
        Agency.objects.select_for_update(no_key=True).only("pk").get(pk=agency.pk)  # of two at once the second waits
        known = ImportBatch.objects.filter(agency=agency, list_sha256=listed.sha256).first()
        if known is not None:
            return known
        batch = ImportBatch.objects.create(
            agency=agency,
            name=name[:200],
            list_sha256=listed.sha256,
            total_rows=len(listed.lines),
            started_by=official,
        )
        rows = [ImportRow(batch=batch, line=number, facts=json.dumps(facts)) for number, facts in listed.lines]
        ImportRow.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
    log.info("import.opened", batch_id=batch.pk, rows=len(listed.lines))
    return batch


def run(
    batch: ImportBatch, folder: Folder, *, actor: Actor, is_certified: bool = False, is_retry: bool = False
) -> Iterator[Progress]:
    """Bring in what is left, telling after each line; with `is_retry` also what failed before.

    With `is_certified` the official vouches for the whole batch, which was compared before: each paper is signed and
    shown to its owner at once. Otherwise each waits for its check at the counter. Raises UpstreamError where the
    malware scanner or the signing key is away; the line stays for the next run.
    """
    if is_retry:
        try_failed_again(batch)
    counts = progress(batch)
    done, failed, mark = counts.done, counts.failed, 0
    while (row := batch.rows.filter(state=ImportState.PENDING, line__gt=mark).order_by("line").first()) is not None:
        mark = row.line
        state = _bring(row.pk, folder, actor=actor, is_certified=is_certified)
        done, failed = done + (state == ImportState.DONE), failed + (state == ImportState.FAILED)
        yield Progress(done, failed, batch.total_rows)
    finish(batch)


def try_failed_again(batch: ImportBatch) -> None:
    """Let the lines that failed wait for another turn; the batch is no longer finished."""
    batch.rows.filter(state=ImportState.FAILED).update(state=ImportState.PENDING, error="")
    ImportBatch.objects.filter(pk=batch.pk).update(finished_at=None)


def finish(batch: ImportBatch) -> bool:
    """Write that the batch is finished where no line waits; whether it is."""
    is_finished = not batch.rows.filter(state=ImportState.PENDING).exists()
    if is_finished:
        ImportBatch.objects.filter(pk=batch.pk).update(finished_at=timezone.now())
    return is_finished


def progress(batch: ImportBatch) -> Progress:
    """Where a batch stands."""
    found = dict(batch.rows.values_list("state").annotate(count=Count("pk")).order_by("state"))
    return Progress(found.get(ImportState.DONE, 0), found.get(ImportState.FAILED, 0), batch.total_rows)


def report(batch: ImportBatch, target: IO[str]) -> None:
    """Write what became of each line as CSV; it names lines and documents, not people."""
    writer = csv.writer(target)
    writer.writerow(["dong", "tinh_trang", "giay_to", "ly_do"])
    for row in batch.rows.order_by("line").iterator(chunk_size=ROWS_AT_ONCE):
        writer.writerow([row.line, row.get_state_display(), row.document_id or "", harmless(row.error)])


def _bring(pk: int, folder: Folder, *, actor: Actor, is_certified: bool) -> str:
    with transaction.atomic():
        row = ImportRow.objects.select_for_update(skip_locked=True).filter(pk=pk, state=ImportState.PENDING).first()
        if row is None:  # another run of the same batch has it
            return ""
        try:
            with transaction.atomic():
                row.document_id = _paper(json.loads(row.facts), folder, actor=actor, is_certified=is_certified)
            row.state, row.facts = ImportState.DONE, "{}"
        except UpstreamError:
            raise
        except PortalError as error:
            row.state, row.error = ImportState.FAILED, error.words[:500]
        row.save(update_fields=["state", "facts", "error", "document"])
    return row.state


def _paper(facts: dict[str, str], folder: Folder, *, actor: Actor, is_certified: bool) -> int:
    if facts.get(SURPLUS):
        raise InvalidInputError(_("Dòng có nhiều ô hơn số cột. Ô nào có dấu ngăn cách, hãy đặt trong dấu ngoặc kép."))
    owner = digitising.owner_of(clean_personal_id(facts["so_dinh_danh"]))
    if not DocumentType.objects.filter(code=facts["loai_giay_to"]).exists():
        raise InvalidInputError(f"loai_giay_to: chưa có loại giấy tờ “{facts['loai_giay_to'][:60]}”")
    original = ORIGINALS.get(facts["ban_giay"].lower())
    if original is None:
        raise InvalidInputError(f"ban_giay: “{facts['ban_giay']}” phải là goc hoặc sao")
    issued_on = _day(facts["ngay_cap"], "ngay_cap")
    if issued_on and issued_on > timezone.localdate():
        raise InvalidInputError(f"ngay_cap: {_('Ngày cấp không thể ở tương lai. Hãy xem lại.')}")
    with folder.open(facts["tep"]) as content:
        made = digitising.scan(
            actor=actor,
            owner=owner,
            files=[(facts["tep"], content)],
            type_code=facts["loai_giay_to"],
            original=original,
            number=facts["so"],
            about=facts["giay_cua"],
            issued_on=issued_on,
            valid_until=_day(facts["gia_tri_den"], "gia_tri_den"),
        )
    if is_certified:
        digitising.certify(made.pk, actor=actor, checks=list(digitising.CHECKS))
    return made.document_id


def _day(text: str, column: str) -> date | None:
    if not text:
        return None
    for pattern in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day of the calendar has no zone
        except ValueError:
            continue
    raise InvalidInputError(f"{column}: “{text}” không phải ngày dạng 20/11/2026")


def _lines(content: bytes, most: int) -> list[tuple[int, dict[str, str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadListError(_("Danh sách không ở bảng mã UTF-8. Hãy lưu lại dạng “CSV UTF-8”.")) from error
    delimiter = max(",;\t", key=text.partition("\n")[0].count)  # Excel set to Vietnamese writes semicolons
    # strictly: a quotation mark that nobody closes would swallow the lines after it into one name
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found, begun = [], 0
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header)
        begun = reader.line_num
        for cells in reader:
            if any(cells):
                found.append((begun + 1, _facts(header, cells)))
            begun = reader.line_num
    except csv.Error as error:
        raise BadListError(
            _("Không đọc được dòng %(line)d của danh sách. Hãy xem lại dấu ngoặc kép, lưu lại dạng “CSV UTF-8”.")
            % {"line": begun + 1}
        ) from error
    if not found or len(found) > most:
        raise BadListError(
            _("Danh sách có %(count)d dòng; một đợt nhận từ 1 đến %(most)d dòng.") % {"count": len(found), "most": most}
        )
    return found


def _check_header(header: list[str]) -> None:
    if missing := [name for name in NEEDED if name not in header]:
        raise BadListError(
            _("Danh sách thiếu cột %(missing)s. Các cột có thể có: %(all)s.")
            % {"missing": ", ".join(missing), "all": ", ".join(COLUMNS)}
        )
    if doubled := [name for name in COLUMNS if header.count(name) > 1]:
        raise BadListError(_("Danh sách có hai cột %(names)s. Hãy giữ một cột.") % {"names": ", ".join(doubled)})


def _facts(header: list[str], cells: list[str]) -> dict[str, str]:
    """The columns of a line; where it has more cells than the header, one of them was cut in two."""
    told = dict(zip(header, cells, strict=False))
    facts = {name: told.get(name, "").replace("\0", "").strip() for name in COLUMNS}  # the database keeps no NUL
    return {**facts, SURPLUS: "1"} if any(cells[len(header) :]) else facts
