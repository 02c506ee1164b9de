"""What officials write to each other about a dossier: on the workbench, and on no page of the citizen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dossiers import consultation
from dossiers.lifecycle import DossierState as S
from dossiers.models import Consultation, Dossier, DossierEvent
from portal.agencies.actors import ActorKind
from portal.backoffice.forms_course import FORMS
from portal.core.calendar import WorkCalendar
from portal.core.moments import vn_datetime
from portal.notifications.models import Message
from tests import factories
from tests.backoffice.conftest import Office, signed_in
from tests.backoffice.situations import in_state
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db
QUESTION, ANSWER, TAKEN_BACK = "Nghi giấy tờ giả, có đúng không?", "Đã bị tố giác ở nơi cũ.", "Hỏi nhầm cơ quan."


@pytest.fixture
def asked_twice(office: Office) -> Dossier:
    """One about which another agency was asked twice: the first question was taken back, the second answered."""
    dossier = in_state(S.PROCESSING)
    other = factories.make_other_agency()
    specialist = factories.official_actor(office.agency, ActorKind.AGENCY)
    there = factories.official_actor(other, ActorKind.CONSULTED)
    day = WorkCalendar.national().this_or_next_working_day(timezone.localdate() + timedelta(days=4))
    for number in (1, 2):
        consultation.request_consultation(
            dossier.code or "", actor=specialist, agency=other, question=QUESTION, answer_due_on=day
        )
        if number == 1:
            consultation.cancel_consultation(dossier.code or "", actor=specialist, reason=TAKEN_BACK)
    consultation.answer_consultation(dossier.code or "", actor=there, answer=ANSWER)
    return dossier


def test_what_two_agencies_write_is_on_no_page_of_the_citizen(office: Office, asked_twice: Dossier) -> None:
    code, citizen = asked_twice.code, signed_in(asked_twice.filer)
    addresses = ["/ho-so/", *(f"/ho-so/{code}/{part}" for part in ("", "trao-doi/", "da-nop/", "rut/")), "/hop-thu/"]
    pages = {address: text(citizen.get(address)) for address in addresses}
    pages["/tra-cuu/"] = text(citizen.post("/tra-cuu/", {"code": code, "phone_tail": asked_twice.applicant_phone[-4:]}))
    assert code in pages["/tra-cuu/"]
    for address, page in pages.items():
        assert not any(words in page for words in (QUESTION, ANSWER, TAKEN_BACK)), address
    assert not Message.objects.filter(recipient=asked_twice.filer, body__contains=QUESTION).exists()

    asked = Consultation.objects.order_by("asked_at")[1]
    own = pages[f"/ho-so/{code}/"]
    assert own.count(f"{asked.agency.name}, đề nghị trả lời trước {vn_datetime(asked.answer_due_at)}.") == 2
    assert "Cơ quan khác đã cho ý kiến" in own and "Thôi lấy ý kiến cơ quan khác" in own


def test_officials_read_all_of_it(office: Office, asked_twice: Dossier) -> None:
    bench = text(office.browser("specialist").get(f"/quan-tri/ho-so/{asked_twice.code}/"))
    assert all(words in bench for words in (QUESTION, ANSWER, TAKEN_BACK))


def test_a_question_of_before_its_day_was_kept_names_the_agency(office: Office, asked_twice: Dossier) -> None:
    for event in DossierEvent.objects.filter(name="dossier.consultation_requested"):
        event.data.pop("answer_due_at")
        event.save(update_fields=["data"])
    own = text(signed_in(asked_twice.filer).get(f"/ho-so/{asked_twice.code}/"))
    assert factories.make_other_agency().name in own and "đề nghị trả lời trước" not in own


@pytest.mark.parametrize(
    ("step", "field"),
    [
        ("request_consultation", "question"),
        ("answer_consultation", "answer"),
        ("cancel_consultation", "reason"),
        ("send_back", "reason"),
    ],
)
def test_the_form_says_that_the_applicant_does_not_read_it(step: str, field: str) -> None:
    told = str(FORMS[step].base_fields[field].help_text)
    assert "Người nộp chỉ đọc tên cơ quan" in told or "người nộp không đọc" in told.lower()
