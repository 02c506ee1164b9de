"""Filing as not everybody does: with the keyboard alone, and with scripts switched off to the last page."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.filings import BIRTH, fill_birth_registration
from tests.browser.steps import expect_heading, pay, reload_until, start_filing, submit

KEYBOARD_PERSON, PLAIN_PERSON = "Giàng Thị Mỷ", "Lê Văn Tư"


def test_whole_filing_without_scripts(new_page: Callable[..., Page]) -> None:
    """From the start page to the paid dossier: each page is a form that the server understands."""
    page = new_page(javascript=False, narrow=True)
    start_filing(page, BIRTH, PLAIN_PERSON)
    fill_birth_registration(page, child="Lê Thử Không Máy", copies=1)
    code = submit(page)
    page.get_by_role("link", name="Thanh toán", exact=True).first.click()
    pay(page)
    paid = page.get_by_role("heading", name=re.compile(r"^Đã nhận 8\.000"))
    reload_until(page, paid.is_visible, "paid")
    page.goto(f"/ho-so/{code}/")
    expect(page.get_by_role("main")).to_contain_text("ban-chup.png")


def test_filing_with_the_keyboard(new_page: Callable[..., Page]) -> None:
    """Start, look at the place again, be told what is missing, go there from the summary, mend it, go on."""
    page = new_page()
    start_filing(page, BIRTH, KEYBOARD_PERSON)
    expect_heading(page, "Người yêu cầu")
    _press(page, page.get_by_role("link", name="Đổi nơi nộp"), "Enter")
    expect_heading(page, "Bạn nộp hồ sơ ở đâu?")
    _press(page, page.get_by_role("button", name="Tiếp tục", exact=True), "Enter")
    expect_heading(page, "Người yêu cầu")
    _press(page, page.get_by_role("button", name="Lưu và tiếp tục"), "Enter")

    expect(page).to_have_title(re.compile("^Lỗi:"))
    summary = page.get_by_role("alert").first
    expect(summary).to_be_focused()
    page.keyboard.press("Tab")
    expect(summary.get_by_role("link").first).to_be_focused()
    page.keyboard.press("Enter")
    first = page.get_by_role("group", name=re.compile("^Bạn là gì của trẻ")).get_by_role("radio").first
    expect(first).to_be_focused()
    page.keyboard.press("Space")
    expect(first).to_be_checked()
    _press(page, page.get_by_role("button", name="Lưu và tiếp tục"), "Enter")
    expect_heading(page, "Người được khai sinh")
    page.go_back()  # over the page of errors, without being asked whether to send the form again
    expect_heading(page, "Người yêu cầu")


def test_first_tab_skips_to_the_content(new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Đến thẳng nội dung")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def _press(page: Page, target: Locator, key: str) -> None:
    """Tab until the target has the focus, see that the focus can be seen, then press the key."""
    for _press in range(80):
        if target.evaluate("element => element === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(target).to_be_focused()
    style = target.evaluate("e => { const s = getComputedStyle(e); return `${s.outlineStyle} ${s.boxShadow}` }")
    assert "solid" in style or "rgb" in style, f"the focus is not seen: {style}"
    page.keyboard.press(key)
    page.wait_for_load_state()
