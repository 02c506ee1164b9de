"""What changed in a record is named in the report and written out on the page of changes; never "unchanged"."""

from html import unescape
from typing import Any

import pytest

from procedures.models import NationalRecord
from procedures.national import deriving
from procedures.national.record_words import PARTS
from tests.procedures.conftest import BIRTH
from tests.procedures.national_records import record, wire_record

pytestmark = pytest.mark.django_db
WAY = {"channel": "online", "time": 9, "time_unit": "DAY", "description": "", "fee": []}
CHANGES: dict[str, tuple[Any, str]] = {
    "name": ("Cấp giấy phép nuôi rồng bay", "nuôi rồng bay"),
    "level": (["Cấp tỉnh"], "Cấp tỉnh"),
    "full_online": (True, "Làm trọn trên mạng"),
    "target_groups": (["Công dân Việt Nam"], "Doanh nghiệp"),
    "promulgated_by": ({"code": "G15", "name": "Bộ Tư pháp"}, "Bộ Tư pháp"),
    "decision": ({"number": "2/QĐ-BNNMT", "date": "2025-07-01"}, "2/QĐ-BNNMT"),
    "agencies": (
        {"executing_groups": ["Ủy ban nhân dân cấp xã"], "coordinating_groups": ["Sở Y tế"]},
        "Phối hợp: Sở Y tế",
    ),
    "steps": ([{"name": "", "text": "Bước 1: Gửi hồ sơ."}], "Bước 1: Gửi hồ sơ."),
    "methods": ([WAY], "9 ngày"),
    "components": ([{"name": "Đơn mới", "code": "KQ1", "original": 1, "copy": 2}], "Đơn mới"),
    "results": ([{"code": "KQ.G10.1", "name": "Thẻ nuôi rồng"}], "Thẻ nuôi rồng"),
    "requirements": ("Phải có chuồng.", "Phải có chuồng."),
    "note": ("Rồng ngủ ban ngày.", "Rồng ngủ ban ngày."),
    "legal_basis": ([{"number": "2/2026/QH15", "name": "Luật Rồng mới"}], "Luật Rồng mới"),
    "subcases": ([{"code": "1", "name": "Rồng con", "time": 2, "time_unit": "DAY"}], "Rồng con"),
    "receiving_address": ("Số 1 phố Rồng", "Nơi tiếp nhận: Số 1 phố Rồng"),
    "updated": ("2026-01-02", "02/01/2026"),
    "url": ("https://dichvucong.gov.vn/rong", "https://dichvucong.gov.vn/rong"),
}


UNSEEN: dict[str, tuple[Any, str]] = {
    "field": ("Nuôi rồng", "lĩnh vực: Chăn nuôi → Nuôi rồng"),
    "field_code": ("G10-CN02", "mã lĩnh vực: G10-CN01 → G10-CN02"),
    "keywords": ("rồng; lửa", "từ khóa: (không có) → rồng; lửa"),
    "service_groups": (["Nuôi thú"], "nhóm dịch vụ: (không có) → Nuôi thú"),
    "scope": ("SPECIFIC", "phạm vi áp dụng: cả nước → riêng của địa phương"),
    "vertical": (True, "ngành dọc: (không có) → có"),
    "procedure_type": ("REGULATION", "loại thủ tục: (không có) → REGULATION"),
    "source": ("tệp 2", "nguồn: (không có) → tệp 2"),
    "internal": (True, "nội bộ: không → có"),
    "future_key": ({"a": [1]}, "future_key: (không có) → 1"),
}
"""Parts that no sheet shows: what changes in them is read beside it."""


def changed(report: list[dict[str, Any]]) -> dict[str, Any]:
    (told,) = [line for line in report if line["kind"] == "changed"]
    return told


def compared(client: Any, language: str = "") -> str:
    html = client.get(f"{language}/thu-tuc/1.900001/ban-cong-bo/1-2/").content.decode()
    return " ".join(unescape(html).split())


def test_every_part_of_a_record_is_tried_here():
    assert set(CHANGES) | set(UNSEEN) == (set(PARTS) | {"future_key"}) - {"code"}


@pytest.mark.parametrize("key", sorted(CHANGES))
def test_one_part_that_changes_is_named_and_written_out(import_records, client, key):
    value, words = CHANGES[key]
    import_records(record())
    out, report = import_records(record(**{key: value}))
    told = changed(report)
    assert told["field"] == str(PARTS[key])
    assert told["changes"] and all(line.startswith(str(PARTS[key])) and " → " in line for line in told["changes"])
    assert f"    {told['changes'][0]}" in out.splitlines()
    html = compared(client)
    assert words in html and "không đổi" not in html


@pytest.mark.parametrize("key", sorted(UNSEEN))
def test_what_no_sheet_shows_is_written_out_beside_it(import_records, client, key):
    value, line = UNSEEN[key]
    import_records(record())
    _out, report = import_records(record(**{key: value}))
    assert changed(report)["changes"] == [line]
    if key == "internal":  # what is done between agencies has no page
        return
    where, _colon, values = line.partition(": ")
    html = compared(client)
    assert '<details class="govuk-details" open>' in html and "Nội dung thủ tục không đổi" in html
    assert all(text in html for text in (where, *values.split(" → ")))
    assert "Every change in the national record" in compared(client, "/en")


def test_all_changes_are_in_the_report_and_the_first_on_the_screen(import_records):
    papers = [{"name": f"Giấy {number}", "code": f"K{number}", "original": 1} for number in range(8)]
    import_records(record(components=papers))
    out, report = import_records(record(components=[{**paper, "original": 2} for paper in papers]))
    lines = changed(report)["changes"]
    assert lines == [f"thành phần hồ sơ, giấy tờ “Giấy {number}”, số bản chính: 1 → 2" for number in range(8)]
    assert [line.strip() for line in out.splitlines() if line.startswith("    ")] == [*lines[:5], "… and 3 more"]


def test_a_change_of_the_rules_alone_says_so(import_records, client, monkeypatch):
    import_records(record())
    monkeypatch.setattr(deriving, "RULES", "another")
    _out, report = import_records(record())
    assert changed(report)["field"] == "quy tắc đọc bản ghi" and "changes" not in changed(report)
    assert "Bản ghi quốc gia không đổi; cổng đọc lại bản ghi theo quy tắc mới." in compared(client)


def test_a_part_of_an_answer_of_the_wire_is_told_in_the_same_words(import_records):
    import_records(wire_record())
    way = {"KENH": "2", "THOIGIAN": [{"THOIGIANGIAIQUYET": "4", "DONVITINH": "Ngày làm việc", "LA": "1"}]}
    _out, report = import_records(wire_record(CACHTHUCTHUCHIEN=[way], MOI="1", DIACHITIEPNHAN="Số 1"))
    lines = changed(report)["changes"]
    assert "cách thức, thời hạn, phí, cách nộp trực tuyến, thời hạn: 3 ngày làm việc → 4 ngày làm việc" in lines
    assert "nơi tiếp nhận: (trống) → Số 1" in lines
    assert "MOI: (không có) → 1" in lines


def test_a_record_beside_a_pack_of_ours_is_compared_with_the_one_before(import_records, publish):
    publish(BIRTH)
    import_records(record(BIRTH))
    assert NationalRecord.objects.get().changed_at is None
    out, report = import_records(record(BIRTH, requirements="Có chuồng."))
    (told,) = [line for line in report if line["kind"] == "beside_changed"]
    assert (told["code"], told["field"]) == (BIRTH, "yêu cầu, điều kiện")
    assert told["changes"] == ["yêu cầu, điều kiện: (không có) → Có chuồng."]
    assert f"beside_changed catalogue.jsonl:1 {BIRTH}" in out
    row = NationalRecord.objects.get()
    assert (row.seen, row.record["requirements"]) == (record(BIRTH), "Có chuồng.") and row.changed_at
    _out, report = import_records(record(BIRTH, requirements="Có chuồng."))
    assert [line["kind"] for line in report] == ["summary"], "named once"
    _out, report = import_records(record(BIRTH, requirements="Có hai chuồng."))
    assert [line["changes"] for line in report if line["kind"] == "beside_changed"] == [
        ["yêu cầu, điều kiện: Có chuồng. → Có hai chuồng."]
    ]
    assert NationalRecord.objects.get().seen == record(BIRTH), "what officials knew, over several changes"
    import_records(record(BIRTH))
    row = NationalRecord.objects.get()
    assert (row.seen, row.changed_at) == (None, None), "back to what officials know"


def test_a_pack_published_over_a_record_is_compared_with_that_record(import_records, publish):
    import_records(record(BIRTH))
    publish(BIRTH)
    _out, report = import_records(record(BIRTH, note="Mới."))
    assert [line["changes"] for line in report if line["kind"] == "beside_changed"] == [["ghi chú: (không có) → Mới."]]


def test_a_record_says_where_it_comes_from_and_of_which_day(import_records, client):
    import_records(record(updated="2026-01-02", url="https://dichvucong.gov.vn/rong"))
    html = client.get("/thu-tuc/1.900001/").content.decode()
    assert 'href="https://dichvucong.gov.vn/rong"' in html and "cập nhật ngày 02/01/2026" in html


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://dichvucong.gov.vn/x", "//x", ""])
def test_an_address_that_is_none_is_no_link(import_records, client, url):
    import_records(record(url=url, updated="hôm qua"))
    html = client.get("/thu-tuc/1.900001/").content.decode()
    assert "Xem bản ghi ở Cổng" not in html and "cập nhật ngày" not in html
