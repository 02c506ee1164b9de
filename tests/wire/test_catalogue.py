"""Catalogue services: shapes that real clients read without breaking."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from portal.accounts.models import Organisation
from portal.agencies.models import Agency, AgencyLevel
from portal.api.wire import catalogue
from procedures.models import Procedure
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
    [service] = services["data"]
    assert service["MADVC"] == "1.000001.01"
    assert service["APDUNGDVC"] == [{"MACOQUANTHUCHIEN": "H26.00073", "MUCDO": 4}], "the caller's own code"
    ministry = Agency.objects.create(code="G99", name="Bộ khác", level=AgencyLevel.MINISTRY, path="G99/")
    assert wire_client(ministry).call("LayDVC")["result"]["data"][0]["APDUNGDVC"] == []


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


def test_a_technical_id_of_an_organisation_is_found_by_tax_code_and_stays(client: WireClient) -> None:
    company = Organisation.objects.create(name="Công ty Mẫu", tax_code="0109999999")
    [row] = client.call("TraCuuTechID", provider="wso2is", mstorcmnd="0109999999")["result"]
    company.name, company.phone = "Công ty Mẫu mới", "0900000000"
    company.save()
    [again] = client.call("TraCuuTechID", provider="wso2is", mstorcmnd=" 0109999999 ")["result"]
    assert row == again == {"TECHNICALID": company.technical_id} and "0109999999" not in company.technical_id
    assert client.call("TraCuuTechID", mstorcmnd="0109999998")["result"] == []


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
        "LayDanhMucTonGiao",
        "LayDanhMucCanCuPhapLy",
        "LayDanhMucLePhi",
        "LayDanhSachHoiDapGuiTuDVCQG",
    ],
)
def test_dictionaries_answer_with_a_list(client: WireClient, name: str) -> None:
    answer = client.call(name)
    assert answer["error_code"] == "0" and isinstance(answer["result"], list)


def test_lists_of_the_forms_are_dictionaries(client: WireClient) -> None:
    for name, count, first in (("DanToc", 54, "Kinh"), ("QuocGia", 190, "Việt Nam"), ("TinhTrangHonNhan", 4, "Chưa")):
        rows = client.call(f"LayDanhMuc{name}")["result"]
        assert len(rows) >= count and any(row["MA"] and row["TEN"].startswith(first) for row in rows)
    assert client.call("LayQDCB", idQDCB="khong-co")["result"] == []
    assert client.call("LayQDCB")["error_code"] == "-5"


def test_nobody_tries_out_numbers_by_the_thousand(client: WireClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "LOOK_UPS_PER_MINUTE", 3)
    with time_machine.travel(datetime(2026, 11, 20, 9, 0, tzinfo=UTC), tick=False):
        codes = [client.call("TraCuuTechID", mstorcmnd=f"00109900000{n}")["error_code"] for n in range(5)]
        assert codes == ["0", "0", "0", "-99", "-99"]
        assert client.call("LayDanhMucTinhThanh")["error_code"] == "0", "other services go on"


def test_a_system_is_held_to_the_rate_of_the_api(client: WireClient, settings: Any) -> None:
    settings.API_RATE_PER_MINUTE = 2
    with time_machine.travel(datetime(2026, 11, 20, 9, 1, tzinfo=UTC), tick=False):
        codes = [client.call("LayDanhMucTinhThanh")["error_code"] for _number in range(4)]
    assert codes == ["0", "0", "-99", "-99"]


def test_fees_and_legal_acts_are_dictionaries_of_what_procedures_tell(client: WireClient) -> None:
    sheet = {"channels": ["online"], "legal_basis": ["Luật 60/2014/QH13", "Nghị định 123/2015/NĐ-CP"]}
    factories.make_version(fee_vnd=8000, sheet=sheet)
    factories.make_version("1.000002", fee_vnd=9000, sheet={"legal_basis": ["Luật 60/2014/QH13"]})
    factories.make_version("1.000003", fee_vnd=1000)
    Procedure.objects.filter(code="1.000003").update(is_open=False)
    fees = client.call("LayDanhMucLePhi")["result"]
    assert [(row["MATTHC"], row["SOTIEN"]) for row in fees] == [("1.000001", 8000), ("1.000002", 9000)]
    told = client.call("LayThuTuc", maTTHC="1.000001")["result"][0]
    [fee] = told["CACHTHUCTHUCHIEN"][0]["THOIGIAN"][0]["PHILEPHI"]
    assert fees[0]["MAPHILEPHI"] == fee["MAPHILEPHI"] and fees[0]["LOAIPHILEPHI"] == "2", "lệ phí"
    acts = client.call("LayDanhMucCanCuPhapLy")["result"]
    assert [row["SOVANBAN"] for row in acts] == ["Luật 60/2014/QH13", "Nghị định 123/2015/NĐ-CP"]
    assert acts[0] in told["CANCUPHAPLY"]
