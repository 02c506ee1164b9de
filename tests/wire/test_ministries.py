"""Ministries' systems over a provincial platform: a token, a code, a filing, its course and its statuses."""

import base64
import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from allauth.idp.oidc.models import Client as OidcClient
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from dossiers.partners import code_tables, codebook
from dossiers.tasks import apply_received, replay_mapped
from portal.agencies import credentials
from portal.agencies.credentials import SCOPES
from portal.core.work import WorkState
from portal.exchange.models import InboxMessage
from tests import factories
from tests.api.callers import Caller, caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def system() -> Caller:
    agency = factories.make_agency()
    return caller(agency.parent or agency, receives=False)


def call(system: Caller, name: str, body: Any) -> tuple[int, dict[str, Any]]:
    answer: HttpResponse = system.post(f"/lgsp/DVCBo/{name}", body)
    told = json.loads(answer.content)
    assert told["code"] == answer.status_code and told["message"]
    return answer.status_code, told


def filing(code: str, **fields: Any) -> dict[str, Any]:
    person = {"TenNguoiNop": "Nguyễn Thị Mẫu", "SoDinhDanh": "001199000123", "SoDienThoai": 900000000, "MaHuyen": None}
    return {
        "MaHoSo": code,
        "MaTTHC": "1.000001",
        "MaDichVuCong": "1.000001.01",
        "ChuHoSo": None,
        "LoaiDoiTuong": 0,
        "MaDonViTiepNhan": "H26.00073",
        "NgayNop": "2026-11-02T08:15:00",
        "NgayTiepNhan": None,
        "ThanhPhanHoSo": [{"MaThanhPhanHoSo": "a", "SoLuong": 1, "LoaiBan": 2, "GiayToDinhKem": []}],
        "EformThongTinChiTiet": {"x": 1},
        "ThongTinNguoiNop": {"LoaiDoiTuong": 0, "ThongTinChiTiet": person},
        **fields,
    }


def test_the_steps_of_a_ministry_end_in_one_dossier(system: Caller) -> None:
    factories.make_version()
    status, told = call(system, "GetNextValue", {"code": "H26.00073"})
    code = told["data"]
    assert status == 200 and code.startswith("H26.00073-")
    for _twice in range(2):
        status, told = call(system, "NopHoSo", filing(code))
        assert (status, told["data"]["maHoSo"]) == (200, code) and told["data"]["idHoSo"]
    step = {"IDHoSo": "1", "MaHoSo": code, "NguoiXuLy": "A", "ThoiDiemXuLy": "2026-11-02T09:00:00", "TrangThai": 2}
    assert (
        call(system, "CapNhatTienTrinh/", [step, {**step, "ThoiDiemXuLy": "2026-11-02T10:00:00", "TrangThai": 4}])[0]
        == 200
    )
    state = {"IdHoSo": "1", "MaHoSo": code, "TrangThai": 9, "NoiDungYKien": "Đồng ý", "DanhSachLePhi": None}
    for _twice in range(2):
        assert call(system, "CapNhatTrangThai", [state])[0] == 200
    dossier = Dossier.objects.get()
    assert dossier.events.filter(data__reported_status=9).count() == 1
    assert (dossier.code, dossier.state, dossier.applicant_name) == (code, DossierState.DECIDED, "Nguyễn Thị Mẫu")
    assert dossier.applicant_id == "001199000123" and "001199000123" not in json.dumps(dossier.source_record)
    assert dossier.source_record["EformThongTinChiTiet"] == {"x": 1} and dossier.channel == "2"


@pytest.mark.parametrize("status", ["XONG", "9.0", " 9 "])
def test_a_status_that_is_sent_again_counts_once_however_it_is_written(system: Caller, status: str) -> None:
    mapped = [{"kind": codebook.STATUS, "told": "XONG", "ours": "9", "note": ""}]
    code_tables.publish(system.client, mapped, by=None)
    code = "H26.00073-261102-0008"
    assert call(system, "NopHoSo", filing(code))[0] == 200
    state = {"MaHoSo": f" {code} ", "TrangThai": status, "NoiDungYKien": "Đồng ý "}
    for later in range(3):
        with time_machine.travel(timezone.now() + timedelta(minutes=later)):
            assert call(system, "CapNhatTrangThai", [state])[0] == 200
    assert Dossier.objects.get().events.filter(data__reported_status=9).count() == 1


def test_retries_that_reach_us_at_once_in_another_second_count_once(system: Caller) -> None:
    code = "H26.00073-261102-0010"
    assert call(system, "NopHoSo", filing(code))[0] == 200
    now = timezone.now()
    for status, seconds in ((9, 60), (9, 59), (9, 61), (4, 120), (9, 180), (9, 179)):
        with time_machine.travel(
            now + timedelta(seconds=seconds), tick=False
        ):  # the second of two may get the lock first
            told = {"MaHoSo": code, "TrangThai": status, "NoiDungYKien": "Đồng ý"}
            assert call(system, "CapNhatTrangThai", [told])[0] == 200
    dossier = Dossier.objects.get()
    told_of = dossier.events.filter(data__has_key="reported_status").order_by("sequence")
    assert list(told_of.values_list("data__reported_status", flat=True))[-3:] == [9, 4, 9], "a change back counts"
    assert told_of.filter(data__reported_status=9).count() == 2 and dossier.state == DossierState.DECIDED


def test_a_status_that_waits_for_its_dossier_keeps_the_time_of_its_arrival(system: Caller) -> None:
    code, now = "H26.00073-261102-0012", timezone.now().replace(microsecond=0)
    OidcClient.objects.update(scopes="\n".join(SCOPES))
    told = {"MaHoSo": code, "TrangThai": 4, "NoiDungYKien": "Đang xử lý"}
    with time_machine.travel(now, tick=False):
        assert call(system, "CapNhatTrangThai", [told])[0] == 200
    assert InboxMessage.objects.get().payload["item"].items() >= told.items()
    assert call(system, "NopHoSo", filing(code))[0] == 200
    with time_machine.travel(now + timedelta(minutes=9)):
        apply_received()
    assert Dossier.objects.get().events.get(data__reported_status=4).occurred_at == now


def test_retries_of_a_status_that_nothing_names_yet_count_once_when_it_is_mapped(system: Caller) -> None:
    code = "H26.00073-261102-0011"
    OidcClient.objects.update(scopes="\n".join(SCOPES))
    assert call(system, "NopHoSo", filing(code))[0] == 200
    for later in range(2):
        with time_machine.travel(timezone.now() + timedelta(minutes=later)):
            told = {"MaHoSo": code, "TrangThai": "XONG", "NoiDungYKien": "Đồng ý"}
            assert call(system, "CapNhatTrangThai", [told])[0] == 400
    mapped = [{"kind": codebook.STATUS, "told": "XONG", "ours": "9", "note": ""}]
    code_tables.publish(system.client, mapped, by=None)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        replay_mapped()
        apply_received()
    assert not InboxMessage.objects.exclude(work_state=WorkState.DONE).exists()
    dossier = Dossier.objects.get()
    assert dossier.state == DossierState.DECIDED
    assert dossier.events.filter(data__reported_status=9).count() == 1


@pytest.mark.parametrize("name", ["NopHoSo", "CapNhatTienTrinh", "CapNhatTrangThai", "GetNextValue"])
def test_a_body_beyond_the_limit_is_refused_in_words(system: Caller, settings: Any, name: str) -> None:
    settings.WIRE_BODY_MAX_BYTES = 1024 * 1024
    status, told = call(system, name, json.dumps({"MaHoSo": "x", "NoiDungXuLy": "a" * 2 * 1024 * 1024}))
    assert status == 400 and "1 MB" in told["message"]
    assert not Dossier.objects.exists() and not InboxMessage.objects.exists()


def test_an_address_that_is_none_is_answered_by_its_code(system: Caller) -> None:
    assert call(system, "a%0Ab", {})[0] == 404
    assert call(system, "GetNextValue?code=%00", {})[0] == 400
    typed = Client().post("/LGSP/dvc/getnextvalue", b"{}", content_type="application/json")
    assert typed.status_code == 401 and typed.json()["code"] == 401, "the same door, however it is typed"


def test_what_is_wrong_is_said_by_the_code_of_http(system: Caller, settings: Any) -> None:
    stranger = Caller(system.client, "x")
    assert call(stranger, "NopHoSo", filing("x"))[0] == 401
    assert call(system, "KhongCo", {})[0] == 404
    assert call(system, "NopHoSo", filing(""))[0] == 400
    assert call(system, "NopHoSo", [1])[0] == 400
    assert call(system, "NopHoSo", b"{")[0] == 400
    status, told = call(system, "CapNhatTrangThai", [{"MaHoSo": "H26-1", "TrangThai": 99}])
    assert status == 400 and "H26-1" in told["message"]
    assert InboxMessage.objects.get().quarantine_reason, "kept until its code table names the status"
    settings.API_RATE_PER_MINUTE = 0
    assert call(system, "NopHoSo", filing("x"))[0] == 502
    settings.API_RATE_PER_MINUTE = 1000
    system.client.refresh_from_db()
    assert system.client.last_seen_at is not None
    reader = caller(system.client.agency, scopes=["dossiers:read"])
    assert call(reader, "GetNextValue", {})[0] == 403
    assert call(reader, "CapNhatTienTrinh", [])[0] == 403
    assert not Dossier.objects.exists()


def test_a_result_needs_its_scope_and_anothers_dossier_is_nobodys(system: Caller) -> None:
    dossier = factories.file_dossier()
    told = {"MaHoSo": dossier.code, "TrangThai": 9, "NoiDungYKien": "Đồng ý"}
    papers = [{"TenGiayTo": "Kết quả", "DuongDanTepTinKetQua": "https://may.vidu.example/1.pdf"}]
    few = caller(system.client.agency, scopes=["events:write"])
    assert call(few, "CapNhatTrangThai", [{**told, "DanhSachGiayToKetQua": papers}])[0] == 403
    decided = filing("H26.00073-261102-0009", TrangThai=9, DanhSachGiayToKetQua=papers)
    status, answer = call(few, "NopHoSo", decided)
    assert status == 403 and "results:write" in answer["message"]
    assert Dossier.objects.count() == 1 and call(system, "NopHoSo", decided)[0] == 200
    assert call(system, "CapNhatTrangThai", [told])[0] == 403
    dossier.refresh_from_db()
    assert dossier.state == DossierState.SUBMITTED


@pytest.mark.parametrize("name", ["token", "GetToken/", "oauth2/token"])
@pytest.mark.parametrize("way", ["form", "json", "basic"])
def test_a_token_is_had_below_the_address_that_was_typed(name: str, way: str) -> None:
    agency = factories.make_agency()
    issued = credentials.set_up(credentials.Partner(name="x", agency_code=agency.code))
    who = {field: issued.secrets[field] for field in ("client_id", "client_secret")}
    http, address = Client(), f"/lgsp/{name}"
    if way == "json":
        answer = http.post(address, json.dumps(who), content_type="application/json")
    elif way == "form":
        answer = http.post(address, urlencode(who), content_type="application/x-www-form-urlencoded")
    else:
        account = base64.b64encode(":".join(who.values()).encode()).decode()
        answer = http.post(address, headers={"Authorization": f"Basic {account}"})
    told = answer.json()
    assert answer.status_code == 200 and {"access_token", "expires_in", "token_type", "scope"} <= told.keys()
    headers = {"Authorization": f"Bearer {told['access_token']}"}
    asked = http.post("/lgsp/GetNextValue", json.dumps({"code": agency.code}), "application/json", headers=headers)
    assert asked.status_code == 200


@pytest.mark.parametrize("who", [{}, {"client_id": "x", "client_secret": "y"}, ["x"], "x"])
def test_a_wrong_secret_is_told_in_the_platforms_own_form(who: Any) -> None:
    answer = Client().post("/lgsp/token", json.dumps(who), content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (401, 401)
