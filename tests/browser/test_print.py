"""On paper: A4, without navigation, with the page's address and a QR that leads back to it."""

import re
from collections.abc import Callable
from io import BytesIO

import pypdf
from playwright.sync_api import Page, expect

from tests.browser.steps import sign_in_as_citizen

A4 = (595, 842)
HOLDER = "Trần Văn Minh"


def test_sheet_prints(page: Page) -> None:
    page.goto("/thu-tuc/1.001193/")
    words = _printed(page)
    assert "/thu-tuc/1.001193/" in words
    assert _squeezed("Quét để mở trang này") in words
    assert _squeezed("Trong trang này") not in words
    qr = page.get_by_role("img", name="Mã QR mở trang này", include_hidden=True)
    expect(qr).to_have_count(1)


def test_dossier_prints(new_page: Callable[..., Page]) -> None:
    page = new_page(dark=True)  # paper stays white
    page.goto("/tai-khoan/vao/?next=/ho-so/")
    sign_in_as_citizen(page, HOLDER)
    page.goto("/ho-so/")
    address = page.locator("main a[href^='/ho-so/']").first.get_attribute("href") or ""
    page.goto(address)
    words = _printed(page)
    assert address in words
    assert _squeezed("Diễn biến") in words
    expect(page.get_by_role("img", name="Mã QR để tra cứu hồ sơ này")).to_be_visible()


def test_dark_reader_prints_on_white(new_page: Callable[..., Page]) -> None:
    page = new_page(dark=True)
    page.goto("/thu-tuc/1.001193/")
    page.emulate_media(media="print", color_scheme="dark")
    body = page.locator("body")
    expect(body).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(body).to_have_css("color", "rgb(0, 0, 0)")
    for hidden in (page.get_by_role("banner"), page.get_by_role("contentinfo"), page.get_by_role("search")):
        for number in range(hidden.count()):
            expect(hidden.nth(number)).to_be_hidden()


def _printed(page: Page) -> str:
    """The words of the page as printed; each sheet is A4 and none carries the menu or the footer."""
    reader = pypdf.PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
    for sheet in reader.pages:
        box = sheet.mediabox
        assert (round(box.width), round(box.height)) == A4, f"not A4: {box}"
    words = _squeezed(" ".join(sheet.extract_text() for sheet in reader.pages))
    for unwanted in ("Mục lục", "Đăng nhập VNeID", "Hiển thị sáng, tối", "In trang này"):
        assert _squeezed(unwanted) not in words, f"{unwanted} is printed"
    return words


def _squeezed(text: str) -> str:
    """Without spaces: letters with two marks come out of a PDF as pieces of their own."""
    return re.sub(r"\s", "", text)
