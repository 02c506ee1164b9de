"""Which officials hear of what comes to their hands, once, and not of what they did themselves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dossiers import consultation, services, withdrawal
from dossiers.models import Dossier
from portal.accounts.models import User
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.calendars import work_calendar
from portal.agencies.models import Agency, MembershipRole
from portal.notifications import topics
from portal.notifications.models import Channel, Message
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency() -> Agency:
    return factories.make_agency()


def heard(dossier: Dossier, event: str) -> set[str]:
    """Names of the officials who were told of an event."""
    rows = Message.objects.filter(reference=dossier.code, kind=f"dossier.{event}.official", channel=Channel.INBOX)
    return {row.recipient.display_name for row in rows}


def official(agency: Agency, role: str, name: str) -> User:
    return factories.make_official(agency, role, name)


def test_each_hears_of_what_comes_to_her_hands(agency: Agency) -> None:
    desk_user = official(agency, MembershipRole.DESK, "Quầy")
    specialist = official(agency, MembershipRole.SPECIALIST, "Chuyên viên")
    leader = official(agency, MembershipRole.LEADER, "Lãnh đạo")
    asked = factories.make_other_agency()
    official(asked, MembershipRole.SPECIALIST, "Người được hỏi")
    desk = Actor(ActorKind.DESK, desk_user, agency)
    work, head = Actor(ActorKind.AGENCY, specialist, agency), Actor(ActorKind.LEADER, leader, agency)
    dossier = factories.file_dossier()
    code, citizen = dossier.code or "", Actor.citizen(dossier.filer)
    services.request_supplement(code, actor=desk, reason="Thiếu.")
    services.supplement(code, actor=citizen, answer="Đây ạ.")
    assert heard(dossier, "supplemented") == {"Quầy"}
    services.accept(code, actor=desk)
    services.assign(code, actor=desk, official=specialist)
    assert heard(dossier, "assigned") == {"Chuyên viên"}
    services.start_processing(code, actor=work)
    day = work_calendar(agency).next_working_day(timezone.localdate() + timedelta(days=3))
    consultation.request_consultation(code, actor=work, agency=asked, question="Đúng không?", answer_due_on=day)
    assert heard(dossier, "consultation_requested") == {"Người được hỏi"}
    other = Actor(ActorKind.CONSULTED, User.objects.get(display_name="Người được hỏi"), asked)
    consultation.answer_consultation(code, actor=other, answer="Đúng.")
    assert heard(dossier, "consultation_answered") == {"Chuyên viên"}
    services.propose(code, actor=work, reason="Đủ điều kiện.")
    assert heard(dossier, "proposed") == {"Lãnh đạo"}
    services.send_back(code, actor=head, reason="Sửa lại.")
    assert heard(dossier, "sent_back") == {"Chuyên viên"}
    withdrawal.request(code, actor=citizen, reason="Đổi ý.")
    assert heard(dossier, "withdrawal_requested") == {"Chuyên viên"}


def test_who_did_it_herself_hears_nothing_and_all_of_it_is_work_she_may_switch_off(agency: Agency) -> None:
    specialist = official(agency, MembershipRole.SPECIALIST, "Chuyên viên")
    dossier = factories.processing_dossier()
    services.assign(dossier.code or "", actor=Actor(ActorKind.AGENCY, specialist, agency), official=specialist)
    assert heard(dossier, "assigned") == set()
    assert topics.of("dossier.assigned.official", is_official=True) == topics.Topic.WORK
