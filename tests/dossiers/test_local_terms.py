"""Local policies in filing: what is charged, when it is due, and that a dossier keeps the rule of its day."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from dossiers import due_explanation, letters, services
from dossiers.models import Dossier
from portal.agencies.actors import Actor, ActorKind
from procedures import policy_register
from tests import factories
from tests.procedures.test_local_policies import make_policy

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
