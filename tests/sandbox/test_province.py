"""The province's one-stop system: signed webhooks in, status events out, over a portal that may be away."""

import hashlib
import re
import secrets
from datetime import UTC, datetime, timedelta

import pytest

from tests.sandbox.dossiers import deliver, dossier, new_code, send
from tests.sandbox.programs import until
from tests.sandbox.rest_portal import PDF, RestPortal, click


@pytest.fixture
def portal(province) -> RestPortal:
    return RestPortal(province)


@pytest.fixture
def manual(province, portal) -> None:
    province.http.post("/_sandbox/handling", json={"handling": "manual"})


def test_works_alone_from_arrival_to_result(province, portal):
    code = new_code()
    content = dossier(code, files=[("to-khai.pdf", PDF, f"{province.portal.url}/api/v1/files/1")])
    content["answers"] = {"owner_personal_id": "048090999005"}
    assert deliver(province, "dossier.submitted", content).json() == {
        "code": code,
        "state": "received",
        "duplicate": False,
    }
    events = until(lambda: len(portal.events(code)) == 3 and portal.events(code))
    assert [event.json["event"] for event in events] == ["accept", "start_processing", "approve"]
    for event in events:
        assert event.headers["idempotency-key"] == event.json["reference"]
        assert datetime.fromisoformat(event.json["occurred_at"]).utcoffset() == timedelta(hours=7)
        assert event.json["official"].keys() == {"name", "title", "unit"}
    assert len({event.json["reference"] for event in events}) == 3
    assert events[2].json["result"]["document_number"]
    assert events[2].json["result"]["fields"] == {"Mã số hộ kinh doanh": "048090999005"}
    assert events[2].json["official"]["title"] == "Trưởng phòng chuyên môn", "no committee's"
    page = province.http.get(f"/ho-so/{code}/").text
    assert "Đã tải, đúng mã băm" in page
    assert "Đã trả kết quả" in page
    assert "Võ Quốc Huy" in page
    link = re.search(r'href="(/tep/\d+/)"', page)[1]
    assert province.http.get(link).content == PDF


def test_the_result_that_the_portal_signed_is_fetched_and_checked(province, portal, manual):
    code, url = new_code(), f"{province.portal.url}/api/v1/files/9"
    content = dossier(code)
    deliver(province, "dossier.submitted", content)
    (signed,) = dossier(code, files=[("Giấy 01.pdf", PDF, url)])["components"][0]["files"]
    result = signed | {"document_id": 9, "status": "valid", "verification_id": "A" * 16}
    assert deliver(province, "dossier.result_issued", content | {"result": result}).status_code == 200
    page = until(lambda: "Đã tải, đúng mã băm" in (text := province.http.get(f"/ho-so/{code}/").text) and text)
    assert "Kết quả do Cổng lập và ký" in page and "Giấy 01.pdf" in page
    assert deliver(province, "dossier.result_issued", content | {"result": "x"}).status_code == 400


def test_a_committees_paper_is_signed_by_its_head(province, portal):
    code = new_code()
    deliver(province, "dossier.submitted", dossier(code) | {"agency_name": "Ủy ban nhân dân phường Hải Châu"})
    events = until(lambda: len(portal.events(code)) == 3 and portal.events(code))
    assert events[2].json["official"]["title"] == "Chủ tịch"


@pytest.mark.usefixtures("manual")
def test_tampered_or_old_webhook_is_refused(province):
    code = new_code()
    assert deliver(province, "dossier.submitted", dossier(code), tamper=True).status_code == 401
    old = datetime.now(UTC) - timedelta(minutes=10)
    assert deliver(province, "dossier.submitted", dossier(code), at=old).status_code == 401
    assert province.http.post("/webhooks/portal", json={}).status_code == 401
    malformed = {"webhook-id": "a", "webhook-timestamp": "1", "webhook-signature": "nonsense"}
    assert province.http.post("/webhooks/portal", json={}, headers=malformed).status_code == 401
    assert province.http.get(f"/ho-so/{code}/").status_code == 404


@pytest.mark.usefixtures("manual")
def test_unusable_content_names_the_field(province):
    without_code = dossier(new_code()) | {"code": ""}
    answer = deliver(province, "dossier.submitted", without_code)
    assert answer.status_code == 400
    assert "data.dossier.code" in answer.json()["message"]
    bad_time = dossier(new_code()) | {"due_at": "mai"}
    assert "due_at" in deliver(province, "dossier.submitted", bad_time).json()["message"]
    bad_parts = dossier(new_code()) | {"components": ["x"]}
    assert "components" in deliver(province, "dossier.submitted", bad_parts).json()["message"]


def test_replay_changes_nothing(province, portal):
    code = new_code()
    first = deliver(province, "dossier.submitted", dossier(code), webhook_id="msg_same" + code)
    again = deliver(province, "dossier.submitted", dossier(code), webhook_id="msg_same" + code)
    assert (first.json()["duplicate"], again.json()["duplicate"]) == (False, True)
    until(lambda: len(portal.events(code)) == 3)
    deliver(province, "dossier.submitted", dossier(code))  # another message of the same content
    until(lambda: "Đã trả kết quả" in province.http.get(f"/ho-so/{code}/").text)
    assert len(portal.events(code)) == 3


def test_outage_loses_nothing_and_keeps_the_order(province, portal):
    portal.down = True
    code = new_code()
    deliver(province, "dossier.submitted", dossier(code))
    until(lambda: len(portal.events(code)) >= 3)
    assert {event.json["event"] for event in portal.events(code)} == {"accept"}
    assert len({event.headers["idempotency-key"] for event in portal.events(code)}) == 1
    province.stop()
    portal.down = False
    province.start_again()
    until(lambda: portal.events(code)[-1].json["event"] == "approve")
    delivered = list(dict.fromkeys(event.json["event"] for event in portal.events(code)))
    assert delivered == ["accept", "start_processing", "approve"]


def test_expired_token_is_renewed(province, portal):
    code = new_code()
    deliver(province, "dossier.submitted", dossier(code))
    until(lambda: len(portal.events(code)) == 3)
    before, turned_away = len(portal.tokens), portal.turned_away
    portal.tokens.append("another")  # the portal forgot the token it gave
    other = new_code()
    deliver(province, "dossier.submitted", dossier(other))
    until(lambda: portal.events(other) and portal.events(other)[-1].json["event"] == "approve")
    renewed = len(portal.tokens) - before - 1
    # pushes of the tests before may be on their way yet: each that was turned away renews once, nobody else does
    assert 1 <= renewed <= portal.turned_away - turned_away


def test_refused_push_waits_for_a_human_and_goes_out_after_payment(province, portal):
    code = new_code()
    portal.refuse(code, 409, {"code": "dossier.transition_not_allowed", "message": "Hồ sơ chờ nộp lệ phí."})
    deliver(province, "dossier.submitted", dossier(code))
    until(lambda: "Hồ sơ chờ nộp lệ phí." in province.http.get(f"/ho-so/{code}/").text)
    assert len(portal.events(code)) == 1
    deliver(province, "dossier.paid", dossier(code))
    until(lambda: portal.events(code)[-1].json["event"] == "approve")


def test_key_still_in_use_is_tried_again(province, portal):
    code = new_code()
    portal.refuse(code, 409, {"code": "idempotency.request_running", "message": "Đang xử lý."})
    deliver(province, "dossier.submitted", dossier(code))
    until(lambda: portal.events(code) and portal.events(code)[-1].json["event"] == "approve")


def test_paper_with_another_digest_stops_the_automation(province, portal):
    code = new_code()
    content = dossier(code, files=[("to-khai.pdf", b"other bytes", f"{province.portal.url}/api/v1/files/1")])
    deliver(province, "dossier.submitted", content)
    until(lambda: "Sai mã băm" in province.http.get(f"/ho-so/{code}/").text)
    assert portal.events(code) == []


def test_no_token_is_sent_to_another_host(province, portal):
    code = new_code()
    elsewhere = f"http://localhost:{province.portal.server.server_address[1]}/api/v1/files/elsewhere"
    deliver(province, "dossier.submitted", dossier(code, files=[("to-khai.pdf", PDF, elsewhere)]))
    until(lambda: "Không tải được" in province.http.get(f"/ho-so/{code}/").text)
    assert province.portal.requests("/api/v1/files/elsewhere") == []


@pytest.mark.usefixtures("manual")
def test_supplement_path_by_clicks(province, portal):
    code = new_code()
    deliver(province, "dossier.submitted", dossier(code))
    assert click(province, code, "request_supplement").status_code == 422
    assert click(province, code, "approve").status_code == 422
    assert click(province, code, "request_supplement", reason="Thiếu bản sao", components="TP01").status_code == 302
    event = until(lambda: portal.events(code))[0].json
    assert (event["event"], event["reason"], event["components"]) == ("request_supplement", "Thiếu bản sao", ["TP01"])
    assert "Chờ bổ sung giấy tờ" in province.http.get(f"/ho-so/{code}/").text
    deliver(province, "dossier.supplemented", dossier(code))
    assert click(province, code, "accept").status_code == 302
    upload = {"upload": ("kq.pdf", b"%PDF-1.7 ket qua", "application/pdf")}
    page = province.http.get(f"/ho-so/{code}/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    form = {"csrfmiddlewaretoken": token, "action": "approve", "document_number": "01/QĐ", "title": "Giấy chứng nhận"}
    assert province.http.post(f"/ho-so/{code}/quyet-dinh/", data=form, files=upload).status_code == 302
    result = until(lambda: len(portal.events(code)) == 3 and portal.events(code)[2].json["result"])
    assert result["document_number"] == "01/QĐ"
    assert result["title"] == "Giấy chứng nhận"
    assert result["files"][0]["content_base64"] == "JVBERi0xLjcga2V0IHF1YQ=="


def test_withdrawal_stops_the_case(province, portal):
    province.http.post("/_sandbox/handling", json={"handling": "manual"})
    code = new_code()
    deliver(province, "dossier.submitted", dossier(code))
    deliver(province, "dossier.withdrawal_requested", dossier(code))
    province.http.post("/_sandbox/handling", json={"handling": "auto"})
    event = until(lambda: portal.events(code))[0].json
    assert event["event"] == "stop"
    assert event["reason"]


@pytest.mark.usefixtures("manual")
def test_late_older_message_does_not_overwrite(province):
    code = new_code()
    now = datetime.now(UTC)
    newer = dossier(code) | {"procedure_name": "Tên mới"}
    deliver(province, "dossier.supplemented", newer, at=now)
    deliver(province, "dossier.submitted", dossier(code), at=now - timedelta(minutes=2))
    assert "Tên mới" in province.http.get(f"/ho-so/{code}/").text


@pytest.mark.usefixtures("manual")
def test_answers_are_read_by_the_names_of_the_form(province):
    code = new_code()
    told = {
        "filed_by": "owner",
        "owner_gender": "1",
        "owner_date_of_birth": "1990-05-04",
        "head_office": {"province_code": "48", "commune_code": "20242", "line": "12 Bạch Đằng"},
        "industries": [{"industry_code": "5610", "industry_name": "Quán phở", "is_main": True}],
        "unheard_of": "x",
    }
    deliver(province, "dossier.submitted", dossier(code) | {"answers": told, "agency_name": "UBND phường Hải Châu"})
    page = province.http.get(f"/ho-so/{code}/").text
    for said in (
        "<dt>Bạn nộp hồ sơ với tư cách nào</dt><dd>Chủ hộ",
        "<dt>Giới tính</dt><dd>Nam</dd>",
        "<dd>04/05/1990</dd>",
        "<dd>12 Bạch Đằng, Phường Hải Châu, Thành phố Đà Nẵng</dd>",
        "<dt>Ngành, nghề kinh doanh 1 › Mã ngành cấp 4 (VSIC)</dt><dd>5610</dd>",
        "<dt>unheard_of</dt><dd>x</dd>",
        "<dt>Cơ quan</dt><dd>UBND phường Hải Châu</dd>",
    ):
        assert said in page


@pytest.mark.usefixtures("manual")
def test_pages_say_what_they_are(province):
    for path in ("/", "/static/sandbox/sandbox.css", "/static/fonts/be-vietnam-pro-vietnamese-400.woff2"):
        assert province.http.get(path).status_code == 200
    page = province.http.get("/")
    assert "không có giá trị pháp lý" in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<style" not in page.text and "style=" not in page.text and "onclick" not in page.text


@pytest.mark.usefixtures("manual")
def test_questions_of_reconciliation_are_answered(province, portal):
    """docs/api/reconciliation.md: digests that anybody can recompute, the members of a group, one dossier's steps."""
    agency = f"H17.{secrets.randbelow(10**6)}"
    codes = sorted(new_code() for _turn in range(3))
    for code in codes:
        deliver(province, "dossier.submitted", dossier(code) | {"agency_code": agency})
    click(province, codes[0], "accept")

    def ask(kind: str, **data: str) -> dict:
        answer = send(province, f"reconciliation.{kind}", data)
        assert answer.status_code == 200, answer.text
        return answer.json()

    groups = ask("digests", since="2026-11-20", until="2026-11-20")["groups"]
    mine = {group["status"]: group for group in groups if group["agency_code"] == agency}
    assert {status: group["count"] for status, group in mine.items()} == {1: 2, 2: 1}
    assert mine[1]["digest"] == hashlib.sha256("\n".join(codes[1:]).encode()).hexdigest()
    assert mine[1]["day"] == "2026-11-20"
    assert ask("digests", since="2026-11-21", until="2026-11-21")["groups"] == []
    members = ask("dossiers", day="2026-11-20", agency_code=agency)["dossiers"]
    assert {row["code"]: row["status"] for row in members} == {codes[0]: 2, codes[1]: 1, codes[2]: 1}
    one = ask("dossier", code=codes[0])
    assert (one["status"], [event["event"] for event in one["events"]]) == (2, ["accept"])
    until(lambda: portal.events(codes[0]))
    assert one["events"][0]["reference"] == portal.events(codes[0])[0].json["reference"]
    assert ask("dossier", code="khong-co")["status"] is None
    assert send(province, "reconciliation.digests", {"since": "x", "until": "y"}).status_code == 400
    assert send(province, "reconciliation.khac", {}).status_code == 400
    assert send(province, "reconciliation.digests", {}, tamper=True).status_code in {400, 401}
