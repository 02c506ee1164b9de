"""Two officials on one draft of a sheet, in a real browser: the slower one sees where the two differ."""

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, expect

from portal.agencies.models import Agency, AgencyLevel, Branch, MembershipRole
from procedures import catalogue, sheet_drafting
from procedures.models import SheetDraft
from procedures.packs import REFERENCE, own_reference
from tests import factories
from tests.backoffice.conftest import with_second_factor
from tests.browser.axe import violations
from tests.browser.conftest import NARROW, SCREENSHOTS, WIDE
from tests.dossiers.filing_pages import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CODE = "1.004873"


def test_the_page_that_was_overtaken_shows_where_the_two_differ(browser: Browser, live_server: Any) -> None:
    reference = own_reference()
    catalogue.load_life_events(reference)
    version = catalogue.load_pack(REFERENCE / "procedures" / f"{CODE}.yaml", reference=reference).version
    agency = Agency.objects.create(
        code=version.issuer_code, name="Bộ Tư pháp", level=AgencyLevel.MINISTRY, branch=Branch.JUSTICE, path="G15/"
    )
    official = with_second_factor(factories.make_official(agency, MembershipRole.ADMINISTRATOR))
    draft = sheet_drafting.begin(CODE, user=official)
    context = browser.new_context(viewport=NARROW, locale="vi-VN")  # type: ignore[arg-type]  # a plain dict of width and height
    value = signed_in(official).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page = context.new_page()
    address = f"{live_server.url}/quan-tri/bieu-mau/{CODE}/noi-dung/"
    page.goto(address)
    page.fill("#id_summary_vi", "Tóm tắt của tôi")
    other = factories.make_official(agency, MembershipRole.ADMINISTRATOR, "Người Khác")
    theirs = draft.facts | {"summary": {"vi": "Tóm tắt của người khác"}}
    sheet_drafting.save(CODE, theirs, seen=1, user=other)
    page.get_by_role("button", name="Lưu bản thảo").click()
    notice = page.locator(".notice--amber")
    expect(notice).to_contain_text("Tóm tắt của người khác")
    expect(notice).to_contain_text("Tóm tắt của tôi")
    expect(page.get_by_role("button", name="Lưu bản thảo")).to_have_count(0)
    expect(page.locator("#id_summary_vi")).to_have_value("Tóm tắt của tôi")
    assert SheetDraft.objects.get().facts == theirs
    _look(page, "sheet-overtaken")
    with page.expect_popup() as opened:
        notice.get_by_role("link", name="Mở bản mới nhất").click()
    expect(opened.value.locator("#id_summary_vi")).to_have_value("Tóm tắt của người khác")
    page.goto(f"{address}cong-bo/")
    expect(page.locator("main")).to_contain_text("Tóm tắt: Tóm tắt của người khác")
    _look(page, "sheet-changes")
    context.close()


def _look(page: Any, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for width, size, scheme in (("360", NARROW, "light"), ("1280", WIDE, "dark")):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
        assert not violations(page), (name, width)
