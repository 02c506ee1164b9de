"""Deadlines are watched: who is told before, who after, once, and who above when nobody acts."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers import consultation, extension, services, watch, watch_rules, withdrawal
from dossiers.models import Alert, Dossier
from portal.accounts.models import User
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import Agency, AgencyLevel, MembershipRole
from portal.notifications.models import Channel, Message
from tests import factories
from tests.dossiers.watched import CALENDAR, MONDAY, told, watched
from tests.queries import plan_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency() -> Agency:
    return watched()


def test_intake_is_warned_of_then_late_then_goes_up(agency: Agency) -> None:
    dossier = factories.file_dossier(now=MONDAY)
    limit = dossier.intake_due_at
    assert limit is not None
    watch.sweep(MONDAY + timedelta(hours=1))
    assert told(dossier) == {}
    watch.sweep(limit - timedelta(hours=1))
    assert told(dossier) == {"intake_soon": {"Quầy"}}
    watch.sweep(limit + timedelta(minutes=1))
    assert told(dossier)["intake_late"] == {"Quầy", "Lãnh đạo phường"}
    watch.sweep(CALENDAR.add_working_hours(limit, 9))
    assert told(dossier)["intake_escalated"] == {"Lãnh đạo tỉnh"}


def test_a_top_agency_without_a_leader_leaves_nobody_untold() -> None:
    User.objects.create(username="toanquoc", display_name="Toàn quốc", is_superuser=True, is_staff=True)
    dossier = factories.file_dossier(now=MONDAY)
    Agency.objects.filter(pk=dossier.agency_id).update(parent=None)
    assert dossier.intake_due_at is not None
    watch.sweep(CALENDAR.add_working_hours(dossier.intake_due_at, 9))
    assert told(dossier)["intake_escalated"] == {"Toàn quốc"}


def test_what_stays_late_goes_up_a_second_level_or_to_the_highest_there_is(agency: Agency) -> None:
    dossier = factories.file_dossier(now=MONDAY)
    assert agency.parent is not None and dossier.intake_due_at is not None
    ministry = Agency.objects.create(code="G01", name="Bộ", level=AgencyLevel.MINISTRY, path="G01/")
    factories.make_official(ministry, MembershipRole.LEADER, "Lãnh đạo bộ")
    late = CALENDAR.add_working_hours(dossier.intake_due_at, 25)

    def higher() -> list[str]:
        found = Message.objects.filter(kind="dossier.intake_late_higher", channel=Channel.INBOX)
        return [message.recipient.display_name for message in found]

    watch.sweep(late)
    assert higher() == ["Lãnh đạo tỉnh"]
    Agency.objects.filter(pk=agency.parent_id).update(parent=ministry)
    Alert.objects.all().delete()
    Message.objects.all().delete()
    watch.sweep(late)
    assert told(dossier)["intake_escalated"] == {"Lãnh đạo tỉnh"}
    assert higher() == ["Lãnh đạo bộ"]


def test_a_first_sweep_tells_who_stands_higher_once_and_of_nothing_that_is_weeks_old(agency: Agency) -> None:
    old, *new = [factories.file_dossier(now=MONDAY) for _filing in range(4)]
    assert new[0].intake_due_at is not None
    late = CALENDAR.add_working_hours(new[0].intake_due_at, 25)
    Dossier.objects.filter(pk=old.pk).update(intake_due_at=late - timedelta(weeks=4, minutes=1))
    watch.sweep(late)
    message = Message.objects.get(kind="dossier.intake_late_higher", channel=Channel.INBOX)
    assert message.subject == "Có hồ sơ quá hạn tiếp nhận ba ngày làm việc"
    alerts = Alert.objects.filter(rule="intake_late_higher")
    assert set(alerts.values_list("dossier", flat=True)) == {dossier.pk for dossier in new}


def test_what_cannot_be_late_enough_yet_is_not_read_and_no_answers_are(agency: Agency) -> None:
    dossier = factories.file_dossier(now=MONDAY)
    (rule,) = (each for each in watch_rules.RULES if each.name == "intake_escalated")
    assert dossier.intake_due_at is not None and rule.hours == 8
    assert list(watch._due(rule, dossier.intake_due_at + timedelta(hours=8, minutes=-1))) == []
    ((found,),) = watch._due(rule, dossier.intake_due_at + timedelta(hours=8))
    assert found == dossier and {"answers", "answer_sources"} <= found.get_deferred_fields()
    with CaptureQueriesContext(connection) as asked:
        watch.sweep(CALENDAR.add_working_hours(dossier.intake_due_at, 9))
    assert not any('"dossiers_dossier"."answers"' in query["sql"] for query in asked), "nor one by one"


def test_who_is_told_of_the_appointment_is_told_of_form_04_until_it_was_sent(agency: Agency) -> None:
    with time_machine.travel(MONDAY):
        dossier = factories.processing_dossier()
        asker = factories.official_actor(agency, ActorKind.AGENCY)
        Dossier.objects.filter(pk=dossier.pk).update(assignee=asker.user)
        assert dossier.due_at is not None
        watch.sweep(dossier.due_at - timedelta(hours=2))
        before = Message.objects.get(kind="dossier.due_soon", channel=Channel.INBOX)
        assert "trước ngày hẹn trả" in before.body and before.link.endswith("/buoc/extend/")
        assert Dossier.objects.filter(extension.not_sent()).get() == dossier
        extension.extend(dossier.code or "", actor=asker, reason="Cần xác minh.", new_due_on=date(2026, 11, 30))
    assert not Dossier.objects.filter(extension.not_sent()).exists()
    dossier.refresh_from_db()
    watch.sweep(dossier.due_at + timedelta(minutes=1))
    after = Message.objects.filter(kind="dossier.due_late", channel=Channel.INBOX).first()
    assert after is not None and "mẫu 04" not in after.body and not after.link.endswith("/buoc/extend/")


def test_nothing_is_said_twice_and_a_moved_deadline_is_a_new_one(agency: Agency) -> None:
    dossier = factories.file_dossier(now=MONDAY)
    assert dossier.intake_due_at is not None
    late = dossier.intake_due_at + timedelta(minutes=1)
    assert watch.sweep(late) == 3  # new, soon and late at once: nobody was told before
    assert watch.sweep(late) == 0
    Dossier.objects.filter(pk=dossier.pk).update(intake_due_at=late)
    assert watch.sweep(late + timedelta(minutes=1)) == 2  # of what is new the desk heard in this hour already
    assert Alert.objects.filter(dossier=dossier).count() == 5


def test_the_assignee_is_told_of_the_appointment_and_a_stopped_clock_of_none(agency: Agency) -> None:
    dossier = factories.processing_dossier()
    specialist = factories.make_official(agency, MembershipRole.SPECIALIST, "Chuyên viên")
    Dossier.objects.filter(pk=dossier.pk).update(assignee=specialist)
    assert dossier.due_at is not None
    watch.sweep(dossier.due_at - timedelta(hours=2))
    assert told(dossier)["due_soon"] == {"Chuyên viên"}

    waiting = factories.processing_dossier()
    services.request_supplement(
        waiting.code or "",
        actor=factories.official_actor(agency),
        reason="Thiếu.",
        defects=[services.Defect("a", "b", "c")],
    )
    assert waiting.due_at is not None
    watch.sweep(waiting.due_at + timedelta(days=30))
    assert "due_late" not in told(waiting)


def test_where_a_post_is_empty_the_agency_above_is_told() -> None:
    agency = factories.make_agency()
    assert agency.parent is not None
    factories.make_official(agency.parent, MembershipRole.LEADER, "Lãnh đạo tỉnh")
    dossier = factories.file_dossier(now=MONDAY)
    assert dossier.intake_due_at is not None
    watch.sweep(dossier.intake_due_at - timedelta(hours=1))
    assert told(dossier) == {"intake_soon": {"Lãnh đạo tỉnh"}}


def test_what_the_agencys_own_system_decides_is_its_operators_matter(agency: Agency) -> None:
    assert agency.parent is not None
    factories.make_official(agency.parent, MembershipRole.ADMINISTRATOR, "Quản trị tỉnh")
    system = factories.make_client(agency.parent)
    first, second = factories.file_dossier(now=MONDAY), factories.file_dossier(now=MONDAY)
    assert first.handled_by == system and first.intake_due_at is not None
    watch.sweep(first.intake_due_at - timedelta(hours=1))
    assert told(first) == told(second) == {}
    late = CALENDAR.add_working_hours(first.intake_due_at, 20)
    assert watch.sweep(late) == 2
    # no official who could not act, one word a day to who looks after the system, each dossier noted
    assert [told(first), told(second)].count({"system_intake_late": {"Quản trị tỉnh"}}) == 1
    assert Message.objects.filter(channel=Channel.INBOX, kind="dossier.system_intake_late").count() == 1
    message = Message.objects.get(channel=Channel.INBOX, kind="dossier.system_intake_late")
    assert message.link == f"/quan-tri/he-thong/{system.pk}/" and "chưa gọi lần nào" in message.body
    assert Alert.objects.filter(rule="system_intake_late").count() == 2
    assert watch.sweep(late) == 0


def test_a_system_without_an_operator_is_the_whole_portals(agency: Agency) -> None:
    chief = User.objects.create(username="toanquoc", display_name="Toàn quốc", is_superuser=True, is_staff=True)
    factories.make_client(agency)
    dossier = factories.file_dossier(now=MONDAY)
    assert dossier.intake_due_at is not None
    watch.sweep(dossier.intake_due_at + timedelta(minutes=1))
    assert told(dossier) == {"system_intake_late": {chief.display_name}}


def test_a_withdrawal_that_nobody_answers_is_told_of_then_goes_up(agency: Agency) -> None:
    with time_machine.travel(MONDAY):
        dossier = factories.file_dossier()
        withdrawal.request(dossier.code or "", actor=Actor.citizen(dossier.filer), reason="Đổi ý.")
    watch.sweep(CALENDAR.add_working_hours(MONDAY, 7))
    assert told(dossier) == {}
    watch.sweep(CALENDAR.add_working_hours(MONDAY, 9))
    assert told(dossier) == {"withdrawal_waits": {"Quầy", "Lãnh đạo phường"}}
    watch.sweep(CALENDAR.add_working_hours(MONDAY, 25))
    assert told(dossier)["withdrawal_escalated"] == {"Lãnh đạo tỉnh"}


def test_silence_that_ends_nothing_is_told_of_until_somebody_goes_on(agency: Agency) -> None:
    """Also weeks later, and up the tree: no sweep ends such a dossier."""
    version = factories.make_version(closes_on_silence=False)
    with time_machine.travel(MONDAY):
        dossier = factories.processing_dossier(version=version)
        asker = factories.official_actor(agency, ActorKind.AGENCY)
        services.request_supplement(dossier.code or "", actor=asker, reason="Ảnh mờ.", legal_basis="Luật X")
    limit = dossier.supplement_requests.get().answer_due_at
    assert limit is not None
    Dossier.objects.filter(pk=dossier.pk).update(assignee=asker.user)
    watch.sweep(limit - timedelta(minutes=1))
    assert told(dossier) == {}
    for _again in range(2):
        watch.sweep(limit + timedelta(weeks=2))
    asked = {"Quầy", asker.user.display_name if asker.user else ""}
    assert told(dossier) == {
        "supplement_overdue": asked,
        "supplement_waits": {"Lãnh đạo phường"},
        "supplement_escalated": {"Lãnh đạo tỉnh"},
    }
    heard = Message.objects.filter(kind="dossier.supplement_overdue", channel=Channel.INBOX)
    assert heard.count() == heard.values("recipient").distinct().count(), "once each"


def test_a_question_to_another_agency_is_watched_on_both_sides(agency: Agency) -> None:
    other = factories.make_other_agency()
    factories.make_official(other, MembershipRole.SPECIALIST, "Người được hỏi")
    factories.make_official(other, MembershipRole.LEADER, "Lãnh đạo nơi được hỏi")
    with time_machine.travel(MONDAY):
        dossier = factories.processing_dossier()
        asker = factories.official_actor(agency, ActorKind.AGENCY)
        Dossier.objects.filter(pk=dossier.pk).update(assignee=asker.user, due_at=None, is_without_time_limit=True)
        consultation.request_consultation(
            dossier.code or "", actor=asker, agency=other, question="Đúng không?", answer_due_on=date(2026, 11, 16)
        )
    limit = dossier.consultations.get().answer_due_at
    watch.sweep(limit - timedelta(hours=2))
    assert told(dossier) == {"answer_soon": {"Người được hỏi"}}
    watch.sweep(limit + timedelta(minutes=1))
    now = told(dossier)
    assert now["answer_late"] == {"Người được hỏi", "Lãnh đạo nơi được hỏi"}
    assert now["answer_missing"] == {asker.user.display_name if asker.user else ""}


def test_a_desk_hears_within_the_hour_of_what_was_filed_once_however_many_there_are(agency: Agency) -> None:
    for _filing in range(3):
        factories.file_dossier(now=MONDAY)
    watch.sweep(MONDAY + timedelta(minutes=30))
    told_of = Message.objects.filter(kind="dossier.intake_new", channel=Channel.INBOX)
    assert not told_of.exists()
    watch.sweep(MONDAY + timedelta(minutes=61))
    message = told_of.get()
    assert message.recipient.display_name == "Quầy" and "hồ sơ mới" in message.subject


def test_what_is_filed_after_the_desk_was_told_is_told_in_the_next_hour(agency: Agency) -> None:
    told_of = Message.objects.filter(kind="dossier.intake_new", channel=Channel.INBOX)
    for minutes in (0, 20):
        factories.file_dossier(now=MONDAY + timedelta(minutes=minutes))
    for minutes, heard in ((61, 1), (85, 1), (115, 1), (121, 2), (150, 2), (181, 2)):
        watch.sweep(MONDAY + timedelta(minutes=minutes))
        assert told_of.count() == heard, minutes


@pytest.mark.parametrize("name", ["unassigned", "withdrawal_waits", "unpaid_waits"])
def test_who_waits_longest_is_read_first_by_an_index(agency: Agency, name: str) -> None:
    """Among millions of finished dossiers the sweep looks for none of them."""
    factories.file_dossier(now=MONDAY)
    (rule,) = [rule for rule in watch_rules.RULES if rule.name == name]
    plan = plan_of(lambda: list(watch._due(rule, MONDAY + timedelta(days=9))), "state_occurred_at", "ORDER BY")
    assert "Index Scan using dossier_waits_since" in plan, plan
