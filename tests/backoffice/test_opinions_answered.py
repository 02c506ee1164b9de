"""What an agency was asked and answered stays its own to read; the dossier itself closes with the answer."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from datastore.models import AccessLog, AgencyFileReading
from dossiers import services
from dossiers.lifecycle import DossierState as S
from dossiers.models import ConsultationPaper, Dossier
from portal.agencies.models import Agency, MembershipRole
from portal.backoffice import views_opinions
from tests import factories
from tests.backoffice.conftest import Office
from tests.backoffice.situations import browser_at, in_state, press, shown
from tests.datastore.conftest import make_pdf
from tests.dossiers.filing_pages import status_of
from tests.queries import count_queries

pytestmark = pytest.mark.django_db
LIST = "/quan-tri/da-tra-loi-y-kien/"
QUESTION, ANSWER = "Thửa đất này có vướng mắc gì không?", "Không vướng, theo sổ địa chính."
OURS, THEIRS = "trích lục.pdf", "văn bản trả lời.pdf"


def upload(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, make_pdf())


def fresh(dossier: Dossier) -> Dossier:
    return Dossier.objects.get(pk=dossier.pk)


def answered(office: Office, there: Client, **typed: Any) -> Dossier:
    dossier, asking = in_state(S.PROCESSING), office.browser("specialist")
    asked = press(asking, dossier, "request_consultation", question=QUESTION, papers=[upload(OURS)])  # type: ignore[arg-type] # files
    assert asked.status_code == 302
    sent = press(
        there, fresh(dossier), "answer_consultation", **{"answer": ANSWER, "papers": [upload(THEIRS)], **typed}
    )
    assert sent.status_code == 302
    return fresh(dossier)


def address_of(name: str) -> str:
    return f"{LIST}tep/{ConsultationPaper.objects.get(name=name).pk}/"


def test_the_asked_agency_reads_its_question_its_words_and_its_file(office: Office) -> None:
    there = browser_at(factories.make_other_agency())
    dossier = answered(office, there)
    page = shown(there.get(LIST))
    for words in (QUESTION, ANSWER, THEIRS, dossier.procedure_name, office.agency.name):
        assert words in page, words
    assert OURS not in page and dossier.applicant_name not in page, "nothing else of the dossier"
    assert status_of(there, f"/quan-tri/ho-so/{dossier.code}/") == 404
    assert f"/quan-tri/ho-so/{dossier.code}/" not in page
    response: Any = there.get(address_of(THEIRS))
    assert b"".join(response.streaming_content).startswith(b"%PDF")
    assert response["Content-Disposition"].startswith("attachment") and "no-store" in response["Cache-Control"]
    reading = AgencyFileReading.objects.get()
    assert (reading.dossier_code, reading.reader_role) == (dossier.code, "consulted")
    assert AccessLog.objects.filter(owner=dossier.owner, dossier_code=dossier.code, action="dossier").exists()
    assert status_of(there, address_of(OURS)) == 404, "the other agency's paper is not its own"


def test_who_reads_it_there_stands_in_the_persons_log_once_a_day(office: Office) -> None:
    other = factories.make_other_agency()
    dossier = answered(office, browser_at(other), answer="Số 001099000123 không vướng.")
    colleague = browser_at(other)
    for _time in range(2):
        page = shown(colleague.get(LIST))
        assert "không vướng" in page and "001099000123" not in page
    reader = int(colleague.session["_auth_user_id"])
    assert AccessLog.objects.filter(owner=dossier.owner, dossier_code=dossier.code, reader=reader).count() == 1


def test_the_way_there_is_said_and_shown(office: Office) -> None:
    there = browser_at(factories.make_other_agency())
    assert "Chưa trả lời câu hỏi nào" in shown(there.get(LIST))
    answered(office, there)
    assert "mục “Đã trả lời ý kiến”" in shown(there.get("/quan-tri/"))
    assert f'href="{LIST}"' in shown(there.get("/quan-tri/hang-doi/duoc-hoi-y-kien/"))
    assert f'href="{LIST}"' not in shown(there.get("/quan-tri/hang-doi/dang-xu-ly/"))


def test_nobody_else_reads_it_there(office: Office) -> None:
    dossier = answered(office, browser_at(factories.make_other_agency()))
    third = factories.make_agency("H29.10001")
    for client in (office.browser("leader"), browser_at(third, MembershipRole.LEADER)):
        page = shown(client.get(LIST))
        assert QUESTION not in page and (dossier.code or "") not in page
        assert status_of(client, address_of(THEIRS)) == 404
    assert not AgencyFileReading.objects.exists()
    desk = browser_at(Agency.objects.get(code="H17.20194"), MembershipRole.DESK)
    assert ANSWER in shown(desk.get(LIST)) and status_of(desk, address_of(THEIRS)) == 200


def test_a_question_taken_back_or_still_open_was_not_answered(office: Office) -> None:
    there, dossier = browser_at(factories.make_other_agency()), in_state(S.CONSULTING)
    assert "Chưa trả lời câu hỏi nào" in shown(there.get(LIST))
    assert press(office.browser("specialist"), dossier, "cancel_consultation").status_code == 302
    assert "Chưa trả lời câu hỏi nào" in shown(there.get(LIST))


def test_it_outlives_the_dossier(office: Office) -> None:
    there = browser_at(factories.make_other_agency())
    dossier = answered(office, there)
    services.stop(dossier.code or "", actor=factories.official_actor(office.agency), reason="Hết hạn bổ sung.")
    assert fresh(dossier).state == S.STOPPED
    assert status_of(there, address_of(THEIRS)) == 200 and ANSWER in shown(there.get(LIST))


def test_many_stand_on_pages_and_cost_no_more(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views_opinions, "PAGE_SIZE", 2)
    there = browser_at(factories.make_other_agency())
    answered(office, there, answer="Ý kiến thứ 1.")
    few = count_queries(there, LIST)
    for number in (2, 3):
        answered(office, there, answer=f"Ý kiến thứ {number}.")
    assert count_queries(there, LIST) == few
    first = there.get(LIST)
    assert [f"Ý kiến thứ {n}." in shown(first) for n in (1, 2, 3)] == [False, True, True]
    second = shown(there.get(f"{LIST}{first.context['next_url']}"))
    assert "Ý kiến thứ 1." in second and "Ý kiến thứ 3." not in second
