"""Uploads in a real browser: pages moved into their order, the line cut in the middle, gone on with where it was."""

import base64
import io
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from pypdf import PdfReader

from datastore import storage
from datastore.models import Document, DocumentType, UploadPart, UploadSession
from tests import factories
from tests.browser.axe import violations
from tests.browser.conftest import NARROW
from tests.dossiers.filing_pages import Filing, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PIECES = "**/kho-du-lieu/tai-len/**"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport=NARROW, locale="vi-VN")  # type: ignore[arg-type]
    yield made
    made.close()


def as_user(context: BrowserContext, live_server: Any, client: Any) -> Page:
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    return context.new_page()


def photo(shade: int) -> bytes:
    """A photo of more than one piece, darker or lighter all over."""
    noise = Image.frombytes("L", (1000, 1000), random.Random(shade).randbytes(1_000_000))
    out = io.BytesIO()
    noise.point(lambda value: value // 8 + shade).save(out, "PNG", compress_level=1)
    assert len(out.getvalue()) > 600_000
    return out.getvalue()


def test_photos_in_their_order_over_a_line_that_breaks(context: BrowserContext, live_server: Any) -> None:
    owner = factories.make_citizen()
    DocumentType.objects.get_or_create(code="GT.KHAC", defaults={"name": "Giấy tờ khác", "group": "upload"})
    page = as_user(context, live_server, signed_in(owner))
    sent: list[str] = []
    cuts = iter([False, True, False, False, True])

    def unsteady(route: Route) -> None:
        sent.append(route.request.method)
        if route.request.method == "PATCH" and next(cuts, False):
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(PIECES, unsteady)
    page.goto(f"{live_server.url}/kho-du-lieu/them/")
    files = [
        {"name": f"{name}.png", "mimeType": "image/png", "buffer": photo(shade)}
        for name, shade in (("sau", 200), ("truoc", 20))
    ]
    page.get_by_label("Tệp giấy tờ").set_input_files(files)
    pages = page.get_by_role("list", name="Các trang, theo thứ tự")
    expect(pages.get_by_role("listitem")).to_contain_text(["Trang 1: sau.png", "Trang 2: truoc.png"])
    pages.get_by_role("button", name="Lên trước truoc.png").click()
    assert violations(page) == []
    page.get_by_label("Đây là giấy tờ gì?").select_option("GT.KHAC")
    page.get_by_role("button", name="Thêm vào kho").click()
    expect(page.get_by_role("link", name="truoc và 1 trang nữa.pdf", exact=True)).to_be_visible(timeout=30_000)
    assert sent.count("HEAD") >= 2  # after each cut it asked how far it had come
    document = Document.objects.get(owner=owner)
    with storage.open_stream(document.files.get().blob) as stream:
        first, second = (page.images[0].image.convert("L") for page in PdfReader(stream).pages)
        assert first.resize((1, 1)).getpixel((0, 0)) < 60 < 180 < second.resize((1, 1)).getpixel((0, 0))
    assert not UploadSession.objects.exists() and not UploadPart.objects.exists()


DROP = """(box, files) => {
    const carried = new DataTransfer();
    for (const { name, text } of files) {
        const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
        carried.items.add(new File([bytes], name, { type: "image/png" }));
    }
    const over = new DragEvent("dragover", { dataTransfer: carried, bubbles: true, cancelable: true });
    const isTaken = !box.dispatchEvent(over) && box.classList.contains("is-over");
    const drop = new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true });
    return isTaken && !box.dispatchEvent(drop) && !box.classList.contains("is-over");
}"""
"""Drag files over an element and let them go; whether it took them, and said so while they were over it."""


def test_dropped_files_are_the_pages_of_a_paper(context: BrowserContext, live_server: Any) -> None:
    owner = factories.make_citizen()
    DocumentType.objects.get_or_create(code="GT.KHAC", defaults={"name": "Giấy tờ khác", "group": "upload"})
    page = as_user(context, live_server, signed_in(owner))
    page.goto(f"{live_server.url}/kho-du-lieu/them/")
    files = [
        {"name": f"{name}.png", "text": base64.b64encode(photo(shade)).decode()}
        for name, shade in (("mot", 20), ("hai", 200))
    ]
    box = page.locator("[data-upload]")
    assert box.evaluate(DROP, files)
    pages = page.get_by_role("list", name="Các trang, theo thứ tự")
    expect(pages.get_by_role("listitem")).to_contain_text(["Trang 1: mot.png", "Trang 2: hai.png"])
    page.get_by_label("Đây là giấy tờ gì?").select_option("GT.KHAC")
    page.get_by_role("button", name="Thêm vào kho").click()
    expect(page.get_by_role("link", name="mot và 1 trang nữa.pdf", exact=True)).to_be_visible(timeout=30_000)
    document = Document.objects.get(owner=owner)
    with storage.open_stream(document.files.get().blob) as stream:
        assert len(PdfReader(stream).pages) == 2


def test_a_filing_takes_a_large_photo_in_pieces(context: BrowserContext, live_server: Any) -> None:
    filing = Filing()
    page = as_user(context, live_server, filing.client)
    page.goto(f"{live_server.url}{filing.base}giay-to/")
    chooser = page.get_by_label("Chụp ảnh hoặc chọn tệp")
    chooser.set_input_files({"name": "lon.png", "mimeType": "image/png", "buffer": photo(90)})
    expect(page.get_by_role("button", name="Gỡ lon.png")).to_be_visible(timeout=30_000)
    assert filing.draft.components.get().files[0]["name"] == "lon.png" and not UploadSession.objects.exists()


def test_a_file_that_is_too_heavy_is_an_error_at_its_box(context: BrowserContext, live_server: Any) -> None:
    owner = factories.make_citizen()
    DocumentType.objects.get_or_create(code="GT.KHAC", defaults={"name": "Giấy tờ khác", "group": "upload"})
    page = as_user(context, live_server, signed_in(owner))
    page.goto(f"{live_server.url}/kho-du-lieu/them/")
    chooser = page.get_by_label("Tệp giấy tờ")
    heavy = b"x" * (settings.UPLOAD_MAX_BYTES + 1)
    chooser.set_input_files({"name": "nang.png", "mimeType": "image/png", "buffer": heavy})
    page.get_by_label("Đây là giấy tờ gì?").select_option("GT.KHAC")
    page.get_by_label("Tên để bạn dễ nhận ra").fill("Giấy của tôi")
    page.get_by_role("button", name="Thêm vào kho").click()
    error = page.locator(".upload--error").get_by_role("alert")
    expect(error).to_contain_text("Tệp lớn hơn 20 MB. Hãy chụp lại ở cỡ nhỏ hơn")
    expect(error).to_have_class("govuk-error-message")
    expect(chooser).to_have_attribute("aria-invalid", "true")
    expect(chooser).to_have_accessible_description(re.compile("Tệp lớn hơn 20 MB"))
    expect(chooser).to_be_focused()
    expect(page.get_by_role("progressbar")).to_be_hidden()
    expect(page.get_by_label("Tên để bạn dễ nhận ra")).to_have_value("Giấy của tôi")
    assert violations(page) == []
    chooser.set_input_files({"name": "nhe.png", "mimeType": "image/png", "buffer": photo(90)})
    expect(error).to_be_hidden()
    page.get_by_role("button", name="Bỏ nang.png").click()
    page.get_by_role("button", name="Thêm vào kho").click()
    expect(page.get_by_role("heading", name="Giấy của tôi")).to_be_visible(timeout=30_000)
