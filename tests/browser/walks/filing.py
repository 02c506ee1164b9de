"""Filing page by page, each page first as it comes and then with everything wrong; a birth registration."""

import re

from playwright.sync_api import Page, expect

from tests.browser.filings import AN_HAI, BIRTH, DA_NANG
from tests.browser.steps import (
    begin,
    choose_place,
    expect_heading,
    fill_address,
    go_on,
    press,
    sign_in_as_citizen,
    start_filing,
    upload,
)
from tests.browser.walks.walk import Guide, Stops, Walk

PERSON = "Giàng Thị Mỷ"
LONG = "Nguyễn Thị Kim Anh Phương Thảo Minh Châu Ngọc Diệp " * 5
"""250 characters, the longest a name may be, with marks above and below."""


def _go_on_empty(guide: Guide) -> None:
    guide.page.get_by_role("button", name="Lưu và tiếp tục").click()
    guide.page.get_by_role("alert").first.wait_for()


def _fill_and_press_at_once(page: Page, label: str, words: str) -> None:
    """Mend the last wrong box and press the button where it stands, as a finger does: it must not have moved away.

    The error goes while the button is already pressed; without its room the button would slip from under the finger.
    """
    box = page.get_by_label(label, exact=True)
    box.fill(words)
    button = page.get_by_role("button", name="Lưu và tiếp tục").last
    button.scroll_into_view_if_needed()
    expect(box).to_be_focused()
    place = button.bounding_box()
    assert place is not None
    with page.expect_navigation():
        page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] - 4)


def _birth(guide: Guide) -> Stops:
    page = guide.page
    guide.go(f"/nop-ho-so/{BIRTH}/")
    yield "filing-start"
    page.get_by_role("button", name="Đăng nhập VNeID và bắt đầu").click()
    sign_in_as_citizen(page, PERSON)
    begin(page)
    page.get_by_role("link", name="Đổi nơi nộp").click()
    page.wait_for_load_state()
    yield "filing-place"
    page.get_by_label("Tỉnh, thành phố").select_option("")
    page.get_by_role("button", name="Tiếp tục", exact=True).click()
    page.get_by_role("alert").first.wait_for()
    yield "filing-place-errors"
    choose_place(page, DA_NANG, AN_HAI)
    yield "filing-person"
    _go_on_empty(guide)
    yield "filing-person-errors"
    page.get_by_role("radio", name="Cha", exact=True).check()
    go_on(page)
    yield "filing-child"
    page.get_by_label("Ngày, tháng, năm sinh").fill("31/02/2026")
    _go_on_empty(guide)
    yield "filing-child-errors"
    page.get_by_role("radio", name="Giấy chứng sinh bằng giấy").check()
    page.get_by_label("Số giấy chứng sinh").fill("04/2026/CS")
    page.get_by_label("Họ, chữ đệm, tên của trẻ").fill(LONG.strip()[:100])
    page.get_by_label("Ngày, tháng, năm sinh").fill("02/11/2026")
    page.get_by_role("group", name="Giới tính").get_by_role("radio", name="Nữ").check()
    page.get_by_label("Dân tộc").select_option(label="Kinh")
    fill_address(page.get_by_role("group", name="Nơi sinh thuộc xã nào"), DA_NANG, AN_HAI)
    fill_address(page.get_by_role("group", name="Quê quán"), DA_NANG, AN_HAI)
    page.keyboard.press("Tab")
    red = ".govuk-error-summary li:not(.is-mended), .govuk-form-group--error:not(.is-mended)"
    expect(page.locator(red)).to_have_count(2)  # each went as it was filled; one box and its line are left
    _fill_and_press_at_once(page, "Nơi sinh", "Bệnh viện Phụ sản Thử Nghiệm")
    expect_heading(page, "Cha, mẹ")
    yield "filing-parents"
    _go_on_empty(guide)
    yield "filing-parents-errors"
    yield from _rest(guide)


def _rest(guide: Guide) -> Stops:
    page = guide.page
    mother = page.get_by_role("group", name="Người mẹ")
    mother.get_by_label(re.compile("^Họ, chữ đệm, tên")).fill("Lê Thị Thử")
    mother.get_by_label(re.compile("^Ngày, tháng, năm sinh")).fill("08/03/1994")
    mother.get_by_label(re.compile("^Dân tộc")).select_option(label="Kinh")
    fill_address(mother.get_by_role("group", name="Nơi cư trú"), DA_NANG, AN_HAI, "Số 30 đường Thử")
    page.get_by_role("checkbox", name="Khai người cha trong giấy khai sinh").uncheck()
    go_on(page)
    yield "filing-copies"
    page.get_by_role("checkbox", name="Tôi cần thêm bản sao giấy").check()
    page.get_by_label("Số bản sao").fill("2")
    page.get_by_role("radio", name="Bản điện tử trong kho dữ liệu").check()
    where = page.get_by_role("group", name="Nhận bản sao giấy ở đâu")
    where.get_by_role("radio", name="Tại bộ phận một cửa").check()
    go_on(page)
    yield "filing-papers"
    papers = page.url
    press(page, "Lưu và tiếp tục")
    yield "filing-papers-errors"
    guide.go(papers)
    card = page.locator("section").filter(has=page.get_by_role("heading", name="Giấy chứng sinh"))
    text = {"name": "giay-chung-sinh.jpg", "mimeType": "image/jpeg", "buffer": "Gõ tay, không phải ảnh".encode()}
    card.get_by_label("Chụp ảnh hoặc chọn tệp").set_input_files(text)
    send = card.get_by_role("button", name=re.compile("^Tải lên"))
    if send.is_visible():
        send.click()
    page.get_by_text("văn bản thường").first.wait_for()
    yield "filing-papers-refused"
    guide.go(papers)
    upload(page, "Giấy chứng sinh", "Giấy chứng sinh", name=f"{'giay-chung-sinh-ban-chup-' * 3}.png")
    yield "filing-papers-attached"
    go_on(page)
    yield "filing-check"
    page.get_by_role("button", name="Nộp hồ sơ", exact=True).click()
    page.get_by_role("alert").first.wait_for()
    yield "filing-check-errors"
    guide.go("/ho-so/")
    yield "dossiers-with-draft"
    draft = guide.links(r"^/nop-ho-so/")[0]
    guide.go(draft)
    page.get_by_role("link", name="Xóa bản nháp này").click()
    page.wait_for_load_state()
    yield "filing-discard"
    page.get_by_role("main").get_by_role("button", name=re.compile("^Xóa")).click()
    page.wait_for_load_state()
    yield "dossiers-after-discard"


def _no_script_place(guide: Guide) -> Stops:
    start_filing(guide.page, "1.004222", PERSON)
    yield "filing-other-place"


WALKS = (
    Walk(
        "filing",
        _birth,
        frozenset({"dossiers:start", "dossiers:filing_step", "dossiers:filing_discard", "dossiers:list"}),
    ),
    Walk("filing-other", _no_script_place, frozenset({"dossiers:filing_step"})),
)
