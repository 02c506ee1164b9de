"""Systems behind a province's own proxy: bare arrays, GET for catalogues, the key in the address, replies as text."""

import base64
import json
from typing import Any

import pytest
from django.test import Client

from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from portal.agencies import credentials
from portal.exchange import request_keys
from portal.exchange.models import InboxMessage
from portal.settings.logs import without_secrets
from tests import factories
from tests.wire.clients import PASSWORD, WireClient, line, new_code, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def base(province: WireClient) -> str:
    """What the operator types as the address of the proxy: nothing else has to change."""
    shown = request_keys.issue(province.account, scopes=credentials.scopes_of(province.account))
    return f"/truc-mc/{request_keys.address_part(shown)}"


def post(path: str, body: Any, **headers: str) -> dict[str, Any]:
    answer = Client().post(path, json.dumps(body), content_type="application/json", headers=headers)
    assert answer.status_code == 200, "always"
    found: dict[str, Any] = answer.json()
    return found


def test_three_addresses_take_bare_arrays(province: WireClient, base: str) -> None:
    code, other = new_code(), new_code()
    for place, body in (
        ("/them-moi", [record(code, "1"), record(other, "1")]),
        ("/cap-nhat/", [record(code, 4)]),
        ("/tien-do", [line(code, "20250103080000", 9, "Ký")]),
    ):
        told = post(f"{base}{place}", body)
        assert told["error_code"] == "0" and "thành công" in told["message"]
    assert dict(Dossier.objects.values_list("code", "state")) == {
        code: DossierState.DECIDED,
        other: DossierState.SUBMITTED,
    }
    assert Dossier.objects.filter(source=province.account).count() == 2


@pytest.mark.parametrize("updating", ["True", "False", "", "sai"])
def test_a_school_system_names_its_agency_and_its_way_in_the_query(
    province: WireClient, base: str, updating: str
) -> None:
    code = new_code("H26.01")
    agency = f"MaDinhDanhDV=000.00.00.{province.account.agency.code}"
    for status in ("1", "2", "3"):
        told = post(f"{base}/api/SynsTTHCC/DongBoHoSoMC?{agency}&isUpdating={updating}", [record(code, status)])
        assert told["error_code"] == "0", told
    assert Dossier.objects.get(code=code).state == DossierState.REFUSED
    foreign = post(f"{base}/api/SynsTTHCC/DongBoHoSoMC?MaDinhDanhDV=H26.00073.X", [record(new_code())])
    assert foreign["error_code"] == "0", "a code that says nothing to us is the client's own business"


def test_one_bad_record_is_named_and_the_others_are_kept(base: str) -> None:
    good, bad = new_code(), new_code()
    told = post(f"{base}/them-moi", [record(good), record(bad, "99")])
    assert told["error_code"] == "-5" and bad in told["message"] and Dossier.objects.filter(code=good).exists()
    assert [post(f"{base}/them-moi", body)["error_code"] for body in ([], {}, "x", None, 5)] == ["-5"] * 5


@pytest.mark.parametrize("place", ["{base}/them-moi", "{base}/tien-do", "/mapi/g", "/XrdAdapter/RestService/forward/x"])
def test_a_body_beyond_the_limit_is_refused_in_words(base: str, settings: Any, place: str) -> None:
    settings.WIRE_BODY_MAX_BYTES = 1024 * 1024
    told = post(place.format(base=base), [record(new_code(), "1", GhiChu="a" * 2 * 1024 * 1024)])
    assert told["error_code"] == "-5" and "1 MB" in told["message"]
    assert not Dossier.objects.exists()


def test_a_dossier_of_the_portal_is_told_of_by_its_object(province: WireClient, base: str) -> None:
    dossier = factories.file_dossier()
    Dossier.objects.filter(pk=dossier.pk).update(handled_by=province.account)
    data = {"MaHoSo": dossier.code, "NgayXuLy": "", "TrangThai": 2, "TaiLieuXuLy": None}
    assert post(f"{base}/DongBoTrangThaiHoSoKM", data)["error_code"] == "0"
    dossier.refresh_from_db()
    assert dossier.state == DossierState.ACCEPTED


def test_catalogues_are_read_by_get_and_come_as_text_in_message(province: WireClient, base: str) -> None:
    factories.make_version(decision_number="12/QĐ")
    credentials.set_up(
        credentials.Partner(
            "Hệ thống", province.account.agency.code, "wire", username="dv", password=PASSWORD, success_literal="00"
        )
    )
    account = base64.b64encode(f"dv:{PASSWORD}".encode()).decode()
    for start, headers, success in (
        (f"{base}/KetNoiMotCuaQuocGia", {}, "0"),
        ("/KetNoiMotCuaQuocGia", {"Authorization": f"Basic {account}"}, "00"),
    ):
        for place, first in (
            ("LayDanhSachTTHC", "1.000001"),
            ("LayThuTuc?maTTHC=1.000001", "1.000001"),
            ("LayQDCB?idQDCB=12/QĐ", "12/QĐ"),
            ("LayDanhMucLinhVuc/", "TEST"),
        ):
            got = Client().get(f"{start}/{place}", headers=headers).json()
            inner = json.loads(got["message"])
            assert (got["error_code"], inner["error_code"]) == (success, success)
            assert first in inner["result"][0].values(), place
    assert Client().get(f"{base}/TraCuuHoSo?mahoso=x").json()["error_code"] == "-4", "dossiers are not read by address"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/KetNoiMotCuaQuocGia/LayDanhSachTTHC", {}),
        ("/KetNoiMotCuaQuocGia/LayDanhSachTTHC", {"Authorization": "Basic ///"}),
        ("/KetNoiMotCuaQuocGia/LayDanhSachTTHC", {"Authorization": "Basic AA=="}),
        ("/api/SynsTTHCC/DongBoHoSoMC", {"Authorization": "Bearer x"}),
        (f"/truc-mc/hk_{'0' * 24}.{'a' * 43}/LayDanhSachTTHC", {}),
    ],
)
def test_who_is_not_known_reads_and_writes_nothing(path: str, headers: dict[str, str]) -> None:
    answer = Client().get(path, headers=headers)
    assert answer.status_code == 200 and answer.json()["error_code"] in {"-1", "-2"}
    assert post(path, [record(new_code())], **headers)["error_code"] in {"-1", "-2"}
    assert not Dossier.objects.exists()


def test_a_key_that_ended_opens_no_address(province: WireClient, base: str) -> None:
    assert Client().get(f"{base}/LayDanhSachTTHC").json()["error_code"] == "0"
    assert Client().get(f"{base}x/LayDanhSachTTHC").json()["error_code"] == "-2"
    request_keys.end_all(province.account)
    assert Client().get(f"{base}/LayDanhSachTTHC").json()["error_code"] == "-2"


def test_a_key_whose_scopes_say_less_opens_no_address() -> None:
    dossier = factories.file_dossier()
    system = factories.make_client(dossier.agency)
    Dossier.objects.filter(pk=dossier.pk).update(handled_by=system)
    shown = request_keys.issue(system, scopes=["dossiers:read"])
    base = f"/truc-mc/{request_keys.address_part(shown)}"
    assert Client().get(f"{base}/LayDanhSachTTHC").json()["error_code"] == "-2"
    told = line(dossier.code or "", "20250103080000", 9)
    assert post(f"{base}/CapNhatTienDoHoSoMC", [told])["error_code"] == "-2"
    dossier.refresh_from_db()
    assert dossier.state == DossierState.SUBMITTED


def test_an_address_that_is_none_is_answered_and_not_logged(base: str) -> None:
    for path, code in (
        ("/truc-mc/abc", "-4"),
        (f"{base}/a%0Ab", "-4"),
        (f"{base}/LayThuTuc?maTTHC=%00", "-5"),
        (f"{base}/a%00", "-5"),
    ):
        assert Client().get(path).json()["error_code"] == code, path
    for door in ("truc-mc", "Truc-MC"):  # the same door, however it is typed
        typed = base.replace("truc-mc", door)
        assert Client().get(f"{typed}/LayThuTuc?maTTHC=x").json()["error_code"] == "0"
        told = {"event": f"Not Found: /en{typed}/LayThuTuc"}
        assert without_secrets(None, "", told)["event"] == f"Not Found: /en/{door}/…/LayThuTuc"


def test_replies_with_a_result_are_wrapped_where_the_account_says_so(province: WireClient) -> None:
    plain = province.call("TraCuuHoSo", mahoso="x")
    province.account.wraps_replies = True
    province.account.save()
    wrapped = province.call("TraCuuHoSo", mahoso="x")
    assert wrapped == {"error_code": "0", "message": json.dumps(plain, ensure_ascii=False, separators=(",", ":"))}
    synced = province.sync(record(new_code()))
    assert synced["error_code"] == "0" and "thành công" in synced["message"], "its words are looked for"


def test_what_else_is_pushed_every_day_is_kept(province: WireClient) -> None:
    rating = {"NgayTongHop": "11-2026", "MaThuTuc": "1.000001", "TongSoNguoiDanhGia": 3, "Madonvi": "H26"}
    for _twice in range(2):
        assert province.call("DongBoDanhGia", data=[rating])["error_code"] == "0"
        assert province.call("DongBoKetQuaHoiDapGuiTuDVCQG", data=[])["error_code"] == "0"
    assert province.call("DongBoHoiDap", data="x")["error_code"] == "-5"
    kept = InboxMessage.objects.get()
    assert (kept.service, kept.work_state, kept.payload["item"]) == ("DongBoDanhGia", "done", rating)


def test_what_is_read_may_be_asked_for_by_post(base: str) -> None:
    factories.make_version()
    told = post(f"{base}/LayThuTuc", {"maTTHC": "1.000001"})
    assert json.loads(told["message"])["result"][0]["MATTHC"] == "1.000001"
    assert json.loads(post(f"{base}/LayDanhMucCoQuan/?x=1", {})["message"])["result"]


def test_a_reading_that_fails_says_so_as_text_within_message(base: str) -> None:
    for address in (f"{base}/TraCuuTechID", f"{base}/KhongCo"):
        told = Client().get(address).json()
        within = json.loads(told["message"])
        assert within["error_code"] == told["error_code"] != "0" and within["message"]
