"""Lists as files for offices: CSV, streamed as it is read, and XLSX, written row by row (docs/adr/0016).

Neither holds more than a few rows in memory, and in neither does what somebody typed become a formula.
"""

import csv
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import IO, Any

from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone

BYTE_ORDER_MARK = "\ufeff"
"""Spreadsheets take a CSV for UTF-8 only when it begins with this."""
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSX_MOST_ROWS = 50_000
"""A few seconds of writing; whoever needs more takes the CSV, which begins to arrive at once."""
SHEET_ROWS = 1_048_575
"""What one sheet of the format holds under its head."""
WIDEST = 60
RISKY = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""First characters that make a spreadsheet read a cell as a formula (OWASP: CSV injection), the wide ones, too."""
NEW_CELL = re.compile(r"""(;["'\s]*)(?=[=+\-@＝＋－＠])""")
"""A formula behind what other settings take for the end of a cell: with the decimal comma of Việt Nam a spreadsheet
divides the lines of a CSV file at semicolons, whatever stands in quotes."""


def harmless(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets an apostrophe; also behind blanks, which it skips."""
    if not isinstance(value, str):
        return value
    if value.startswith(RISKY) or value.lstrip().startswith(RISKY):
        value = f"'{value}"
    return NEW_CELL.sub(r"\1'", value)


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(head: Iterable[Any], lines: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The text of a CSV file, line by line."""
    writer = csv.writer(_Echo())
    yield BYTE_ORDER_MARK
    yield writer.writerow(head)
    for line in lines:
        yield writer.writerow([harmless(_plain(value)) for value in line])


def csv_response(name: str, head: Iterable[Any], lines: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    """A CSV file, sent as it is read."""
    response = StreamingHttpResponse(csv_lines(head, lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def xlsx_response(name: str, title: str, head: Sequence[Any], lines: Iterable[Iterable[Any]]) -> FileResponse:
    """An XLSX file, written to a temporary file that goes when it was sent."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_xlsx(file, title, head, lines)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX_TYPE)


def write_xlsx(file: IO[bytes], title: str, head: Sequence[Any], lines: Iterable[Iterable[Any]]) -> int:
    """Write one table; return how many lines. Each row leaves the memory when the next begins; long ones go on on
    another sheet."""
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    count = 0
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        moment = book.add_format({"num_format": "hh:mm dd/mm/yyyy"})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet = None
        for line in lines:
            at = count % SHEET_ROWS
            if sheet is None or at == 0:
                sheet = _begin(book, title, head, bold, number=count // SHEET_ROWS)
            for column, value in enumerate(line):
                if isinstance(value, datetime):
                    sheet.write_datetime(at + 1, column, timezone.localtime(value).replace(tzinfo=None), moment)
                elif isinstance(value, date):
                    sheet.write_datetime(at + 1, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001 - a cell has no zone
                elif isinstance(value, bool) or not isinstance(value, int | float):
                    sheet.write_string(at + 1, column, "" if value is None else str(value))
                else:
                    sheet.write_number(at + 1, column, value)
            count += 1
        if sheet is None:
            _begin(book, title, head, bold, number=0)
        book.set_properties({"title": title, "created": datetime.now(UTC).replace(tzinfo=None)})
    return count


def _begin(book: Any, title: str, head: Sequence[Any], bold: Any, *, number: int) -> Any:
    """A sheet with its head, frozen; the format allows 31 characters and no brackets in a name."""
    name = "".join(character for character in title if character not in "[]:*?/\\'")[:27] or "Bảng"
    sheet = book.add_worksheet(f"{name} {number + 1}" if number else name)
    sheet.freeze_panes(1, 0)
    for column, words in enumerate(head):
        sheet.set_column(column, column, min(WIDEST, max(12, len(str(words)) + 2)))
        sheet.write_string(0, column, str(words), bold)
    return sheet


def _plain(value: Any) -> Any:
    """Moments on our clock, days as days; the rest as it is."""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else value
