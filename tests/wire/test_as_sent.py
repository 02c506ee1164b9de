"""What real systems send beside the format: undated records among dated lines, broken lines, other spellings."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from dossiers.partners import code_tables, inbox, wire_names
from dossiers.tasks import apply_received
from portal.api.wire import dossiers as services
from portal.core.work import WorkState
from portal.exchange import services as exchange
from portal.exchange.models import InboxMessage
from tests import factories
from tests.api.callers import Caller, caller
from tests.wire.clients import WireClient, line, new_code, record

pytestmark = pytest.mark.django_db
NUMBER = "001199000123"


@pytest.fixture
def platform() -> Caller:
    agency = factories.make_agency()
    return caller(agency.parent or agency, receives=False)


def due(code: str) -> str:
    return f"{timezone.localtime(Dossier.objects.get(code=code).due_at):%Y%m%d}"


def put_aside(client: WireClient, monkeypatch: pytest.MonkeyPatch, told: dict[str, Any]) -> None:
    """A record comes when there is no time to apply it at once."""
    with monkeypatch.context() as patch:
        patch.setattr(services, "AT_ONCE_SECONDS", -1)
        client.sync(told)


def test_an_undated_record_behind_dated_lines_still_tells_what_is_new(province: WireClient) -> None:
    code = new_code()
    province.sync(record(code, "2"))
    province.progress(line(code, "20250102081500", "2"))
    province.sync(record(code, "5"))
    province.progress(line(code, "20250103090000", "5"))
    later = record(code, "4", NgayHenTra="20250115170000", SoGiayToChuHoSo=NUMBER)
    for _ in range(3):
        assert province.sync(later)["error_code"] == "0"
    dossier = Dossier.objects.get(code=code)
    assert dossier.state == DossierState.AWAITING_SUPPLEMENT, "the line that follows brings the state"
    assert (due(code), dossier.applicant_id) == ("20250115", NUMBER)
    assert not dossier.events.filter(data__has_key="late").exists()
    told = dossier.events.count()
    province.sync(later)
    assert dossier.events.count() == told, "a resend changes nothing"
    province.progress(line(code, "20250106090000", "4"))
    dossier.refresh_from_db()
    assert (dossier.state, due(code)) == (DossierState.PROCESSING, "20250115")


def test_a_record_that_waited_does_not_undo_what_came_meanwhile(
    province: WireClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = new_code()
    province.sync(record(code, "2"))
    put_aside(province, monkeypatch, record(code, "2", NgayHenTra="20250110170000"))
    province.sync(record(code, "2", NgayHenTra="20250120170000"))
    apply_received()
    assert due(code) == "20250120"
    assert InboxMessage.objects.get().work_state == WorkState.DONE


def test_a_change_back_counts_also_where_each_record_waits(
    province: WireClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = new_code()
    monkeypatch.setattr(services, "AT_ONCE_SECONDS", -1)
    for day in ("10", "20", "10"):
        for _twice in range(2):
            province.sync(record(code, "2", NgayHenTra=f"202501{day}170000"))
        apply_received()
    assert due(code) == "20250110" and InboxMessage.objects.count() == 3


def test_of_several_records_that_wait_together_the_last_one_counts(
    province: WireClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = new_code()
    monkeypatch.setattr(services, "AT_ONCE_SECONDS", -1)
    for day in ("10", "20", "30"):
        province.sync(record(code, "2", NgayHenTra=f"202501{day}170000"))
    apply_received()
    assert due(code) == "20250130"
    assert not Dossier.objects.get(code=code).events.filter(data__has_key="late").exists()


def test_a_record_that_is_put_back_in_the_queue_is_no_newer_than_it_was(
    province: WireClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = new_code()
    province.sync(record(code, "2"))
    put_aside(province, monkeypatch, record(code, "2", NgayHenTra="20250110170000"))
    InboxMessage.objects.update(work_state=WorkState.DEAD)
    province.sync(record(code, "2", NgayHenTra="20250120170000"))
    for _twice in range(2):
        exchange.redrive_received(InboxMessage.objects.values_list("pk", flat=True))
        InboxMessage.objects.update(work_state=WorkState.DEAD)
    exchange.redrive_received(InboxMessage.objects.values_list("pk", flat=True))
    apply_received()
    assert (due(code), InboxMessage.objects.get().work_state) == ("20250120", WorkState.DONE)


def test_a_code_that_was_mapped_meanwhile_makes_no_record_late(
    province: WireClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = new_code()
    province.sync(record(code, "2", MaTTHC="9.999999"))
    monkeypatch.setattr(services, "AT_ONCE_SECONDS", -1)
    province.sync(record(code, "2", MaTTHC="9.999999", NgayHenTra="20250110170000"))
    factories.make_version(code="9.999999")
    assert code_tables.replay() == 1
    apply_received()
    assert due(code) == "20250110"


def test_a_line_that_was_given_up_goes_on_when_its_dossier_comes(province: WireClient) -> None:
    code = new_code()
    province.progress(line(code, "20250103090000", "4"))
    InboxMessage.objects.update(created_at=timezone.now() - inbox.BUDGET - timedelta(hours=1))
    apply_received()
    assert InboxMessage.objects.get().work_state == WorkState.DEAD
    province.sync(record(code, "2"))
    apply_received()
    assert Dossier.objects.get(code=code).state == DossierState.PROCESSING
    row = InboxMessage.objects.get()
    assert (row.work_state, row.quarantine_reason, row.waits_for) == (WorkState.DONE, "", "")


def test_a_line_that_was_given_up_is_tried_again_when_it_is_told_again(province: WireClient) -> None:
    told = line(new_code(), "20250103090000", "4")
    province.progress(told)
    InboxMessage.objects.update(work_state=WorkState.DEAD, quarantine_reason="x")
    province.progress(told)
    assert InboxMessage.objects.get().work_state == WorkState.PENDING


@pytest.mark.parametrize("broken", ["\n", "\t", "\r\n", "\x00", "\x1f"])
def test_a_note_of_several_lines_written_as_it_is_refuses_nothing(province: WireClient, broken: str) -> None:
    code = new_code()
    province.sync(record(code, "2"))
    province.sign_in()
    envelope = {"session": province.session, "service": "CapNhatTienDoHoSoMC", "data": [line(code, "", "4", "mộtHAI")]}
    raw = json.dumps(envelope, ensure_ascii=False).replace("HAI", f"{broken}hai").encode()
    answer = province.post(province.call_path, raw).json()
    assert answer["error_code"] == "0", answer
    assert "hai" in Dossier.objects.get(code=code).events.get(data__reported_status=4).reason


def test_lists_that_came_as_text_are_read(province: WireClient) -> None:
    code = new_code()
    told = record(code, "2", DinhDanhCHS=json.dumps([{"SoDinhDanh": NUMBER}]), TaiLieuNop="[{]")
    assert province.sync(told)["error_code"] == "0"
    dossier = Dossier.objects.get(code=code)
    assert dossier.applicant_id == NUMBER and NUMBER not in json.dumps(dossier.source_record)
    assert dossier.source_record["TaiLieuNop"] == "[{]", "what cannot be read is kept as it came"
    deep = "[" * 2000 + "]" * 2000
    assert wire_names.respelled({"TaiLieuNop": deep})["TaiLieuNop"] == deep


@pytest.mark.parametrize("name", ['"a\\u0000b"', '"a\\ud800b"', "NaN", "-Infinity", "1e999"])
def test_a_list_as_text_holds_nothing_that_no_database_keeps(province: WireClient, name: str) -> None:
    code = new_code()
    told = record(code, "2", TaiLieuNop=f'[{{"TenTepDinhKem": {name}}}]')
    assert province.sync(told)["error_code"] == "0"
    assert Dossier.objects.filter(code=code).exists()


def test_a_paper_at_an_unreadable_address_is_refused_in_words(province: WireClient) -> None:
    dossier = factories.file_dossier()
    Dossier.objects.filter(pk=dossier.pk).update(handled_by=province.account)
    papers = [{"TenTepDinhKem": "kq", "DuongDanTaiTepTin": "http://[may-chu]/kq.pdf"}]
    told = {"MaHoSo": dossier.code, "TrangThai": "9", "NoiDung": "Xong", "TaiLieuXuLy": papers}
    answer = province.call("DongBoTrangThaiHoSo", type="2", data=told)
    assert answer["error_code"] == "-5" and "http://[may-chu]" in answer["message"]
    dossier.refresh_from_db()
    assert dossier.state == DossierState.SUBMITTED


def test_identity_numbers_are_masked_wherever_they_stand(province: WireClient) -> None:
    code = new_code()
    province.sync(record(code, "2", NguoiNop={"soDinhDanh": NUMBER, "con": [{"CCCD": [NUMBER]}]}))
    kept = json.dumps(Dossier.objects.get(code=code).source_record)
    assert NUMBER not in kept and "NguoiNop" in kept


def test_numbers_do_not_stay_in_what_was_taken_in(province: WireClient, monkeypatch: pytest.MonkeyPatch) -> None:
    code = new_code()
    monkeypatch.setattr(services, "AT_ONCE_SECONDS", -1)
    told = record(code, "2", SoGiayToChuHoSo=NUMBER, NguoiNop={"SoDinhDanh": [NUMBER, NUMBER]})
    province.sync(told)
    apply_received()
    row = InboxMessage.objects.get()
    assert row.work_state == WorkState.DONE and NUMBER not in json.dumps(row.payload)
    assert Dossier.objects.get(code=code).applicant_id == NUMBER
    province.sync(told)
    assert InboxMessage.objects.count() == 1, "told again, it is the same as what was kept of it"


@pytest.mark.parametrize("wrap", [lambda body: json.dumps(json.dumps(body)), json.dumps])
def test_a_body_encoded_twice_and_a_blank_behind_the_service_are_read(province: WireClient, wrap: Any) -> None:
    province.sign_in()
    body = {"session": province.session, "service": "TraCuuHoSo ", "mahoso": "khong-co"}
    assert province.post(province.call_path, wrap(body).encode()).json()["error_code"] == "0"


def test_a_platform_that_writes_its_names_small_is_read_whole(platform: Caller) -> None:
    code = "H26.00073-261102-0090"
    who = {"thongTinChiTiet": {"tenNguoiNop": "Nguyễn Thị Mẫu", "soDinhDanh": NUMBER}}
    filing = {"maHoSo": code, "maTTHC": "1.000001", "ngayTiepNhan": "2026-11-02T08:15:00", "thongTinNguoiNop": who}
    assert platform.post("/lgsp/DVCBo/NopHoSo", filing).status_code == 200
    dossier = Dossier.objects.get(code=code)
    assert (dossier.state, dossier.applicant_name) == (DossierState.ACCEPTED, "Nguyễn Thị Mẫu")
    assert dossier.applicant_id == NUMBER and NUMBER not in json.dumps(dossier.source_record)


def test_an_address_alone_writes_no_dossier_on_the_platform(platform: Caller) -> None:
    assert platform.get("/lgsp/NopHoSo?MaHoSo=H26.00073-261102-0091&TrangThai=1").status_code == 400
    assert not Dossier.objects.exists()


def test_an_address_put_together_with_two_slashes_is_the_platforms(platform: Caller) -> None:
    body, path = json.dumps({"code": "H26.00073"}), "//lgsp//DVCBo//GetNextValue"
    answer = platform.http.post("/", body, content_type="application/json", PATH_INFO=path)
    assert answer.status_code == 200 and json.loads(answer.content)["data"].startswith("H26.00073-")


def test_a_call_may_come_as_a_form_in_parts(province: WireClient) -> None:
    province.sign_in()
    code = new_code()
    fields = {"session": province.session, "service": "DongBoHoSoMC", "data": json.dumps([record(code, "2")])}
    assert province.http.post(province.call_path, fields).json()["error_code"] == "0"
    assert Dossier.objects.filter(code=code).exists()
    broken = province.http.post(province.call_path, b"--x", content_type="multipart/form-data").json()
    assert broken["error_code"] == "-5" and "multipart" in broken["message"]


def test_elements_of_data_may_come_as_text_and_a_broken_one_keeps_no_other_out(province: WireClient) -> None:
    code = new_code()
    answer = province.call("DongBoHoSoMC", data=[json.dumps(record(code, "2")), '{"MaHoSo":'])
    assert answer["error_code"] == "-5" and "1 mục không nhận được" in answer["message"]
    assert Dossier.objects.filter(code=code).exists()
