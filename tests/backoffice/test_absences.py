"""An official is away: her work comes to whoever stands in, for these days and no longer; nobody signs for her."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from dossiers import correspondence, services
from dossiers.lifecycle import DossierState as S
from portal.accounts.models import User
from portal.agencies import absences
from portal.agencies.actors import Actor
from portal.agencies.models import Absence, Agency, Membership, MembershipRole
from portal.core.errors import NotFoundError
from portal.notifications.models import Message
from tests import factories
from tests.backoffice.conftest import Office, signed_in, with_second_factor
from tests.backoffice.situations import in_state

pytestmark = pytest.mark.django_db
PAGE = "/quan-tri/vang-mat/"


@pytest.fixture
def colleague(office: Office) -> User:
    """Another specialist of the same agency."""
    return with_second_factor(factories.make_official(office.agency, MembershipRole.SPECIALIST, "Lý Thị Thay"))


def days(start: int, end: int) -> dict[str, str]:
    today = timezone.localdate()
    return {
        "first_day": (today + timedelta(days=start)).isoformat(),
        "last_day": (today + timedelta(days=end)).isoformat(),
    }


def away(office: Office, colleague: User, *, who: str = "specialist", start: int = 0, end: int = 3) -> Any:
    form = {"person": office.specialist.pk, "substitute": colleague.pk, "reason": "Nghỉ phép", **days(start, end)}
    return office.browser(who).post(PAGE, form)


def test_who_assigns_reads_who_is_away_and_who_stands_in(office: Office, colleague: User) -> None:
    dossier = in_state(S.ACCEPTED)
    page, leader = f"/quan-tri/ho-so/{dossier.code}/", office.browser("leader")
    away(office, colleague)
    until = f"{timezone.localdate() + timedelta(days=3):%d/%m/%Y}"
    words = f">Đỗ Văn Chuyên – vắng đến {until}, Lý Thị Thay làm thay</option>"
    assert words in leader.get(page).content.decode() and ">Lý Thị Thay</option>" in leader.get(page).content.decode()
    chosen = {"kind": "assign", "queue": "chua-phan-cong", "chosen": [f"{dossier.code}~{dossier.last_sequence}"]}
    begun = leader.post("/quan-tri/hang-loat/moi/", chosen)
    assert words in begun.content.decode()
    Absence.objects.all().delete()
    assert "vắng đến" not in leader.get(page).content.decode()


def test_her_dossiers_come_to_the_substitute_for_these_days(office: Office, colleague: User) -> None:
    dossier = in_state(S.ACCEPTED)
    services.assign(dossier.code or "", actor=factories.official_actor(office.agency), official=office.specialist)
    mine = "/quan-tri/hang-doi/cua-toi/"
    assert dossier.code not in signed_in(colleague).get(mine).content.decode().replace("<wbr>", "")
    assert away(office, colleague).status_code == 302
    page = signed_in(colleague).get(mine)
    assert dossier.code in page.content.decode().replace("<wbr>", "")
    assert dossier.code in office.browser("specialist").get(mine).content.decode().replace("<wbr>", ""), "hers, too"
    signed_in(colleague).post(
        f"/quan-tri/ho-so/{dossier.code}/buoc/start-processing/", {"sequence": dossier.events.count()}
    )
    event = dossier.events.get(name="dossier.processing_started")
    assert event.actor_user == colleague and "Lý Thị Thay" in event.actor_name, "she signs with her own name"
    with time_machine.travel(timezone.now() + timedelta(days=5)):
        assert not absences.stood_in_for(colleague)


def test_messages_and_warnings_reach_both(office: Office, colleague: User) -> None:
    dossier = in_state(S.ACCEPTED)
    services.assign(dossier.code or "", actor=factories.official_actor(office.agency), official=office.specialist)
    away(office, colleague)
    assert dossier.filer is not None
    correspondence.write(dossier.code or "", actor=Actor.citizen(dossier.filer), text="Xin hỏi.", form_token="a")
    told = Message.objects.filter(kind="dossier.message", channel="inbox").values_list("recipient", flat=True)
    assert set(told) == {office.specialist.pk, colleague.pk}
    both = [office.specialist, office.desk]
    assert absences.present(both, office.agency) == [*both, colleague]


def test_who_stands_in_hears_of_nothing_that_her_own_posts_do_not_open(office: Office, colleague: User) -> None:
    """The absent one works at two agencies; they share one of them."""
    elsewhere = Agency.objects.get(code="H17.20194")
    Membership.objects.create(
        user=office.specialist, agency=elsewhere, role=MembershipRole.SPECIALIST, valid_from=timezone.localdate()
    )
    away(office, colleague)
    assert absences.present([office.specialist], elsewhere) == [office.specialist]
    assert absences.present([office.specialist], office.agency) == [office.specialist, colleague]
    Membership.objects.filter(user=colleague).update(valid_to=timezone.localdate() - timedelta(days=1))
    assert absences.present([office.specialist], office.agency) == [office.specialist], "her post ended meanwhile"


def test_a_leader_writes_it_for_her_officials_and_ends_it(office: Office, colleague: User) -> None:
    assert away(office, colleague, who="leader").status_code == 302
    row = Absence.objects.get()
    assert (row.official, row.substitute, row.written_by) == (office.specialist, colleague, office.leader)
    assert office.browser("desk").post(f"{PAGE}{row.pk}/ket-thuc/").status_code == 404
    assert signed_in(colleague).post(f"{PAGE}{row.pk}/ket-thuc/").status_code == 404, "she cannot shake it off alone"
    assert office.browser("leader").post(f"{PAGE}{row.pk}/ket-thuc/").status_code == 302
    assert not absences.stood_in_for(colleague)
    assert away(office, colleague).status_code == 302, "the days are free again"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (days(2, 1), "Ngày cuối phải bằng hoặc sau ngày đầu."),
        (days(-5, -1), "Ngày cuối đã qua."),
        (days(0, 500), "dài nhất một năm"),
        ({"first_day": "hôm nay"}, "“Từ ngày” phải là ngày, tháng, năm"),
        ({"reason": "x" * 201}, "Dài quá 200 ký tự"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    office: Office, colleague: User, change: dict[str, str], words: str
) -> None:
    form = {"person": office.specialist.pk, "substitute": colleague.pk, **days(0, 3), **change}
    answer = office.browser("specialist").post(PAGE, form)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Absence.objects.exists()


def test_only_the_same_post_stands_in(office: Office, colleague: User) -> None:
    for wrong in (office.desk, office.leader, office.specialist, office.foreign_desk):
        form = {"person": office.specialist.pk, "substitute": wrong.pk, **days(0, 3)}
        answer = office.browser("leader").post(PAGE, form)
        assert answer.status_code == 422 and "cùng vai tại cùng cơ quan" in answer.content.decode()
    assert not Absence.objects.exists()


def test_two_absences_do_not_overlap(office: Office, colleague: User) -> None:
    assert away(office, colleague).status_code == 302
    again = away(office, colleague, start=3, end=6)
    assert again.status_code == 422 and "Đã có một lần vắng mặt" in again.content.decode()
    assert away(office, colleague, start=4, end=6).status_code == 302


def test_nobody_sends_another_away(office: Office, colleague: User) -> None:
    assert away(office, colleague, who="desk").status_code == 422, "she is not offered"
    with pytest.raises(NotFoundError):
        today = timezone.localdate()
        absences.write(
            official=office.specialist, substitute=colleague, first_day=today, last_day=today, reason="", by=office.desk
        )
    away(office, colleague)
    assert "Lý Thị Thay" not in office.browser("foreign_desk").get(PAGE).content.decode()


@pytest.mark.parametrize("wrong", [{"valid_to": -1}, {"same": 1}])
def test_the_database_refuses_what_cannot_be(office: Office, colleague: User, wrong: dict[str, int]) -> None:
    today = timezone.localdate()
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(
            official=office.specialist,
            substitute=office.specialist if "same" in wrong else colleague,
            valid_from=today,
            valid_to=today + timedelta(days=wrong.get("valid_to", 1)),
            written_by=office.leader,
        )
