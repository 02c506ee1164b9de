"""A bundle's own time limit and timeline: when all of it is due, who reads it, who is told, what happened in order."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.db import IntegrityError, transaction

from dossiers import bundle_filing, bundle_reading, services, watch, withdrawal
from dossiers.models import Alert, BundleFiling
from portal.agencies.actors import Actor
from portal.agencies.models import MembershipRole
from portal.core.calendar import VIETNAM
from portal.notifications.models import Channel, Message
from procedures.models import Bundle, ProcedureVersion
from tests import factories
from tests.backoffice.conftest import with_second_factor
from tests.dossiers.bundle_situations import PLAN, WHOLE, declare, linked, part
from tests.dossiers.filing_pages import signed_in, text

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 9, 9, 0, tzinfo=VIETNAM)
DUE = [{"working_days": 11, "when": {"field": "purpose", "equals": "Cả hai"}}, {"working_days": 3}]


@pytest.fixture
def whole() -> ProcedureVersion:
    version = linked()
    Bundle.objects.update(definition={**PLAN, "due": DUE})
    return version


def sent(version: ProcedureVersion, at: datetime = MONDAY, **more: str) -> BundleFiling:
    with time_machine.travel(at, tick=False):
        draft, actor = declare(version, **more)
        return bundle_filing.submit(draft.public_id, actor=actor, procedure_code=WHOLE)


@pytest.mark.parametrize(
    ("at", "purpose", "days", "due"),
    [
        (MONDAY, "Cả ba", 3, datetime(2026, 11, 12, 17, 0, tzinfo=VIETNAM)),
        (MONDAY, "Cả hai", 11, datetime(2026, 11, 25, 17, 0, tzinfo=VIETNAM)),  # 24/11 is a day off
        (MONDAY.replace(hour=15, minute=1), "Cả ba", 3, datetime(2026, 11, 13, 17, 0, tzinfo=VIETNAM)),
    ],
)
def test_the_day_of_the_whole_follows_answers_and_hour(
    whole: ProcedureVersion, at: datetime, purpose: str, days: int, due: datetime
) -> None:
    ProcedureVersion.objects.filter(pk=whole.pk).update(intake_cutoff="15:00")
    bundle = sent(whole, at, purpose=purpose)
    assert (bundle.working_days, bundle.due_at) == (days, due)


def test_without_a_limit_there_is_none_and_the_database_refuses_nonsense(whole: ProcedureVersion) -> None:
    Bundle.objects.update(definition=PLAN)
    bundle = sent(whole)
    assert bundle.due_at is None and "Thời hạn chung" not in text(
        signed_in(bundle.filer).get(f"/lien-thong/{bundle.public_id}/")
    )
    for wrong in ({"due_at": MONDAY + timedelta(days=1)}, {"due_at": MONDAY - timedelta(days=1), "working_days": 3}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BundleFiling.objects.update(**wrong)


def test_citizen_and_leader_read_it_and_whether_it_is_over(whole: ProcedureVersion) -> None:
    bundle = sent(whole)
    page = f"/lien-thong/{bundle.public_id}/"
    leader = with_second_factor(factories.make_official(factories.make_agency(), MembershipRole.LEADER))
    with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
        mine = text(signed_in(bundle.filer).get(page))
        theirs = text(signed_in(leader).get("/quan-tri/dieu-hanh/lien-thong/"))
    assert "Thời hạn chung 3 ngày làm việc" in mine and "12/11" in mine and "Đã quá thời hạn chung" not in mine
    assert "thời hạn chung 12/11/2026" in theirs and "đã quá" not in theirs
    with time_machine.travel(bundle.due_at + timedelta(minutes=1), tick=False):
        assert "Đã quá thời hạn chung" in text(signed_in(bundle.filer).get(page))
        assert "đã quá" in text(signed_in(leader).get("/quan-tri/dieu-hanh/lien-thong/"))
        agency = part(bundle, "first").dossier.agency
        for node in ("first", "third"):
            code = part(bundle, node).dossier.code
            services.refuse_intake(code, actor=factories.official_actor(agency), reason="Sai nơi nộp")
        assert "Đã quá thời hạn chung" not in text(signed_in(bundle.filer).get(page)), "nothing is still to come"


def test_who_holds_a_part_is_told_once_when_it_is_over(whole: ProcedureVersion) -> None:
    agency = factories.make_agency()
    factories.make_official(agency, MembershipRole.LEADER, "Lãnh đạo phường")
    bundle = sent(whole)
    first, third = part(bundle, "first").dossier, part(bundle, "third").dossier
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        services.accept(first.code, actor=factories.official_actor(agency))
        services.request_supplement(third.code, actor=factories.official_actor(agency), reason="Thiếu trang hai")
    lone = factories.file_dossier(now=MONDAY)
    watch.sweep(bundle.due_at - timedelta(minutes=1))
    assert not Alert.objects.filter(rule="bundle_late").exists()
    for _twice in range(2):
        watch.sweep(bundle.due_at + timedelta(minutes=1))
    alerts = Alert.objects.filter(rule="bundle_late")
    assert [(row.dossier, row.limit_at) for row in alerts] == [(first, bundle.due_at)], "the third waits for its owner"
    told = Message.objects.filter(kind="dossier.bundle_late", channel=Channel.INBOX)
    assert {message.recipient.display_name for message in told} == {"Lãnh đạo phường"}
    assert "12/11/2026" in told[0].subject and not told.filter(reference=lone.code).exists()


def test_one_timeline_of_two_dossiers_in_order_of_time(whole: ProcedureVersion) -> None:
    bundle = sent(whole)
    agency = factories.make_agency()
    first, third = part(bundle, "first").dossier, part(bundle, "third").dossier
    desk = factories.official_actor(agency)
    steps = [
        (1, lambda: services.accept(third.code, actor=desk)),
        (2, lambda: services.accept(first.code, actor=desk)),
        (3, lambda: services.request_supplement(third.code, actor=desk, reason="Thiếu trang hai")),
        (4, lambda: withdrawal.request(first.code, actor=Actor.citizen(bundle.filer), reason="Đổi ý")),
    ]
    for hours, step in steps:
        with time_machine.travel(MONDAY + timedelta(hours=hours), tick=False):
            step()
    with time_machine.travel(MONDAY + timedelta(hours=5), tick=False):
        found = bundle_reading.get(bundle.public_id, user=bundle.filer)
        rows = bundle_reading.items(found, bundle_reading.standings(found, MONDAY))
    past = [row for row in rows if not row.get("future")]
    assert all(one["at"] <= other["at"] for one, other in pairwise(past))
    assert [row["title"].partition(": ")[2] for row in past][-4:] == [
        "Được tiếp nhận",
        "Được tiếp nhận",
        "Yêu cầu bổ sung giấy tờ",
        "Yêu cầu rút hồ sơ",
    ]
