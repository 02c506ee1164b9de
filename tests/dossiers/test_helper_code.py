"""The helper's page in a real browser: the code of the QR's address is in its field, and no longer in the address.

Rows are written in a thread of their own, since Playwright keeps an event loop running in this one.
"""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests import factories
from tests.browser.conftest import browser  # noqa: F401 - the one Chromium of the run
from tests.dossiers.filing_pages import signed_in
from tests.threads import in_a_thread

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_code_behind_the_mark_is_filled_in(browser: Browser, live_server: Any, settings: Any) -> None:  # noqa: F811 - the fixture above
    def session() -> str:
        client = signed_in(factories.make_citizen("Người Giúp"))
        return str(client.cookies[settings.SESSION_COOKIE_NAME].value)

    context = browser.new_context(base_url=live_server.url)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": in_a_thread(session), "url": live_server.url}
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto("/giup-nop-ho-so/nhan/#12345678")
    expect(page.get_by_label("Mã 8 số")).to_have_value("12345678")
    assert page.url.endswith("/giup-nop-ho-so/nhan/")
    page.goto("about:blank")
    page.goto("/giup-nop-ho-so/nhan/#<b>1234567")
    expect(page.get_by_label("Mã 8 số")).to_have_value("")
    context.close()
