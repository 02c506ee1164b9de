"""The catalogue as agencies' systems read it (protocol notes §4): golden file, every key, numbers that parse."""

import json
from pathlib import Path

import pytest

from procedures import closing, wire
from tests.procedures.conftest import BIRTH, LICENCE, RESIDENCE

pytestmark = pytest.mark.django_db
GOLDEN = Path(__file__).parent / "golden" / "lay_thu_tuc_1.001193.json"
ARRAYS = {
    *("CAPTHUCHIEN", "LINHVUCTHUCHIEN", "TRINHTUTHUCHIEN", "CACHTHUCTHUCHIEN", "THANHPHANHOSO", "KETQUATHUCHIEN"),
    *("CANCUPHAPLY", "DOITUONGTHUCHIEN", "COQUANTHUCHIEN", "COQUANCOTHAMQUYEN", "COQUANDUOCUYQUYEN", "COQUANPHOIHOP"),
    *("TTHCLIENQUAN", "TTHCLIENTHONG"),
}
TEXTS = {
    *("ID", "MATTHC", "TENTTHC", "MACOQUANCONGBO", "LOAITTHC", "TRANGTHAI", "IDQUYETDINHCONGBO", "QUYETDINH"),
    *(
        "MOTADOITUONGTHUCHIEN",
        "MOTACOQUANTHUCHIEN",
        "MOTACOQUANTHAMQUYEN",
        "DIACHITIEPNHAN",
        "YEUCAU",
        "TUKHOA",
        "MOTA",
    ),
}


def keys_of(value):
    if isinstance(value, dict):
        for key, part in value.items():
            yield key
            yield from keys_of(part)
    elif isinstance(value, list):
        for item in value:
            yield from keys_of(item)


def test_the_golden_file(publish):
    publish(BIRTH)
    (answer,) = wire.lay_thu_tuc(BIRTH)
    assert answer["ID"].isdigit()
    shown = json.loads(json.dumps({**answer, "ID": "1"}))
    assert shown == json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", [BIRTH, RESIDENCE, LICENCE, "3.000722", "2.000033"])
def test_every_key_is_there_and_numbers_parse(publish, code):
    publish(code)
    (answer,) = wire.lay_thu_tuc(code)
    assert set(answer) == ARRAYS | TEXTS
    assert all(isinstance(answer[key], list) for key in ARRAYS)
    assert all(isinstance(answer[key], str) for key in TEXTS)
    assert all(key == key.upper() for key in keys_of(answer))
    assert answer["LINHVUCTHUCHIEN"][0]["MALINHVUC"]
    for method in answer["CACHTHUCTHUCHIEN"]:
        assert int(method["KENH"]) in {1, 2, 3}
        for time in method["THOIGIAN"]:
            assert int(time["THOIGIANGIAIQUYET"]) >= 0
            for fee in time["PHILEPHI"]:
                assert float(fee["SOTIEN"]) >= 0
                assert fee["MOTA"]


def test_an_amount_nobody_knows_is_told_in_words(publish):
    publish(BIRTH)
    (answer,) = wire.lay_thu_tuc(BIRTH)
    fees = answer["CACHTHUCTHUCHIEN"][0]["THOIGIAN"][0]["PHILEPHI"]
    late = next(fee for fee in fees if fee["MAPHILEPHI"] == "registration_late")
    assert late["SOTIEN"] == 0
    assert "chưa xác định" in late["MOTA"]


@pytest.mark.parametrize("code", ["9.999999", "", "x" * 10_000, "'; --"])
def test_an_unknown_procedure_is_an_empty_list(publish, code):
    publish(BIRTH)
    assert wire.lay_thu_tuc(code) == []


def test_lists(publish):
    publish(BIRTH, RESIDENCE)
    assert wire.lay_danh_sach_tthc() == [
        {"MATTHC": BIRTH, "TENTTHC": "Thủ tục đăng ký khai sinh"},
        {"MATTHC": RESIDENCE, "TENTTHC": "Đăng ký thường trú"},
    ]
    assert {"MALINHVUC": "G15-TP07", "TENLINHVUC": "Hộ tịch", "MANGANH": "G15"} in wire.lay_danh_muc_linh_vuc()


def test_the_second_call_costs_no_query_and_publishing_ends_it(
    publish, django_assert_num_queries, django_capture_on_commit_callbacks
):
    publish(BIRTH)
    wire.lay_thu_tuc(BIRTH)
    with django_assert_num_queries(0):
        assert wire.lay_thu_tuc(BIRTH)[0]["TRANGTHAI"] == "1"
    with django_capture_on_commit_callbacks(execute=True):
        closing.close(BIRTH, reason="Bãi bỏ.")
    assert wire.lay_thu_tuc(BIRTH)[0]["TRANGTHAI"] == "0"
    assert wire.lay_danh_sach_tthc() == []
