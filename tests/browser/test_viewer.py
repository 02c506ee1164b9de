"""The workbench's viewer: a scan is made larger and turned by buttons and keys, and lies straight to draw on."""

import io
import re
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from playwright.sync_api import Browser, Locator, Page, expect

from datastore import services
from datastore.models import DocumentFile
from portal.agencies.models import MembershipRole
from tests import factories
from tests.backoffice.conftest import signed_in, with_second_factor
from tests.browser.axe import violations
from tests.browser.conftest import WIDE
from tests.datastore.conftest import make_image

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def bench(browser: Browser, live_server: Any) -> Any:
    """A desk official at the supplement of a dossier whose paper is a picture, with the picture in the viewer."""
    dossier = factories.file_dossier()
    assert dossier.agency is not None
    file = DocumentFile.objects.select_related("blob__owner").get(document__used_in__dossier=dossier)
    with transaction.atomic():
        services.put_bytes(file, io.BytesIO(make_image("PNG", (600, 300))))
    official = with_second_factor(factories.make_official(dossier.agency, MembershipRole.DESK, "Phạm Thị Quầy"))
    context = browser.new_context(viewport=WIDE, locale="vi-VN", reduced_motion="reduce")  # type: ignore[arg-type] # dict
    value = signed_in(official).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page = context.new_page()
    address = f"/quan-tri/ho-so/{dossier.code}/buoc/request-supplement/?giay-to={file.pk}"
    page.goto(f"{live_server.url}{address}")
    yield page
    context.close()


def box_of(found: Locator) -> dict[str, float]:
    box = found.bounding_box()
    assert box is not None
    return dict(box)


def test_a_scan_is_made_larger_and_turned_and_back(bench: Page) -> None:
    image, stage = bench.locator("img.viewer__image"), bench.locator(".viewer__stage")
    said = bench.locator("[data-viewer-zoom]")
    expect(image).to_be_visible()
    fetched: list[str] = []
    bench.on("request", lambda request: fetched.append(request.url))
    whole = box_of(image)
    bench.get_by_role("button", name="Phóng to").click()
    expect(said).to_have_text("150 %")
    bench.keyboard.press("+")
    expect(said).to_have_text("200 %")
    assert box_of(stage)["width"] <= whole["width"] + 1, "it scrolls in its window"
    assert stage.evaluate("stage => stage.scrollWidth > stage.clientWidth || stage.scrollHeight > stage.clientHeight")
    assert violations(bench) == []
    bench.keyboard.press("-")
    bench.keyboard.press("-")
    expect(said).to_have_text("100 %")
    assert box_of(image) == whole
    bench.keyboard.press("r")
    turned = box_of(image)
    assert (turned["width"] > turned["height"]) is not (whole["width"] > whole["height"]), "it lies across"
    assert turned["x"] >= box_of(stage)["x"] - 1 and turned["y"] >= box_of(stage)["y"] - 1
    bench.get_by_role("button", name="Xoay trái").click()
    assert box_of(image) == whole
    for _quarter in range(2):
        bench.keyboard.press("r")
    expect(image).to_have_attribute("style", re.compile(r"rotate\(180deg\)"))
    bench.keyboard.press("0")
    expect(image).not_to_have_attribute("style", re.compile("."))
    assert fetched == [], "each opening is written down: zooming is none"


def middle_of(page: Page) -> list[float]:
    """Which point of the paper lies in the middle of the stage, in shares of what scrolls."""
    found: list[float] = page.locator(".viewer__stage").evaluate(
        "s => [(s.scrollLeft + s.clientWidth / 2) / s.scrollWidth, (s.scrollTop + s.clientHeight / 2) / s.scrollHeight]"
    )
    return found


def test_it_grows_around_its_middle_and_a_turn_keeps_the_place(bench: Page) -> None:
    expect(bench.locator("img.viewer__image")).to_be_visible()
    tops = {round(box_of(button)["y"]) for button in bench.locator(".viewer__tool").all()}
    assert len(tops) == 1, "the tools stand on one line"
    for _twice in range(2):
        bench.keyboard.press("+")
    assert middle_of(bench) == pytest.approx([0.5, 0.5], abs=0.02)
    bench.locator(".viewer__stage").evaluate("s => { s.scrollLeft += s.clientWidth / 4; }")
    across, down = middle_of(bench)
    assert across > 0.6
    bench.keyboard.press("r")
    assert middle_of(bench) == pytest.approx([1 - down, across], abs=0.03), "what was read is still in sight"
    bench.get_by_role("button", name="Xoay trái").click()
    assert middle_of(bench) == pytest.approx([across, down], abs=0.03)


def test_what_is_drawn_on_lies_as_it_was_sent(bench: Page) -> None:
    image = bench.locator("img.viewer__image")
    expect(image).to_be_visible()
    whole = box_of(image)["width"]
    for key in ("r", "+"):
        bench.keyboard.press(key)
    item = bench.locator(".defect").first
    item.get_by_text("Kèm ảnh").click()
    item.get_by_role("button", name="Khoanh chỗ sai trên giấy").click()
    layer = bench.locator(".marking__layer")
    expect(layer).to_be_focused()
    assert abs(box_of(layer)["width"] - whole) < 20
    expect(bench.locator(".marking__page > img")).not_to_have_attribute("style", re.compile("."))


def test_keys_are_letters_while_she_types_and_nothing_without_a_paper(bench: Page) -> None:
    words = bench.get_by_label("Lý do chung")
    words.fill("")
    words.press_sequentially("r+0-")
    expect(words).to_have_value("r+0-")
    expect(bench.locator("[data-viewer-zoom]")).to_have_text("100 %")
    expect(bench.locator("img.viewer__image")).not_to_have_attribute("style", re.compile("."))
