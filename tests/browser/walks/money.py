"""Paying: what is owed, the gateway's pages, coming back paid, refused or waiting, and the list with receipts."""

import re

from playwright.sync_api import expect

from tests.browser.filings import BIRTH, fill_birth_registration
from tests.browser.steps import reload_until, settle_at_gateway, start_filing, submit
from tests.browser.walks.walk import Guide, Stops, Walk

PAYER = "Đặng Thị Thu Trang"


def _pay(guide: Guide) -> Stops:
    page = guide.page
    guide.go("/")
    start_filing(page, BIRTH, PAYER)
    fill_birth_registration(page, child="Đặng Thử Hình", copies=2)
    code = submit(page)
    yield "submitted-owing"
    guide.go(f"/thanh-toan/{code}/")
    yield "payment"
    page.get_by_role("radio", name=re.compile("VNPAY")).check()
    page.get_by_role("button", name=re.compile("^Trả ")).click()
    expect(page.get_by_role("button", name="Thanh toán thất bại")).to_be_visible()
    yield "sandbox-gateway"
    settle_at_gateway(page, outcome="Thanh toán thất bại")
    failed = page.get_by_role("heading", name="Thanh toán chưa thành công")
    reload_until(page, failed.is_visible, "the failure is told")
    yield "payment-failed"
    guide.go(f"/thanh-toan/{code}/")
    page.get_by_role("radio", name=re.compile("VNPAY")).check()
    page.get_by_role("button", name=re.compile("^Trả ")).click()
    settle_at_gateway(page, outcome="Thanh toán thành công")
    yield "payment-back"
    paid = page.get_by_role("heading", name=re.compile(r"^Đã nhận 16\.000"))
    reload_until(page, paid.is_visible, "paid")
    yield "payment-done"
    receipt = page.get_by_role("link", name="Tải biên lai điện tử")
    reload_until(page, receipt.is_visible, "the receipt is written")
    guide.go("/thanh-toan/")
    yield "payments"
    guide.go(f"/thanh-toan/{code}/")
    yield "payment-nothing-owed"
    guide.go(f"/ho-so/{code}/")
    yield "dossier-paid"
    guide.go("/kho-du-lieu/")
    yield "store-after-payment"


WALKS = (
    Walk(
        "paying",
        _pay,
        frozenset(
            {
                "dossiers:submitted",
                "payments:start",
                "payments:return",
                "payments:list",
                "dossiers:detail",
                "datastore:list",
            }
        ),
    ),
)
