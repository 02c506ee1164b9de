"""Search, sheet and electronic forms in a browser: keyboard, scripts and without, small and large, light and dark."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.steps import IN_DRAFT, choose_place, fill_address, start_filing

BIRTH, RESIDENCE = "1.001193", "1.004222"
PERSON = "Giàng Thị Mỷ"
PAGES = (
    "/thu-tuc/",
    "/thu-tuc/?q=b%E1%BA%B1ng+l%C3%A1i",
    "/thu-tuc/?q=qwerty",
    "/thu-tuc/loc/linh-vuc/?danh-cho=citizen",
    f"/thu-tuc/{BIRTH}/",
    "/en/thu-tuc/3.000347/",
)


# Each width and each scheme with every rule; the walks ask of these pages what hangs on both (walks/looking.py).
@pytest.mark.parametrize(("narrow", "dark"), [(False, True), (True, False)], ids=["wide-dark", "narrow-light"])
def test_every_page_is_accessible_and_fits(
    new_page: Callable[..., Page], assert_accessible: Callable[[Page], None], narrow: bool, dark: bool
) -> None:
    page = new_page(narrow=narrow, dark=dark)
    for address in PAGES:
        page.goto(address)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= (360 if narrow else 1280), address


def test_words_that_fade_on_a_page_that_was_found_good_are_found(page: Page) -> None:
    page.goto("/tra-cuu/")
    assert not violations(page)
    page.locator("main label").first.evaluate("label => label.style.setProperty('color', '#ccc')")
    assert [line.split()[0] for line in violations(page)] == ["color-contrast"]
    page.goto("/tra-cuu/")
    page.locator("main").evaluate("ground => ground.style.setProperty('background', '#777')")
    assert [line.split()[0] for line in violations(page)] == ["color-contrast"]


def test_suggestions_are_used_with_the_keyboard(page: Page, assert_accessible: Callable[[Page], None]) -> None:
    page.goto("/thu-tuc/")
    box = page.get_by_role("main").get_by_role("combobox", name="Tìm thủ tục")
    box.press_sequentially("khai sin")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("option").first).to_be_visible()
    assert_accessible(page)
    box.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    box.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press("ArrowDown")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    expect(page).to_have_url(f"http://{page.url.split('/')[2]}/thu-tuc/{page.url.rstrip('/').split('/')[-1]}/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_the_sheet_answers_for_one_commune(
    new_page: Callable[..., Page], assert_accessible: Callable[[Page], None], javascript: bool
) -> None:
    page = new_page(javascript=javascript)
    page.goto(f"/thu-tuc/{BIRTH}/")
    page.get_by_label("Tỉnh, thành phố").select_option("48")
    if not javascript:
        page.get_by_role("button", name="Tiếp").click()
    page.get_by_label("Xã, phường, đặc khu").select_option(label="Phường Hải Châu")
    if javascript:
        assert_accessible(page)
    page.locator("form[data-commune-choice]").get_by_role("button", name="Xem", exact=True).click()
    expect(page.get_by_role("heading", name="Ở phường Hải Châu")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("phường Hải Châu")


def test_what_hangs_on_an_answer_shows_and_hides(page: Page, assert_accessible: Callable[[Page], None]) -> None:
    start_filing(page, BIRTH, PERSON)
    choose_place(page, "Thành phố Đà Nẵng", "Phường Hải Châu")
    hidden = page.get_by_label("Họ tên người ủy quyền")
    expect(hidden).to_be_hidden()
    page.get_by_label("Người được ủy quyền").check()
    expect(hidden).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Cha", exact=True).check()
    expect(hidden).to_be_hidden()


def test_a_commune_is_found_without_marks(page: Page) -> None:
    start_filing(page, BIRTH, PERSON)
    choose_place(page, "Thành phố Đà Nẵng", "Phường Hải Châu")
    page.get_by_label("Tỉnh, thành phố").select_option("48")
    box = page.get_by_role("combobox", name="Xã, phường, đặc khu")
    box.fill("")
    box.press_sequentially("hai chau")
    page.get_by_role("option", name="Phường Hải Châu").click()
    expect(box).to_have_value("Phường Hải Châu")


def test_rows_are_added_and_taken_away_in_place(page: Page, assert_accessible: Callable[[Page], None]) -> None:
    """Without the page loading anew: what was typed stays and the new row takes the focus."""
    start_filing(page, RESIDENCE, PERSON)
    choose_place(page, "Thành phố Đà Nẵng", "Phường Hải Châu")
    page.wait_for_load_state()
    draft = IN_DRAFT.search(page.url)
    assert draft is not None
    page.goto(f"{draft[0]}members/")
    page.evaluate("window.stayed = true")
    rows, names = page.locator(".eform__row"), page.get_by_label("Họ, chữ đệm, tên")
    expect(rows).to_have_count(0)
    page.get_by_role("button", name="Thêm vào").click()
    expect(rows).to_have_count(1)
    expect(names.first).to_be_focused()
    names.first.fill("Giàng A Một")
    page.get_by_role("button", name="Thêm một mục nữa").click()
    expect(rows).to_have_count(2)
    expect(names.nth(1)).to_be_focused()
    expect(names.first).to_have_value("Giàng A Một")
    names.nth(1).fill("Giàng Thị Hai")
    assert_accessible(page)
    page.get_by_role("button", name="Bỏ mục 1").click()
    expect(rows).to_have_count(1)
    expect(names).to_have_value("Giàng Thị Hai")
    assert page.evaluate("window.stayed") is True, "the page did not load anew"
    page.goto(f"{draft[0]}members/")
    expect(names).to_have_value("Giàng Thị Hai")  # kept by the button, before anybody saved the page


def test_a_home_is_taken_over_in_place_and_is_there_again_at_once(
    page: Page, assert_accessible: Callable[[Page], None]
) -> None:
    """The page's own script and no inline style: a broken content security policy fails every test with `page`."""
    start_filing(page, BIRTH, PERSON)
    choose_place(page, "Thành phố Đà Nẵng", "Phường Hải Châu")
    page.wait_for_load_state()
    draft = IN_DRAFT.search(page.url)
    assert draft is not None
    page.goto(f"{draft[0]}parents/")
    page.evaluate("window.stayed = true")
    fathers = page.get_by_label("Khai cả thông tin của cha")
    if fathers.count() and not fathers.is_checked():
        fathers.check()
    father, mother = (page.get_by_role("group", name="Nơi cư trú", exact=True).nth(at) for at in (1, 0))
    fill_address(mother, "Thành phố Đà Nẵng", "Phường An Hải", "Số 30 đường Thử")
    father.get_by_role("button", name="Cùng nơi cư trú với mẹ").click()
    expect(father.get_by_label(re.compile("^Số nhà"))).to_have_value("Số 30 đường Thử")
    assert_accessible(page)
    box = father.get_by_role("combobox", name=re.compile("^Xã, phường, đặc khu"))
    box.fill("")
    box.press_sequentially("hai chau")
    page.get_by_role("option", name="Phường Hải Châu").click()
    assert page.evaluate("window.stayed") is True, "the page did not load anew"
    page.goto(f"{draft[0]}parents/")
    expect(father.get_by_label(re.compile("^Số nhà"))).to_have_value("Số 30 đường Thử")
