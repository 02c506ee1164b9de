"""A ministry's system decides over the wire format: a criminal record certificate, from filing to the store."""

import re

from playwright.sync_api import Page, expect

from tests.browser.filings import file_criminal_record
from tests.browser.steps import pay, reload_until, submit
from tests.stack import Stack

APPLICANT = "Huỳnh Thanh Sơn"


def test_ministry_answers_over_the_wire_format(page: Page, stack: Stack) -> None:
    file_criminal_record(page, APPLICANT)
    expect(page.get_by_role("main")).to_contain_text(re.compile("Công an thành phố Đà Nẵng"))
    code = submit(page)
    page.get_by_role("link", name="Thanh toán", exact=True).first.click()
    pay(page)
    paid = page.get_by_role("heading", name=re.compile(r"^Đã nhận 200\.000"))
    reload_until(page, paid.is_visible, "paid")

    page.goto(stack.sandbox_url("ministry", "/"))
    reload_until(page, page.get_by_role("link", name=code).is_visible, "the ministry has the dossier")

    page.goto(f"/ho-so/{code}/")
    result = page.get_by_role("link", name="Xem kết quả")
    reload_until(page, result.is_visible, "the ministry approved and its result is here", seconds=180)
    main = page.get_by_role("main")
    for text in ("Được tiếp nhận", "Đã trả kết quả", "Hệ thống nghiệp vụ Bộ Công an"):
        expect(main).to_contain_text(text)
    result.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Phiếu Lý lịch tư pháp số 1")
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"\d{4}/\d{4}/PLLTP"))
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("^Tải về")).first.click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
