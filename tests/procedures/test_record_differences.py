"""Two records beside each other: every change is told, in words an official reads, and nothing is told twice."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.national import differences
from tests.procedures.national_records import record, wire_record

LONG = "Trong thời hạn 05 ngày làm việc kể từ ngày nhận đủ hồ sơ hợp lệ, Ủy ban nhân dân cấp xã trả kết quả cho dân."
FEE = {"type": "SERVICE_FEE", "amount": 50000, "currency": "VND", "note": ""}
WAY = {"channel": "online", "time": 5, "time_unit": "WORKING_DAY", "description": "", "fee": [FEE]}
PAPERS = [{"name": "Đơn", "code": "A"}, {"name": "Ảnh", "code": "B"}]
WAY_GONE = "cách nộp: trực tuyến · 5 · ngày làm việc · lệ phí · 50.000 · đồng → (không có)"
WAYS = "cách thức, thời hạn, phí, cách nộp trực tuyến"


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ({"name": "Một"}, {"name": "Hai"}, ["tên: Một → Hai"]),
        ({"updated": "2026-01-02"}, {"updated": "2026-03-04"}, ["ngày cập nhật: 02/01/2026 → 04/03/2026"]),
        ({"level": ["Cấp tỉnh"]}, {"level": ["Cấp tỉnh", "Cấp xã"]}, ["cấp thực hiện: (không có) → Cấp xã"]),
        ({"level": ["A", "B"]}, {"level": ["B", "A"]}, ["cấp thực hiện, thứ tự: A; B → B; A"]),
        (
            {"methods": [WAY]},
            {"methods": [WAY | {"time": 9}]},
            [f"{WAYS}, thời hạn: 5 ngày làm việc → 9 ngày làm việc"],
        ),
        (
            {"methods": [WAY]},
            {"methods": [WAY | {"time_unit": "DAY"}]},
            [f"{WAYS}, thời hạn: 5 ngày làm việc → 5 ngày"],
        ),
        (
            {"methods": [WAY]},
            {"methods": [WAY | {"fee": [FEE | {"amount": 60000}]}]},
            [f"{WAYS}, mức thu, số tiền: 50.000 đồng → 60.000 đồng"],
        ),
        (
            {"methods": [WAY]},
            {"methods": [WAY | {"fee": [FEE | {"attachment": "qd.pdf"}]}]},
            [f"{WAYS}, mức thu, tệp kèm theo: (không có) → qd.pdf"],
        ),
        (
            {"methods": [WAY]},
            {"methods": []},
            [f"cách thức, thời hạn, phí, {WAY_GONE}"],
        ),
        (
            {"components": PAPERS},
            {"components": [PAPERS[0], PAPERS[1] | {"copy": 2}]},
            ["thành phần hồ sơ, giấy tờ “Ảnh”, số bản sao: (không có) → 2"],
        ),
        ({"components": PAPERS}, {"components": PAPERS[:1]}, ["thành phần hồ sơ, giấy tờ: Ảnh · B → (không có)"]),
        (
            {"components": PAPERS},
            {"components": PAPERS[::-1]},
            ["thành phần hồ sơ, giấy tờ, thứ tự: Đơn; Ảnh → Ảnh; Đơn"],
        ),
        (
            {"agencies": {"competent": [{"code": "G04", "name": "Bộ GTVT"}]}},
            {"agencies": {"competent": [{"code": "G04", "name": "Bộ Giao thông"}]}},
            ["cơ quan, cơ quan có thẩm quyền “Bộ GTVT”, tên: Bộ GTVT → Bộ Giao thông"],
        ),
        (
            {"requirements": LONG},
            {"requirements": LONG.replace("05", "07")},
            [
                "yêu cầu, điều kiện: Trong thời hạn 05 ngày làm việc kể từ ngày nhận đủ hồ sơ… "
                "→ Trong thời hạn 07 ngày làm việc kể từ ngày nhận đủ hồ sơ…"
            ],
        ),
        ({"note": f"{LONG}\nA"}, {"note": f"{LONG}\nA\nB"}, ["ghi chú: (không có) → B"]),
        ({"original": 1}, {"original": "1"}, ['original: 1 → "1"']),
        ({"internal": True}, {"internal": 1}, ["nội bộ: có → 1"]),
        ({"note": None}, {"note": ""}, ['ghi chú: null → ""']),
        ({}, {"note": None}, ["ghi chú: (không có) → (trống)"]),
        ({"note": "A"}, {"note": ["A"]}, ['ghi chú: "A" → ["A"]']),
        (
            {"decision": {"date": "2025-13-45"}},
            {"decision": {}},
            ["quyết định công bố, ngày ban hành: 2025-13-45 → (không có)"],
        ),
    ],
)
def test_a_change_is_told_in_words(before: dict[str, Any], after: dict[str, Any], lines: list[str]):
    assert [str(each) for each in differences.between(before, after)] == lines


def test_a_record_of_the_wire_and_one_of_the_file_are_compared_part_by_part():
    parts = {each.part for each in differences.between(wire_record(), record("1.900009", name="Cấp thẻ rồng"))}
    assert "tên" not in parts and "cách thức, thời hạn, phí" in parts


def test_a_giant_difference_is_counted():
    many = [{"name": f"Giấy {number}"} for number in range(2_500)]
    found = differences.between({"components": []}, {"components": many})
    assert len(found) == differences.MOST + 1 and found[-1].part == "còn 500 thay đổi khác"
    assert all(len(str(each)) < 1_000 for each in differences.between({"note": "a" * 200_000}, {"note": "b" * 200_000}))


keys = st.sampled_from(["name", "methods", "fee", "time", "time_unit", "amount", "components", "code", "x", "channel"])
scalars = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5, 1.0]) | st.text("ab \n", max_size=3)
values = st.recursive(
    scalars | st.just(LONG) | st.just(f"{LONG}\n\nx"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=8,
)
records = st.dictionaries(keys, values, max_size=5)


@given(records, records)
def test_records_that_are_not_the_same_to_the_letter_always_differ_in_something(before, after):
    found = differences.between(before, after)
    same = json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True)
    assert bool(found) is not same
    for each in found:
        assert each.part and each.before and each.after
        assert each.before != each.after or "thứ tự" in each.place
