"""A code table as a file: the template that an operator fills in, and reading it back, every fault with its line.

CSV opens in any office program (UTF-8 with a mark, one line a code); JSON is for a system's own tools. Both carry what
is mapped and, with an empty national code, what waits to be mapped. A line without a national code is left out again.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from dossiers.models import CodeKind
from dossiers.partners import code_tables, codebook
from portal.agencies.codes import find_agency
from portal.agencies.models import ApiClient
from portal.core.errors import InvalidInputError, Text
from portal.core.spreadsheets import NEW_CELL, RISKY
from portal.core.text import clean_line
from procedures.models import Procedure

COLUMNS = ("loai", "ma_he_thong", "ma_quoc_gia", "ghi_chu")
WORDS = {CodeKind.STATUS: "trang_thai", CodeKind.PROCEDURE: "thu_tuc", CodeKind.AGENCY: "co_quan"}
KINDS = {word: kind for kind, word in WORDS.items()} | {kind.value: kind for kind in CodeKind}
_MARKED_CELL = re.compile(NEW_CELL.pattern.replace(")(?=", ")'(?="))
MOST_BYTES = 2_000_000
MOST_ENTRIES = 20_000
MOST_PROBLEMS = 30
NOTE_LENGTH = 300
STATUSES = frozenset(str(number) for number in range(1, 12))

Entry = dict[str, str]


def rows_of(client: ApiClient, entries: Sequence[Entry], *, with_gaps: bool) -> list[Entry]:
    """What a template shows: the entries, then the codes that wait."""
    rows = list(entries)
    if with_gaps:
        for gap in code_tables.unmapped(client):
            rows.append({"kind": gap.kind, "told": gap.told, "ours": "", "note": gap.example})
    return rows


def as_csv(rows: Iterable[Entry]) -> str:
    """The template for office programs."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        cells = (WORDS[CodeKind(row["kind"])], row["told"], row["ours"], row["note"])
        writer.writerow(_marked(cell) for cell in cells)
    return "\ufeff" + out.getvalue()


def as_json(client: ApiClient, rows: Iterable[Entry]) -> str:
    """The template for programs."""
    return json.dumps({"version": client.code_version, "entries": list(rows)}, ensure_ascii=False, indent=1)


def read(client: ApiClient, content: bytes) -> list[Entry]:
    """The entries of an uploaded file; raises InvalidInputError("file") naming each line that cannot be used."""
    if len(content) > MOST_BYTES:
        raise _wrong([_("Tệp lớn quá %(most)d MB.") % {"most": MOST_BYTES // 1_000_000}])
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise _wrong([_("Tệp phải ở bảng mã UTF-8. Trong Excel hãy lưu dạng “CSV UTF-8”.")]) from None
    rows = _from_json(text) if text.startswith(("{", "[")) else _from_csv(text)
    if len(rows) > MOST_ENTRIES:
        raise _wrong([_("Bảng có quá %(most)d dòng.") % {"most": MOST_ENTRIES}])
    return check(client, rows)


def check(client: ApiClient, rows: Sequence[tuple[int, Entry]]) -> list[Entry]:
    """The rows that have a national code, each known here; raises InvalidInputError("file") with their lines."""
    problems: list[Text] = []
    found: dict[tuple[str, str], Entry] = {}
    codes = {row["ours"] for _line, row in rows if row["kind"] == CodeKind.PROCEDURE}
    procedures = set(Procedure.objects.filter(code__in=codes).values_list("code", flat=True)) if codes else set()
    for line, row in rows:
        if not row["ours"] and row["told"]:
            continue
        position = row["kind"], codebook.key(row["told"])
        problem = _problem(client, row, procedures)
        if not problem and found.get(position, row)["ours"] != row["ours"]:
            problem = _("mã %(told)s có hai mã quốc gia khác nhau") % {"told": row["told"]}
        if problem:
            problems.append(_("Dòng %(line)d: %(problem)s.") % {"line": line, "problem": problem})
        found[position] = row
    if problems:
        raise _wrong(problems)
    return list(found.values())


def _problem(client: ApiClient, row: Entry, procedures: set[str]) -> str:
    kind, told, ours = row["kind"], row["told"], row["ours"]
    if kind not in CodeKind.values:
        return _("loại phải là một trong: %(names)s") % {"names": ", ".join(WORDS.values())}
    if not told:
        return _("thiếu mã của hệ thống")
    if len(told) > codebook.TOLD_LENGTH:
        return _("mã của hệ thống dài quá %(most)d ký tự") % {"most": codebook.TOLD_LENGTH}
    if kind == CodeKind.STATUS and ours not in STATUSES:
        return _("trạng thái quốc gia là số từ 1 đến 11, không phải “%(ours)s”") % {"ours": ours[:40]}
    if kind == CodeKind.PROCEDURE and ours not in procedures:
        return _("danh mục không có thủ tục %(ours)s") % {"ours": ours[:40]}
    if kind == CodeKind.AGENCY:
        agency = find_agency(ours)
        if agency is None or not agency.is_within(client.agency):
            return _("%(ours)s không phải cơ quan thuộc %(name)s") % {"ours": ours[:40], "name": client.agency.name}
    return ""


def _from_csv(text: str) -> list[tuple[int, Entry]]:
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise _wrong([_("Tệp CSV không đọc được. Hãy lưu lại dạng “CSV UTF-8”.")]) from None
    names = [clean_line(name).casefold() for name in lines[0]] if lines else []
    missing = [name for name in COLUMNS[:3] if name not in names]
    if missing:
        raise _wrong([_("Dòng đầu phải có các cột: %(names)s.") % {"names": ", ".join(COLUMNS)}])
    rows = []
    for number, cells in enumerate(lines[1:], start=2):
        if any(cell.strip() for cell in cells):
            row = dict(zip(names, (_plain(cell) for cell in cells), strict=False))
            rows.append((number, _entry(*(row.get(name, "") for name in COLUMNS))))
    return rows


def _marked(cell: str) -> str:
    """One apostrophe more before what an office program takes for a formula; `_plain` takes it off again."""
    marked = f"'{cell}" if cell.lstrip("'").startswith(RISKY) else cell
    return NEW_CELL.sub(r"\1'", marked)


def _plain(cell: str) -> str:
    bare = cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(RISKY) else cell
    return _MARKED_CELL.sub(r"\1", bare)


def _from_json(text: str) -> list[tuple[int, Entry]]:
    try:
        body: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise _wrong([_("Tệp JSON không đọc được.")]) from None
    items = body.get("entries") if isinstance(body, dict) else body
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise _wrong([_("Tệp JSON phải có mảng entries gồm các đối tượng kind, told, ours, note.")])
    return [
        (number, _entry(*(str(item.get(name) or "") for name in code_tables.FIELDS)))
        for number, item in enumerate(items, start=1)
    ]


def _entry(kind: str, told: str, ours: str, note: str) -> Entry:
    word = clean_line(kind).casefold()
    return {
        "kind": KINDS.get(word, word),
        "told": clean_line(told),
        "ours": clean_line(ours),
        "note": clean_line(note)[:NOTE_LENGTH],
    }


def _wrong(problems: list[Text]) -> InvalidInputError:
    shown = problems[:MOST_PROBLEMS]
    if len(problems) > MOST_PROBLEMS:
        shown.append(_("… và %(count)d dòng khác.") % {"count": len(problems) - MOST_PROBLEMS})
    return InvalidInputError(fields={"file": shown})
