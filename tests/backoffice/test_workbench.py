"""The workbench and the queues say what comes next: one way forward by role, what is waited for, what many may take."""

import re

import pytest

from dossiers import services
from dossiers.lifecycle import DossierState as S
from dossiers.services import Defect
from tests import factories
from tests.backoffice.conftest import Office
from tests.backoffice.test_queues import text
from tests.backoffice.test_steps import in_state

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


@pytest.mark.parametrize("who", ["leader", "specialist"])
def test_a_draft_to_confirm_is_sent_before_anything_is_proposed_or_signed(office: Office, who: str) -> None:
    dossier = factories.processing_dossier(version=factories.make_version(draft_days=1))
    buttons = steps_of(text(office.browser(who).get(f"/quan-tri/ho-so/{dossier.code}/")))
    assert [words for is_green, words in buttons if is_green] == ["Gửi bản dự thảo…"] == [buttons[0][1]]
    assert "Trình lãnh đạo…" in dict(map(reversed, buttons))


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
