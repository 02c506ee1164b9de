"""A step that takes the dossier out of an official's sight, pressed twice: calm words, not a page that is missing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dossiers import consultation
from dossiers.models import Dossier
from portal.agencies.actors import ActorKind
from portal.agencies.models import MembershipRole
from portal.core.calendar import WorkCalendar
from tests import factories
from tests.backoffice.conftest import Office, signed_in, with_second_factor
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db
DONE = "Bạn đã làm bước này rồi"


def test_moving_a_filing_twice_moves_it_once(office: Office) -> None:
    dossier = factories.file_dossier()
    desk, address = office.browser("desk"), f"/quan-tri/ho-so/{dossier.code}/buoc/forward/"
    typed = {"agency": "H17.20194", "reason": "Sai nơi nộp.", "sequence": dossier.last_sequence}
    assert desk.post(address, typed).status_code == 302
    second = desk.post(address, typed, follow=True)
    assert second.status_code == 200 and DONE in text(second)
    assert dossier.events.filter(name="dossier.forwarded").count() == 1
    assert desk.get(address).status_code == 404, "looking at it is still not hers"


def test_answering_twice_answers_once(office: Office) -> None:
    dossier = factories.processing_dossier()
    other = factories.make_other_agency()
    day = WorkCalendar.national().this_or_next_working_day(timezone.localdate() + timedelta(days=9))
    consultation.request_consultation(
        dossier.code or "",
        actor=factories.official_actor(office.agency, ActorKind.AGENCY),
        agency=other,
        question="Có vướng gì không?",
        answer_due_on=day,
    )
    asked = signed_in(with_second_factor(factories.make_official(other, MembershipRole.SPECIALIST, "Người Được Hỏi")))
    address = f"/quan-tri/ho-so/{dossier.code}/buoc/answer-consultation/"
    typed = {"answer": "Không.", "sequence": Dossier.objects.get(pk=dossier.pk).last_sequence}
    assert asked.post(address, typed).status_code == 302
    assert DONE in text(asked.post(address, typed, follow=True))
    assert dossier.events.filter(name="dossier.consultation_answered").count() == 1


def test_a_stranger_learns_nothing_from_pressing(office: Office) -> None:
    dossier = factories.file_dossier()
    for code in (dossier.code, "H26.00073-260101-9999"):
        address = f"/quan-tri/ho-so/{code}/buoc/forward/"
        assert office.browser("foreign_desk").post(address, {"sequence": 1}).status_code == 404
