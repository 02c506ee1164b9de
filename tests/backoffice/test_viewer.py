"""The viewer of the workbench in a real browser: a picture, then a PDF, beside the papers and without leaving the page.

Rows are written in a thread of their own, since Playwright keeps an event loop running in this one.
"""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from datastore import services as store
from datastore.models import AccessLog, TrustLevel
from dossiers import services
from dossiers.models import Dossier, DossierComponent
from portal.agencies.actors import Actor
from portal.agencies.models import MembershipRole
from tests import factories
from tests.backoffice.conftest import signed_in, with_second_factor
from tests.browser.conftest import browser  # noqa: F401 - the one Chromium of the run
from tests.datastore.conftest import make_pdf
from tests.payments.test_result_browser import in_a_thread

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _two_papers(settings: Any) -> tuple[Dossier, str]:
    """A dossier with a picture and a PDF, and the session of a desk's official."""
    dossier = factories.file_dossier()
    assert dossier.agency is not None and dossier.owner is not None
    desk = factories.official_actor(dossier.agency)
    services.request_supplement(dossier.code or "", actor=desk, reason="Thiếu giấy.")
    paper = store.deposit(
        owner=dossier.owner,
        content=make_pdf(),
        name="ban-quet.pdf",
        type_code="GT.KHAC",
        trust=TrustLevel.UPLOADED,
    )
    added = DossierComponent(component_code="bo-sung", name="Giấy khác", document=paper, files=[])
    services.supplement(dossier.code or "", actor=Actor.citizen(dossier.filer), answer="", components=[added])
    official = with_second_factor(factories.make_official(dossier.agency, MembershipRole.DESK, "Phạm Thị Quầy"))
    return dossier, signed_in(official).cookies[settings.SESSION_COOKIE_NAME].value


def test_papers_open_beside_each_other_and_leave_one_row_each(
    browser: Browser,  # noqa: F811 - the fixture above
    live_server: Any,
    settings: Any,
) -> None:
    dossier, session = in_a_thread(lambda: _two_papers(settings))
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    address = f"/quan-tri/ho-so/{dossier.code}/"
    page.goto(address)
    page.evaluate("window.isStillHere = true")
    viewer = page.locator("[data-viewer]")
    for name, kind in (("giay-to.png", "image"), ("ban-quet.pdf", "frame")):
        link = page.locator("a[data-view]").filter(has_text=name)
        link.click()
        shown = viewer.locator(f".viewer__{kind}")
        expect(shown).to_have_attribute("src", link.get_attribute("data-view") or "")
        expect(link).to_have_attribute("aria-current", "true")
        expect(viewer.locator("img, iframe")).to_have_count(1)
        expect(viewer.locator("[data-viewer-name]")).to_have_text(name)
        if kind == "image":
            expect(shown).to_have_js_property("complete", value=True)
            assert shown.evaluate("image => image.naturalWidth") > 0
    page.wait_for_load_state("networkidle")
    assert page.url.endswith(address) and page.evaluate("window.isStillHere"), "the page was not left"
    expect(page.locator("a[data-view][aria-current]")).to_have_count(1)
    context.close()

    def opened() -> list[str]:
        rows = AccessLog.objects.filter(document__isnull=False).order_by("pk")
        return [row.document.files.get().name for row in rows.select_related("document") if row.document]

    assert in_a_thread(opened) == ["giay-to.png", "ban-quet.pdf"]
