"""DongBoTrangThaiHoSo: dossiers filed here, decided in a system that speaks the wire format."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from datastore.models import Document, DocumentStatus, TrustLevel
from dossiers import withdrawal
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, ResultIssue
from dossiers.services import supplement
from dossiers.tasks import apply_received, issue_results
from portal.agencies.actors import Actor
from portal.exchange import services as exchange
from portal.exchange.models import InboxMessage
from portal.exchange.transport import AddressNotAllowedError
from portal.notifications.models import Message
from tests import factories
from tests.api.callers import wire_account
from tests.datastore.conftest import make_pdf
from tests.wire.clients import PASSWORD, WireClient, line, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> WireClient:
    agency = factories.make_agency()
    return WireClient(wire_account(agency.parent or agency, PASSWORD))


@pytest.fixture
def dossier(client: WireClient) -> Dossier:
    return factories.file_dossier()


def stamp(seconds: int = 0) -> str:
    return timezone.localtime(timezone.now() + timedelta(seconds=seconds)).strftime("%Y%m%d%H%M%S")


def tell(client: WireClient, dossier: Dossier, status: int | str, *, at: str | None = None, **fields: object) -> dict:
    data = {
        "MaHoSo": dossier.code,
        "MaHoSoDonVi": "BCA-000001",
        "MaDoiTuong": "",
        "NoiDung": "Cơ quan xử lý",
        "NgayXuLy": stamp() if at is None else at,
        "TrangThai": str(status),
        "TaiLieuXuLy": [],
        **fields,
    }
    return client.call("DongBoTrangThaiHoSo", type="2", data=data)


def state_of(dossier: Dossier) -> str:
    dossier.refresh_from_db()
    return dossier.state


def test_statuses_walk_the_table_and_the_portal_issues_the_result(client: WireClient, dossier: Dossier) -> None:
    for status, state in (("2", DossierState.ACCEPTED), ("4", DossierState.PROCESSING), ("9", DossierState.DECIDED)):
        answer = tell(client, dossier, status)
        assert answer["error_code"] == "0" and "thành công" in answer["message"]
        client.progress(line(dossier.code, stamp(), status, "Cùng việc ấy"))
        assert state_of(dossier) == state
    assert tell(client, dossier, "10")["error_code"] == "0"
    assert state_of(dossier) == DossierState.DECIDED  # the portal hands over by itself, once the paper is there
    assert not [event for event in dossier.events.all() if event.data.get("unexpected")]
    assert ResultIssue.objects.get(dossier=dossier).work_state == "pending"


@pytest.mark.parametrize("status", range(1, 12))
def test_every_status_is_taken_from_the_start(client: WireClient, dossier: Dossier, status: int) -> None:
    assert tell(client, dossier, status)["error_code"] == "0"
    expected = {
        1: "submitted",
        2: "accepted",
        3: "refused",
        4: "processing",
        5: "awaiting_supplement",
        6: "submitted",  # nothing says how much: kept and flagged for the desk
        7: "submitted",  # the citizen asks for that here
        8: "stopped",
        9: "decided",
        10: "decided",
        11: "refused",
    }
    assert state_of(dossier) == expected[status]
    flagged = dossier.events.latest().data.get("unexpected", "")
    assert bool(flagged) == (status in (6, 7))


def test_a_jump_takes_the_steps_between(client: WireClient, dossier: Dossier) -> None:
    tell(client, dossier, "4")
    names = [event.name for event in dossier.events.all()]
    assert names == ["dossier.submitted", "dossier.accepted", "dossier.processing_started"]
    assert dossier.letters.filter(kind="01").exists()


def test_a_resend_changes_nothing(client: WireClient, dossier: Dossier) -> None:
    at = stamp()
    for _ in range(3):
        tell(client, dossier, "2", at=at)
        client.progress(line(dossier.code, at, "2"))
    assert dossier.events.count() == 3


def test_folded_statuses_of_old_clients_are_harmless(client: WireClient, dossier: Dossier) -> None:
    """OpenCPS sends 2 for 4, 6, 9 and 10."""
    tell(client, dossier, "4", at=stamp(-10))
    tell(client, dossier, "2", at=stamp(-5), NoiDung="Đang xử lý tiếp")
    assert state_of(dossier) == DossierState.PROCESSING
    assert "unexpected" not in dossier.events.latest().data


def test_a_partners_clock_behind_ours_does_not_stop_it(client: WireClient, dossier: Dossier) -> None:
    tell(client, dossier, "2", at=stamp(-120))
    tell(client, dossier, "4", at=stamp(-60))
    assert state_of(dossier) == DossierState.PROCESSING


def test_reports_out_of_order_end_in_the_later_state(client: WireClient, dossier: Dossier) -> None:
    tell(client, dossier, "4", at=stamp(-5))
    tell(client, dossier, "3", at=stamp(-50), NoiDung="Báo nhầm từ trước")
    assert state_of(dossier) == DossierState.PROCESSING
    assert dossier.events.latest().data["late"] is True


def test_the_citizen_supplements_and_the_partner_goes_on(client: WireClient, dossier: Dossier) -> None:
    tell(client, dossier, "5", at=stamp(-9), NoiDung="Thiếu giấy xác nhận")
    assert dossier.supplement_requests.get().reason == "Thiếu giấy xác nhận"
    supplement(dossier.code or "", actor=Actor.citizen(dossier.filer), answer="Đã bổ sung")
    tell(client, dossier, "4", at=stamp(-3))
    assert state_of(dossier) == DossierState.PROCESSING


def test_papers_brought_to_the_counter_count_as_supplemented(client: WireClient, dossier: Dossier) -> None:
    tell(client, dossier, "5", at=stamp(-9), NoiDung="Thiếu giấy")
    tell(client, dossier, "4", at=stamp(-3), NoiDung="Đã nhận bổ sung tại quầy")
    assert state_of(dossier) == DossierState.PROCESSING
    assert dossier.supplement_requests.get().answered_at is not None


def test_a_withdrawal_is_confirmed_by_status_eight(client: WireClient, dossier: Dossier) -> None:
    withdrawal.request(dossier.code or "", actor=Actor.citizen(dossier.filer), reason="Không còn nhu cầu")
    tell(client, dossier, "8")
    assert state_of(dossier) == DossierState.STOPPED
    assert dossier.events.latest().name == "dossier.withdrawn"


def test_a_whole_record_of_a_portal_dossier_moves_it_too(client: WireClient, dossier: Dossier) -> None:
    applicant = dossier.applicant_name
    answer = client.sync(record(dossier.code or "", "2", NgayTiepNhan=stamp(-5), ChuHoSo="Tên khác"))
    assert answer["error_code"] == "0"
    assert state_of(dossier) == DossierState.ACCEPTED
    assert (dossier.applicant_name, dossier.source) == (applicant, None)  # what was filed stays as it was filed


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"SoGiayToChuHoSo": "001199999999"}, "số giấy tờ chủ hồ sơ"),
        ({"DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "001 199 999 999"}]}, "số giấy tờ chủ hồ sơ"),
        ({"MaTTHC": "1.999999.000.00.00.H26"}, "mã thủ tục"),
        ({"MaTTHC": "2.000815", "SoGiayToChuHoSo": "001199999999"}, "số giấy tờ chủ hồ sơ, mã thủ tục"),
    ],
)
def test_a_record_of_another_dossier_under_this_code_is_kept_apart(
    client: WireClient, dossier: Dossier, fields: dict[str, object], named: str
) -> None:
    other = record(dossier.code or "", "2", NgayTiepNhan=stamp(-5), **fields)
    for _ in range(2):  # a resend makes no second row
        answer = client.sync(other)
        assert answer["error_code"] == "-5" and named in answer["message"]
        assert "001199999999" not in answer["message"] and (dossier.applicant_id or "-") not in answer["message"]
    assert state_of(dossier) == DossierState.SUBMITTED and dossier.events.count() == 1
    kept = InboxMessage.objects.get()
    assert (kept.work_state, kept.subject) == ("dead", dossier.code) and named in kept.quarantine_reason
    assert kept.payload["item"]["MaHoSo"] == dossier.code
    # put back without a change it says the same; the corrected record is taken
    exchange.redrive_received([kept.pk])
    apply_received()
    kept.refresh_from_db()
    assert kept.work_state == "dead" and named in kept.quarantine_reason
    right = record(dossier.code or "", "2", NgayTiepNhan=stamp(-5), SoGiayToChuHoSo=dossier.applicant_id)
    assert client.sync(right)["error_code"] == "0"
    assert state_of(dossier) == DossierState.ACCEPTED


@pytest.mark.parametrize(
    "fields",
    [
        {"SoGiayToChuHoSo": "012345678"},  # an old identity card
        {"SoGiayToChuHoSo": "000000000000"},  # filled with zeros
        {"MaTTHC": "H26-TTHC-01"},  # a system's own code
        {"MaTTHC": "1.000001.000.00.00.H26"},
        {"MaTTHC": ""},
    ],
)
def test_what_cannot_be_compared_is_no_mismatch(
    client: WireClient, dossier: Dossier, fields: dict[str, object]
) -> None:
    assert client.sync(record(dossier.code or "", "2", NgayTiepNhan=stamp(-5), **fields))["error_code"] == "0"
    assert state_of(dossier) == DossierState.ACCEPTED


def test_one_wrong_record_does_not_keep_the_others_out(client: WireClient, dossier: Dossier) -> None:
    second = factories.file_dossier()
    answer = client.sync(
        record(dossier.code or "", "2", SoGiayToChuHoSo="001199999999"),
        record(second.code or "", "2", NgayTiepNhan=stamp(-5)),
    )
    assert answer["error_code"] == "-5" and "Đã nhận 1 mục còn lại" in answer["message"]
    assert state_of(second) == DossierState.ACCEPTED


def test_data_must_be_one_object(client: WireClient, dossier: Dossier) -> None:
    for data in ([], "x", None, [{}, {}]):
        assert client.call("DongBoTrangThaiHoSo", type="2", data=data)["error_code"] == "-5"
    answer = tell(client, dossier, "khong-so")
    assert answer["error_code"] == "-5" and "TrangThai" in answer["message"]


def test_a_dossier_of_another_system_is_not_this_ones(client: WireClient, dossier: Dossier) -> None:
    other = WireClient(wire_account(client.account.agency, PASSWORD, receives=False))
    assert tell(other, dossier, "3")["error_code"] == "-6"
    assert other.sync(record(dossier.code or "", "3"))["error_code"] == "-6"
    assert state_of(dossier) == DossierState.SUBMITTED


def paper(url: str = "http://127.0.0.1:8004/ket-qua/1.pdf?t=1&download=true") -> list[dict[str, str]]:
    return [{"TenTepDinhKem": "Kết quả", "TepDinhKemId": "1", "DuongDanTaiTepTin": url, "IsDeleted": "False"}]


def test_the_agencys_own_paper_becomes_the_result(
    client: WireClient, dossier: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def fetch(url: str, **_options: object) -> bytes:
        asked.append(url)
        return factories.png("kết quả")

    monkeypatch.setattr("portal.exchange.transport.get_partner_file", fetch)
    tell(client, dossier, "9", TaiLieuXuLy=[{**paper()[0], "TenTepDinhKem": "Kết quả.png"}])
    tell(client, dossier, "10", TaiLieuXuLy=paper("http://127.0.0.1:8004/ket-qua/1.pdf?t=2&download=true"))
    issue_results()
    assert state_of(dossier) == DossierState.DECIDED  # the portal's own result waits for the agency's
    apply_received()
    issue_results()
    assert state_of(dossier) == DossierState.RETURNED
    assert len(asked) == 1 and dossier.result_document is not None
    assert dossier.result_document.owner == dossier.owner


@pytest.mark.parametrize(
    ("told", "name", "number"),
    [
        ("Giấy chứng nhận đăng ký, số 12/2026/GCN-PKT.pdf", "Giấy chứng nhận đăng ký.pdf", "12/2026/GCN-PKT"),
        ("Giấy chứng nhận đăng ký, số 12/2026/GCN-PKT", "Giấy chứng nhận đăng ký.pdf", "12/2026/GCN-PKT"),
        ("Quyết định thu hồi giấy phép số 7/GP-UBND", None, ""),
        ("Giấy chứng nhận, số nhà 12/7", None, ""),
        ("Kết quả giải quyết: " + "đăng ký thành lập hộ kinh doanh " * 5, "", ""),
    ],
)
def test_a_paper_is_named_and_numbered_as_the_agency_told(
    client: WireClient, dossier: Dossier, monkeypatch: pytest.MonkeyPatch, told: str, name: str | None, number: str
) -> None:
    monkeypatch.setattr("portal.exchange.transport.get_partner_file", lambda *_, **__: make_pdf())
    tell(client, dossier, "9", TaiLieuXuLy=[{**paper()[0], "TenTepDinhKem": told}])
    apply_received()
    issue_results()
    dossier.refresh_from_db()
    document = dossier.result_document
    assert document is not None and document.number == number
    kept = document.files.get().name
    assert len(kept) <= 124 and (not name or kept == name)
    assert kept == f"{document.title}.pdf" or len(told) <= 120


def test_a_paper_on_a_host_that_is_not_registered_is_never_asked_for(client: WireClient, dossier: Dossier) -> None:
    tell(client, dossier, "9", TaiLieuXuLy=paper("http://169.254.169.254/latest/meta-data/"))
    apply_received()
    message = InboxMessage.objects.get()
    assert message.work_state == "dead"
    assert message.quarantine_reason.startswith(str(AddressNotAllowedError.message))
    assert tell(client, dossier, "10")["error_code"] == "0"
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        issue_results()
    assert state_of(dossier) == DossierState.DECIDED, "no paper of ours in the place of the agency's"
    assert "Thông điệp nhận được" in ResultIssue.objects.get(dossier=dossier, work_state="dead").last_error


def test_a_paper_that_comes_after_the_decision_is_taken(
    client: WireClient, dossier: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = iter([factories.png("kết quả"), factories.png("kết quả"), factories.png("đã sửa")])
    monkeypatch.setattr("portal.exchange.transport.get_partner_file", lambda *_url, **_options: next(papers))
    named = [{**paper()[0], "TenTepDinhKem": "Kết quả.png"}]
    tell(client, dossier, "9", at=stamp(-9))
    for seconds, count in ((-6, 1), (-3, 1), (-1, 2)):
        tell(client, dossier, "10", at=stamp(seconds), TaiLieuXuLy=named)
        apply_received()
        issue_results()
        assert state_of(dossier) == DossierState.RETURNED
        assert Document.objects.filter(trust=TrustLevel.FETCHED).count() == count
    older, newer = Document.objects.filter(trust=TrustLevel.FETCHED).order_by("pk")
    assert (dossier.result_document, older.status, older.replaced_by) == (newer, DocumentStatus.REPLACED, newer)
    assert dossier.events.latest().name == "dossier.result_replaced"
    assert Message.objects.filter(recipient=dossier.filer, kind="dossier.result_replaced").exists()
