"""The time of one step within an agency: which row limits it, who is warned before and after, what the slip says."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from dossiers import charging, control_slip, due_explanation, obligations, services, step_limits, watch
from dossiers.models import Dossier
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import Agency, HandStep, MembershipRole, StepLimit
from portal.core.calendar import VIETNAM, WorkCalendar
from portal.notifications.models import Channel, Message
from tests import factories
from tests.backoffice.conftest import Office

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 9, 9, 0, tzinfo=VIETNAM)
CALENDAR = WorkCalendar.national()
ADD = "/quan-tri/agencies/steplimit/add/"


def limit(step: HandStep, hours: int, agency: Agency | None = None, code: str = "", **fields: object) -> StepLimit:
    said = {"legal_basis": "QĐ 12/QĐ-UBND", "valid_from": date(2026, 1, 1)} | fields
    return StepLimit.objects.create(agency=agency, procedure_code=code, step=step, hours=hours, **said)


@pytest.fixture
def agency() -> Agency:
    agency = factories.make_agency()
    factories.make_official(agency, MembershipRole.LEADER, "Lãnh đạo phường")
    assert agency.parent is not None
    factories.make_official(agency.parent, MembershipRole.LEADER, "Lãnh đạo tỉnh")
    return agency


def accepted(agency: Agency) -> tuple[Dossier, Actor]:
    """Accepted on Monday at nine and in nobody's hands; and who will have it."""
    with time_machine.travel(MONDAY, tick=False):
        dossier = factories.file_dossier()
        services.accept(dossier.code or "", actor=factories.official_actor(agency))
    dossier.refresh_from_db()
    return dossier, factories.official_actor(agency, ActorKind.AGENCY)


def told() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for message in Message.objects.filter(channel=Channel.INBOX, kind__regex="(assign|work|sign)_"):
        found.setdefault(message.kind.removeprefix("dossier."), set()).add(message.recipient.display_name)
    return found


def in_hand(dossier: Dossier) -> tuple[str, int, datetime] | None:
    dossier.refresh_from_db()
    found = step_limits.of(dossier)
    return None if found is None else (found.step, found.hours, found.due_at)


def test_each_step_is_warned_of_before_at_and_after_its_limit_then_goes_up(agency: Agency) -> None:
    limit(HandStep.ASSIGN, 4, agency)
    limit(HandStep.WORK, 16, agency)
    limit(HandStep.SIGN, 8, agency)
    dossier, specialist = accepted(agency)
    at = lambda hours: CALENDAR.add_working_hours(MONDAY, hours) + timedelta(minutes=1)  # noqa: E731 - short here
    watch.sweep(at(1))
    assert told() == {}
    watch.sweep(at(2))
    assert told() == {"assign_soon": {"Lãnh đạo phường"}}
    for _again in range(2):
        watch.sweep(at(4))
    assert set(told()) == {"assign_soon", "assign_late"}
    watch.sweep(at(12))
    assert told()["assign_escalated"] == {"Lãnh đạo tỉnh"}
    assert specialist.user is not None
    with time_machine.travel(at(13)):
        leader = factories.official_actor(agency, ActorKind.LEADER)
        services.assign(dossier.code or "", actor=leader, official=specialist.user)
        services.start_processing(dossier.code or "", actor=specialist)
    watch.sweep(at(13 + 17))
    assert told()["work_late"] == {specialist.user.display_name}
    with time_machine.travel(at(31)):
        services.propose(dossier.code or "", actor=specialist, reason="Đủ điều kiện.")
    watch.sweep(at(31 + 7))
    assert told()["sign_soon"] >= {"Lãnh đạo phường"} and "sign_late" not in told()
    assert Message.objects.filter(channel=Channel.INBOX, kind="dossier.assign_late").count() == 1


def test_while_the_clock_stands_still_no_step_runs_and_what_comes_back_begins_anew(agency: Agency) -> None:
    limit(HandStep.ASSIGN, 4, agency)
    dossier, specialist = accepted(agency)
    with time_machine.travel(MONDAY + timedelta(hours=1)):
        services.request_supplement(dossier.code or "", actor=specialist, reason="Thiếu.", legal_basis="Luật X")
    assert in_hand(dossier) is None
    watch.sweep(CALENDAR.add_working_hours(MONDAY, 60))
    assert told() == {}
    back = MONDAY + timedelta(days=7)
    with time_machine.travel(back, tick=False):
        services.supplement(dossier.code or "", actor=Actor.citizen(dossier.filer), answer="Đây ạ.")
        assert in_hand(dossier) == (HandStep.ASSIGN, 4, CALENDAR.add_working_hours(back, 4))


def test_the_nearest_agency_s_row_holds_and_one_that_names_the_procedure_before_others(agency: Agency) -> None:
    dossier, _specialist = accepted(agency)
    assert in_hand(dossier) is None
    code, province = dossier.procedure_code, agency.parent
    with time_machine.travel(MONDAY):
        for where, named, hours in (
            (None, "", 40),
            (None, code, 30),
            (province, "", 20),
            (agency, "", 10),
            (agency, code, 5),
        ):
            limit(HandStep.ASSIGN, hours, where, named)
            assert in_hand(dossier) == (HandStep.ASSIGN, hours, CALENDAR.add_working_hours(MONDAY, hours))
        limit(HandStep.ASSIGN, 1, agency, "9.999999")
        limit(HandStep.ASSIGN, 2, factories.make_other_agency(), code)
        limit(HandStep.ASSIGN, 3, agency, code, valid_from=date(2025, 1, 1), valid_to=date(2025, 12, 31))
        limit(HandStep.WORK, 1, agency, code)
        found = in_hand(dossier)
    assert found is not None and found[1] == 5


def test_officials_read_how_the_limit_of_their_step_came_about_and_citizens_do_not(office: Office) -> None:
    limit(HandStep.ASSIGN, 4, office.agency)
    with time_machine.travel(MONDAY, tick=False):
        dossier = factories.file_dossier()
        services.accept(dossier.code or "", actor=factories.official_actor(office.agency))
        dossier.refresh_from_db()
        page = office.browser("specialist").get(f"/quan-tri/ho-so/{dossier.code}/").content.decode()
        assert "Hạn của bước đang làm tính thế nào?" in page
        assert "Bước này có 4 giờ làm việc (QĐ 12/QĐ-UBND): trước 14:30" in page
        assert not any("bước" in each.title for each in due_explanation.limits(dossier))


def test_the_control_slip_compares_each_hand_over_with_the_limit_of_its_step(agency: Agency) -> None:
    limit(HandStep.ASSIGN, 1, agency)
    limit(HandStep.WORK, 16, agency)
    dossier, specialist = accepted(agency)
    assert specialist.user is not None
    with time_machine.travel(MONDAY + timedelta(hours=4, minutes=30)):
        leader = factories.official_actor(agency, ActorKind.LEADER)
        services.assign(dossier.code or "", actor=leader, official=specialist.user)
    with time_machine.travel(MONDAY + timedelta(days=1)):
        services.start_processing(dossier.code or "", actor=specialist)
        services.propose(dossier.code or "", actor=specialist, reason="Đủ điều kiện.")
    dossier.refresh_from_db()
    lines = {line.what: line.result for line in control_slip.hand_overs(dossier, dossier.events.order_by("sequence"))}
    assert lines["Phân công thụ lý"] == "Quá hạn" and lines["Trình duyệt"] == "Trước hạn"


def test_the_slip_blames_nobody_for_the_applicants_time_nor_by_another_steps_limit(agency: Agency) -> None:
    limit(HandStep.ASSIGN, 4, agency)
    limit(HandStep.WORK, 16, agency)
    limit(HandStep.SIGN, 8, agency)
    dossier, specialist = accepted(agency)
    code, leader = dossier.code or "", factories.official_actor(agency, ActorKind.LEADER)
    assert specialist.user is not None
    with time_machine.travel(MONDAY + timedelta(hours=1)):
        services.assign(code, actor=leader, official=specialist.user)
    with time_machine.travel(MONDAY + timedelta(days=1)):
        services.start_processing(code, actor=specialist)
        charges = [charging.Charge("le_phi", "Lệ phí", 8000)]
        obligations.require_payment(code, actor=specialist, charges=charges)
    with time_machine.travel(MONDAY + timedelta(days=11)):
        owed = list(dossier.obligations.all())
        obligations.settle_payment(code, actor=Actor.payment("demo"), obligations=owed, reference="T-1")
    with time_machine.travel(MONDAY + timedelta(days=11, hours=1)):
        services.assign(code, actor=leader, official=factories.make_official(agency, name="Người khác"))
        services.propose(code, actor=specialist, reason="Đủ điều kiện.")
    with time_machine.travel(MONDAY + timedelta(days=17)):
        services.send_back(code, actor=leader, reason="Xem lại.")
    dossier.refresh_from_db()
    results = [
        (line.what, line.result)
        for line in control_slip.hand_overs(dossier, dossier.events.order_by("sequence"))
        if line.what in {"Phân công thụ lý", "Chuyển xử lý", "Trình duyệt", "Trả lại"}
    ]
    assert results == [
        ("Phân công thụ lý", "Đúng hạn"),
        ("Chuyển xử lý", ""),
        ("Phân công thụ lý", ""),
        ("Trình duyệt", "Trước hạn"),
        ("Trả lại", "Quá hạn"),
    ]


def test_a_limit_written_today_holds_for_steps_that_begin_from_today_on_and_a_backlog_is_no_news(
    agency: Agency,
) -> None:
    dossier, _specialist = accepted(agency)
    limit(HandStep.ASSIGN, 4, agency, valid_from=date(2026, 11, 10))
    watch.sweep(CALENDAR.add_working_hours(MONDAY, 30))
    assert told() == {} and in_hand(dossier) is None
    limit(HandStep.ASSIGN, 8, agency)
    watch.sweep(MONDAY + timedelta(weeks=6))
    assert told() == {}


def test_what_was_said_is_not_said_again_where_the_end_is_reckoned_anew(agency: Agency) -> None:
    row = limit(HandStep.ASSIGN, 4, agency)
    accepted(agency)
    for hours in (5, 13):
        watch.sweep(CALENDAR.add_working_hours(MONDAY, hours))
    before = Message.objects.count()
    StepLimit.objects.filter(pk=row.pk).update(hours=5)
    Agency.objects.filter(pk=agency.pk).update(office_hours=[["07:00", "11:00"], ["13:00", "17:00"]])
    for hours in (13, 14, 20):
        watch.sweep(CALENDAR.add_working_hours(MONDAY, hours))
    assert Message.objects.count() == before


def test_given_to_who_has_it_nothing_begins_anew(agency: Agency) -> None:
    dossier = factories.processing_dossier()
    official = factories.make_official(agency, MembershipRole.SPECIALIST, "Đỗ Thị Giữ")
    actor = factories.official_actor(agency)
    before = services.assign(dossier.code or "", actor=actor, official=official)
    after = services.assign(dossier.code or "", actor=actor, official=official)
    assert after.last_sequence == before.last_sequence and after.assignee == official


def test_a_desk_that_begins_work_for_nobody_leaves_it_unassigned(agency: Agency) -> None:
    limit(HandStep.ASSIGN, 4, agency)
    dossier, _specialist = accepted(agency)
    with time_machine.travel(MONDAY, tick=False):
        services.start_processing(dossier.code or "", actor=factories.official_actor(agency))
    found = in_hand(dossier)
    assert found is not None and found[0] == HandStep.ASSIGN


def test_a_sweep_asks_as_often_for_a_thousand_limits_as_for_one(agency: Agency) -> None:
    limit(HandStep.ASSIGN, 400, agency)
    accepted(agency)
    now = CALENDAR.add_working_hours(MONDAY, 5)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            watch.sweep(now)
        return len(queries)

    first = asked()
    StepLimit.objects.bulk_create(
        StepLimit(
            agency=agency, procedure_code=f"8.{number:06}", step="work", hours=400, legal_basis="QĐ",
            valid_from=date(2026, 1, 1),
        )
        for number in range(1000)
    )  # fmt: skip
    assert asked() == first


def test_an_administrator_writes_limits_for_her_agency_and_is_told_what_is_wrong(office: Office) -> None:
    browser = office.browser("administrator")
    said = {"agency": office.agency.pk, "procedure_code": "", "step": "work", "hours": "16"}
    said |= {"legal_basis": "QĐ 5", "valid_from": f"{timezone.localdate():%d/%m/%Y}", "valid_to": ""}
    for changes, words in (
        ({"hours": "0"}, "lớn hơn hoặc bằng"),
        ({"procedure_code": "9.999999"}, "Danh mục không có thủ tục mã này"),
        ({"valid_to": "31/12/2025"}, "Ngày kết thúc phải sau ngày bắt đầu"),
        ({"valid_from": "01/01/2026"}, "Hãy ghi hôm nay hoặc ngày sau"),
        ({"agency": ""}, "bắt buộc"),
        ({"agency": factories.make_agency(code="H77.00001").pk}, "không"),
    ):
        refused = browser.post(ADD, said | changes)
        assert refused.status_code == 200 and words in refused.content.decode(), changes
    assert not StepLimit.objects.exists()
    assert browser.post(ADD, said).status_code == 302
    row = StepLimit.objects.get()
    assert (row.agency, row.step, row.hours) == (office.agency, "work", 16)
    assert "QĐ 5" in browser.get("/quan-tri/nhat-ky-cai-dat/").content.decode()
    assert "Thời hạn của" in browser.post(ADD, said).content.decode(), "twice the same is refused in words"
    assert browser.post(f"/quan-tri/agencies/steplimit/{row.pk}/delete/", {"post": "yes"}).status_code == 403


@given(st.sampled_from(["accepted", "processing"]), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_whose_hands_it_is_in_is_never_two_and_none_while_the_clock_stands(
    state: str, is_assigned: bool, is_proposed: bool, is_stopped: bool, is_elsewhere: bool
) -> None:
    dossier = Dossier(
        state=state,
        assignee_id=1 if is_assigned else None,
        proposed_at=MONDAY if is_proposed and state == "processing" else None,
        clock_stopped_at=MONDAY if is_stopped else None,
        handled_by_id=1 if is_elsewhere else None,
    )
    step = step_limits.step_of(dossier)
    assert (step is None) == (is_stopped or is_elsewhere)
    if step == HandStep.SIGN:
        assert dossier.waits_for_leader
    if step == HandStep.ASSIGN:
        assert not is_assigned


def test_what_a_process_of_the_server_knows_is_as_old_as_is_allowed_now(agency: Agency, settings: Any) -> None:
    settings.CALENDAR_KEPT_SECONDS = 60.0
    assert not step_limits.Limits().rows
    limit(HandStep.WORK, 8, agency)
    assert not step_limits.Limits().rows, "read a moment ago"
    settings.CALENDAR_KEPT_SECONDS = 0.0
    assert step_limits.Limits().rows, "also where more was allowed when it was read"
