"""The pages on which officials build a form and write a sheet, in a real browser: unfolded by axe, and by keyboard."""

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from portal.agencies.models import Agency, AgencyLevel, Branch, MembershipRole
from procedures import catalogue, drafting, sheet_drafting
from procedures.packs import REFERENCE, own_reference
from tests import factories
from tests.backoffice.conftest import signed_in, with_second_factor
from tests.browser.axe import violations
from tests.browser.conftest import NARROW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CODE = "3.000333"


def test_the_builder_and_the_sheet_unfolded_and_by_keyboard(browser: Browser, live_server: Any) -> None:
    catalogue.load_life_events(own_reference())
    version = catalogue.load_pack(REFERENCE / "procedures" / f"{CODE}.yaml", reference=own_reference()).version
    agency = Agency.objects.create(
        code=version.issuer_code, name="Bộ Tư pháp", level=AgencyLevel.MINISTRY, branch=Branch.JUSTICE, path="G15/"
    )
    official = with_second_factor(factories.make_official(agency, MembershipRole.ADMINISTRATOR))
    draft = drafting.begin(CODE, user=official)
    sheet_drafting.begin(CODE, user=official)
    rows = [field for page in draft.form["pages"] for group in page["groups"] for field in group["fields"]]
    repeat = next(row for row in rows if row["type"] == "repeat")
    behind = next(row for row in rows if row.get("visible_if") or row.get("required_if"))
    context = browser.new_context(viewport=NARROW, locale="vi-VN")  # type: ignore[arg-type]  # a plain dict of width and height
    value = signed_in(official).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page = context.new_page()
    base = f"{live_server.url}/quan-tri/bieu-mau/{CODE}/"
    steps = {
        "question": f"cau-hoi/{behind['key']}/",
        "repeat": f"cau-hoi/{repeat['key']}/",
        "column": f"cau-hoi/{repeat['key']}/phan/{repeat['fields'][0]['key']}/",
        "preview": "xem-truoc/?mau=2",
        "preview-page": f"xem-truoc/{draft.form['pages'][0]['key']}/",
        "sheet": "noi-dung/",
    }
    for name, address in steps.items():
        page.goto(base + address)
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        _look(page, name)
    page.goto(base + steps["repeat"])
    last = page.locator(".builder-lines > .builder-row").last
    key = last.get_attribute("id")
    last.get_by_role("button", name="Lên").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".builder-lines > .builder-row").nth(-2)).to_have_id(key or "")
    expect(page.locator(f"[id='up:{(key or '').removeprefix('p-')}']")).to_be_focused()
    context.close()


def _look(page: Page, name: str) -> None:
    """With everything unfolded, which no walk does; the walk through the builder has the other looks."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    assert not violations(page), name
