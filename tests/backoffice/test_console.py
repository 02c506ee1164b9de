"""The page of a system's exchange says how it goes and why, tells late news from late work, and puts things right."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dossiers.models import Difference, Dossier, Reconciliation
from dossiers.partners import code_tables
from portal.agencies import credentials
from portal.agencies.models import ApiClient, WireSession
from portal.backoffice import console, sync_errors
from portal.core.work import WorkState
from portal.exchange import refusals, watching
from portal.exchange import services as exchange
from portal.exchange.models import DeliveryLane, InboxMessage, OutboxMessage
from tests import factories
from tests.api.callers import Caller, event_body, token_for
from tests.api.signers import Signer
from tests.backoffice.conftest import Office
from tests.wire.clients import line, new_code, record, wire_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def system(office: Office) -> ApiClient:
    return factories.make_client(office.agency)


def page(system: ApiClient) -> str:
    return f"/quan-tri/he-thong/{system.pk}/dong-bo/"


def shown(office: Office, system: ApiClient) -> str:
    return office.browser("administrator").get(page(system)).content.decode()


def press(office: Office, system: ApiClient, **fields: Any) -> Any:
    return office.browser("administrator").post(page(system), fields, follow=True)


def held(office: Office, system: ApiClient, **fields: Any) -> Dossier:
    dossier = factories.file_dossier()
    Dossier.objects.filter(pk=dossier.pk).update(handled_by=system, **fields)
    dossier.refresh_from_db()
    return dossier


def dead(system: ApiClient, subject: str) -> OutboxMessage:
    exchange.enqueue(client=system, type="dossier.submitted", subject=subject, payload={}, message_id=f"m-{subject}")
    OutboxMessage.objects.filter(message_id=f"m-{subject}").update(
        work_state=WorkState.DEAD, last_error="Hệ thống nhận không chấp nhận chữ ký."
    )
    return OutboxMessage.objects.get(message_id=f"m-{subject}")


def test_all_is_well(office: Office, system: ApiClient) -> None:
    words = shown(office, system)
    for text in ("Thông suốt", "chưa có báo cáo", "Không có hồ sơ nào đang quá hạn", "Không có thông điệp nào dừng"):
        assert text in words, text


def test_the_light_is_red_for_what_needs_a_person_and_says_why(office: Office, system: ApiClient) -> None:
    dead(system, "A")
    Difference.objects.create(client=system, code="B", ours=1, theirs=8, work_state=WorkState.DEAD, last_error="Vì sao")
    DeliveryLane.objects.create(client=system, failures=9)
    code_tables.note_gap(system, "status", "Treo", example="C")
    words = shown(office, system)
    for text in (
        "Cần xử lý",
        "1 thông điệp đã dừng",
        "1 hồ sơ lệch",
        "1 mã chưa ánh xạ",
        "không nhận thông điệp",
        "không chấp nhận chữ ký",
        "Dừng xử lý",
        "Vì sao",
    ):
        assert text in words, text
    Difference.objects.update(work_state=WorkState.DONE)
    OutboxMessage.objects.update(work_state=WorkState.DONE)
    DeliveryLane.objects.update(failures=0)
    assert "Cần chú ý" in shown(office, system)
    ApiClient.objects.filter(pk=system.pk).update(is_active=False)
    assert "Đã tắt" in shown(office, system)


def test_lag_is_between_what_happened_and_what_we_knew(office: Office, system: ApiClient) -> None:
    dossier = held(office, system)
    caller = Caller(system, token_for(system))
    caller.push(dossier, "accept", occurred_at=timezone.now() - timedelta(hours=3))
    caller.push(dossier, "start_processing", occurred_at=timezone.now() - timedelta(hours=2))
    lag = console.lag_of(system, console.newest_of(system))
    assert lag.count == 2 and timedelta(hours=2) <= lag.half <= lag.most <= timedelta(hours=3, minutes=1)
    words = shown(office, system)
    assert "95 % trong 3 giờ" in words and "một muộn quá một giờ" in words


def test_what_is_late_only_because_of_late_news_is_told_apart(office: Office, system: ApiClient) -> None:
    past = timezone.now() - timedelta(days=3)
    waiting, decided, truly = (held(office, system, intake_due_at=past) for _turn in range(3))
    exchange.quarantine(client=system, service="X", subject=waiting.code or "", payload={}, reason="Mã lạ")
    Difference.objects.create(client=system, code=decided.code, ours=1, theirs=9)
    late = console.late_of(system, timezone.now(), heard_at=timezone.now())
    assert (late["count"], late["by_sync"], late["by_agency"]) == (3, 2, 1)
    assert {row["dossier"].code for row in late["rows"]} == {waiting.code, decided.code}
    assert [row["dossier"].code for row in late["at_agency"]] == [truly.code]
    words = shown(office, system)
    assert "2 chỉ vì tin đồng bộ đến muộn, 1 ở cơ quan" in words
    assert "Hệ thống nói đã xong" in words and "đang nằm chờ" in words


def test_a_dossier_that_looked_late_until_its_report_came(office: Office, system: ApiClient) -> None:
    in_time = held(office, system)
    now = timezone.now()
    told_late, really_late = now - timedelta(days=5), now - timedelta(hours=1)
    caller = Caller(system, token_for(system))
    assert caller.push(in_time, "refuse_intake", reason="Sai nơi", occurred_at=told_late).status_code == 201
    Dossier.objects.filter(pk=in_time.pk).update(due_at=now - timedelta(days=2), finished_at=told_late)
    other = held(office, system)
    assert caller.push(other, "refuse_intake", reason="Sai nơi", occurred_at=really_late).status_code == 201
    Dossier.objects.filter(pk=other.pk).update(due_at=now - timedelta(days=2), finished_at=really_late)
    found = console.looked_late(system, now)
    assert (found["count"], found["of"]) == (1, 2)
    assert [row.code for row in found["rows"]] == [in_time.code]
    assert "1 trên 2 hồ sơ xong đúng hạn" in shown(office, system)


def test_stopped_messages_are_tried_again_one_or_all_and_only_this_systems(office: Office, system: ApiClient) -> None:
    first, second = dead(system, "A"), dead(system, "B")
    foreign = dead(factories.make_client(factories.make_other_agency()), "C")
    exchange.quarantine(client=system, service="X", subject="D", payload={}, reason="Mã lạ")
    press(office, system, **{"thong-diep-di": [first.pk, foreign.pk, "x"]})
    states = dict(OutboxMessage.objects.values_list("subject", "work_state"))
    assert states == {"A": WorkState.PENDING, "B": WorkState.DEAD, "C": WorkState.DEAD}
    press(office, system, **{"thong-diep-di": "tat-ca", "thong-diep-den": "tat-ca"})
    second.refresh_from_db()
    foreign.refresh_from_db()
    assert (second.work_state, foreign.work_state) == (WorkState.PENDING, WorkState.DEAD)
    assert InboxMessage.objects.get().work_state == WorkState.PENDING
    assert "Chưa xếp lại việc nào" in press(office, system).content.decode()
    assert [row.change_message for row in LogEntry.objects.order_by("pk")] == [
        "Thử lại 1 thông điệp đã dừng",
        "Thử lại 2 thông điệp đã dừng",
    ]


def test_what_healed_by_itself_says_how(office: Office, system: ApiClient) -> None:
    done = {"work_state": WorkState.DONE, "done_at": timezone.now()}
    Difference.objects.create(client=system, code="H-1", ours=2, theirs=4, outcome="Đã nhận “Đang xử lý”.", **done)
    foreign = factories.make_client(factories.make_other_agency())
    Difference.objects.create(client=foreign, code="H-2", ours=2, theirs=4, outcome="Khác", **done)
    words = shown(office, system)
    assert "Đã tự sửa gần đây" in words and "Đã nhận “Đang xử lý”." in words and "H-2" not in words


def test_a_reconciliation_is_asked_for_once(office: Office, system: ApiClient) -> None:
    assert "Đang đối soát" in press(office, system, do="reconcile", days="7").content.decode()
    assert "đang chờ chạy" in press(office, system, do="reconcile", days="7").content.decode()
    run = Reconciliation.objects.get()
    assert (run.until - run.since, run.asked_by) == (timedelta(days=7), office.administrator)
    assert "Đối soát 7 ngày" in LogEntry.objects.get().change_message


def test_a_page_costs_the_same_queries_however_much_there_is(
    office: Office, system: ApiClient, django_assert_max_num_queries: Any
) -> None:
    browser = office.browser("administrator")
    browser.get(page(system))
    for number in range(30):
        dead(system, f"S{number}")
    with django_assert_max_num_queries(35):
        browser.get(page(system))


def test_a_systems_engineer_sees_each_of_his_calls_pass_or_fail(office: Office) -> None:
    wire = wire_client(office.agency)
    rest = factories.make_client(office.agency)
    watching.forget_glances()
    wire.call("TraCuuHoSo", mahoso="truoc")  # nobody looks yet
    assert "Chưa có lời gọi nào" in shown(office, wire.account) and "Chưa có lời gọi nào" in shown(office, rest)
    watching.forget_glances()  # a process looks once a second
    wire.session = ""
    assert wire.call("TraCuuHoSo", mahoso="sau")["error_code"] == "0"
    assert wire.call("KhongCoDichVu")["error_code"] == "-4"
    caller = Caller(rest, token_for(rest))
    assert caller.get("/api/v1/dossiers/").status_code == 200
    assert caller.get("/api/v1/dossiers/KHONG-CO/").status_code == 404
    browser = office.browser("administrator")
    told = browser.get(page(wire.account), headers={"HX-Request": "true"}).content.decode()
    assert told.count("<tr>") == 4 and "<html" not in told, "the heading, the login and two calls"
    assert told.count("tag--jade") == 2 and told.count("tag--error") == 1
    for words in ("login", "TraCuuHoSo", "Không có dịch vụ KhongCoDichVu"):
        assert words in told, words
    told = browser.get(page(rest), headers={"HX-Request": "true"}).content.decode()
    assert told.count("tag--jade") == 1 and told.count("tag--error") == 1 and "GET /api/v1/dossiers/KHONG-CO/" in told
    assert "TraCuuHoSo" not in told, "another system's calls are not its business"


def test_a_refused_item_of_a_batch_and_a_wrong_signature_are_seen(office: Office) -> None:
    system = factories.make_client(office.agency)
    watching.forget_glances()
    shown(office, system)
    watching.forget_glances()
    caller = Caller(system, token_for(system))
    assert (
        caller.post(
            "/api/v1/dossiers/events/", {"events": [event_body("dossier.accepted", code="KHONG-CO")]}
        ).status_code
        == 200
    )
    signer = Signer(system)
    signer.key = b"another"
    assert signer.get("/api/v1/dossiers/").status_code == 401
    told = office.browser("administrator").get(page(system), headers={"HX-Request": "true"}).content.decode()
    assert told.count("tag--error") == 2 and "tag--jade" not in told
    assert "Từ chối 1 trên 1: KHONG-CO" in told and "Chữ ký của yêu cầu không đúng." in told


def test_who_only_knows_the_name_of_a_key_does_not_fill_the_page(office: Office) -> None:
    system = factories.make_client(office.agency)
    watching.watch(system.pk)
    watching.forget_glances()
    assert Caller(system, token_for(system)).get("/api/v1/dossiers/").status_code == 200
    signer = Signer(system)
    signer.key = b"another"
    for _number in range(watching.KEPT_CALLS + 1):
        signer.get("/api/v1/dossiers/")
    told = watching.calls(system.pk)
    assert sum(call.is_good for call in told) == 1
    assert sum(not call.is_good for call in told) == watching.KEPT_UNPROVEN
    assert refusals.of(system.pk) == {refusals.CLAIMED: watching.KEPT_CALLS + 1}, "nor its figures"


def test_an_engineer_sees_calls_that_did_not_prove_whose_they_are(office: Office) -> None:
    wire = wire_client(office.agency)
    watching.watch(wire.account.pk)
    watching.forget_glances()
    assert wire.sign_in("sai-mat-khau")["error_code"] == "-1"
    wire.sign_in()
    told = f'{{"session":"{wire.session}","service":"DongBoHoSoMC","data":[{{]}}'.encode()
    assert wire.post(wire.call_path, told).json()["error_code"] == "-5"
    WireSession.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert wire.call("TraCuuHoSo", mahoso="x")["error_code"] == "-2"
    ApiClient.objects.filter(pk=wire.account.pk).update(is_active=False)
    assert wire.sign_in()["error_code"] == "-1"
    seen = watching.calls(wire.account.pk)
    assert sorted(call.code for call in seen) == ["-1", "-1", "-2", "-5", "0"]
    assert all(call.words for call in seen if not call.is_good)


def test_an_engineer_sees_that_the_secret_for_a_token_is_wrong(office: Office) -> None:
    issued = credentials.set_up(credentials.Partner(name="x", agency_code=office.agency.code))
    watching.watch(issued.client.pk)
    watching.forget_glances()
    asked = {"grant_type": "client_credentials", "client_id": issued.secrets["client_id"], "client_secret": "sai"}
    assert Client().post("/identity/o/api/token", asked).status_code == 401
    assert Client().post("/lgsp/token", json.dumps(asked), content_type="application/json").status_code == 401
    asked["client_secret"] = issued.secrets["client_secret"]
    assert Client().post("/identity/o/api/token", asked).status_code == 200
    seen = watching.calls(issued.client.pk)
    assert sorted((call.code, call.is_good) for call in seen) == [("200", True), ("401", False), ("401", False)]


def test_errors_are_counted_by_kind(office: Office) -> None:
    wire = wire_client(office.agency)
    code = new_code(office.agency.code)
    for _turn in range(3):
        wire.call("KhongCoDichVu")
    wire.sign_in("sai-mat-khau")
    wire.sign_in()
    WireSession.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    wire.call("TraCuuHoSo", mahoso="x")
    wire.session = ""
    wire.sync(record(code, "Treo"))
    wire.sync(record(code, "2"))
    wire.progress(line(code, "hôm qua", "4", KhoaMoi2027="x", NgayBatDau="20250102081500"))
    dead(wire.account, "A")
    found = {(str(row.words), row.count) for row in sync_errors.rows(wire.account, console.newest_of(wire.account))}
    assert found == {
        ("Sai địa chỉ, sai tên dịch vụ hoặc hồ sơ chưa có", 3),
        ("Chỉ xưng tên hệ thống, sai mật khẩu hoặc khóa (có thể do người khác gửi)", 1),
        ("Phiên hoặc mã truy cập đã hết hạn", 1),
        ("Nội dung không đọc được, thiếu hoặc sai trường", 1),
        ("Mã chưa ánh xạ", 1),
        ("Thông điệp hệ thống không nhận", 1),
        ("ThoiDiemXuLy", 1),
        ("KhoaMoi2027", 1),
    }
    words = shown(office, wire.account)
    assert "Lỗi theo loại" in words and "KhoaMoi2027" in words
    assert "KhoaMoi2027" not in shown(office, factories.make_client(office.agency))


def test_the_newest_dossiers_of_a_system_are_read_once_a_page(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    wire = wire_client(office.agency)
    decided = held(office, wire.account)
    codes = [new_code(office.agency.code) for _number in range(2)]
    wire.sync(*(record(code, "2") for code in codes))
    told = [Dossier.objects.get(code=code).pk for code in codes]
    assert console.newest_of(wire.account) == [*reversed(told), decided.pk]
    with CaptureQueriesContext(connection) as queries:
        shown(office, wire.account)
    asked = [query["sql"] for query in queries if f"LIMIT {console.SAMPLE_DOSSIERS}" in query["sql"]]
    assert len(asked) == 2 and not [sql for sql in asked if " OR " in sql]
    monkeypatch.setattr(console, "SAMPLE_DOSSIERS", 2)
    assert console.newest_of(wire.account) == [*reversed(told)]


def test_what_fell_due_while_a_system_is_silent_is_laid_on_nobody(office: Office, system: ApiClient) -> None:
    now = timezone.now()
    before, since = held(office, system, intake_due_at=now - timedelta(days=6)), held(office, system)
    Dossier.objects.filter(pk=since.pk).update(intake_due_at=now - timedelta(days=2))
    ApiClient.objects.filter(pk=system.pk).update(last_seen_at=now - timedelta(days=4))
    late = console.late_of(system, now, heard_at=now - timedelta(days=4))
    assert (late["count"], late["by_sync"], late["by_agency"], late["unclear"]) == (2, 0, 1, 1)
    assert [row["dossier"].code for row in late["at_agency"]] == [before.code]
    assert "1 hồ sơ quá hạn chưa rõ vì đâu" in shown(office, system)
    late = console.late_of(system, now, heard_at=now - timedelta(hours=1))
    assert (late["by_agency"], late["unclear"]) == (2, 0), "it was heard since and says nothing of them"


def test_a_night_that_missed_some_days_tells_both_what_it_compared_and_why_not_all(
    office: Office, system: ApiClient
) -> None:
    today = timezone.localdate()
    told = {"client": system, "since": today, "until": today, "work_state": WorkState.DONE, "done_at": timezone.now()}
    Reconciliation.objects.create(**told, night=today, compared=21, differing=3, note="Chưa so được hết.")
    assert "đã so 21 hồ sơ, lệch 3. Chưa so được hết." in shown(office, system)
    Reconciliation.objects.update(compared=0, differing=0)
    text = shown(office, system)
    assert "Chưa so được hết." in text and "đã so" not in text
