"""Lists as files: what somebody typed stays text, days stay days, and a long list is not held in memory."""

import csv
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from typing import Any

import pytest

from portal.core import spreadsheets

EVIL = ["=1+1", "+84900000000", "-2", "@SUM(A1)", "\t=1", "\r=1", " =cmd|' /C calc'!A0", "\n=1", "＝1+1"]


@pytest.mark.parametrize("text", EVIL)
def test_a_cell_never_becomes_a_formula(text: str) -> None:
    assert spreadsheets.harmless(text) == f"'{text}"
    written = "".join(spreadsheets.csv_lines(["Tên"], [[text]])).removeprefix(spreadsheets.BYTE_ORDER_MARK)
    assert list(csv.reader(StringIO(written, newline="")))[1] == [f"'{text}"]
    sheet = sheet_of([[text]])
    assert "<f>" not in sheet and "<t" in sheet


@pytest.mark.parametrize("text", ["Công ty A;=1+1", 'A; "=cmd|x', "A;\t@SUM(A1)"])
def test_a_semicolon_begins_no_formula_either(text: str) -> None:
    """A spreadsheet with a decimal comma divides at semicolons."""
    written = "".join(spreadsheets.csv_lines(["Tên"], [[text]]))
    for cell in written.splitlines()[1].split(";")[1:]:
        assert cell.strip('" \t').startswith("'")


@pytest.mark.parametrize("value", ["Nguyễn Văn A", "a; b", "001199000001", "", 5, None, "a=b"])
def test_harmless_values_stay_as_they_are(value: Any) -> None:
    assert spreadsheets.harmless(value) == value


def sheet_of(lines: list[list[Any]], number: int = 1) -> str:
    file = BytesIO()
    spreadsheets.write_xlsx(file, "Danh sách [1]", ["Cột"], lines)
    with zipfile.ZipFile(file) as book:
        return book.read(f"xl/worksheets/sheet{number}.xml").decode()


def test_numbers_days_and_moments_are_what_they_are() -> None:
    sheet = sheet_of([["00123", 7, date(2026, 11, 20), datetime(2026, 11, 20, 3, 0, tzinfo=UTC), None]])
    assert ">00123<" in sheet, "leading zeros stay"
    assert "<v>7</v>" in sheet and "<v>46346</v>" in sheet
    assert "<v>46346.416666" in sheet, "03:00 UTC is 10:00 here"


def test_an_empty_list_is_a_sheet_with_its_head() -> None:
    assert ">Cột<" in sheet_of([])


def test_a_list_longer_than_a_sheet_goes_on_on_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "SHEET_ROWS", 2)
    assert ">3<" in sheet_of([["1"], ["2"], ["3"]], number=2).replace("<v>", ">").replace("</v>", "<")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_list(form: str) -> None:
    def lines(count: int) -> Iterator[list[Any]]:
        return ([f"H26-{number:08d}", "Đăng ký khai sinh " * 5, number] for number in range(count))

    def peak(count: int) -> int:
        tracemalloc.start()
        if form == "csv":
            for _line in spreadsheets.csv_lines(["a", "b", "c"], lines(count)):
                pass
        else:
            import tempfile

            with tempfile.TemporaryFile() as file:
                spreadsheets.write_xlsx(file, "x", ["a", "b", "c"], lines(count))
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)  # imports
    small, large = peak(500), peak(5000)
    assert large < small + 300_000, (small, large)
