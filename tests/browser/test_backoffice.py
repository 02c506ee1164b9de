"""Desk, specialist and leader take one dossier to its result; every page keeps to the policy and to axe."""

from collections.abc import Callable
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.steps import reload_until, sign_in_as_official

Shoot = Callable[..., Path]
NewPage = Callable[..., Page]
PAGES = (
    "/quan-tri/",
    "/quan-tri/van-hanh/",
    "/quan-tri/van-hanh/van-ban/",
    "/quan-tri/du-lieu/",
    "/quan-tri/dossiers/dossier/",
    "/quan-tri/agencies/membership/add/",
    "/quan-tri/agencies/calendarday/add/",
    "/quan-tri/accounts/user/",
)


def no_violation(page: Page) -> None:
    """Axe over the page; without preloading, which would write style sheets into it, and our policy refuses that."""
    violations = Axe().run(page, options={"preload": False}).response["violations"]
    assert not violations, (page.url, [(row["id"], row["nodes"][0]["html"]) for row in violations])


def test_desk_specialist_and_leader_take_a_dossier_to_its_result(new_page: NewPage, screenshot: Shoot) -> None:
    desk = new_page()
    sign_in_as_official(desk, "demo.motcua")
    no_violation(desk)
    screenshot(desk, "backoffice-dashboard")
    desk.get_by_role("link", name="Mới nộp").first.click()
    no_violation(desk)
    screenshot(desk, "backoffice-queue")
    row = desk.locator("tr", has_text="khai sinh").first
    code = row.locator(".queue__link").inner_text()
    row.locator(".queue__link").click()
    desk.locator("a[data-view]").first.click()
    expect(desk.locator("[data-viewer] img, [data-viewer] iframe")).to_be_visible()
    no_violation(desk)
    screenshot(desk, "backoffice-workbench")
    address = desk.url
    desk.get_by_role("button", name="Tiếp nhận").click()
    expect(desk.get_by_text("Đã tiếp nhận hồ sơ.")).to_be_visible()

    specialist = new_page()
    sign_in_as_official(specialist, "demo.chuyenvien")
    specialist.goto(address)
    specialist.get_by_role("button", name="Nhận xử lý").click()
    specialist.get_by_role("link", name="Trình lãnh đạo").click()
    specialist.get_by_label("Ý kiến đề xuất").fill("Hồ sơ đầy đủ, đề nghị đăng ký.")
    no_violation(specialist)
    specialist.get_by_role("button", name="Trình lãnh đạo").click()
    expect(specialist.get_by_text("Đã trình lãnh đạo.")).to_be_visible()

    leader = new_page()
    sign_in_as_official(leader, "demo.lanhdao")
    no_violation(leader)
    leader.get_by_role("link", name="Chờ duyệt").first.click()
    leader.get_by_role("link", name=code).click()
    expect(leader.get_by_text("Hồ sơ đầy đủ, đề nghị đăng ký.").first).to_be_visible()
    leader.get_by_role("link", name="Duyệt kết quả").click()
    expect(leader.get_by_text("Không lấy lại được")).to_be_visible()
    leader.get_by_role("button", name="Xác nhận: Duyệt kết quả").click()
    expect(leader.get_by_text("Đã duyệt. Kết quả đang được lập và ký số.")).to_be_visible()
    reload_until(leader, leader.locator(".bench-head .tag", has_text="Đã trả kết quả").count, "the result came back")


def test_every_kind_of_page_keeps_to_policy_and_axe(page: Page, screenshot: Shoot) -> None:
    sign_in_as_official(page, "demo.toanquoc")
    for address in PAGES:
        for width in (WIDE, NARROW):
            for scheme in ("light", "dark"):
                page.set_viewport_size(width)  # type: ignore[arg-type]
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                page.goto(address)
                no_violation(page)
                found = page.evaluate("document.documentElement.scrollWidth")
                assert found <= width["width"], f"{address} is {found} pixels wide"
                screenshot(page, f"backoffice{address.replace('/', '-').rstrip('-')}-{width['width']}-{scheme}")
