"""The waiting page in a real browser: it changes by itself once the notice comes, with scripts and without.

Rows are written in a thread of their own, since Playwright keeps an event loop running in this one.
"""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, expect

from payments.models import PaymentOrder
from tests.browser.conftest import browser  # noqa: F401 - the one Chromium of the run
from tests.payments.situations import open_order, owing_dossier, tell_vnpay, vnpay_fields
from tests.threads import in_a_thread

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def waiting_order(settings: Any) -> tuple[PaymentOrder, str]:
    """An open order and the session cookie of its payer."""

    def make() -> tuple[PaymentOrder, str]:
        order = open_order(owing_dossier(8000))
        client = Client()
        client.force_login(order.payer)
        return order, client.cookies[settings.SESSION_COOKIE_NAME].value

    return in_a_thread(make)


@pytest.mark.parametrize("has_script", [True, False], ids=["with-script", "without-script"])
def test_waiting_page_changes_by_itself(browser: Browser, live_server: Any, settings: Any, has_script: bool) -> None:  # noqa: F811
    order, session = waiting_order(settings)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=has_script)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"/thanh-toan/ket-qua/vnpay/?vnp_TxnRef={order.reference}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Đang chờ xác nhận thanh toán")
    assert in_a_thread(lambda: tell_vnpay(vnpay_fields(order)))["RspCode"] == "00"
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đã nhận", timeout=20_000)
    context.close()
