"""The stages of the work: pinned where it begins, gone through by whose they are, and what a proposal says of them."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from dossiers import control_slip, due_explanation, reversal, services, stage_steps, stages, step_limits, watch
from dossiers.event_names import OF_STAGES, STARTED
from dossiers.lifecycle import DossierState as S
from dossiers.models import Dossier, DossierEvent, DossierStage
from portal.agencies import processes
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import Agency, HandStep, InternalProcess, MembershipRole, StepLimit
from portal.agencies.processes import Stage
from portal.core.calendar import VIETNAM, WorkCalendar
from portal.core.errors import InvalidInputError, TransitionError
from portal.notifications.models import Channel, Message
from tests import factories

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 9, 9, 0, tzinfo=VIETNAM)
CALENDAR = WorkCalendar.national()
THREE = (
    Stage("Thẩm định", "specialist", amount=16),
    Stage("Lấy ý kiến nội bộ", "desk", amount=2, unit="working_day", is_optional=True),
    Stage("Soạn dự thảo", "specialist", amount=8),
)


def process(agency: Agency, *of: Stage, **fields: Any) -> InternalProcess:
    said = {"legal_basis": "QĐ 12/QĐ-UBND", "valid_from": date(2026, 1, 1)} | fields
    return InternalProcess.objects.create(agency=agency, stages=processes.kept(of or THREE), **said)


@pytest.fixture
def agency() -> Agency:
    return factories.make_agency()


class Case:
    """A dossier in the work, and who acts on it."""

    def __init__(self, agency: Agency, *, starts: bool = True) -> None:
        self.agency = agency
        self.desk = factories.official_actor(agency)
        self.specialist = factories.official_actor(agency, ActorKind.AGENCY)
        self.leader = factories.official_actor(agency, ActorKind.LEADER)
        dossier = factories.file_dossier()
        self.code = dossier.code or ""
        services.accept(self.code, actor=self.desk)
        if starts:
            services.start_processing(self.code, actor=self.specialist)

    @property
    def dossier(self) -> Dossier:
        return Dossier.objects.get(code=self.code)

    @property
    def stage(self) -> str:
        """The name of the stage it is in, which events, row and course agree on."""
        dossier = self.dossier
        row = DossierStage.objects.filter(dossier=dossier).first()
        course = stages.folded(dossier.events.order_by("sequence"))
        if course is None:
            assert row is None
            return "–"
        assert row is not None and row.position == course.position
        name = course.current.name if course.current else ""
        assert row.name == name and (row.due_at is not None) == bool(course.current and course.current.limit)
        return name


@pytest.fixture
def case(agency: Agency) -> Case:
    process(agency)
    return Case(agency)


def test_the_stages_that_held_when_the_work_began_stay_the_dossiers_own(agency: Agency) -> None:
    before = Case(agency)
    row = process(agency)
    assert before.stage == "–" and stages.of(before.dossier) is None, "an open dossier gets none"
    case = Case(agency)
    assert case.stage == "Thẩm định"
    InternalProcess.objects.filter(pk=row.pk).update(stages=processes.kept([Stage("Khác")]))
    course = stages.of(case.dossier)
    assert course is not None and [stage.name for stage in course.stages] == [stage.name for stage in THREE]
    assert Case(agency).stage == "Khác"
    InternalProcess.objects.filter(pk=row.pk).update(valid_to=date(2026, 1, 2))
    assert Case(agency).stage == "–"


def test_a_procedures_field_is_asked_of_the_catalogue(agency: Agency) -> None:
    process(agency, Stage("Của lĩnh vực"), field_code="TEST")
    process(agency, Stage("Khác"), field_code="KHAC")
    assert Case(agency).stage == "Của lĩnh vực"


def test_it_goes_from_one_to_the_next_and_each_is_its_roles(case: Case) -> None:
    with pytest.raises(TransitionError, match="do chuyên viên làm"):
        stage_steps.end(case.code, actor=case.desk)
    with pytest.raises(TransitionError, match="không tùy chọn"):
        stage_steps.skip(case.code, actor=case.specialist)
    stage_steps.end(case.code, actor=case.specialist)
    assert case.stage == "Lấy ý kiến nội bộ" and case.dossier.state == S.PROCESSING
    with pytest.raises(TransitionError, match="do cán bộ một cửa làm"):
        stage_steps.end(case.code, actor=case.specialist)
    stage_steps.skip(case.code, actor=case.desk)
    assert case.stage == "Soạn dự thảo"
    stage_steps.end(case.code, actor=case.leader)
    assert case.stage == ""
    with pytest.raises(TransitionError, match="đã xong"):
        stage_steps.end(case.code, actor=case.specialist)
    told = case.dossier.events.filter(name__in=OF_STAGES).order_by("sequence")
    assert [event.data["stage"] for event in told] == [stage.name for stage in THREE]
    assert not any(event.is_public for event in told), "how an agency divides its work is its own"


def test_it_is_given_back_with_a_reason_to_who_did_the_stage_before(case: Case) -> None:
    with pytest.raises(TransitionError, match="bước đầu"):
        stage_steps.return_to_earlier(case.code, actor=case.specialist, reason="Lại.")
    stage_steps.end(case.code, actor=case.specialist)
    assert case.dossier.assignee is None, "the next one is the desk's"
    with pytest.raises(TransitionError) as refused:
        stage_steps.return_to_earlier(case.code, actor=case.desk, reason=" ")
    assert refused.value.fields["reason"]
    stage_steps.return_to_earlier(case.code, actor=case.desk, reason="Thiếu biên bản.")
    assert case.stage == "Thẩm định" and case.dossier.assignee == case.specialist.user
    assert case.dossier.events.latest().reason == "Thiếu biên bản."
    kinds = Message.objects.filter(channel=Channel.INBOX, recipient=case.specialist.user).values_list("kind", flat=True)
    assert "dossier.stage_returned.official" in kinds


def test_whose_stage_begins_hears_of_it(case: Case) -> None:
    stage_steps.end(case.code, actor=case.specialist)
    heard = Message.objects.filter(channel=Channel.INBOX, kind="dossier.stage_ended.official")
    assert {message.recipient for message in heard} == {case.desk.user}


def test_nothing_moves_while_a_proposal_lies_before_the_leader(case: Case) -> None:
    services.propose(case.code, actor=case.specialist, stages_reason="Hồ sơ đơn giản.")
    for step in (stage_steps.end, stage_steps.skip):
        with pytest.raises(TransitionError, match="chờ lãnh đạo duyệt"):
            step(case.code, actor=case.specialist)
    services.send_back(case.code, actor=case.leader, reason="Làm đủ.")
    stage_steps.end(case.code, actor=case.specialist)
    assert case.stage == "Lấy ý kiến nội bộ"


def test_a_proposal_before_the_last_stage_needs_a_reason_that_is_kept(case: Case) -> None:
    with pytest.raises(InvalidInputError) as refused:
        services.propose(case.code, actor=case.specialist)
    assert "Soạn dự thảo" in str(refused.value.fields[stages.FIELD][0])
    services.propose(case.code, actor=case.specialist, stages_reason="Hồ sơ đơn giản.")
    told = case.dossier.events.get(name="dossier.proposed").data
    assert told[stages.LEFT] == ["Soạn dự thảo"] and told[stages.FIELD] == "Hồ sơ đơn giản."


def test_the_last_stage_ends_with_the_proposal_of_whose_it_is(case: Case) -> None:
    stage_steps.end(case.code, actor=case.specialist)
    stage_steps.end(case.code, actor=case.desk)
    services.propose(case.code, actor=case.specialist)
    assert stages.LEFT not in case.dossier.events.get(name="dossier.proposed").data


def test_the_last_stage_of_another_role_is_no_specialists_to_end(agency: Agency) -> None:
    process(agency, Stage("Kiểm tra tại quầy", "desk"))
    case = Case(agency)
    with pytest.raises(InvalidInputError):
        services.propose(case.code, actor=case.specialist)
    stage_steps.end(case.code, actor=case.desk)
    services.propose(case.code, actor=case.specialist)


def test_a_leader_may_decide_before_and_the_log_says_so(case: Case) -> None:
    services.approve(case.code, actor=case.leader)
    assert case.dossier.events.get(name="dossier.decided").data[stages.LEFT] == ["Soạn dự thảo"]


def test_what_comes_back_from_the_applicant_is_in_the_same_stage(case: Case) -> None:
    stage_steps.end(case.code, actor=case.specialist)
    services.request_supplement(case.code, actor=case.specialist, reason="Thiếu.", legal_basis="Luật X")
    with pytest.raises(TransitionError):
        stage_steps.end(case.code, actor=case.desk)
    services.supplement(case.code, actor=Actor.citizen(case.dossier.filer), answer="Đây ạ.")
    assert case.stage == "Lấy ý kiến nội bộ"


def test_work_that_begins_with_a_supplement_has_its_stages(agency: Agency) -> None:
    process(agency)
    case = Case(agency, starts=False)
    services.request_supplement(case.code, actor=case.specialist, reason="Thiếu.", legal_basis="Luật X")
    services.supplement(case.code, actor=Actor.citizen(case.dossier.filer), answer="Đây ạ.")
    assert case.dossier.state == S.PROCESSING and case.stage == "Thẩm định"


def test_what_was_begun_without_stages_gets_none_when_it_comes_back(agency: Agency) -> None:
    case = Case(agency)
    process(agency)
    services.request_supplement(case.code, actor=case.specialist, reason="Thiếu.", legal_basis="Luật X")
    services.supplement(case.code, actor=Actor.citizen(case.dossier.filer), answer="Đây ạ.")
    assert case.stage == "–"


def test_a_start_that_was_taken_back_begins_anew_by_what_holds_then(case: Case) -> None:
    reversal.revert(case.code, actor=case.leader, reason="Nhầm.")
    assert case.dossier.state == S.ACCEPTED and stages.of(case.dossier) is None
    InternalProcess.objects.update(stages=processes.kept([Stage("Một bước")]))
    services.start_processing(case.code, actor=case.specialist)
    assert case.stage == "Một bước"
    reversal.revert(case.code, actor=case.leader, reason="Nhầm.")
    InternalProcess.objects.update(valid_to=date(2026, 1, 2))
    services.start_processing(case.code, actor=case.specialist)
    assert case.stage == "–"


def test_a_start_is_not_taken_back_once_a_stage_is_done(case: Case) -> None:
    stage_steps.end(case.code, actor=case.specialist)
    assert reversal.revertible(case.dossier) is None


def test_who_left_gets_nothing_back(case: Case) -> None:
    stage_steps.end(case.code, actor=case.specialist)
    assert case.specialist.user is not None
    case.specialist.user.memberships.update(valid_to=date(2020, 1, 1), valid_from=date(2019, 1, 1))
    stage_steps.return_to_earlier(case.code, actor=case.desk, reason="Lại.")
    assert case.dossier.assignee is None


def test_a_dossier_of_another_system_has_no_stages(agency: Agency) -> None:
    process(agency)
    dossier = Dossier(state=S.PROCESSING, agency=agency, handled_by_id=1)
    assert stages.of(dossier) is None
    assert stages.begun(dossier, "start_processing", S.ACCEPTED, S.PROCESSING, MONDAY) == {}


# Their own limits


@pytest.fixture
def timed(agency: Agency) -> Callable[[float], datetime]:
    assert agency.parent is not None
    factories.make_official(agency.parent, MembershipRole.LEADER, "Lãnh đạo tỉnh")
    return lambda hours: CALENDAR.add_working_time(MONDAY, timedelta(hours=hours)) + timedelta(minutes=1)


def told() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for message in Message.objects.filter(channel=Channel.INBOX, kind__regex="(stage|work|assign)_(soon|late|escal)"):
        found.setdefault(message.kind.removeprefix("dossier."), set()).add(message.recipient.display_name)
    return found


def test_each_stage_is_warned_of_by_its_own_limit_then_goes_up(agency: Agency, timed: Callable[..., datetime]) -> None:
    process(agency)
    StepLimit.objects.create(agency=agency, step=HandStep.WORK, hours=1, legal_basis="QĐ", valid_from=date(2026, 1, 1))
    with time_machine.travel(MONDAY, tick=False):
        case = Case(agency)
    specialist, desk = case.specialist.user, case.desk.user
    assert specialist is not None and desk is not None
    watch.sweep(timed(13))
    assert told() == {}, "the limit of the whole work is none of a stage with its own"
    watch.sweep(timed(14))
    assert told() == {"stage_soon": {specialist.display_name}}
    for _again in range(2):
        watch.sweep(timed(16))
    assert set(told()) == {"stage_soon", "stage_late"}
    watch.sweep(timed(24))
    assert told()["stage_escalated"] == {"Lãnh đạo tỉnh"}
    assert Message.objects.filter(channel=Channel.INBOX, kind="dossier.stage_late").count() == 1
    with time_machine.travel(timed(24)):
        stage_steps.end(case.code, actor=case.specialist)
        ends = CALENDAR.due_at(timed(24), THREE[1].limit) if THREE[1].limit else MONDAY
    watch.sweep(ends - timedelta(hours=1))
    assert told()["desk_stage_soon"] == {desk.display_name}


def test_after_a_start_that_was_taken_back_the_general_limits_hold_again(
    agency: Agency, timed: Callable[..., datetime]
) -> None:
    process(agency)
    with time_machine.travel(MONDAY, tick=False):
        case = Case(agency)
        reversal.revert(case.code, actor=case.leader, reason="Nhầm.")
    for step in (HandStep.ASSIGN, HandStep.WORK):
        StepLimit.objects.create(agency=agency, step=step, hours=4, legal_basis="QĐ", valid_from=date(2026, 1, 1))
    watch.sweep(timed(5))
    assert set(told()) & {"assign_late", "work_late"}


def test_the_clock_of_a_stage_begins_anew_with_what_comes_back_and_a_colleague_gets_no_more_time(
    agency: Agency, timed: Callable[..., datetime]
) -> None:
    process(agency)
    with time_machine.travel(MONDAY, tick=False):
        case = Case(agency)
    with time_machine.travel(timed(4), tick=False):
        services.assign(case.code, actor=case.leader, official=factories.make_official(agency, name="Người khác"))
        found = step_limits.of(case.dossier)
        assert found is not None and found.stage == THREE[0] and found.since == MONDAY
        services.request_supplement(case.code, actor=case.specialist, reason="Thiếu.", legal_basis="Luật X")
    assert step_limits.of(case.dossier) is None
    watch.sweep(timed(60))
    assert told() == {}
    back = MONDAY + timedelta(days=7)
    with time_machine.travel(back, tick=False):
        services.supplement(case.code, actor=Actor.citizen(case.dossier.filer), answer="Đây ạ.")
        found = step_limits.of(case.dossier)
        assert found is not None and found.due_at == CALENDAR.add_working_hours(back, 16)


def test_a_stage_without_a_limit_goes_by_that_of_the_work(agency: Agency, timed: Callable[..., datetime]) -> None:
    process(agency, Stage("Thẩm định", "specialist"))
    StepLimit.objects.create(agency=agency, step=HandStep.WORK, hours=8, legal_basis="QĐ", valid_from=date(2026, 1, 1))
    with time_machine.travel(MONDAY, tick=False):
        Case(agency)
    watch.sweep(timed(8))
    assert set(told()) == {"work_late"}


def test_the_explanation_and_the_slip_name_the_limit_of_the_stage(
    agency: Agency, timed: Callable[..., datetime]
) -> None:
    process(agency)
    with time_machine.travel(MONDAY, tick=False):
        case = Case(agency)
        (lines,) = [
            each.lines for each in due_explanation.limits(case.dossier, for_official=True) if "bước" in each.title
        ]
        assert lines[1].startswith("Quy trình nội bộ cho bước này 16 giờ làm việc: trước")
        assert not any("bước" in each.title for each in due_explanation.limits(case.dossier))
    with time_machine.travel(timed(17)):
        stage_steps.end(case.code, actor=case.specialist)
    slip = control_slip.hand_overs(case.dossier, case.dossier.events.order_by("sequence"))
    assert (slip[-1].what, slip[-1].result) == ("Xong bước, chuyển bước sau", "Quá hạn")


@given(st.lists(st.sampled_from(["+", "-", "new", "none", "other"]), max_size=12))
def test_the_fold_never_leaves_the_list(moves: list[str]) -> None:
    position, events, length = 0, [], 0
    for move in moves:
        if move in {"new", "none"}:
            length = 3 if move == "new" else 0
            position, data = 0, {stages.STAGES: processes.kept(THREE)} if length else {}
            events.append(DossierEvent(name=STARTED, data=data))
        elif move == "other":
            events.append(DossierEvent(name="dossier.assigned", data={"official": "A"}))
        elif length:
            position = min(max(position + (1 if move == "+" else -1), 0), length)
            events.append(DossierEvent(name="dossier.stage_ended", data={stages.POSITION: position}))
    course = stages.folded(events)
    assert (course is None) == (not length)
    if course is not None:
        assert course.position == position
        assert (course.current is None) == (position == length)
