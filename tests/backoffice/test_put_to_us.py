"""What an agency reads of a dossier about which it is only asked: the question first, and who there may answer."""

from datetime import date
from typing import Any

import pytest

from dossiers import consultation, services
from dossiers.lifecycle import DossierState as S
from dossiers.models import Dossier
from portal.agencies.actors import ActorKind
from portal.agencies.models import Agency, Membership, MembershipRole
from tests import factories
from tests.backoffice.conftest import Office, signed_in, with_second_factor
from tests.backoffice.situations import browser_at, filed_with_a_fee, in_state, next_day, put_to_work, shown

pytestmark = pytest.mark.django_db
QUESTION = "Thửa đất này có tranh chấp không?"
IN_WORDS = "Chuyên viên hoặc lãnh đạo trả lời"


@pytest.fixture
def other(office: Office) -> Agency:
    return factories.make_other_agency()


def ask(office: Office, dossier: Dossier, agency: Agency) -> None:
    consultation.request_consultation(
        dossier.code or "",
        actor=factories.official_actor(office.agency, ActorKind.AGENCY),
        agency=agency,
        question=QUESTION,
        answer_due_on=date.fromisoformat(next_day()),
    )


def bench(browser: Any, dossier: Dossier) -> str:
    return shown(browser.get(f"/quan-tri/ho-so/{dossier.code}/"))


def test_the_question_stands_above_everything_that_the_asked_agency_sees(office: Office, other: Agency) -> None:
    dossier = in_state(S.PROCESSING)
    ask(office, dossier, other)
    asked, here = bench(browser_at(other), dossier), bench(office.browser("specialist"), dossier)
    assert asked.count(QUESTION) == 2 and asked.index(QUESTION) < asked.index('id="papers-title"')
    assert "/buoc/answer-consultation/" in asked and IN_WORDS not in asked
    assert here.index(QUESTION) > here.index('id="content-title"'), "who asked reads it where she reads the others"


def test_a_desk_that_is_asked_reads_who_of_her_agency_may_answer(office: Office, other: Agency) -> None:
    dossier = in_state(S.PROCESSING)
    ask(office, dossier, other)
    desk = browser_at(other, MembershipRole.DESK)
    for role, name in ((MembershipRole.SPECIALIST, "Người Trả Lời"), (MembershipRole.LEADER, "Bà Lãnh Đạo")):
        factories.make_official(other, role, name)
    page = bench(desk, dossier)
    assert IN_WORDS in page and "Người Trả Lời" in page and "Bà Lãnh Đạo" in page
    assert "Vai của bạn chỉ đọc." in page and "Vai của bạn chưa có bước nào" not in page


def test_where_nobody_may_answer_the_desk_hears_whom_to_tell(office: Office) -> None:
    third, dossier = factories.make_agency("H29.10001"), in_state(S.PROCESSING)
    ask(office, dossier, third)
    assert "cơ quan bạn chưa có ai giữ vai đó trên Cổng" in bench(browser_at(third, MembershipRole.DESK), dossier)


def test_what_the_asking_officials_write_to_each_other_stays_with_them(office: Office, other: Agency) -> None:
    dossier = in_state(S.PROCESSING)
    code, kinds = dossier.code or "", {kind: factories.official_actor(office.agency, kind) for kind in ActorKind}
    services.propose(code, actor=kinds[ActorKind.AGENCY], reason="Đủ điều kiện theo sổ.")
    services.send_back(code, actor=kinds[ActorKind.LEADER], reason="Kiểm lại nơi thường trú.")
    services.assign(code, actor=kinds[ActorKind.LEADER], official=office.specialist)
    ask(office, dossier, other)
    here, there = bench(office.browser("specialist"), dossier), bench(browser_at(other, MembershipRole.LEADER), dossier)
    for inner in ("Đủ điều kiện theo sổ.", "Kiểm lại nơi thường trú.", "Giao cho "):
        assert inner in here and inner not in there, inner
    assert "Lấy ý kiến" in there, "the question itself is in the history"


def test_nobody_who_is_only_asked_is_warned_of_fees(office: Office, other: Agency) -> None:
    dossier = filed_with_a_fee()
    put_to_work(office, dossier)
    ask(office, dossier, other)
    warning = "Hãy yêu cầu trước khi trình hoặc duyệt"
    here, there = bench(office.browser("specialist"), dossier), bench(browser_at(other), dossier)
    assert warning in here and warning not in there and "Chưa yêu cầu" not in there


def test_who_works_at_both_agencies_sees_all_of_it(office: Office, other: Agency) -> None:
    dossier = in_state(S.PROCESSING)
    services.propose(
        dossier.code or "",
        actor=factories.official_actor(office.agency, ActorKind.AGENCY),
        reason="Đủ điều kiện theo sổ.",
    )
    services.send_back(
        dossier.code or "",
        actor=factories.official_actor(office.agency, ActorKind.LEADER),
        reason="Kiểm lại nơi thường trú.",
    )
    ask(office, dossier, other)
    both = with_second_factor(factories.make_official(office.agency, MembershipRole.LEADER, "Người Hai Nơi"))
    Membership.objects.create(user=both, agency=other, role=MembershipRole.LEADER, valid_from=date(2025, 7, 1))
    page = bench(signed_in(both), dossier)
    assert "Kiểm lại nơi thường trú." in page and QUESTION in page


def test_a_question_is_the_first_thing_on_the_home_of_who_may_answer(office: Office, other: Agency) -> None:
    dossier, browser = in_state(S.PROCESSING), browser_at(other)
    before = browser.get("/quan-tri/")
    assert "Được hỏi ý kiến" not in {tile["label"] for tile in before.context["tiles"]}
    ask(office, dossier, other)
    page = browser.get("/quan-tri/")
    tiles = {tile["label"]: tile["value"] for tile in page.context["tiles"]}
    assert tiles["Được hỏi ý kiến"] == 1
    assert page.context["first"].name == "duoc-hoi-y-kien" and "Chưa có việc chờ bạn" not in shown(page)
    assert [row["dossier"].code for row in page.context["rows"]] == [dossier.code]
    assert page.context["rows"][0]["url"].startswith(f"/quan-tri/ho-so/{dossier.code}/")
    here = office.browser("specialist").get("/quan-tri/")
    assert "Được hỏi ý kiến" not in {tile["label"] for tile in here.context["tiles"]}, "nobody asks those who asked"
