"""The leader's board as files: every row of a figure, no formula, and never more than a few at a time."""

import csv
import zipfile
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.db import connection

from dossiers.models import Dossier
from portal.core import spreadsheets
from tests.backoffice.boards import (  # noqa: F401 - november holds for every test here
    NOW,
    ROWS,
    B,
    november,
    some,
)
from tests.backoffice.conftest import Office

pytestmark = pytest.mark.django_db


def test_the_csv_has_the_rows_and_no_formula(office: Office) -> None:
    made = some(office)
    Dossier.objects.filter(pk=made["open"].pk).update(applicant_name="=HYPERLINK(1)")
    answer = office.browser("leader").get(f"{B}ho-so.csv?loc=dang-giu")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text)))
    assert {row["Mã hồ sơ"] for row in rows} == {made[name].code for name in ROWS["dang-giu"]}
    assert "'=HYPERLINK(1)" in {row["Người nộp"] for row in rows}
    late = {row["Mã hồ sơ"]: (row["Trễ hạn"], row["Thời gian qua nhiều nhất ở"]) for row in rows}
    assert late[made["overdue"].code or ""] == ("có", "Cơ quan giải quyết")
    assert late[made["open"].code or ""] == ("không", "")


def test_the_xlsx_opens_and_is_refused_where_it_would_take_minutes(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = some(office)
    answer = office.browser("leader").get(f"{B}ho-so.xlsx?loc=tre")
    assert answer["Content-Type"] == spreadsheets.XLSX_TYPE
    with zipfile.ZipFile(BytesIO(b"".join(answer.streaming_content))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert made["late"].code in sheet and made["on_time"].code not in sheet
    monkeypatch.setattr(spreadsheets, "XLSX_MOST_ROWS", 2)
    page = office.browser("leader").get(f"{B}ho-so/?loc=tre").content.decode()
    assert "ho-so.xlsx" not in page and "Danh sách dài quá 2 dòng nên không có tệp XLSX." in page
    refused = office.browser("leader").get(f"{B}ho-so.xlsx?loc=tre")
    assert refused.status_code == 422 and "Danh sách dài quá 2 dòng. Hãy tải tệp CSV." in refused.content.decode()
    monkeypatch.setattr(spreadsheets, "XLSX_MOST_ROWS", 50_000)
    page = office.browser("leader").get(f"{B}ho-so/?loc=tre").content.decode()
    assert "ho-so.xlsx" in page and "không có tệp XLSX" not in page


def test_the_board_as_a_file_has_units_and_officials(office: Office) -> None:
    some(office)
    answer = office.browser("leader").get(f"{B}bang.csv")
    rows = list(csv.DictReader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert {row["Nhóm"] for row in rows} == {"Cơ quan", "Cán bộ"}
    assert [row["Nhận trong kỳ"] for row in rows if row["Nhóm"] == "Cơ quan"] == ["6"]


def test_a_file_of_any_length_is_read_in_pieces_also_behind_a_pooler(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted in rows a query brings, with the server's cursors off as behind a pooler in transaction mode."""
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    monkeypatch.setattr("portal.backoffice.board_rows.CHUNK", 2)
    made = some(office)
    Dossier.objects.update(submitted_at=NOW - timedelta(days=3))  # all at one moment: told apart by their ids
    brought: list[int] = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if sql.startswith("SELECT") and "dossiers_dossier" in sql.partition("WHERE")[0]:
            brought.append(context["cursor"].rowcount)
        return result

    answer = office.browser("leader").get(f"{B}ho-so.csv?loc=da-nhan")
    with connection.execute_wrapper(count):
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert [row["Mã hồ sơ"] for row in csv.DictReader(StringIO(text))] == [
        made_one.code for made_one in sorted(made.values(), key=lambda each: each.pk)
    ]
    assert len(brought) > len(made) // 2 and max(brought) == 2
