"""Whose stage it is finds the dossier: a queue of its own, counted on the first page; the leader's stage at the end."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from dossiers import services, stage_steps
from dossiers.lifecycle import DossierState as S
from dossiers.models import Dossier, DossierStage
from portal.accounts.models import User
from portal.agencies import processes
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import InternalProcess, MembershipRole
from portal.agencies.processes import Stage
from portal.backoffice import queue_list, queues
from portal.backoffice.officials import Official, posts_of
from portal.core.errors import TransitionError
from portal.notifications.models import Message
from tests import factories
from tests.backoffice.conftest import Office, with_second_factor
from tests.queries import count_queries

pytestmark = pytest.mark.django_db
ENDS_WITH_THE_LEADER = (
    Stage("Thẩm định", "specialist"),
    Stage("Thực địa", "desk", is_optional=True),
    Stage("Soạn dự thảo", "specialist"),
    Stage("Ký duyệt", "leader"),
)


def process(office: Office, *stages: Stage) -> InternalProcess:
    return InternalProcess.objects.create(
        agency=office.agency,
        stages=processes.kept(stages or ENDS_WITH_THE_LEADER),
        legal_basis="QĐ 1",
        valid_from=date(2026, 1, 1),
    )


def acting(office: Office, kind: ActorKind) -> Actor:
    user = {ActorKind.DESK: office.desk, ActorKind.AGENCY: office.specialist, ActorKind.LEADER: office.leader}[kind]
    return Actor(kind, user=user, agency=office.agency, name=user.display_name)


def worked_on(office: Office, ended: int = 0) -> Dossier:
    """In the work, with as many stages done by whose they are."""
    dossier = factories.file_dossier()
    code = dossier.code or ""
    services.accept(code, actor=acting(office, ActorKind.DESK))
    services.start_processing(code, actor=acting(office, ActorKind.AGENCY))
    kinds = (ActorKind.AGENCY, ActorKind.DESK, ActorKind.AGENCY)
    for kind in kinds[:ended]:
        stage_steps.end(code, actor=acting(office, kind))
    return Dossier.objects.get(pk=dossier.pk)


def codes(user: User, name: str = "den-buoc") -> set[str]:
    page = queues.page(Official(user, posts_of(user)), queue_list.QUEUES[name], queue_list.Moment.current())
    return {row.code or "" for row in page.rows}


def tile(browser: Client) -> int | None:
    tiles = browser.get("/quan-tri/").context["tiles"]
    return next((each["value"] for each in tiles if each["label"] == "Đến bước của tôi"), None)


def test_each_role_finds_what_is_at_its_stage(office: Office) -> None:
    process(office)
    by_stage = [worked_on(office, ended) for ended in range(4)]
    appraised, field, drafted, signed = (dossier.code for dossier in by_stage)
    assert codes(office.specialist) == {appraised, drafted}
    assert codes(office.desk) == {field}
    assert codes(office.leader) == {signed}
    assert codes(office.foreign_desk) == set()
    assert [tile(office.browser(who)) for who in ("specialist", "desk", "leader")] == [2, 1, 1]
    page = office.browser("leader").get("/quan-tri/")
    assert page.context["first"].name == "den-buoc", "where nothing is proposed it is what she does first"
    assert [row["dossier"].code for row in page.context["rows"]] == [signed]
    queue = office.browser("leader").get("/quan-tri/hang-doi/den-buoc/").content.decode()
    assert 'value="assign"' in queue and 'value="approve"' not in queue, "nothing there is proposed"


def test_a_colleagues_is_not_hers_and_what_nobody_has_is(office: Office) -> None:
    process(office)
    colleague = with_second_factor(factories.make_official(office.agency, MembershipRole.SPECIALIST, "Người Khác"))
    dossier = worked_on(office)
    assert codes(colleague) == set()
    Dossier.objects.filter(pk=dossier.pk).update(assignee=None)
    assert codes(colleague) == {dossier.code} == codes(office.specialist)
    above = office.agency.parent
    assert above is not None
    leader_above = factories.make_official(above, MembershipRole.LEADER, "Ở Trên")
    DossierStage.objects.filter(dossier=dossier).update(role="leader")
    assert codes(leader_above) == set(), "she leads, but it is not her post's stage"
    services.propose(dossier.code or "", actor=acting(office, ActorKind.LEADER), stages_reason="Đơn giản.")
    assert codes(office.leader) == set() and codes(office.leader, "cho-duyet") == {dossier.code}


def test_without_stages_there_is_no_such_queue(office: Office) -> None:
    worked_on(office)
    assert tile(office.browser("specialist")) is None
    assert "/hang-doi/den-buoc/" not in office.browser("specialist").get("/quan-tri/").content.decode()


def test_its_count_costs_the_same_for_few_and_many(office: Office, settings: Any) -> None:
    settings.CALENDAR_KEPT_SECONDS = 60.0
    process(office)
    processes.forget()
    worked_on(office)
    before = [
        count_queries(office.browser("specialist"), page) for page in ("/quan-tri/", "/quan-tri/hang-doi/den-buoc/")
    ]
    for _number in range(4):
        worked_on(office)
    after = [
        count_queries(office.browser("specialist"), page) for page in ("/quan-tri/", "/quan-tri/hang-doi/den-buoc/")
    ]
    processes.forget()
    assert before == after


def test_nobody_justifies_that_the_leader_has_not_signed(office: Office) -> None:
    """The leader's stage at the end is her decision: the proposal asks for it, and her approval does it."""
    process(office)
    dossier = worked_on(office, 2)
    specialist = office.browser("specialist")
    step = specialist.get(f"/quan-tri/ho-so/{dossier.code}/buoc/propose/").content.decode()
    assert "Vì sao trình khi chưa xong" not in step
    bench = specialist.get(f"/quan-tri/ho-so/{dossier.code}/").content.decode()
    first = bench[bench.index("data-first-step") :]
    assert "/buoc/propose/" in bench[bench.rindex("<li", 0, bench.index("data-first-step")) :][: len(first)]
    services.propose(dossier.code or "", actor=acting(office, ActorKind.AGENCY), reason="Đủ.")
    event = dossier.events.get(name="dossier.proposed")
    assert "stages_left" not in event.data
    assert "Bước “Soạn dự thảo” xong khi bạn trình." in step
    told = specialist.get(f"/quan-tri/ho-so/{dossier.code}/").content.decode()
    assert event.data["stage_ended"] == "Soạn dự thảo" and "Bước “Soạn dự thảo” xong cùng lúc trình." in told
    page = office.browser("leader").get(f"/quan-tri/ho-so/{dossier.code}/").content.decode()
    at = page.index('aria-current="step"')
    assert "Ký duyệt" in page[at : page.index("</li>", at)], "it is at her stage now"
    services.send_back(dossier.code or "", actor=acting(office, ActorKind.LEADER), reason="Sửa.")
    services.propose(dossier.code or "", actor=acting(office, ActorKind.AGENCY), reason="Đủ.")
    services.approve(dossier.code or "", actor=acting(office, ActorKind.LEADER))
    decided = dossier.events.get(name="dossier.decided")
    assert "stages_left" not in decided.data


def test_the_leaders_stage_ends_with_the_decision(office: Office) -> None:
    process(office)
    dossier = worked_on(office, 3)
    with pytest.raises(TransitionError, match="xong khi lãnh đạo duyệt"):
        stage_steps.end(dossier.code or "", actor=acting(office, ActorKind.LEADER))
    page = office.browser("leader").get(f"/quan-tri/ho-so/{dossier.code}/").content.decode()
    assert "/buoc/end-stage/" not in page and "/buoc/approve/" in page and "/buoc/return-stage/" in page
    propose = office.browser("specialist").get(f"/quan-tri/ho-so/{dossier.code}/buoc/propose/").content.decode()
    assert "Vì sao trình khi chưa xong" not in propose
    services.approve(dossier.code or "", actor=acting(office, ActorKind.LEADER))
    assert Dossier.objects.get(pk=dossier.pk).state == S.DECIDED


def test_a_leaders_stage_in_the_middle_is_a_stage_like_others(office: Office) -> None:
    process(office, Stage("Cho ý kiến", "leader"), Stage("Soạn", "specialist"))
    dossier = worked_on(office)
    propose = office.browser("specialist").get(f"/quan-tri/ho-so/{dossier.code}/buoc/propose/").content.decode()
    assert "Vì sao trình khi chưa xong: Cho ý kiến" in propose
    stage_steps.end(dossier.code or "", actor=acting(office, ActorKind.LEADER))
    assert DossierStage.objects.get(dossier=dossier).role == "specialist"


def test_a_stage_left_out_is_shown_so(office: Office) -> None:
    process(office)
    dossier = worked_on(office, 1)
    stage_steps.skip(dossier.code or "", actor=acting(office, ActorKind.DESK))
    page = office.browser("specialist").get(f"/quan-tri/ho-so/{dossier.code}/").content.decode()
    shown = page[page.index('id="stages-title"') :]
    assert "· bỏ qua" in shown and shown.index("· đã qua") < shown.index("· bỏ qua")
    stage_steps.return_to_earlier(dossier.code or "", actor=acting(office, ActorKind.AGENCY), reason="Phải đi.")
    stage_steps.end(dossier.code or "", actor=acting(office, ActorKind.DESK))
    page = office.browser("specialist").get(f"/quan-tri/ho-so/{dossier.code}/").content.decode()
    assert "· bỏ qua" not in page[page.index('id="stages-title"') :], "it was done after all"


def test_after_the_desks_stage_it_comes_back_to_who_worked_on_it(office: Office) -> None:
    process(office, Stage("Thực địa", "desk"), Stage("Soạn", "specialist"))
    dossier = worked_on(office)
    Dossier.objects.filter(pk=dossier.pk).update(assignee=office.desk)
    stage_steps.end(dossier.code or "", actor=acting(office, ActorKind.DESK))
    dossier.refresh_from_db()
    assert dossier.assignee == office.specialist, "she took it up, though she ended no stage yet"


def test_somebody_is_told_of_every_stage(office: Office) -> None:
    """Of anybody's stage the specialists, of a leader's the nearest leader above where the agency has none."""
    above = office.agency.parent
    assert above is not None
    office.leader.memberships.update(agency=above)
    process(office, Stage("Xem", "desk"), Stage("Ai cũng được"), Stage("Cho ý kiến", "leader"), Stage("Soạn"))
    dossier = worked_on(office)
    Dossier.objects.filter(pk=dossier.pk).update(assignee=None)
    stage_steps.end(dossier.code or "", actor=acting(office, ActorKind.DESK))
    told = Message.objects.filter(kind="dossier.stage_ended.official", channel="inbox")
    assert set(told.values_list("recipient", flat=True)) == {office.specialist.pk}
    stage_steps.end(dossier.code or "", actor=acting(office, ActorKind.AGENCY))
    assert office.leader.pk in set(told.values_list("recipient", flat=True))


def test_who_is_told_of_a_stage_finds_it_and_keeps_it(office: Office) -> None:
    """A desk above the agency does the desk's stage where the agency has none: told, listed, and hers afterwards."""
    above = office.agency.parent
    assert above is not None
    office.desk.memberships.update(agency=above)
    process(
        office, Stage("Thẩm định", "specialist"), Stage("Thực địa", "desk"), Stage("Soạn"), Stage("Nhập sổ", "desk")
    )
    dossier = worked_on(office)
    stage_steps.end(dossier.code or "", actor=acting(office, ActorKind.AGENCY))
    told = Message.objects.filter(kind="dossier.stage_ended.official", channel="inbox")
    assert set(told.values_list("recipient", flat=True)) == {office.desk.pk}
    assert codes(office.desk) == {dossier.code}
    Dossier.objects.filter(pk=dossier.pk).update(assignee=office.desk)
    assert codes(office.desk) == {dossier.code}, "given to her"
    stage_steps.end(dossier.code or "", actor=acting(office, ActorKind.DESK))
    stage_steps.end(dossier.code or "", actor=acting(office, ActorKind.AGENCY))
    dossier.refresh_from_db()
    assert dossier.assignee == office.desk, "she did the desk's stage before"


def test_of_what_nobody_has_the_nearest_post_has_it_alone(office: Office) -> None:
    above = office.agency.parent
    assert above is not None
    process(office, Stage("Thực địa", "desk"), Stage("Soạn", "specialist"))
    dossier = worked_on(office)
    Dossier.objects.filter(pk=dossier.pk).update(assignee=None)
    province = factories.make_official(above, MembershipRole.DESK, "Quầy Trên")
    assert codes(office.desk) == {dossier.code} and codes(province) == set()
    Dossier.objects.filter(pk=dossier.pk).update(assignee=province)
    assert codes(province) == {dossier.code} and codes(office.desk) == set(), "given to her by name"
    Dossier.objects.filter(pk=dossier.pk).update(assignee=None)
    office.desk.memberships.update(valid_to=date(2026, 1, 1))
    assert codes(province) == {dossier.code}, "her colleague below left"
    aside = factories.make_official(above, MembershipRole.LEADER, "Lãnh Đạo Trên")
    assert codes(aside) == set(), "another role's"
