"""An official's day: second factor, queue, workbench, refusal, intake, proposal, approval; the queue by keyboard."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.filings import MARITAL, fill_marital_status
from tests.browser.steps import begin, reload_until, sign_in_as_official, start_filing, submit
from tests.browser.walks.looking import wrongs_of

NewPage = Callable[..., Page]
Shoot = Callable[..., Path]
APPLICANT = "Huỳnh Thanh Sơn"


def test_an_officials_day(new_page: NewPage, screenshot: Shoot) -> None:
    page = new_page()
    start_filing(page, MARITAL, APPLICANT)
    fill_marital_status(page)
    approved, refused = submit(page), _file(page)
    desk = new_page()
    sign_in_as_official(desk, "demo.motcua")
    _desk_refuses(desk, refused, screenshot)
    _citizen_reads_the_refusal(page, refused)
    _desk_takes_in(desk, approved, screenshot)
    _specialist_proposes(new_page(narrow=True, dark=True), approved, screenshot)
    _leader_approves(new_page(dark=True), approved, screenshot)


def _file(page: Page) -> str:
    page.goto(f"/nop-ho-so/{MARITAL}/")
    begin(page)
    fill_marital_status(page)
    return submit(page)


def _desk_refuses(page: Page, code: str, screenshot: Shoot) -> None:
    _good(page, "desk", screenshot)
    page.get_by_role("link", name="Mới nộp").first.click()
    _good(page, "queue", screenshot)
    page.get_by_role("link", name=code).click()
    _step(page, "Từ chối tiếp nhận")
    page.get_by_role("button", name=re.compile("Từ chối tiếp nhận")).click()
    expect(page.get_by_role("alert").first).to_be_visible()
    _good(page, "refuse-errors", screenshot)
    page.get_by_role("textbox", name="Lý do từ chối").fill(
        "Nơi cư trú không thuộc địa bàn phường. Mời nộp tại phường nơi cư trú."
    )
    page.get_by_role("button", name=re.compile("Từ chối tiếp nhận")).click()
    expect(page.get_by_text("Đã từ chối tiếp nhận")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Không được tiếp nhận")


def _citizen_reads_the_refusal(page: Page, code: str) -> None:
    """That it is refused, why, where to go, and the letter that says so, as a PDF."""
    page.goto(f"/ho-so/{code}/")
    main = page.get_by_role("main")
    expect(main).to_contain_text("không tiếp nhận hồ sơ")
    expect(main).to_contain_text("Mời nộp tại phường nơi cư trú.")
    letter = main.get_by_role("link", name=re.compile("Phiếu từ chối"))
    reload_until(page, letter.is_visible, "the letter of the refusal is there")
    paper = page.request.get(letter.get_attribute("href") or "")
    assert paper.ok and paper.headers["content-type"] == "application/pdf" and paper.body().startswith(b"%PDF")
    page.goto("/hop-thu/")
    expect(page.get_by_role("main")).to_contain_text(f"Hồ sơ {code} không được tiếp nhận")


def _desk_takes_in(page: Page, code: str, screenshot: Shoot) -> None:
    page.goto("/quan-tri/hang-doi/moi-nop/")
    page.get_by_role("link", name=code).click()
    page.get_by_role("main").get_by_role("button", name="Tiếp nhận", exact=True).click()
    expect(page.get_by_text("Đã tiếp nhận hồ sơ")).to_be_visible()
    _good(page, "accepted", screenshot)


def _specialist_proposes(page: Page, code: str, screenshot: Shoot) -> None:
    """On a phone, in the dark."""
    sign_in_as_official(page, "demo.chuyenvien")
    page.goto(f"/quan-tri/ho-so/{code}/")
    page.get_by_role("button", name="Nhận xử lý").click()
    expect(page.get_by_text("Hồ sơ đang được xử lý.")).to_be_visible()
    _step(page, "Trình lãnh đạo")
    _good(page, "propose", screenshot)
    page.get_by_label(re.compile("Ý kiến đề xuất")).fill("Đủ điều kiện cấp giấy xác nhận.")
    page.get_by_role("button", name="Trình lãnh đạo").click()
    expect(page.get_by_text("Đã trình lãnh đạo.")).to_be_visible()


def _leader_approves(page: Page, code: str, screenshot: Shoot) -> None:
    sign_in_as_official(page, "demo.lanhdao")
    _good(page, "leader", screenshot)
    page.get_by_role("link", name="Chờ duyệt").first.click()
    page.get_by_role("link", name=code).click()
    expect(page.get_by_text("Đủ điều kiện cấp giấy xác nhận.").first).to_be_visible()
    _step(page, "Duyệt kết quả")
    expect(page.get_by_text("Không hoàn tác được")).to_be_visible()
    _good(page, "approve", screenshot)
    page.get_by_role("button", name="Xác nhận: Duyệt kết quả").click()
    expect(page.get_by_text("Đã duyệt. Kết quả đang được lập và ký số.")).to_be_visible()
    returned = page.get_by_role("main").get_by_text("Đã trả kết quả").first
    reload_until(page, returned.is_visible, "the result is issued")


def test_queue_by_keyboard(new_page: NewPage) -> None:
    """From the search key to a dossier and back without a mouse: Ctrl+K, Tab, arrows, Enter."""
    page = new_page()
    sign_in_as_official(page, "demo.lanhdao")
    page.goto("/quan-tri/hang-doi/da-xong/")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("searchbox")).to_be_focused()
    rows = page.locator("a.queue__link")
    assert rows.count() >= 2, "the demo has finished dossiers"
    for _press in range(40):
        page.keyboard.press("Tab")
        if rows.first.evaluate("link => link === document.activeElement"):
            break
    expect(rows.first).to_be_focused()
    assert rows.first.evaluate("link => getComputedStyle(link).outlineStyle") == "solid", "the focus is not seen"
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(rows.last).to_be_focused()
    page.keyboard.press("Home")
    address = rows.first.get_attribute("href") or ""
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(address)))


def _step(page: Page, label: str) -> None:
    """Open the form of a step."""
    page.get_by_role("main").get_by_role("link", name=re.compile(f"^{label}")).first.click()
    expect(page).to_have_url(re.compile("/buoc/"))


def _good(page: Page, name: str, screenshot: Shoot) -> None:
    screenshot(page, f"office-{name}")
    wrongs = wrongs_of(page, name)
    assert not wrongs, "\n".join(wrongs)
