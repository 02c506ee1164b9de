"""The workbench and the queues say what comes next: one way forward by role, what is waited for, what many may take."""

import re

import pytest

from dossiers import draft_checks, services, withdrawal
from dossiers.lifecycle import DossierState as S
from dossiers.services import Defect
from portal.agencies.actors import Actor, ActorKind
from tests import factories
from tests.backoffice.conftest import Office, signed_in
from tests.backoffice.situations import in_state, text

pytestmark = pytest.mark.django_db
BUTTONS = re.compile(r'class="govuk-button( govuk-button--secondary)? step-card__button"[^>]*>([^<]+)<')


def steps_of(page: str) -> list[tuple[bool, str]]:
    """Each step's button in order: whether it is the green one, and its words."""
    return [(not secondary, words) for secondary, words in BUTTONS.findall(page)]


def for_many(office: Office, who: str, queue: str) -> set[str]:
    page = text(office.browser(who).get(f"/quan-tri/hang-doi/{queue}/"))
    return set(re.findall(r'name="kind" value="([a-z_]+)"', page))


@pytest.mark.parametrize(("who", "first"), [("leader", "Duyệt kết quả…"), ("specialist", "Trình lãnh đạo…")])
def test_one_way_forward_stands_first_and_alone_in_green(office: Office, who: str, first: str) -> None:
    dossier = in_state(S.PROCESSING)
    buttons = steps_of(text(office.browser(who).get(f"/quan-tri/ho-so/{dossier.code}/")))
    assert buttons[0] == (True, first)
    assert len(buttons) > 1 and not any(is_green for is_green, _words in buttons[1:])
    assert for_many(office, who, "dang-xu-ly") == ({"assign", "approve"} if who == "leader" else {"assign"})
    assert for_many(office, who, "moi-nop") == set()


def test_whom_a_proposal_waits_for_is_not_asked_to_propose(office: Office) -> None:
    dossier = in_state(S.PROCESSING)
    services.propose(
        dossier.code or "", actor=factories.official_actor(office.agency, ActorKind.AGENCY), reason="Đủ điều kiện."
    )
    offered = {
        who: {words for _green, words in steps_of(text(office.browser(who).get(f"/quan-tri/ho-so/{dossier.code}/")))}
        for who in ("leader", "specialist")
    }
    assert "Duyệt kết quả…" in offered["leader"] and "Trình lãnh đạo…" not in offered["leader"]
    assert "Trình lãnh đạo…" in offered["specialist"], "until it is decided it may be replaced by a better one"


@pytest.mark.parametrize("who", ["leader", "specialist"])
def test_a_draft_to_confirm_is_sent_before_anything_is_proposed_or_signed(office: Office, who: str) -> None:
    dossier = factories.processing_dossier(version=factories.make_version(draft_days=1))
    buttons = steps_of(text(office.browser(who).get(f"/quan-tri/ho-so/{dossier.code}/")))
    assert [words for is_green, words in buttons if is_green] == ["Gửi bản dự thảo…"] == [buttons[0][1]]
    assert "Trình lãnh đạo…" in dict(map(reversed, buttons))


def test_a_disputed_draft_is_put_right_and_sent_again_before_anybody_signs(office: Office) -> None:
    """First the correction is green, then the sending; old and new stand beside each other for her and the leader."""
    dossier = factories.processing_dossier(version=factories.make_version(draft_days=1))
    code, specialist = dossier.code or "", factories.official_actor(office.agency, ActorKind.AGENCY)
    assert dossier.filer is not None
    her = Actor.citizen(dossier.filer)

    def bench() -> tuple[str, list[str], set[str]]:
        page = text(office.browser("leader").get(f"/quan-tri/ho-so/{code}/"))
        buttons = steps_of(page)
        return page, [words for is_green, words in buttons if is_green], {words for _is_green, words in buttons}

    draft_checks.send_draft(code, actor=specialist)
    draft_checks.dispute_draft(code, actor=her, reason="Mục đích sai.")
    _page, green, offered = bench()
    assert green == ["Sửa bản dự thảo…"] and "Gửi bản dự thảo…" in offered
    assert not {"Duyệt kết quả…", "Trình lãnh đạo…"} & offered
    draft_checks.correct_draft(code, actor=specialist, reason="x", corrections={"purpose": "Xin việc làm"})
    page, green, _offered = bench()
    assert green == ["Gửi bản dự thảo…"] and "Đã sửa, chưa gửi lại" in page and "Người nộp nói về bản trước" in page
    assert "bản dự thảo đã sửa: Xin việc làm" in page and "Thử nghiệm</del>" in page
    draft_checks.send_draft(code, actor=specialist)
    assert "Thử nghiệm</del>" in text(signed_in(dossier.filer).get(f"/ho-so/{code}/"))
    draft_checks.confirm_draft(code, actor=her)
    assert bench()[1] == ["Duyệt kết quả…"]
    draft_checks.correct_draft(code, actor=specialist, reason="x", corrections={"purpose": "Đi học"})
    page, green, offered = bench()
    assert green == ["Gửi bản dự thảo…"] and not {"Duyệt kết quả…", "Trình lãnh đạo…"} & offered
    assert "Người nộp đã xác nhận bản dự thảo trước" in page


def test_what_was_asked_by_whom_and_until_when_stands_at_the_top(office: Office) -> None:
    dossier, desk = factories.file_dossier(), factories.official_actor(office.agency)
    defects = [Defect("TEST-GIAY", "Giấy tờ thử", "Thiếu trang 2")]
    assert for_many(office, "desk", "moi-nop") == {"accept", "assign", "forward"}
    services.request_supplement(dossier.code or "", actor=desk, reason="Chưa đủ trang.", defects=defects)
    page = text(office.browser("desk").get(f"/quan-tri/ho-so/{dossier.code}/"))
    top = page[: page.index('id="papers"')]
    for words in ("Chờ người nộp bổ sung đến", "Chưa đủ trang.", "Thiếu trang 2", f"{desk.name} yêu cầu lúc"):
        assert words in top
    assert steps_of(page)[0] == (True, "Bổ sung tại quầy…")
    assert for_many(office, "desk", "cho-nguoi-nop") == {"assign"}


def test_where_an_answer_comes_from_is_told_of_the_applicant(office: Office) -> None:
    dossier = in_state(S.PROCESSING)
    dossier.answer_sources = {"full_name": "Bạn đã khai ở bước trước", "purpose": "Từ hồ sơ X bạn đã nộp, 01/11/2026"}
    dossier.save(update_fields=["answer_sources"])
    page = text(office.browser("specialist").get(f"/quan-tri/ho-so/{dossier.code}/"))
    assert "Người nộp đã khai ở bước trước" in page and "Từ hồ sơ X người nộp đã nộp" in page
    assert "Bạn đã khai" not in page


def test_who_proposes_what_nobody_took_on_becomes_its_handler_and_nobody_else_is_replaced(office: Office) -> None:
    dossier = factories.file_dossier()
    desk = factories.official_actor(office.agency)
    services.accept(dossier.code or "", actor=desk)
    services.request_supplement(dossier.code or "", actor=desk, reason="Xin hỏi thêm.")
    assert dossier.filer is not None
    answered = services.supplement(dossier.code or "", actor=Actor.citizen(dossier.filer), answer="Đã rõ.")
    assert (answered.state, answered.assignee) == (S.PROCESSING, None)
    first, second = (factories.official_actor(office.agency, ActorKind.AGENCY) for _each in range(2))
    for actor in (first, second):
        services.propose(dossier.code or "", actor=actor, reason="Đủ điều kiện.")
        dossier.refresh_from_db()
        assert dossier.assignee == first.user


def test_why_somebody_withdraws_stands_above_the_decision(office: Office) -> None:
    dossier = in_state(S.PROCESSING)
    path = f"/quan-tri/ho-so/{dossier.code}/"
    assert "Người nộp xin rút hồ sơ" not in text(office.browser("leader").get(path))
    assert dossier.filer is not None
    withdrawal.request(dossier.code or "", actor=Actor.citizen(dossier.filer), reason="Nộp nhầm thủ tục.")
    page = text(office.browser("leader").get(path))
    assert page.index("Người nộp xin rút hồ sơ") < page.index("Nộp nhầm thủ tục.") < page.index("Quyết định</h2>")


def test_an_assignment_says_to_whom(office: Office) -> None:
    dossier = in_state(S.PROCESSING)
    leader = factories.official_actor(office.agency, ActorKind.LEADER)
    services.assign(dossier.code or "", actor=leader, official=office.specialist)
    assert "Giao cho Đỗ Văn Chuyên." in text(office.browser("leader").get(f"/quan-tri/ho-so/{dossier.code}/"))


def test_sections_of_one_line_share_a_card_under_their_titles(office: Office) -> None:
    groups = [
        {"key": key, "title": {"vi": title}, "fields": [{"key": f"{key}_said", "label": {"vi": "Lời"}, "type": "text"}]}
        for key, title in (("copies", "Bản sao"), ("delivery", "Nhận kết quả"))
    ]
    page = {"key": "them", "title": {"vi": "Thêm"}, "groups": groups}
    form = {**factories.SHORT_FORM, "pages": [*factories.SHORT_FORM["pages"], page]}
    dossier = factories.file_dossier(version=factories.make_version(form=form))
    dossier.answers |= {"copies_said": "hai bản", "delivery_said": "qua mạng"}
    dossier.save()
    shown = text(office.browser("desk").get(f"/quan-tri/ho-so/{dossier.code}/"))
    titles = re.findall(r'<h3 class="card__title">([^<]*)</h3>', shown)
    assert titles[:2] == ["Nội dung", "Bản sao · Nhận kết quả"] and "hai bản" in shown and "qua mạng" in shown
