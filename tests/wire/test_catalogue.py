"""Catalogue services (conformance 10): shapes that real clients read without breaking."""

import pytest
from django.core.cache import cache

from tests import factories
from tests.wire.clients import WireClient, wire_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> WireClient:
    cache.clear()
    return wire_client(factories.make_agency())


def test_agencies_come_in_one_answer(client: WireClient) -> None:
    rows = client.call("LayDanhMucCoQuan")["result"]
    assert {"MADONVI": "H26.00073", "TENDONVI": "UBND phường Cửa Nam (H26.00073)", "CAPDONVI": "3"} in rows


def test_procedures_fields_and_services(client: WireClient) -> None:
    factories.make_version()
    assert client.call("LayDanhSachTTHC")["result"] == [{"MATTHC": "1.000001", "TENTTHC": "Thủ tục thử nghiệm"}]
    assert client.call("LayDanhMucLinhVuc")["result"][0]["MALINHVUC"] == "TEST"
    services = client.call("LayDVC", coquan="bất kỳ")["result"]
    assert services["data"][0]["MADVC"] == "1.000001.01"


def test_a_procedure_has_every_array_and_numbers_that_parse(client: WireClient) -> None:
    factories.make_version(fee_vnd=8000)
    for spelling in ("maTTHC", "MaTTHC", "mattHC"):
        (procedure,) = client.call("LayThuTuc", **{spelling: "1.000001"})["result"]
    assert procedure["LINHVUCTHUCHIEN"] and all(isinstance(value, str | list) for value in procedure.values())
    for method in procedure["CACHTHUCTHUCHIEN"]:
        int(method["KENH"])
        for span in method["THOIGIAN"]:
            int(span["THOIGIANGIAIQUYET"])
            for fee in span["PHILEPHI"]:
                float(fee["SOTIEN"])
    assert client.call("LayThuTuc", maTTHC="khong-co")["result"] == []
    assert client.call("LayThuTuc")["error_code"] == "-5"


def test_a_technical_id_is_found_by_number(client: WireClient) -> None:
    citizen = factories.make_citizen().citizen
    citizen.technical_id = "TECH-1"
    citizen.save()
    found = client.call("TraCuuTechID", provider="wso2is", mstorcmnd=citizen.personal_id)
    assert found["result"] == [{"TECHNICALID": "TECH-1"}]
    assert client.call("TraCuuTechID", mstorcmnd="000000000000")["result"] == []


@pytest.mark.parametrize(
    "name",
    [
        "LayDanhMucGioiTinh",
        "LayDanhMucTinhThanh",
        "LayDanhMucPhuongXa",
        "LayDanhMucQuanHuyen",
        "LayDanhMucDoiTuong",
        "LayDanhMucCapThucHien",
        "LayDanhMucNhomThuTuc",
        "LayDanhSachHoiDapGuiTuDVCQG",
    ],
)
def test_dictionaries_answer_with_a_list(client: WireClient, name: str) -> None:
    answer = client.call(name)
    assert answer["error_code"] == "0" and isinstance(answer["result"], list)
