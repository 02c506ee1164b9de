"""Taking in CSV files that a small system lays into a folder (SFTP and the like end in one).

A file is taken once nobody has written to it for a while, whole, in the order of names; its lines become reports as
over the wire, with the wire's field names as columns. Then it lies in `da-nhan`, or in `loi` where it was no table.
"""

import csv
import io
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from dossiers.partners import drop_folder, drop_papers
from dossiers.partners.drop_folder import TAKEN, WRONG
from dossiers.partners.pull_wire import code_of
from dossiers.partners.wire import PROGRESS, SYNC
from portal.exchange.models import PullSource
from portal.exchange.pulling import Answer, Refused, provider
from portal.exchange.services import Report

SERVICE = "TepCSV"
MOST_BYTES = 20 * 1024 * 1024
MOST_LINES = 50_000
UNFINISHED = (".tmp", ".part", ".filepart")


@provider("folder")
def pull(source: PullSource) -> Answer:
    """Put away the file whose lines are kept by now, then take in the next finished one."""
    folder = drop_folder.folder_of(source)
    _put_away(folder, source.cursor.get("taken"))
    file = next(iter(_finished(folder)), None)
    if file is None:
        return Answer([], {})
    mark = _mark(file, TAKEN)  # before it is read: what is written over it from here on stays, and is read next
    try:
        reports = [_report(row, source) for row in _rows(file)]
    except ValueError as error:
        report = Report(SERVICE, file.name[:60], {"file": file.name, "size_bytes": file.stat().st_size})
        reason = _("Tệp %(name)s: %(problem)s. Tệp nằm ở thư mục %(folder)s.") % {
            "name": file.name[:100],
            "problem": str(error),
            "folder": WRONG,
        }
        return Answer([], {"taken": [*mark[:-1], WRONG]}, has_more=True, refused=[Refused(report, reason)])
    return Answer(reports, {"taken": mark}, has_more=True)


def _mark(file: Path, target: str) -> list[Any]:
    """What is written together with a file's lines: which file it was, and where it goes."""
    facts = file.stat()
    return [file.name, facts.st_size, facts.st_mtime_ns, target]


def _put_away(folder: Path, mark: Any) -> None:
    """Move a file that was taken in; one of the same name that was written anew meanwhile stays."""
    if not mark:
        return
    name, _size, _time, target = mark
    file = folder / name
    if file.is_file() and _mark(file, target) == mark:
        drop_folder.put_away(file, target)


def _finished(folder: Path) -> list[Path]:
    found = []
    for file in folder.iterdir():
        name = file.name.lower()
        is_table = name.endswith(".csv") and not name.startswith(".") and not name.endswith(UNFINISHED)
        if is_table and drop_folder.is_settled(file):
            found.append(file)
    return sorted(found)


def _rows(file: Path) -> list[dict[str, str]]:
    content = drop_folder.content_of(file, most_bytes=MOST_BYTES)
    if len(content) > MOST_BYTES:
        raise ValueError(_("lớn quá %(most)d MB") % {"most": MOST_BYTES // 1024 // 1024})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(_("không phải bảng mã UTF-8")) from None
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    try:
        lines = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error:
        raise ValueError(_("không phải bảng CSV")) from None
    names = [name.strip() for name in lines[0]] if lines else []
    if "MaHoSo" not in names or not {"TrangThaiHoSo", "TrangThai"} & set(names):
        raise ValueError(_("dòng đầu phải có cột MaHoSo và TrangThaiHoSo (hoặc TrangThai)"))
    if len(lines) > MOST_LINES:
        raise ValueError(_("có quá %(most)d dòng") % {"most": MOST_LINES})
    rows = [dict(zip(names, cells, strict=False)) for cells in lines[1:] if any(cell.strip() for cell in cells)]
    return [{name: cell for name, cell in row.items() if name} for row in rows]


def _report(row: dict[str, str], source: PullSource) -> Report:
    is_line = "TrangThaiHoSo" not in row
    item: dict[str, Any] = dict(row)
    if papers := drop_papers.listed(item.pop(drop_papers.COLUMN, ""), source):
        item["TaiLieuXuLy" if is_line else "DanhSachGiayToKetQua"] = papers
    return Report(PROGRESS if is_line else SYNC, code_of(item), {"item": item, "madonvi": row.get("MaDonVi", "")})
