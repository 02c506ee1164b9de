"""DongBoHoSoMC, CapNhatTienDoHoSoMC, TraCuuHoSo: one dossier, the right state, nothing lost."""

from typing import Any

import pytest
from django.db import DataError
from django.utils import timezone

from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from dossiers.partners import reported
from dossiers.partners.wire import ReportedDossier
from dossiers.tasks import apply_received, issue_results
from portal.accounts.models import CitizenProfile
from portal.agencies.models import Agency, ApiClient
from portal.exchange.models import InboxMessage
from tests import factories
from tests.wire.clients import WireClient, line, new_code, record, wire_client

pytestmark = pytest.mark.django_db


def state_of(code: str) -> str:
    return Dossier.objects.get(code=code).state


def test_the_sequence_of_a_real_client_ends_in_one_dossier(province: WireClient) -> None:
    factories.make_version()
    code = new_code()
    assert province.call("TraCuuHoSo", mahoso=code)["result"] == []
    procedure = province.call("LayThuTuc", maTTHC="1.000001")["result"][0]
    assert procedure["LINHVUCTHUCHIEN"][0]["MALINHVUC"]
    synced = province.sync(record(code, "2"))
    assert synced["error_code"] == "0" and "thành công" in synced["message"]
    told = province.progress(line(code, "20250102081500", "2", "Tiếp nhận hồ sơ"))
    assert told["error_code"] == "0" and "thành công" in told["message"]
    (row,) = province.call("TraCuuHoSo", mahoso=code)["result"]
    assert (row["MAHOSO"], row["TRANGTHAIHOSO"], row["NGAYTIEPNHAN"]) == (code, "2", "20250102081500")
    dossier = Dossier.objects.get(code=code)
    assert (dossier.state, dossier.source) == (DossierState.ACCEPTED, province.account)
    assert dossier.agency.code == "H26.00073" and dossier.due_at is not None
    assert not dossier.is_catalogue_gap and dossier.procedure_version is not None
    assert [event.name for event in dossier.events.all()] == ["dossier.accepted", "dossier.progress_reported"]


def test_a_system_looks_up_its_own_dossiers_only(province: WireClient) -> None:
    """Filed here and decided in the back office: the province's other systems read no name of it."""
    dossier = factories.file_dossier()
    assert dossier.agency.is_within(province.account.agency) and dossier.handled_by is None
    assert province.call("TraCuuHoSo", mahoso=dossier.code)["result"] == []
    Dossier.objects.filter(pk=dossier.pk).update(handled_by=province.account)
    assert province.call("TraCuuHoSo", mahoso=dossier.code)["result"][0]["CHUHOSO"] == dossier.applicant_name


@pytest.mark.parametrize("updating", ["True", "False", "true", True, None, ""])
def test_is_updating_may_be_wrong_both_ways(province: WireClient, updating: object) -> None:
    code = new_code()
    for status in ("2", "4"):
        assert province.sync(record(code, status), updating=updating)["error_code"] == "0"
    assert state_of(code) == DossierState.PROCESSING
    assert Dossier.objects.filter(code=code).count() == 1


def test_a_resend_changes_nothing(province: WireClient) -> None:
    code = new_code()
    for _ in range(3):
        province.sync(record(code, "2"))
        province.progress(line(code, "20250102081500", "2"))
    dossier = Dossier.objects.get(code=code)
    assert dossier.events.count() == 2


def test_a_field_that_the_protocol_does_not_know_dates_nothing(province: WireClient) -> None:
    """Twice the same words at different times are two steps, whatever the partner writes beside them."""
    code = new_code()
    province.sync(record(code, "2"))
    times = ("20250102091500", "20250102101500")
    for at in times:
        province.progress(line(code, at, "4", "Gọi điện", ThoiDiemCongNhan="2025-01-03T09:00:00", arrived_at="x"))
    told = Dossier.objects.get(code=code).events.filter(reason="Gọi điện").order_by("sequence")
    assert [f"{timezone.localtime(event.occurred_at):%Y%m%d%H%M%S}" for event in told] == list(times)


@pytest.mark.parametrize("empty", [[], None, "", "khong-phai-mang"])
def test_every_array_may_be_missing_empty_or_null(province: WireClient, empty: object) -> None:
    names = [name for name, value in record("x").items() if isinstance(value, list)] + ["DinhDanhCHS", "DSKetNoiCSDL"]
    code = new_code()
    assert province.sync(record(code, **dict.fromkeys(names, empty)))["error_code"] == "0"
    bare = {"MaHoSo": new_code(), "TrangThaiHoSo": 1}
    assert province.sync(bare)["error_code"] == "0"
    assert state_of(bare["MaHoSo"]) == DossierState.SUBMITTED


def test_numbers_booleans_and_iso_dates_stand_for_text(province: WireClient) -> None:
    code = new_code()
    answer = province.sync(
        record(
            code,
            TrangThaiHoSo=5,
            LoaiDoiTuong=1,
            HoSoCoThanhPhanSoHoa=True,
            SoDienThoai=900000000,
            NgayTiepNhan=20250102081500,
            NgayNopHoSo="2025-01-02T07:40:00.1234567+07:00",
            DanhSachHoSoBoSung=[{"HoSoBoSungId": 7, "NgayBoSung": "2025-01-03T09:00:00", "TrangThaiBoSung": False}],
        )
    )
    assert answer["error_code"] == "0"
    dossier = Dossier.objects.get(code=code)
    assert dossier.state == DossierState.AWAITING_SUPPLEMENT
    assert dossier.state_occurred_at.isoformat() == "2025-01-03T02:00:00+00:00"
    assert dossier.applicant_phone == "900000000"


def test_unknown_keys_are_kept_and_identity_numbers_are_not_left_open(province: WireClient) -> None:
    code, number = new_code(), "001199000123"
    fields = {"KhoaMoi2027": {"a": [1]}, "SoGiayToChuHoSo": number}
    fields["DinhDanhCHS"] = [{"LoaiDinhDanh": "1", "SoDinhDanh": number}]
    province.sync(record(code, **fields))
    dossier = Dossier.objects.get(code=code)
    assert dossier.source_record["KhoaMoi2027"] == {"a": [1]}
    assert dossier.applicant_id == number and number not in str(dossier.source_record)


def test_an_unknown_procedure_is_accepted_and_flagged(province: WireClient) -> None:
    assert province.call("LayThuTuc", maTTHC="9.999999")["result"] == []
    code = new_code()
    assert province.sync(record(code, MaTTHC="TTHC-DIA-PHUONG-01"))["error_code"] == "0"
    dossier = Dossier.objects.get(code=code)
    assert dossier.is_catalogue_gap and dossier.procedure_code == "TTHC-DIA-PHUONG-01"


def test_a_note_of_ten_thousand_characters_is_accepted(province: WireClient) -> None:
    code = new_code()
    assert province.sync(record(code, GhiChu="Đ" * 10_000))["error_code"] == "0"
    assert len(Dossier.objects.get(code=code).source_record["GhiChu"]) == 10_000


def test_a_batch_with_one_bad_dossier_keeps_the_others_and_names_it(province: WireClient) -> None:
    good, bad, also_good = new_code(), new_code(), new_code()
    answer = province.sync(record(good), record(bad, "99"), record(also_good), {"TrangThaiHoSo": "2"}, "không phải")
    assert answer["error_code"] == "-5" and bad in answer["message"] and good not in answer["message"]
    assert "MaHoSo" in answer["message"] and "thành công" not in answer["message"]
    assert Dossier.objects.filter(code__in=[good, also_good]).count() == 2
    assert province.sync(record(bad, "2"))["error_code"] == "0"


def test_a_dossier_that_we_fail_at_keeps_no_other_out_and_is_taken_later(
    province: WireClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, odd, also_good = new_code(), new_code(), new_code()
    take = reported.sync_record

    def fails(client: ApiClient, told: ReportedDossier, **more: Any) -> Any:
        if told.code == odd:
            raise ZeroDivisionError
        return take(client, told, **more)

    monkeypatch.setattr(reported, "sync_record", fails)
    answer = province.sync(record(good), record(odd), record(also_good))
    assert answer["error_code"] == "0" and "thành công" in answer["message"]
    assert Dossier.objects.filter(code__in=[good, also_good]).count() == 2
    assert InboxMessage.objects.get().subject == odd
    monkeypatch.undo()
    apply_received()
    assert state_of(odd) == DossierState.ACCEPTED


def test_a_dossier_that_cannot_even_be_kept_is_named(province: WireClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_given: Any, **_more: Any) -> Any:
        raise DataError

    odd, good = new_code(), new_code()
    take = reported.sync_record
    monkeypatch.setattr(
        reported,
        "sync_record",
        lambda client, told, **more: (fails if told.code == odd else take)(client, told, **more),
    )
    monkeypatch.setattr("portal.exchange.services.receive_many", fails)
    answer = province.sync(record(odd), record(good))
    assert answer["error_code"] == "-5" and odd in answer["message"] and good not in answer["message"]
    assert state_of(good) == DossierState.ACCEPTED


@pytest.mark.parametrize("data", [None, [], "", 5])
def test_a_call_without_data_says_so(province: WireClient, data: object) -> None:
    answer = province.call("DongBoHoSoMC", data=data)
    assert answer["error_code"] == "-5" and "data" in answer["message"]


@pytest.mark.parametrize("code", ["x" * 51, "", None, "   "])
def test_a_code_that_is_none_is_named(province: WireClient, code: object) -> None:
    answer = province.sync(record("x", MaHoSo=code))
    assert answer["error_code"] == "-5" and "MaHoSo" in answer["message"]


def test_text_of_every_kind_is_kept_as_text(province: WireClient) -> None:
    nasty = "<b>&'\"; DROP TABLE x; --</b>\u0000\ud83d"
    code = new_code()
    assert province.sync(record(code, ChuHoSo=nasty, GhiChu=nasty, LaLung=nasty))["error_code"] == "0"
    assert Dossier.objects.get(code=code).applicant_name.startswith("<b>&'\"; DROP")


@pytest.mark.parametrize("at", ["19700101000000", "99999999999999", "abc", "20991231235959", "0", "", None])
def test_impossible_times_are_flagged_not_refused(province: WireClient, at: object) -> None:
    code = new_code()
    assert province.sync(record(code, "2", NgayTiepNhan=at, NgayHenTra=at))["error_code"] == "0"
    assert province.progress(line(code, at, "4"))["error_code"] == "0"
    dossier = Dossier.objects.get(code=code)
    assert dossier.state == DossierState.PROCESSING
    province.progress(line(code, "20250103090000", "9"))
    assert state_of(code) == DossierState.DECIDED


def test_an_impossible_jump_is_kept_and_flagged(province: WireClient) -> None:
    code = new_code()
    province.sync(record(code, "10", NgayTra="20250105100000"))
    province.progress(line(code, "20250106100000", "4", "Mở lại"))
    dossier = Dossier.objects.get(code=code)
    assert dossier.state == DossierState.PROCESSING and dossier.returned_at is None
    assert dossier.events.latest().data["unexpected"] == "returned>processing"


def test_status_eleven_is_read_as_refused(province: WireClient) -> None:
    code = new_code()
    province.sync(record(code, "11", NgayTuChoi="20250103080000"))
    assert state_of(code) == DossierState.REFUSED


def test_a_late_line_is_kept_and_moves_nothing(province: WireClient) -> None:
    code = new_code()
    province.sync(record(code, "2"))
    province.progress(line(code, "20250104080000", "9", "Ký"), line(code, "20250103080000", "4", "Thụ lý"))
    dossier = Dossier.objects.get(code=code)
    assert dossier.state == DossierState.DECIDED
    late = dossier.events.latest()
    assert late.data["late"] is True and late.to_state == "" and late.reason == "Thụ lý"


def test_a_line_before_its_dossier_waits_for_it(province: WireClient) -> None:
    code = new_code()
    early = province.progress(line(code, "20250103080000", "4"))
    assert early["error_code"] == "0" and "thành công" in early["message"]
    apply_received()
    assert InboxMessage.objects.get().work_state == "pending"
    province.sync(record(code, "2"))
    apply_received()
    assert InboxMessage.objects.get().work_state == "done"
    assert state_of(code) == DossierState.PROCESSING


def test_a_line_that_waited_too_long_asks_an_official(province: WireClient) -> None:
    province.progress(line("KHONG-BAO-GIO", "20250103080000", "4"))
    waiting = InboxMessage.objects.get()
    InboxMessage.objects.update(created_at=waiting.created_at.replace(year=2025))
    apply_received()
    waiting.refresh_from_db()
    assert waiting.work_state == "dead" and "DongBoHoSoMC" in waiting.quarantine_reason


def test_nobody_touches_another_systems_dossier(province: WireClient) -> None:
    code = new_code()
    province.sync(record(code, "2"))
    beside = wire_client(province.account.agency)
    for answer in (beside.sync(record(code, "3")), beside.progress(line(code, "20250103080000", "3"))):
        assert answer["error_code"] == "-6"
    assert state_of(code) == DossierState.ACCEPTED


def test_nobody_reports_for_another_agency(province: WireClient) -> None:
    Agency.objects.create(code="H48", name="UBND tỉnh khác", level="province", path="H48/")
    stranger = wire_client(Agency.objects.get(code="H48"))
    code = new_code()
    assert stranger.sync(record(code))["error_code"] == "-6"
    assert not Dossier.objects.filter(code=code).exists()
    province.sync(record(code))
    assert stranger.call("TraCuuHoSo", mahoso=code)["result"] == []
    answer = stranger.call("TraCuuHoSo", mahoso="x", madonvi="H26.00073")
    assert answer["error_code"] == "-6" and "H26.00073" in answer["message"]


def test_codes_in_the_old_form_find_their_agency(province: WireClient) -> None:
    answer = province.call("TraCuuHoSo", mahoso="x", madonvi="000.00.00.H26")
    assert answer["error_code"] == "0"
    province.sync(record("000.00.00.H26-250102-00001"))
    assert Dossier.objects.get(code="000.00.00.H26-250102-00001").agency.code == "H26"


def test_a_persons_dossier_at_the_counter_shows_among_hers(province: WireClient) -> None:
    citizen = factories.make_citizen()
    code = new_code()
    province.sync(record(code, SoGiayToChuHoSo=citizen.citizen.personal_id))
    assert Dossier.objects.get(code=code).owner == citizen


def test_a_dossier_is_hers_by_the_account_that_an_old_system_names(province: WireClient) -> None:
    citizen = factories.make_citizen()
    CitizenProfile.objects.filter(user=citizen).update(technical_id="TECH-7")
    hers, nobodys = new_code(), new_code()
    province.sync(record(hers, MaDoiTuong="TECH-7"), record(nobodys, MaDoiTuong="TECH-8"))
    assert (Dossier.objects.get(code=hers).owner, Dossier.objects.get(code=nobodys).owner) == (citizen, None)
    province.sync(record(hers, "4", MaDoiTuong=""))
    assert Dossier.objects.get(code=hers).owner == citizen


def test_the_number_that_was_told_says_more_than_an_account_named_later(province: WireClient) -> None:
    citizen, other = factories.make_citizen(), factories.make_citizen()
    CitizenProfile.objects.filter(user=other).update(technical_id="TECH-9")
    code = new_code()
    province.sync(record(code, SoGiayToChuHoSo=citizen.citizen.personal_id))
    province.sync(record(code, "4", MaDoiTuong="TECH-9"))
    assert Dossier.objects.get(code=code).owner == citizen


def test_a_slow_batch_is_answered_in_time_and_finished_by_the_worker(
    province: WireClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.api.wire.dossiers.AT_ONCE_SECONDS", -1)
    codes = [new_code() for _ in range(3)]
    assert province.sync(*(record(code) for code in codes))["error_code"] == "0"
    assert not Dossier.objects.filter(code__in=codes).exists()
    apply_received()
    assert Dossier.objects.filter(code__in=codes).count() == 3


def test_results_are_fetched_for_a_known_owner(province: WireClient, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.make_version()
    citizen, code = factories.make_citizen(), new_code()
    monkeypatch.setattr("portal.exchange.transport.get_partner_file", lambda *_a, **_k: factories.png("kq"))
    papers = [
        {"TenGiayTo": "Giấy chứng nhận.png", "DuongDanTepTinKetQua": "https://motcua.example/kq?t=1&download=true"}
    ]
    fields = {"SoGiayToChuHoSo": citizen.citizen.personal_id, "DanhSachGiayToKetQua": papers}
    province.sync(record(code, "9", NgayKetThucXuLy="20250105100000", **fields))
    apply_received()
    issue_results()
    dossier = Dossier.objects.get(code=code)
    assert dossier.result_document is not None and dossier.result_document.owner == citizen
