"""What changed in a record is named in the report and written out on the page of changes; never "unchanged"."""

from html import unescape
from typing import Any

import pytest

from procedures.national.applying import PARTS
from tests.procedures.national_records import record

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


@pytest.mark.parametrize("key", sorted(CHANGES))
def test_one_part_that_changes_is_named_and_written_out(import_records, client, key):
    value, words = CHANGES[key]
    import_records(record())
    _out, report = import_records(record(**{key: value}))
    (told,) = [line for line in report if line["kind"] == "changed"]
    assert told["field"] == PARTS[key]
    html = " ".join(unescape(client.get("/thu-tuc/1.900001/ban-cong-bo/1-2/").content.decode()).split())
    assert words in html and "Trang thủ tục không đổi" not in html


def test_a_record_says_where_it_comes_from_and_of_which_day(import_records, client):
    import_records(record(updated="2026-01-02", url="https://dichvucong.gov.vn/rong"))
    html = client.get("/thu-tuc/1.900001/").content.decode()
    assert 'href="https://dichvucong.gov.vn/rong"' in html and "cập nhật ngày 02/01/2026" in html


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://dichvucong.gov.vn/x", "//x", ""])
def test_an_address_that_is_none_is_no_link(import_records, client, url):
    import_records(record(url=url, updated="hôm qua"))
    html = client.get("/thu-tuc/1.900001/").content.decode()
    assert "Xem bản ghi ở Cổng" not in html and "cập nhật ngày" not in html
