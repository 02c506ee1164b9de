"""The desk by single keys: three new filings accepted without a mouse, and the keys are letters inside fields."""

import re
from collections import Counter
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from dossiers.lifecycle import DossierState as S
from dossiers.models import Dossier
from portal.agencies.models import MembershipRole
from tests import factories
from tests.backoffice.conftest import signed_in, with_second_factor
from tests.browser.axe import violations
from tests.browser.conftest import WIDE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KEYSTROKES = 10
"""For three filings: down to the first and open it, then to its step, take it, on to the next (docs/quality.md)."""


@pytest.fixture
def desk(browser: Browser, live_server: Any) -> Any:
    """A desk official at the new filings of her agency, three of them."""
    for _number in range(3):
        dossier = factories.file_dossier()
    official = with_second_factor(factories.make_official(dossier.agency, MembershipRole.DESK, "Phạm Thị Quầy"))
    context = browser.new_context(viewport=WIDE, locale="vi-VN", reduced_motion="reduce")  # type: ignore[arg-type] # dict
    value = signed_in(official).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/quan-tri/hang-doi/moi-nop/")
    yield page
    context.close()


def test_three_filings_are_accepted_without_a_mouse(desk: Page) -> None:
    pressed: Counter[str] = Counter()

    def press(key: str) -> None:
        pressed[key] += 1
        desk.keyboard.press(key)

    for number in range(3):
        press("j")  # down to the first row; afterwards on to the next dossier of the queue
        if not number:
            expect(desk.locator("a.queue__link").first).to_be_focused()
            press("Enter")
        button = desk.get_by_role("main").get_by_role("button", name="Tiếp nhận", exact=True)
        expect(button).to_be_visible()
        press("t")
        expect(button).to_be_focused()
        press("Enter")
        expect(desk.get_by_text("Đã tiếp nhận hồ sơ")).to_be_visible()
    assert pressed.total() == KEYSTROKES
    assert set(Dossier.objects.values_list("state", flat=True)) == {S.ACCEPTED}
    press("j")
    expect(desk.get_by_text("Đã đến cuối hàng đợi")).to_be_visible()


def test_the_other_keys_and_where_they_are_letters(desk: Page) -> None:
    desk.keyboard.press("?")
    keys = desk.get_by_role("dialog", name="Phím tắt")
    expect(keys).to_be_visible()
    assert not violations(desk)
    words, close = keys.get_by_text("Dùng phím tắt một chữ").bounding_box(), keys.get_by_role("button").bounding_box()
    assert words and close and words["y"] + words["height"] <= close["y"], "no word lies under the button"
    desk.keyboard.press("Escape")
    expect(keys).not_to_be_visible()
    desk.keyboard.press("/")
    box = desk.get_by_role("searchbox")
    expect(box).to_be_focused()
    desk.keyboard.type("jkt?g")
    expect(box).to_have_value("jkt?g")
    box.blur()
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    expect(desk.locator("a.queue__link").nth(1)).to_be_focused()
    desk.keyboard.press("k")
    expect(desk.locator("a.queue__link").first).to_be_focused()
    desk.keyboard.press("o")
    expect(desk).to_have_url(re.compile(r"/quan-tri/ho-so/.*hang-doi=moi-nop"))
    desk.keyboard.press("g")
    expect(desk.locator("a.papers__link").first).to_be_focused()
    desk.keyboard.press("k")
    expect(desk.get_by_text("Đây là đầu hàng đợi")).to_be_visible()


def test_they_are_turned_off_for_this_machine(desk: Page) -> None:
    """WCAG 2.2, 2.1.4: who speaks to the computer would set off single letters."""
    desk.locator("summary.sign-in").click()
    desk.get_by_role("button", name="Phím tắt").click()
    desk.get_by_role("checkbox", name="Dùng phím tắt một chữ").uncheck()
    desk.keyboard.press("Escape")
    desk.reload()
    desk.locator("summary.sign-in").click()
    expect(desk.get_by_role("button", name="Phím tắt")).to_be_visible()  # the script is there: it alone shows this
    desk.locator("summary.sign-in").click()
    desk.keyboard.press("j")
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog")).not_to_be_visible()
    expect(desk.locator("a.queue__link").first).not_to_be_focused()
