"""Paying goes wrong twice, refused and then broken off; the third time it passes, and the money counts once."""

import re

from playwright.sync_api import Page, expect

from tests.browser.filings import BIRTH, fill_birth_registration
from tests.browser.steps import pay, reload_until, settle_at_gateway, start_filing, submit

PAYER = "Đặng Thị Thu Trang"


def test_payment_fails_twice_then_passes(page: Page) -> None:
    start_filing(page, BIRTH, PAYER)
    fill_birth_registration(page, child="Đặng Thử Bình", copies=2)
    code = submit(page)
    page.get_by_role("link", name="Thanh toán", exact=True).first.click()
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"16\.000"))

    pay(page, outcome="Thanh toán thất bại")
    _not_paid(page, code)
    _try_again(page)
    settle_at_gateway(page, outcome="Hủy")
    _not_paid(page, code)
    _try_again(page)
    settle_at_gateway(page, outcome="Thanh toán thành công")

    paid = page.get_by_role("heading", name=re.compile(r"^Đã nhận 16\.000"))
    reload_until(page, paid.is_visible, "paid")
    _paid_once(page, code)


def _not_paid(page: Page, code: str) -> None:
    """The page says so, in words, and the dossier waits as before."""
    failed = page.get_by_role("heading", name="Thanh toán chưa thành công")
    reload_until(page, failed.is_visible, "the failure is told")
    result = page.url
    page.goto(f"/ho-so/{code}/")
    expect(page.get_by_role("main")).to_contain_text("Yêu cầu thực hiện nghĩa vụ tài chính")
    expect(page.get_by_role("link", name="Thanh toán", exact=True).first).to_be_visible()
    page.goto(result)


def _try_again(page: Page) -> None:
    """By the button of the failed payment; where it leads to the choice of a gateway, choose the same one."""
    main = page.get_by_role("main")
    again = main.get_by_role("button", name="Thử lại").or_(main.get_by_role("link", name="Thử lại"))
    again.first.click()
    page.wait_for_load_state()
    choice = page.get_by_role("radio", name=re.compile("VNPAY"))
    if choice.is_visible():
        choice.check()
        page.get_by_role("button", name=re.compile("^Trả ")).click()


def _paid_once(page: Page, code: str) -> None:
    page.goto(f"/thanh-toan/{code}/")
    expect(page.get_by_role("main")).to_contain_text("Bạn đã nộp đủ")
    page.goto("/thanh-toan/")
    main = page.get_by_role("main")
    mine = main.get_by_role("listitem").filter(has_text=code)  # others on this portal may have paid for other dossiers
    receipts = mine.get_by_role("link", name=re.compile("biên lai", re.IGNORECASE))
    reload_until(page, lambda: receipts.count() > 0, "the receipt is written")
    assert mine.count() == 3, f"{mine.count()} attempts to pay are listed, and there were three"
    assert receipts.count() == 1, f"{receipts.count()} receipts for one payment"
    page.goto(f"/ho-so/{code}/")
    expect(page.get_by_role("main").get_by_text("Đã nộp tiền", exact=True)).to_have_count(1)
