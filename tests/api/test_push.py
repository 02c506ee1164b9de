"""Status events from an agency's system: applied once, late ones kept, foreign ones unseen."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from datastore.models import DocumentStatus, TrustLevel
from dossiers import timeline
from dossiers.lifecycle import DossierState
from dossiers.models import ResultIssue
from dossiers.tasks import issue_results
from portal.agencies.models import Agency, OneStopDesk
from portal.core.moments import vn_datetime
from portal.notifications.models import Message
from procedures import published
from tests import factories
from tests.api.callers import caller, event_body, filed_dossier

pytestmark = pytest.mark.django_db


def test_a_dossier_goes_all_the_way_by_pushes() -> None:
    system, dossier = filed_dossier()
    due_at = timezone.now() + timedelta(days=9)
    answer = system.push(dossier, "accept", due_at=due_at.isoformat(), official={"name": "Ngô Văn Nghiệm"})
    assert answer.status_code == 201, answer.content
    assert answer.json()["dossier"]["national_status"] == 2
    assert answer.json()["event"]["data"]["official"]["name"] == "Ngô Văn Nghiệm"
    assert system.push(dossier, "start_processing").status_code == 201
    result = {"document_number": "12/2026/KQ", "title": "Kết quả", "fields": {"Ghi chú": "Đủ điều kiện"}}
    assert system.push(dossier, "approve", result=result).json()["dossier"]["state"] == DossierState.DECIDED
    dossier.refresh_from_db()
    assert dossier.due_at == due_at
    told = Message.objects.get(reference=dossier.code, kind="dossier.accepted", channel="inbox").body
    assert vn_datetime(due_at) in told, "the citizen reads the agency's own date, not the one reckoned here"
    assert dossier.result_issue.document_number == "12/2026/KQ"
    names = [event["name"] for event in system.get(f"/api/v1/dossiers/{dossier.code}/events/").json()["results"]]
    assert names == ["dossier.submitted", "dossier.accepted", "dossier.processing_started", "dossier.decided"]


def test_a_push_composes_no_query_of_its_own(settings: Any) -> None:
    """The ORM takes longer to compose a statement than all the rest of a push takes; nobody is looked up once more."""
    settings.NOTIFICATION_CHANNELS = ["inbox", "email", "sms"]
    system, dossier = filed_dossier()
    system.push(dossier, "accept")  # the first call of a process reads what it keeps: the calendar, who calls
    for step in ("start_processing", "approve", "return_result"):
        with CaptureQueriesContext(connection) as asked:
            assert system.push(dossier, step).status_code == 201
        composed = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
        assert composed == [] or step == "approve", "only a decision leaves the way of plain pushes"


def test_where_the_ordered_paper_is_to_be_had_composes_no_query_either() -> None:
    """Its form is kept, and the agency's address came with the dossier; a desk's own goes before it."""
    system, dossier = filed_dossier()
    type(dossier).objects.filter(pk=dossier.pk).update(answers={**dossier.answers, "result_method": "desk"})
    for step in ("accept", "start_processing", "approve"):
        system.push(dossier, step)
    published.version(dossier.procedure_version_id)
    with CaptureQueriesContext(connection) as asked:
        assert system.push(dossier, "return_result").status_code == 201
    assert [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]] == []
    told = Message.objects.get(reference=dossier.code, kind="dossier.returned", channel="inbox").body
    assert dossier.agency.address in told


@pytest.mark.parametrize("method", ["desk", "store"])
def test_neither_a_reason_nor_a_desk_of_its_own_makes_a_result_dearer(settings: Any, method: str) -> None:
    """A partner's result nearly always says something; its notice has no place for that and is composed once."""
    settings.NOTIFICATION_CHANNELS = ["inbox", "email", "sms"]
    system, dossier = filed_dossier()
    OneStopDesk.objects.create(agency=dossier.agency, name="Bộ phận Một cửa cũ hơn")
    desk = OneStopDesk.objects.create(agency=dossier.agency, name="Bộ phận Một cửa số 2", address="2 Phố Riêng")
    asked_for = {**dossier.answers, "result_method": method}
    type(dossier).objects.filter(pk=dossier.pk).update(answers=asked_for, desk=desk)
    for step in ("accept", "start_processing", "approve"):
        system.push(dossier, step, reason="Đủ điều kiện")
    published.version(dossier.procedure_version_id)
    with CaptureQueriesContext(connection) as asked:
        assert system.push(dossier, "return_result", reason="Đã trao").status_code == 201
    assert [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]] == []
    told = {row.channel: row.body for row in Message.objects.filter(reference=dossier.code, kind="dossier.returned")}
    assert ("2 Phố Riêng" in told["inbox"]) is (method == "desk") and told["email"] == told["inbox"]


def test_the_same_reference_again_changes_nothing() -> None:
    system, dossier = filed_dossier()
    body = event_body("accept")
    first = system.post(f"/api/v1/dossiers/{dossier.code}/events/", body)
    second = system.post(f"/api/v1/dossiers/{dossier.code}/events/", body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json()["created"] is False
    assert second.json()["event"] == first.json()["event"]
    assert dossier.events.count() == 2


def test_a_step_the_table_forbids_is_409_with_its_code() -> None:
    system, dossier = filed_dossier()
    answer = system.push(dossier, "return_result", occurred_at=timezone.now() + timedelta(minutes=1))
    assert answer.status_code == 409
    assert answer.json()["code"] == "dossier.transition_not_allowed"
    assert dossier.events.count() == 1


def test_a_refusal_without_reason_names_the_field() -> None:
    system, dossier = filed_dossier()
    answer = system.push(dossier, "refuse_intake")
    assert answer.status_code == 409 and answer.json()["fields"].keys() == {"reason"}


def test_a_late_report_is_kept_and_moves_nothing() -> None:
    system, dossier = filed_dossier()
    now = timezone.now()
    system.push(dossier, "accept", occurred_at=now + timedelta(minutes=1))
    system.push(dossier, "start_processing", occurred_at=now + timedelta(minutes=2))
    late = system.push(dossier, "refuse_intake", reason="Gửi nhầm", occurred_at=now - timedelta(minutes=1))
    assert late.status_code == 201
    assert late.json()["event"]["data"]["late"] is True and late.json()["event"]["to_state"] == ""
    dossier.refresh_from_db()
    assert dossier.state == DossierState.PROCESSING


def test_what_a_fast_clock_tells_after_the_end_is_kept_and_moves_nothing() -> None:
    system, dossier = filed_dossier()
    now = timezone.now()
    ahead = now + timedelta(hours=20)
    system.push(dossier, "accept", occurred_at=now)
    assert system.push(dossier, "return_result", occurred_at=ahead).status_code == 409, "nothing to return yet: again"
    assert system.push(dossier, "approve", occurred_at=now).status_code == 201
    overtaken = system.push(dossier, "start_processing", occurred_at=ahead)
    assert overtaken.status_code == 201, overtaken.content
    assert overtaken.json()["event"]["data"]["late"] is True
    assert dossier.events.latest("sequence").occurred_at < now + timedelta(minutes=5), "nothing happened tomorrow"
    assert system.push(dossier, "stop", occurred_at=ahead).status_code == 409, "no end comes before an end: seen there"
    dossier.refresh_from_db()
    (current,) = [row["title"] for row in timeline.items(dossier) if row.get("current")]
    assert current == "Đã duyệt kết quả", "late news is not where it stands"
    assert system.push(dossier, "return_result", occurred_at=ahead).status_code == 201
    dossier.refresh_from_db()
    assert dossier.state == DossierState.RETURNED


def test_supplement_takes_bare_codes_and_objects() -> None:
    system, dossier = filed_dossier()
    components = ["TEST-GIAY", {"code": "TP02", "name": "Đơn", "text": "Thiếu chữ ký"}]
    answer = system.push(dossier, "request_supplement", reason="Thiếu giấy tờ", components=components)
    assert answer.status_code == 201, answer.content
    request = dossier.supplement_requests.get()
    assert [item["component_code"] for item in request.items] == ["TEST-GIAY", "TP02"]


def test_payment_due_is_owed_in_whole_dong() -> None:
    system, dossier = filed_dossier()
    payments = [{"kind": "phi", "description": "Phí thẩm định", "amount_vnd": 150000, "legal_basis": "TT 01/2026"}]
    answer = system.push(dossier, "require_payment", reason="Nộp phí", payments=payments)
    assert answer.status_code == 201, answer.content
    owed = dossier.obligations.get()
    assert (owed.kind, owed.amount_vnd) == ("phi", 150000)


@pytest.mark.parametrize("amount", [0, -5, 1.5, "một triệu", 10**16, True])
def test_amounts_that_are_no_money_are_named(amount: object) -> None:
    system, dossier = filed_dossier()
    payments = [{"description": "Phí", "amount_vnd": amount}]
    answer = system.push(dossier, "require_payment", reason="Nộp phí", payments=payments)
    assert answer.status_code == 422, answer.content
    assert list(answer.json()["fields"]) == ["payments[0].amount_vnd"]


def test_another_agencys_dossier_and_none_at_all_look_alike() -> None:
    _system, dossier = filed_dossier()
    other = Agency.objects.create(code="H48", name="UBND tỉnh khác", level="province", path="H48/")
    stranger = caller(other, receives=False)
    foreign = stranger.push(dossier, "accept")
    missing = stranger.push("H48-261122-9999", "accept")
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.json() == missing.json()
    for path in ("", "events/", "files/1/"):
        assert stranger.get(f"/api/v1/dossiers/{dossier.code}/{path}").status_code == 404


def test_a_system_beside_the_deciding_one_sees_nothing() -> None:
    """Same agency, other system: the dossier is handled by the one it was sent to."""
    system, dossier = filed_dossier()
    beside = caller(system.client.agency, receives=False)
    assert beside.get(f"/api/v1/dossiers/{dossier.code}/").status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"event": "xoa"}, "event"),
        ({"event": None}, "event"),
        ({"occurred_at": "hôm qua"}, "occurred_at"),
        ({"occurred_at": "2026-11-20T08:30:00"}, "occurred_at"),
        ({"occurred_at": "1970-01-01T00:00:00Z"}, "occurred_at"),
        ({"occurred_at": "2199-01-01T00:00:00Z"}, "occurred_at"),
        ({"occurred_at": 20261120}, "occurred_at"),
        ({"reference": ""}, "reference"),
        ({"reference": "x" * 151}, "reference"),
        ({"reason": "x" * 10_001}, "reason"),
        ({"reason": ["x"]}, "reason"),
        ({"official": "Ngô Văn Nghiệm"}, "official"),
        ({"components": {"code": "x"}}, "components"),
        ({"result": {"files": [{"name": "a.pdf", "content_base64": "%%%"}]}}, "result.files[0].content_base64"),
        ({"result": {"fields": {"a": {"b": 1}}}}, "result.fields.a"),
    ],
)
def test_a_wrong_field_is_named_with_the_cure(change: dict[str, object], field: str) -> None:
    system, dossier = filed_dossier()
    answer = system.post(f"/api/v1/dossiers/{dossier.code}/events/", {**event_body("accept"), **change})
    assert answer.status_code == 422, answer.content
    problem = answer.json()
    assert problem["code"] == "input.invalid" and field in problem["fields"], problem
    assert all(text for texts in problem["fields"].values() for text in texts)
    assert dossier.events.count() == 1


@pytest.mark.parametrize("body", [[], 5, None, True])
def test_a_body_that_is_no_object_is_422(body: object) -> None:
    system, dossier = filed_dossier()
    answer = system.post(f"/api/v1/dossiers/{dossier.code}/events/", body)
    assert answer.status_code == 422 and answer.json()["fields"]


def test_a_result_file_of_the_agency_becomes_the_result() -> None:
    system, dossier = filed_dossier()
    system.push(dossier, "accept")
    files = [{"name": "ket-qua.png", "content_base64": base64.b64encode(factories.png("kết quả")).decode()}]
    answer = system.push(dossier, "approve", result={"document_number": "7/KQ", "files": files})
    assert answer.status_code == 201, answer.content
    issue_results()
    dossier.refresh_from_db()
    assert dossier.state == DossierState.RETURNED
    document = dossier.result_document
    assert document is not None and document.owner == dossier.owner and document.is_listed
    assert (document.number, document.trust, document.type.code) == ("7/KQ", TrustLevel.FETCHED, "KQ.TEST")


def test_a_result_file_that_lies_about_its_type_is_refused_and_nothing_decided() -> None:
    system, dossier = filed_dossier()
    system.push(dossier, "accept")
    files = [{"name": "ket-qua.pdf", "content_base64": base64.b64encode(b"MZ not a pdf").decode()}]
    answer = system.push(dossier, "approve", result={"files": files})
    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == ["result.files[0].content_base64"]
    dossier.refresh_from_db()
    assert dossier.state == DossierState.ACCEPTED


@pytest.mark.parametrize("due_at", ["9999-12-31T23:59:59-14:00", "9999-12-31T20:00:00Z", "2099-01-01T00:00:00+07:00"])
def test_a_due_date_at_the_end_of_the_calendar_is_refused(due_at: str) -> None:
    system, dossier = filed_dossier()
    response = system.push(dossier, "accept", due_at=due_at)
    assert response.status_code == 422
    assert list(response.json()["fields"]) == ["due_at"]
    dossier.refresh_from_db()
    assert dossier.state == "submitted"
    owner = Client()
    owner.force_login(dossier.filer, backend="django.contrib.auth.backends.ModelBackend")
    assert owner.get(f"/ho-so/{dossier.code}/").status_code == 200


@pytest.mark.parametrize("fields", [{f"Mục {n}": "x" for n in range(201)}, {"x" * 201: "y"}])
def test_a_result_has_no_more_lines_than_a_paper_holds(fields: dict[str, str]) -> None:
    system, dossier = filed_dossier()
    system.push(dossier, "accept")
    response = system.push(dossier, "approve", result={"fields": fields})
    assert response.status_code == 422
    assert list(response.json()["fields"]) == ["result.fields"]


def test_a_system_revokes_a_result_that_the_portal_made() -> None:
    system, dossier = filed_dossier()
    for step in ("accept", "start_processing", "approve"):
        assert system.push(dossier, step).status_code == 201
    issue_results()
    dossier.refresh_from_db()
    assert dossier.state == DossierState.RETURNED and dossier.result_document is not None
    unsaid = system.push(dossier, "revoke_result", reason="Cấp sai.")
    assert unsaid.status_code == 422 and unsaid.json()["fields"].keys() == {"legal_basis"}
    body = event_body("revoke_result", reason="Cấp sai.", legal_basis="Luật Hộ tịch 2014, Điều 69")
    address = f"/api/v1/dossiers/{dossier.code}/events/"
    told = [system.post(address, body), system.post(address, body)]
    assert [answer.status_code for answer in told] == [201, 200], told[0].content
    assert told[0].json()["dossier"]["state"] == DossierState.RETURNED
    dossier.result_document.refresh_from_db()
    document = dossier.result_document
    assert (document.status, document.status_legal_basis) == (DocumentStatus.REVOKED, "Luật Hộ tịch 2014, Điều 69")
    assert dossier.agency is not None and document.status_agency_name == dossier.agency.name, "whose result it was"
    assert Message.objects.filter(reference=dossier.code, kind="dossier.result_revoked").exists()
    assert system.push(dossier, "revoke_result", reason="Lần nữa.", legal_basis="Điều 69").status_code == 409


def test_a_system_replaces_a_result_that_says_something_wrong() -> None:
    system, dossier = filed_dossier()
    official = {"name": "Phạm Văn Mẫu", "title": "Giám đốc"}
    for step in ("accept", "start_processing", "approve"):
        assert system.push(dossier, step, official=official).status_code == 201
    issue_results()
    dossier.refresh_from_db()
    wrong = dossier.result_document
    assert wrong is not None
    said = {"reason": "Ghi sai mục đích.", "legal_basis": "NĐ 30/2020/NĐ-CP, Điều 18"}
    unknown = system.push(dossier, "replace_result", corrections={"khong_co": "x"}, **said)
    assert unknown.status_code == 422 and unknown.json()["fields"].keys() == {"corrections.khong_co"}
    assert "purpose" in str(unknown.json()["fields"]), "and what could be corrected is told"
    nothing = system.push(dossier, "replace_result", corrections={}, **said)
    assert nothing.status_code == 422, nothing.content
    body = event_body("replace_result", corrections={"purpose": "Xin việc làm"}, **said)
    address = f"/api/v1/dossiers/{dossier.code}/events/"
    told = [system.post(address, body), system.post(address, body)]
    assert [answer.status_code for answer in told] == [201, 200], told[0].content
    issue_results()
    wrong.refresh_from_db()
    dossier.refresh_from_db()
    right = dossier.result_document
    assert (wrong.status, wrong.replaced_by) == (DocumentStatus.REPLACED, right)
    work = ResultIssue.objects.get(dossier=dossier)
    assert (work.signer_name, work.signer_title) == ("Phạm Văn Mẫu", "Giám đốc"), "what was left out stays"
