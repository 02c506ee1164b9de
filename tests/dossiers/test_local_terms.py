"""Local policies in filing: what is charged, when it is due, and that a dossier keeps the rule of its day."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from dossiers import drafts, due_explanation, facts, letters, local_terms, services
from dossiers.models import Dossier
from portal.accounts.models import CitizenProfile, User
from portal.agencies.actors import Actor, ActorKind
from procedures import policy_register
from procedures.models import FeeRule, ProcedureVersion
from tests import factories
from tests.dossiers.filing_pages import signed_in, text
from tests.procedures.policy_rows import make_policy

pytestmark = pytest.mark.django_db
MONDAY_NINE = datetime(2026, 11, 16, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def filed(**version):
    return factories.file_dossier(version=factories.make_version(**version), now=MONDAY_NINE)


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY_NINE, tick=False):
        yield


def test_a_free_filing_owes_nothing_and_says_by_what_resolution():
    make_policy()
    dossier = filed(fee_vnd=20000)
    assert dossier.state == "submitted"
    assert not dossier.obligations.exists()
    assert Dossier.objects.get(pk=dossier.pk).local_terms == {
        "fees": [
            {
                "charge": "test",
                "description": "Lệ phí thử",
                "published_vnd": 20000,
                "amount_vnd": 0,
                "policy": "p",
                "legal_basis": "NQ 1/2026/NQ-HĐND",
            }
        ]
    }


def test_a_lowered_fee_is_what_is_owed_with_its_legal_basis():
    make_policy(effect="fee_percent", percent=50)
    (owed,) = filed(fee_vnd=20000).obligations.all()
    assert (owed.amount_vnd, owed.legal_basis) == (10000, "NQ 1/2026/NQ-HĐND")


def test_another_province_pays_the_published_fee():
    make_policy(provinces=["31"])
    dossier = filed(fee_vnd=20000)
    assert dossier.obligations.get().amount_vnd == 20000
    assert dossier.local_terms == {}


def accepted(dossier):
    desk = factories.official_actor(dossier.agency)
    return services.accept(dossier.code, actor=desk)


def test_a_shortened_time_sets_the_appointment_its_explanation_and_the_receipt():
    make_policy(effect="time_new", time_value=2, time_unit="working_day")
    dossier = accepted(filed(processing_value=5))
    assert f"{timezone.localtime(dossier.due_at):%a %d %H:%M}" == "Wed 18 17:00"
    assert dossier.local_terms["time"] == {
        "value": 2,
        "unit": "working_day",
        "published_value": 5,
        "published_unit": "working_day",
        "policy": "p",
        "legal_basis": "NQ 1/2026/NQ-HĐND",
    }
    lines = due_explanation.lines(dossier)
    assert len(lines) > 1
    assert not any("Cơ quan hẹn trả lúc" in line for line in lines)
    letter = dossier.letters.get(kind="01")
    assert letters.context(letter, dossier)["processing_time"] == "2 ngày làm việc"


def test_a_dossier_keeps_the_rule_of_its_day_when_the_policy_ends():
    policy = make_policy(effect="time_new", time_value=2, time_unit="working_day")
    dossier = filed(processing_value=5)
    policy.valid_to = date(2026, 11, 16)
    policy_register.save(policy)
    policy.delete()
    dossier = accepted(dossier)
    assert f"{timezone.localtime(dossier.due_at):%d}" == "18"


def test_after_a_supplement_the_shortened_time_starts_again():
    make_policy(effect="time_new", time_value=2, time_unit="working_day")
    dossier = accepted(filed(processing_value=5))
    agency = factories.official_actor(dossier.agency, ActorKind.AGENCY)
    services.start_processing(dossier.code, actor=agency)
    services.request_supplement(dossier.code, actor=agency, reason="Thiếu giấy.")
    with time_machine.travel(datetime(2026, 11, 17, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")), tick=False):
        services.supplement(dossier.code, actor=Actor.citizen(dossier.filer), answer="Đã nộp đủ.")
    dossier.refresh_from_db()
    assert f"{timezone.localtime(dossier.due_at):%a %d %H:%M}" == "Thu 19 17:00"


def with_a_waiver(fact: str):
    version = factories.make_version(fee_vnd=20000)
    waiver = factories.fee_fields(0) | {"key": "waiver", "is_default": False, "condition": {"fact": fact}}
    FeeRule.objects.create(version=version, position=1, **waiver)
    return version


def test_a_digital_citizen_pays_nothing_where_the_law_waives_it_for_her():
    """And what she was when she filed holds to the end, whatever VNeID says at a later sign-in."""
    version, citizen = with_a_waiver("digital_citizen"), factories.make_citizen()
    CitizenProfile.objects.filter(user=citizen).update(is_digital_citizen=True)
    waived = factories.file_dossier(User.objects.get(pk=citizen.pk), version, now=MONDAY_NINE)
    assert not waived.obligations.exists() and waived.local_terms == {"conditions": ["digital_citizen"]}
    CitizenProfile.objects.filter(user=citizen).update(is_digital_citizen=False)
    again = Dossier.objects.get(pk=waived.pk)
    assert [line.amount_vnd for line in local_terms.charges(again, version, on=MONDAY_NINE.date())] == [0]
    owed = factories.file_dossier(factories.make_citizen("Lê Văn Khác"), version, now=MONDAY_NINE)
    assert owed.obligations.get().amount_vnd == 20000 and owed.local_terms == {}


@pytest.mark.parametrize("channel", ["direct", "postal"])
def test_her_waiver_is_for_what_she_files_online(channel, django_assert_num_queries):
    version, citizen = with_a_waiver("digital_citizen"), factories.make_citizen()
    CitizenProfile.objects.filter(user=citizen).update(is_digital_citizen=True)
    draft = Dossier.objects.get(pk=drafts.start(version, actor=Actor.citizen(citizen)).pk)
    assert facts.conditions_of(draft)["digital_citizen"]
    draft = Dossier.objects.get(pk=draft.pk)
    draft.channel = channel
    with django_assert_num_queries(0):  # who she is does not matter there
        assert not facts.conditions_of(draft)["digital_citizen"]


def test_what_is_for_organisations_is_for_who_files_for_one():
    version = with_a_waiver("acting_for_organisation")
    firm = factories.make_company()
    member = factories.make_member(firm)
    ProcedureVersion.objects.filter(pk=version.pk).update(audience=["citizen", "organisation"])
    version.refresh_from_db()
    actor, today = Actor.citizen(member), MONDAY_NINE.date()
    own = drafts.start(version, actor=actor)
    firms = drafts.start(version, actor=actor, organisation=firm)
    assert [line.amount_vnd for line in local_terms.charges(own, version, on=today)] == [20000]
    assert [line.amount_vnd for line in local_terms.charges(firms, version, on=today)] == [0]
    assert facts.conditions_of(firms) == {"acting_for_organisation": True, "digital_citizen": False}


def test_the_start_page_says_what_she_pays():
    with_a_waiver("digital_citizen")
    citizen = factories.make_citizen()
    client = signed_in(citizen)
    assert "20.000 đ" in text(client.get("/nop-ho-so/1.000001/"))
    CitizenProfile.objects.filter(user=citizen).update(is_digital_citizen=True)
    assert "20.000 đ" not in text(client.get("/nop-ho-so/1.000001/"))
