"""Step 3 of the format over an LGSP: a paper is sent, and a status names it as the result (protocol §9.3)."""

import base64
import hashlib
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.utils import timezone

from datastore import uploading
from datastore.models import TrustLevel, UploadSession
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from dossiers.tasks import apply_received, issue_results
from portal.exchange.models import InboxMessage
from tests import factories
from tests.api.callers import Caller, caller, filed_dossier

pytestmark = pytest.mark.django_db

ADDRESS = "/lgsp/DVCBo/UploadFile"


def told(answer: HttpResponse) -> tuple[int, dict[str, Any]]:
    body = json.loads(answer.content)
    assert body["code"] == answer.status_code and body["message"]
    return answer.status_code, body


def form(system: Caller, content: bytes, name: str = "Kết quả.png") -> tuple[int, dict[str, Any]]:
    return told(system.http.post(ADDRESS, {"file": SimpleUploadedFile(name, content)}))


def decide(system: Caller, dossier: Dossier, papers: list[dict[str, Any]]) -> None:
    status = {"MaHoSo": dossier.code, "TrangThai": 9, "NoiDungYKien": "Đồng ý", "DanhSachGiayToKetQua": papers}
    assert told(system.post("/lgsp/DVCBo/CapNhatTrangThai", [status]))[0] == 200
    apply_received()
    issue_results()
    dossier.refresh_from_db()


def test_a_paper_that_was_sent_before_becomes_the_result_once() -> None:
    system, dossier = filed_dossier()
    content = factories.png("kết quả")
    status, answer = form(system, content)
    sent = answer["data"]
    assert status == 200 and sent["HashTepTin"] == hashlib.sha256(content).hexdigest() and sent["IdTepTin"]
    for _again in range(2):
        decide(system, dossier, [{"TenGiayTo": "Kết quả.png", **sent}])
    assert dossier.state == DossierState.RETURNED and dossier.result_document is not None
    assert dossier.result_document.trust == TrustLevel.FETCHED, "the agency's, not one of ours"
    assert InboxMessage.objects.get().work_state == "done", "told again, the paper that was taken is not missed"


def test_one_paper_is_the_result_of_two_dossiers() -> None:
    system, one = filed_dossier()
    two = factories.file_dossier()
    Dossier.objects.filter(pk=two.pk).update(handled_by=one.handled_by_id)
    sent = form(system, factories.png("kết quả"))[1]["data"]
    for dossier in (one, two):
        decide(system, dossier, [{"TenGiayTo": "Kết quả.png", **sent}])
        assert dossier.state == DossierState.RETURNED
        assert dossier.result_document is not None and dossier.result_document.trust == TrustLevel.FETCHED


def test_papers_that_were_taken_are_not_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploading, "SESSIONS_OF_A_SYSTEM", 1)
    system, dossier = filed_dossier()
    sent = form(system, factories.png("kết quả"))[1]["data"]
    assert form(system, b"b")[0] == 400
    decide(system, dossier, [{"TenGiayTo": "Kết quả.png", **sent}])
    assert form(system, b"b")[0] == 200
    UploadSession.objects.update(expires_at=timezone.now())
    assert uploading.sweep() == 2, "both go after their day"


@pytest.mark.parametrize("named", [{"IdTepTin": "//[x"}, {"DuongDanTepTinKetQua": "http://[x"}])
def test_an_address_that_is_none_is_no_error_of_ours(named: dict[str, str]) -> None:
    system, dossier = filed_dossier()
    paper = {"TenGiayTo": "Kết quả.png", **named}
    status = {"MaHoSo": dossier.code, "TrangThai": 9, "NoiDungYKien": "Đồng ý", "DanhSachGiayToKetQua": [paper]}
    code, answer = told(system.post("/lgsp/DVCBo/CapNhatTrangThai", [status]))
    if "IdTepTin" in named:
        apply_received()
        assert code == 200 and "đã tải lên" in InboxMessage.objects.get().quarantine_reason
    else:
        assert code == 400 and "http://[x" in answer["message"]


def test_the_same_by_base64_within_json() -> None:
    system, dossier = filed_dossier()
    content = factories.png("kết quả")
    sent = {"tenTep": "Kết quả.png", "NoiDung": base64.b64encode(content).decode()}
    status, answer = told(system.post(ADDRESS + "/", sent))
    assert (status, answer["data"]["TenTep"]) == (200, "Kết quả.png")
    decide(system, dossier, [{"TenGiayTo": "Kết quả.png", "IdTepTin": answer["data"]["IdTepTin"]}])
    assert dossier.result_document.trust == TrustLevel.FETCHED


@pytest.mark.parametrize("wrong", ["hash", "another"])
def test_a_paper_that_is_not_the_one_that_was_sent_stops_with_words(wrong: str) -> None:
    system, dossier = filed_dossier()
    sender = caller(system.client.agency, receives=False) if wrong == "another" else system
    sent = form(sender, factories.png("kết quả"))[1]["data"]
    paper = {"TenGiayTo": "Kết quả.png", **sent} | ({"HashTepTin": "0" * 64} if wrong == "hash" else {})
    decide(system, dossier, [paper])
    assert dossier.result_document is None
    message = InboxMessage.objects.get()
    assert message.work_state == "dead"
    assert ("HashTepTin" if wrong == "hash" else "đã tải lên") in message.quarantine_reason


def test_what_is_no_file_is_refused_in_words(settings: Any) -> None:
    agency = factories.make_agency()
    system = caller(agency, receives=False)
    for body in ({}, {"NoiDung": "%%%"}, {"NoiDung": ["x"]}, [1], {"NoiDung": ""}):
        assert told(system.post(ADDRESS, body))[0] == 400, body
    assert told(system.http.post(ADDRESS, {"x": "1"}))[0] == 400
    assert form(system, b"")[0] == 400
    broken = system.http.post(ADDRESS, b"--x\r\nnothing", content_type="multipart/form-data; boundary=x")
    assert told(broken)[0] == 400
    assert told(system.http.post(ADDRESS, b"x", content_type="multipart/form-data"))[0] == 400
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    status, answer = form(system, b"a" * 2 * 1024 * 1024)
    assert status == 400 and "1 MB" in answer["message"]
    assert told(system.post(ADDRESS, {"NoiDung": base64.b64encode(b"a" * 1_100_000).decode()}))[0] == 400
    assert told(Caller(system.client, "x").http.post(ADDRESS, {}))[0] == 401
    reader = caller(agency, scopes=["dossiers:read"])
    assert form(reader, b"x")[0] == 403
    assert not UploadSession.objects.exists()
