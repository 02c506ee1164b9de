"""What a ministry's system says again, in the same words: a retry is idle, papers and a new request are not lost."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from dossiers import services
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from dossiers.partners import result_files
from dossiers.tasks import issue_results
from portal.agencies.actors import Actor
from portal.core.work import WorkState
from portal.exchange.models import InboxMessage
from tests import factories
from tests.api.callers import Caller, caller

pytestmark = pytest.mark.django_db

PAPERS = [{"TenGiayTo": "Kết quả", "DuongDanTepTinKetQua": "https://may.vidu.example/1.pdf"}]


@pytest.fixture
def system() -> Caller:
    agency = factories.make_agency()
    return caller(agency.parent or agency, receives=False)


@pytest.fixture
def dossier(system: Caller) -> Dossier:
    """Filed here, decided over there."""
    dossier = factories.file_dossier()
    Dossier.objects.filter(pk=dossier.pk).update(handled_by=system.client)
    return dossier


def tell(system: Caller, dossier: Dossier, status: int, words: str, *, minutes: int, **fields: Any) -> Dossier:
    told = {"MaHoSo": dossier.code, "TrangThai": status, "NoiDungYKien": words, **fields}
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        answer = system.post("/lgsp/DVCBo/CapNhatTrangThai", [told])
    assert answer.status_code == 200, answer.content
    return Dossier.objects.get(pk=dossier.pk)


def waiting_papers() -> list[InboxMessage]:
    return list(InboxMessage.objects.filter(service=result_files.SERVICE))


def test_papers_that_follow_the_decision_in_the_same_words_are_fetched(system: Caller, dossier: Dossier) -> None:
    tell(system, dossier, 9, "Đồng ý", minutes=0)
    assert not waiting_papers()
    for minutes in (4, 5):
        after = tell(system, dossier, 9, "Đồng ý", minutes=minutes, DanhSachGiayToKetQua=PAPERS)
    [message] = waiting_papers()
    assert message.payload["files"] == [{"name": "Kết quả", "url": "https://may.vidu.example/1.pdf"}]
    assert after.state == DossierState.DECIDED
    assert after.events.filter(source=system.client.event_source).count() == 2, "accepted and approved, once"


def test_papers_that_could_not_be_had_are_tried_again_when_they_are_told_again(
    system: Caller, dossier: Dossier
) -> None:
    tell(system, dossier, 9, "Đồng ý", minutes=0, DanhSachGiayToKetQua=PAPERS)
    InboxMessage.objects.filter(service=result_files.SERVICE).update(work_state=WorkState.DEAD)
    tell(system, dossier, 9, "Đồng ý", minutes=1, DanhSachGiayToKetQua=PAPERS)
    [message] = waiting_papers()
    assert message.work_state == WorkState.PENDING


@pytest.mark.parametrize("words", ["Bổ sung giấy tờ", ""])
def test_a_second_request_in_the_words_of_the_first_is_a_request(system: Caller, dossier: Dossier, words: str) -> None:
    for minutes in (0, 1):
        asked = tell(system, dossier, 5, words, minutes=minutes)
    assert asked.state == DossierState.AWAITING_SUPPLEMENT and asked.supplement_requests.count() == 1
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        services.supplement(dossier.code or "", actor=Actor.citizen(dossier.owner), answer="Đây ạ.")
    for minutes in (20, 21):
        asked = tell(system, dossier, 5, words, minutes=minutes)
    assert asked.state == DossierState.AWAITING_SUPPLEMENT and asked.supplement_requests.count() == 2


def test_a_retry_after_the_portal_handed_over_says_nothing_new(system: Caller, dossier: Dossier) -> None:
    tell(system, dossier, 9, "Đồng ý", minutes=0)
    issue_results()
    dossier.refresh_from_db()
    number = dossier.events.count()
    assert dossier.state == DossierState.RETURNED
    assert tell(system, dossier, 9, "Đồng ý", minutes=3).events.count() == number
