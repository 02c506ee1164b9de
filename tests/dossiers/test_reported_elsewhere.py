"""A dossier born in an agency's own system is decided there: here it is only read, whatever its code looks like."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dossiers import access, services, watch, withdrawal
from dossiers.lifecycle import DossierState
from dossiers.models import Alert, Dossier
from portal.accounts.models import CitizenProfile, User
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import TransitionError
from procedures.models import Procedure
from tests import factories
from tests.backoffice.conftest import signed_in as official_in
from tests.backoffice.conftest import with_second_factor
from tests.dossiers.filing_pages import signed_in, text
from tests.wire.clients import new_code, record, wire_client

pytestmark = pytest.mark.django_db
S = DossierState


def reported(code: str = "", status: str = "2", owner: User | None = None, **fields: str) -> Dossier:
    """A dossier that the province's own system reports."""
    if not Procedure.objects.filter(code="1.000001").exists():
        factories.make_version()
    agency = factories.make_agency()
    code = code or new_code()
    number = CitizenProfile.objects.get(user=owner).personal_id if owner else ""
    told = wire_client(agency.parent or agency).sync(record(code, status, SoGiayToChuHoSo=number, **fields))
    assert told["error_code"] == "0", told
    return Dossier.objects.get(code=code)


@pytest.mark.parametrize(
    ("kind", "step"), [(ActorKind.LEADER, "approve"), (ActorKind.DESK, "start_processing"), (ActorKind.LEADER, "stop")]
)
def test_no_official_takes_a_step_that_its_system_would_never_hear_of(kind: ActorKind, step: str) -> None:
    dossier = reported()
    assert dossier.agency is not None
    actor = factories.official_actor(dossier.agency, kind)
    with pytest.raises(TransitionError, match="hệ thống riêng"):
        getattr(services, step)(dossier.code, actor=actor, **({"reason": "x"} if step == "stop" else {}))
    dossier.refresh_from_db()
    assert dossier.state == S.ACCEPTED


def test_the_desk_reads_it_beside_its_own_work_and_is_offered_nothing() -> None:
    dossier = reported()
    assert dossier.agency is not None
    browser = official_in(with_second_factor(factories.make_official(dossier.agency)))
    assert dossier.code and dossier.code not in text(browser.get("/quan-tri/hang-doi/dang-xu-ly/"))
    assert dossier.code in text(browser.get("/quan-tri/hang-doi/he-thong-rieng/"))
    page = text(browser.get(f"/quan-tri/ho-so/{dossier.code}/"))
    assert "Ở đây chỉ xem" in page and "Nhận xử lý" not in page
    answer = browser.post(f"/quan-tri/ho-so/{dossier.code}/buoc/start-processing/", {"sequence": 99}, follow=True)
    assert "Hãy làm bước này ở hệ thống đó" in text(answer)


def test_nobody_here_is_warned_of_its_deadlines() -> None:
    dossier = reported()
    assert dossier.due_at is not None and dossier.due_at < timezone.now()
    assert watch.sweep() == 0 and not Alert.objects.exists()


def test_its_owner_is_sent_to_where_she_filed_it() -> None:
    citizen = factories.make_citizen()
    dossier = reported(status="5", owner=citizen)
    assert (dossier.owner, dossier.state) == (citizen, S.AWAITING_SUPPLEMENT)
    browser = signed_in(citizen)
    page = text(browser.get(f"/ho-so/{dossier.code}/"))
    assert "Hãy bổ sung ở nơi đã nộp" in page and f"/ho-so/{dossier.code}/rut/" not in page
    browser.post(f"/ho-so/{dossier.code}/rut/", {"reason": "Thôi."})
    dossier.refresh_from_db()
    assert dossier.state == S.AWAITING_SUPPLEMENT
    with pytest.raises(TransitionError):
        withdrawal.request(dossier.code or "", actor=Actor.citizen(citizen), reason="Thôi.")


@pytest.mark.parametrize("code", ["123/HS-2025", "12~1/A", "a b/c?d#e%2f"])
def test_any_code_has_a_page_and_spoils_no_list(code: str) -> None:
    citizen = factories.make_citizen()
    dossier = reported(code, owner=citizen)
    browser = signed_in(citizen)
    listed = browser.get("/ho-so/")
    assert listed.status_code == 200
    with_page = [line for line in text(listed).split('"') if line.startswith("/ho-so/") and line != "/ho-so/"]
    assert browser.get(with_page[0]).context["dossier"] == dossier
    assert dossier.agency is not None
    desk = official_in(with_second_factor(factories.make_official(dossier.agency)))
    assert desk.get("/quan-tri/hang-doi/he-thong-rieng/").status_code == 200
    assert access.get_dossier(code, actor=factories.official_actor(dossier.agency)) == dossier


def test_a_number_that_the_agencys_system_used_is_passed_over() -> None:
    """Both count in the same form; without it nobody could file there any more that day."""
    first = factories.file_dossier()
    assert first.code and first.code.endswith("-0001")
    day = timezone.localdate().strftime("%y%m%d")
    for number in ("0002", "0003"):
        reported(f"H26.00073-{day}-{number}")
    assert factories.file_dossier().code == f"H26.00073-{day}-0004"


def test_a_status_of_many_figures_is_refused_by_name() -> None:
    client = wire_client(factories.make_agency())
    for status in ("0000000015", "1" * 5000):
        told = client.sync(record(new_code(), status))
        assert told["error_code"] == "-5" and "TrangThaiHoSo" in told["message"]


def test_a_deadline_in_the_past_of_a_dossier_filed_here_is_still_warned_of() -> None:
    dossier = factories.processing_dossier()
    Dossier.objects.filter(pk=dossier.pk).update(due_at=timezone.now() - timedelta(days=30))
    assert watch.sweep() > 0
