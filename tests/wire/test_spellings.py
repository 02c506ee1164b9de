"""What hand-built clients send: other cases, text within JSON, fields of a form, words that some of them look for."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from dossiers.models import Dossier
from dossiers.partners import wire_names
from tests import factories
from tests.wire.clients import PASSWORD, WireClient, new_code, record

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"


def post(body: str | bytes, content_type: str = "application/json") -> dict[str, Any]:
    answer = Client().post("/mapi/g", body, content_type=content_type)
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


@pytest.mark.parametrize("spell", [str.lower, str.upper, str.swapcase])
def test_names_are_known_whatever_their_case(province: WireClient, spell: Any) -> None:
    province.sign_in()
    code, number = new_code(), "001199000123"
    fields = record(code, "5", SoGiayToChuHoSo=number, DinhDanhCHS=[{"LoaiDinhDanh": "1", "SoDinhDanh": number}])
    fields |= {"DanhSachHoSoBoSung": [{"NgayBoSung": "2025-01-03T08:00:00"}], "KhoaLa": "x"}
    call = {"session": province.session, "madonvi": "H26", "service": "DongBoHoSoMC", "isUpdating": "False"}
    body = {spell(name): value for name, value in reversed(call.items())}
    body[spell("data")] = [_spelled(fields, spell)]
    assert post(json.dumps(body))["error_code"] == "0"
    dossier = Dossier.objects.get(code=code)
    assert (dossier.national_status, dossier.applicant_name, dossier.applicant_id) == (5, "Nguyễn Thị Mẫu", number)
    assert dossier.state_occurred_at is not None and dossier.state_occurred_at.isoformat().startswith("2025-01-03")
    assert dossier.source_record[spell("KhoaLa")] == "x", "what the protocol does not know is kept as it came"
    assert number not in json.dumps(dossier.source_record)
    line = {"MaHoSo": code, "TrangThai": 9, "ThoiDiemXuLy": "20250105080000", "NoiDungXuLy": "Ký"}
    body |= {spell("service"): "CapNhatTienDoHoSoMC", spell("data"): [_spelled(line, spell)]}
    assert post(json.dumps(body))["error_code"] == "0"
    dossier.refresh_from_db()
    assert dossier.national_status == 9


@pytest.mark.parametrize("path", ["/map\u0131/g", "/api/\u017fynsTTHCC/g", "/lg\u017fp/g"])
def test_a_letter_that_only_unicode_takes_for_another_is_no_door(path: str) -> None:
    answer = Client(raise_request_exception=False).post(path, {}, content_type="application/json")
    assert answer.status_code == 404 and "Lỗi của Cổng" not in answer.content.decode()


def _spelled(value: Any, spell: Any) -> Any:
    if isinstance(value, dict):
        return {spell(name): _spelled(inner, spell) for name, inner in value.items()}
    return [_spelled(item, spell) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("numbers", [{"SoDinhDanh": "001199000123"}, [{"sodinhdanh": "001199000123"}]])
def test_a_number_that_came_twice_or_alone_is_not_left_open(province: WireClient, numbers: Any) -> None:
    code = new_code()
    fields = record(code, SoGiayToChuHoSo="001199000123", sogiaytochuhoso="001199000123", DinhDanhCHS=numbers)
    assert province.sync(fields)["error_code"] == "0"
    assert "001199000123" not in json.dumps(Dossier.objects.get(code=code).source_record)


def test_of_two_spellings_of_a_name_neither_value_is_lost() -> None:
    assert wire_names.respelled({"GHICHU": "a", "ghichu": "b"}) == {"GhiChu": "a", "ghichu": "b"}
    assert wire_names.respelled({"ghichu": "b", "GhiChu": "a"}) == {"ghichu": "b", "GhiChu": "a"}


def test_data_may_come_as_text(province: WireClient) -> None:
    code = new_code()
    assert province.call("DongBoHoSoMC", data=json.dumps([record(code)]))["error_code"] == "0"
    told = province.call("DongBoTrangThaiHoSo", type="2", data=json.dumps({"MaHoSo": code, "TrangThai": "4"}))
    assert told["error_code"] == "0"
    assert Dossier.objects.get(code=code).national_status == 4
    assert province.call("DongBoHoSoMC", data='[{"MaHoSo"')["error_code"] == "-5"


def test_a_call_may_come_as_fields_of_a_form(province: WireClient) -> None:
    told = post(urlencode({"username": province.account.wire_username, "password": PASSWORD}), FORM)
    code = new_code()
    call = {"session": told["session"], "madonvi": "H26", "service": "DongBoHoSoMC", "isUpdating": "False"}
    assert post(urlencode(call | {"data": json.dumps([record(code)])}), FORM)["error_code"] == "0"
    assert Dossier.objects.get(code=code).applicant_name == "Nguyễn Thị Mẫu"
    assert post(json.dumps(call | {"data": [record(code)]}), FORM)["error_code"] == "0", "JSON under a wrong name"
    assert post("&".join(["a=1"] * (settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)), FORM)["error_code"] == "-5"
    assert post("session=%00%ff&service=TraCuuHoSo", FORM)["error_code"] == "-2"


@pytest.mark.parametrize("updating", ["False", "false", False, 0])
def test_an_insert_that_meets_a_dossier_says_so_beside_the_success(province: WireClient, updating: object) -> None:
    code = new_code()
    assert "đã tồn tại" not in province.sync(record(code), updating="False")["message"]
    told = province.call("DongBoHoSoMC", isUpdating=updating, data=[record(code, "4")])
    assert told["error_code"] == "0" and "thành công" in told["message"] and "đã tồn tại" in told["message"]
    assert "đã tồn tại" not in province.sync(record(code, "9"), updating="True")["message"]
    assert Dossier.objects.get(code=code).national_status == 9


def test_a_code_below_another_province_is_refused_even_of_a_unit_unknown_here(province: WireClient) -> None:
    """Else whoever is quicker could keep the other one's dossiers out."""
    factories.make_agency("H99.01")
    for code in ("000.00.05.H99-250102-00017", "H99.05-250102-00017"):
        assert province.sync(record(code))["error_code"] == "-6"
    assert province.call("TraCuuHoSo", madonvi="000.00.05.H99", mahoso="x")["error_code"] == "-6"
    assert province.call("TraCuuHoSo", madonvi="000.00.05.H26", mahoso="x")["error_code"] == "0"
    assert province.sync(record("000.00.05.H26-250102-00017"))["error_code"] == "0"
    assert province.sync(record("000.00.05.H77-250102-00017"))["error_code"] == "0", "nobody's here"
    assert Dossier.objects.count() == 2
