"""What a report says beyond the fields that are read is kept, and what could not be read is told to its sender."""

import json

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from dossiers import services as dossiers
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, DossierEvent
from dossiers.partners.reported_events import RETRY_WINDOW
from dossiers.tasks import apply_received
from portal.agencies.actors import Actor
from portal.api.wire import dossiers as services
from portal.core.work import WorkState
from portal.exchange.models import InboxMessage
from tests import factories
from tests.wire.clients import WireClient, line, new_code, record

pytestmark = pytest.mark.django_db

NUMBER = "001090000017"


@pytest.fixture
def dossier(province: WireClient) -> Dossier:
    """Filed here, decided in the client's system."""
    found = factories.file_dossier()
    Dossier.objects.filter(pk=found.pk).update(handled_by=province.account)
    return found


def no_retry_can_be_meant_of(code: str | None) -> None:
    """Time goes by after what was told so far."""
    told = DossierEvent.objects.filter(dossier__code=code)
    told.update(received_at=F("received_at") - RETRY_WINDOW)


def newest_of(code: str | None) -> DossierEvent:
    return DossierEvent.objects.filter(dossier__code=code).order_by("-sequence")[0]


def test_what_a_line_says_beyond_its_fields_is_kept_beside_it(province: WireClient) -> None:
    code = new_code()
    province.sync(record(code, "2"))
    told = {
        "ThoiDiemXuLy": "hôm qua",
        "NgayKetThucTheoQuyDinh": "20250120170000",
        "KhoaMoi2027": {"SoDinhDanh": NUMBER},
    }
    answer = province.progress(line(code, "", "4", **told))
    assert (answer["error_code"], "thành công" in answer["message"]) == ("0", True)
    assert "ThoiDiemXuLy" in answer["message"] and "KhoaMoi2027" not in answer["message"]
    data = newest_of(code).data
    assert data["unread_fields"] == ["ThoiDiemXuLy"]
    assert data["besides"].keys() == told.keys() and data["besides"]["ThoiDiemXuLy"] == "hôm qua"
    assert NUMBER not in json.dumps(data)
    answer = province.progress(line(code, "20250106090000", "4", "Xong"))
    assert answer["message"] == "Cập nhật tiến độ thành công"
    assert "besides" not in newest_of(code).data, "nothing was said beyond the fields"


def test_a_date_of_a_record_that_says_nothing_is_named_in_the_answer(province: WireClient) -> None:
    answer = province.sync(record(new_code(), "2", NgayHenTra="cuối tuần"), record(new_code(), "2", MaHoSo=""))
    assert answer["error_code"] == "-5" and "NgayHenTra" in answer["message"]
    answer = province.sync(record(new_code(), "2", NgayHenTra="cuối tuần"))
    assert answer["error_code"] == "0" and "thành công" in answer["message"] and "NgayHenTra" in answer["message"]


@pytest.mark.parametrize(("status", "name"), [("2", "dossier.accepted"), ("6", "dossier.progress_reported")])
def test_of_a_dossier_filed_here_the_systems_own_code_is_kept(
    province: WireClient, dossier: Dossier, status: str, name: str
) -> None:
    told = {"MaHoSo": dossier.code, "TrangThai": status, "NoiDung": "Nhận", "NgayXuLy": "?", "MaHoSoDonVi": "BCA-1"}
    assert province.call("DongBoTrangThaiHoSo", type="2", data=told)["error_code"] == "0"
    event = newest_of(dossier.code)
    assert (event.name, event.data["unread_fields"]) == (name, ["NgayXuLy"])
    assert event.data["besides"] == {"NgayXuLy": "?", "MaHoSoDonVi": "BCA-1"}


def test_a_whole_record_of_a_dossier_filed_here_is_kept_with_the_step_it_takes(
    province: WireClient, dossier: Dossier
) -> None:
    told = {"MaTTHC": dossier.procedure_code, "ChuHoSo": dossier.applicant_name, "NgayHenTra": "", "KhoaMoi2027": "x"}
    assert province.sync(record(str(dossier.code), "2", **told))["error_code"] == "0"
    assert newest_of(dossier.code).data["besides"]["KhoaMoi2027"] == "x"


def test_papers_and_where_to_reach_a_person_are_not_kept_beside_an_event(
    province: WireClient, dossier: Dossier
) -> None:
    address = "https://motcua.example/tep?token=khoa-bi-mat"
    paper = {"TenTepDinhKem": "a.pdf", "DuongDanTaiTepTin": address, "Base64": "JVBERi0xLjc"}
    asked = {"NoiDungBoSung": "Bản sao", "DanhSachGiayToBoSung": [paper]}
    person = {"Email": "dan@example.vn", "SoDienThoai": "0912345678", "DiaChiChuHoSo": {"MaXa": "1"}, "fax": "0243"}
    told = {**person, "MaTTHC": dossier.procedure_code, "ChuHoSo": dossier.applicant_name, "Khac": {**person, "x": "y"}}
    told |= {"TaiLieuNop": [paper], "DanhSachTepDinhKemKhac": [paper], "DanhSachHoSoBoSung": [asked]}
    code = str(dossier.code)
    assert province.sync(record(code, "4", **told))["error_code"] == "0"
    accepted, started = dossier.events.filter(source=province.account.event_source).order_by("sequence")
    assert "besides" not in accepted.data, "what is said once is kept once"
    kept = started.data["besides"]
    assert kept["Khac"] == {"x": "y"} and kept["DanhSachHoSoBoSung"] == [{"NoiDungBoSung": "Bản sao"}]
    assert province.progress(line(code, "", "6", "Xin ý kiến", TaiLieuXuLy=[paper], Moi="x"))["error_code"] == "0"
    assert newest_of(code).data["besides"] == {"Moi": "x"}
    for event in dossier.events.all():
        found = json.dumps(event.data)
        assert not [word for word in ("khoa-bi-mat", "JVBERi0xLjc", *map(str, person.values())) if word in found]


def test_of_very_much_beside_an_event_the_names_are_kept(province: WireClient) -> None:
    code = new_code()
    province.sync(record(code, "2"))
    province.progress(line(code, "20250106090000", "4", "Xong", NoiDungTep="x" * 9000, MaMoi="1"))
    assert newest_of(code).data["besides"] == {"NoiDungTep": None, "MaMoi": None}
    province.progress(
        line(code, "20250107090000", "4", "Xong", **{f"{number:03d}" + "a" * 500: "1" for number in range(99)})
    )
    assert len(json.dumps(newest_of(code).data["besides"])) < 8 * 1024


def test_an_undated_line_in_the_same_words_after_another_is_a_change_back(province: WireClient) -> None:
    code, words = new_code(), "Chuyển xử lý"
    province.sync(record(code, "2", NgayTiepNhan=""))
    for status, text in (("4", words), ("5", "Thiếu giấy tờ"), ("4", words)):
        for _resend in range(2):
            assert province.progress(line(code, "", status, text))["error_code"] == "0"
        no_retry_can_be_meant_of(code)
    dossier = Dossier.objects.get(code=code)
    assert dossier.state == DossierState.PROCESSING
    assert dossier.events.filter(reason=words).count() == 2, "a resend is none"


def test_an_undated_status_of_a_dossier_filed_here_may_be_said_again(province: WireClient, dossier: Dossier) -> None:
    for status in ("4", "5", "4", "5"):
        told = {"MaHoSo": dossier.code, "TrangThai": status, "NoiDung": "Đang xem", "NgayXuLy": ""}
        for _resend in range(2):
            assert province.call("DongBoTrangThaiHoSo", type="2", data=told)["error_code"] == "0"
        no_retry_can_be_meant_of(dossier.code)
    dossier.refresh_from_db()
    assert dossier.state == DossierState.AWAITING_SUPPLEMENT
    assert dossier.events.filter(to_state=DossierState.AWAITING_SUPPLEMENT).count() == 2


def test_a_batch_of_undated_lines_whose_answer_was_lost_may_be_sent_again(
    province: WireClient, dossier: Dossier
) -> None:
    elsewhere = new_code()
    province.sync(record(elsewhere, "2", NgayTiepNhan=""))
    for code in (elsewhere, str(dossier.code)):
        batch = [line(code, "", "4", "Đang xem"), line(code, "", "9", "Đã ký")]
        assert province.progress(*batch)["error_code"] == "0"
        events = DossierEvent.objects.filter(dossier__code=code).count()
        assert province.progress(*batch)["error_code"] == province.progress(*batch)["error_code"] == "0"
        assert DossierEvent.objects.filter(dossier__code=code).count() == events
        assert Dossier.objects.get(code=code).state == DossierState.DECIDED


def test_an_undated_request_that_is_pushed_again_does_not_ask_the_citizen_anew(
    province: WireClient, dossier: Dossier
) -> None:
    told = {"MaHoSo": dossier.code, "TrangThai": "5", "NoiDung": "Thiếu giấy tờ", "NgayXuLy": ""}
    assert province.call("DongBoTrangThaiHoSo", type="2", data=told)["error_code"] == "0"
    dossiers.supplement(str(dossier.code), actor=Actor.citizen(dossier.owner), answer="Đã gửi")
    for _push in range(2):
        assert province.call("DongBoTrangThaiHoSo", type="2", data=told)["error_code"] == "0"
        no_retry_can_be_meant_of(dossier.code)
    assert dossier.events.filter(to_state=DossierState.AWAITING_SUPPLEMENT).count() == 1


def test_a_batch_of_lines_that_is_kept_is_queued_once_however_often_it_comes(
    province: WireClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, asked = new_code(), []
    province.sync(record(code, "2", NgayTiepNhan=""))
    monkeypatch.setattr(services, "AT_ONCE_SECONDS", -1)
    for many in (2, 60):
        batch = [line(code, "", "4", f"Bước {number}") for number in range(many)]
        with CaptureQueriesContext(connection) as queries:
            assert province.progress(*batch)["error_code"] == province.progress(*batch)["error_code"] == "0"
        asked.append(len(queries))
        assert InboxMessage.objects.count() == many
        InboxMessage.objects.update(work_state=WorkState.DEAD)
    assert asked[1] <= asked[0] + 3, "those that were given up are tried again in one go"
    province.progress(*batch)
    assert not InboxMessage.objects.exclude(work_state=WorkState.PENDING).exists()
    apply_received()
    assert DossierEvent.objects.filter(dossier__code=code, reason__startswith="Bước").count() == 60


def test_a_kept_line_that_was_meanwhile_applied_from_its_retry_is_none(province: WireClient) -> None:
    code = new_code()
    batch = [line(code, "", "4", "Đang xem"), line(code, "", "9", "Đã ký")]
    province.progress(*batch)
    assert InboxMessage.objects.count() == 2
    province.sync(record(code, "2", NgayTiepNhan=""))
    province.progress(*batch)
    no_retry_can_be_meant_of(code)
    events = DossierEvent.objects.filter(dossier__code=code).count()
    apply_received()
    assert DossierEvent.objects.filter(dossier__code=code).count() == events


def test_what_is_over_when_time_is_up_is_kept_by_few_statements(
    province: WireClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty thousand records one by one take longer than the client waits, and it would send them all again."""
    monkeypatch.setattr(services, "AT_ONCE_SECONDS", -1)
    province.sync(record(new_code(), "2"))
    asked = []
    for many in (2, 60):
        with CaptureQueriesContext(connection) as queries:
            province.sync(*(record(new_code(), "2") for _ in range(many)))
        asked.append(len(queries))
    assert asked[0] == asked[1]
    assert InboxMessage.objects.count() == 63


def test_what_was_given_up_is_tried_again_when_it_is_told_again_under_load(
    province: WireClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = new_code()
    monkeypatch.setattr(services, "AT_ONCE_SECONDS", -1)
    province.sync(record(code, "2"))
    InboxMessage.objects.update(work_state=WorkState.DEAD)
    province.sync(record(code, "2"))
    apply_received()
    assert InboxMessage.objects.get().work_state == WorkState.DONE
    assert Dossier.objects.filter(code=code).exists()


def test_an_undated_line_that_is_kept_for_later_much_later_is_a_change_back(
    province: WireClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A system that sends everything again each night, more than is applied at once, in the words of other nights."""
    code = new_code()
    province.sync(record(code, "2"))
    monkeypatch.setattr("portal.api.wire.dossiers.AT_ONCE_SECONDS", -1)
    for status, words in (("4", "Thụ lý"), ("5", "Thiếu giấy"), ("4", "Thụ lý")):
        no_retry_can_be_meant_of(code)
        InboxMessage.objects.update(done_at=F("done_at") - 2 * RETRY_WINDOW)
        for _retry in range(2):
            province.progress(line(code, "", status, words))
            apply_received()
    dossier = Dossier.objects.get(code=code)
    assert dossier.national_status == 4
    assert [event.reason for event in dossier.events.order_by("sequence")][1:] == ["Thụ lý", "Thiếu giấy", "Thụ lý"]
