"""On paper: A4, without navigation, with the page's address and a QR that leads back to it."""

import re
from collections.abc import Callable
from io import BytesIO
from urllib.parse import urlsplit

import pypdf
from django.template.loader import render_to_string
from playwright.sync_api import Page, expect

from procedures import sheet_texts
from tests.browser.steps import reload_until, sign_in_as_citizen

A4 = (595, 842)
HOLDER = "Trần Văn Minh"


def test_sheet_prints(page: Page) -> None:
    page.goto("/thu-tuc/1.001193/")
    words = _printed(page)
    assert _squeezed("/thu-tuc/1.001193/") in words
    assert _squeezed("Quét để mở trang này") in words
    assert _squeezed("Trong trang này") not in words
    qr = page.get_by_role("img", name="Mã QR mở trang này", include_hidden=True)
    expect(qr).to_have_count(1)


def test_parts_of_a_sheet_follow_each_other_on_paper_in_line_with_its_head(page: Page) -> None:
    page.goto("/thu-tuc/1.001193/")
    page.emulate_media(media="print")
    expect(page.locator(".sheet")).to_have_css("display", "block")
    for part in page.locator(".sheet__body > section").all():
        expect(part).to_have_css("break-inside", "auto")
    left = "names => names.map(name => document.querySelector(name).getBoundingClientRect().left)"
    head, title, body = page.evaluate(left, [".print-head", ".sheet__head", ".sheet__body"])
    assert head == title == body


def test_a_folded_part_of_a_sheet_is_printed_whole(page: Page) -> None:
    """Our own procedures have no part so long: the sheet's own piece, put onto a page with its own look."""
    texts = [f"Bước thứ {number}: " + "nộp giấy rồi chờ. " * 8 for number in range(1, 61)]
    folded = {"texts": texts, "size": sheet_texts.measure(texts), "ordered": 1}
    page.goto("/thu-tuc/1.001193/")
    put = "(html) => document.getElementById('buoc').parentElement.insertAdjacentHTML('beforeend', html)"
    page.evaluate(put, render_to_string("procedures/_texts.html", folded))
    expect(page.get_by_text("Bước thứ 60:")).to_be_hidden()
    assert _squeezed("Bước thứ 60:") in _printed(page)
    expect(page.get_by_text("Bước thứ 60:")).to_be_hidden()


def test_dossier_prints(new_page: Callable[..., Page]) -> None:
    page = new_page(dark=True)  # paper stays white
    address = _dossiers(page)[0]
    page.goto(address)
    words = _printed(page)
    assert _squeezed(address) in words
    assert _squeezed("Diễn biến") in words
    expect(page.get_by_role("img", name="Mã QR để tra cứu hồ sơ này")).to_be_visible()


def test_confirmation_prints(page: Page) -> None:
    address = _dossiers(page)[0]
    page.goto(f"{address}da-nop/")
    words = _printed(page)
    assert _squeezed(address.split("/")[-2]) in words
    assert _squeezed(f"{address}da-nop/") in words
    assert _squeezed("Điều gì xảy ra tiếp theo") in words
    qr = page.get_by_role("img", name="Mã QR để tra cứu hồ sơ này", include_hidden=True)
    expect(qr).to_have_count(1)


def test_a_paper_of_the_store_prints_with_the_code_that_proves_it(page: Page) -> None:
    page.goto("/tai-khoan/vao/?next=/kho-du-lieu/")
    sign_in_as_citizen(page, HOLDER)
    page.goto("/kho-du-lieu/")
    paper = page.get_by_role("main").get_by_role("link", name="Giấy xác nhận tình trạng hôn nhân").first
    reload_until(page, paper.is_visible, "the worker has issued the result")
    paper.click()
    words = _printed(page)
    assert _squeezed("Giấy xác nhận tình trạng hôn nhân") in words and _squeezed("Còn hiệu lực") in words
    assert _squeezed(urlsplit(page.url).path) in words
    # By what can be pressed, not by words: who looked through a shared link is told on the same page, and is printed.
    main = page.get_by_role("main")
    actions = {}
    for name in ("Chia sẻ bằng liên kết", "Tải về", "Mở trang kiểm tra", "Xóa khỏi kho"):
        begins = re.compile(f"^{name}")
        actions[name] = main.get_by_role("link", name=begins).or_(main.get_by_role("button", name=begins)).first
    offered = [name for name, action in actions.items() if action.is_visible()]
    assert len(offered) > 1, offered
    page.emulate_media(media="print")
    for name in offered:
        expect(actions[name], f"{name} is printed, and nothing can be pressed on paper").to_be_hidden()
    expect(page.get_by_role("img", name="Mã QR xác thực kết quả")).to_be_visible()


def test_receipts_are_papers_of_a4(page: Page) -> None:
    """The slip of filing and the intake receipt, which a citizen prints and takes along."""
    seen: set[str] = set()
    for address in _dossiers(page):
        page.goto(address)
        letters = page.locator("main a[href$='/tep/']").filter(has_text=re.compile("^(Xác nhận nộp|Giấy tiếp nhận)"))
        reload_until(page, letters.count, "the worker has drawn the letters")
        for letter in letters.all():
            name = letter.inner_text()
            sheets = pypdf.PdfReader(BytesIO(page.request.get(letter.get_attribute("href") or "").body())).pages
            assert {_size(sheet) for sheet in sheets} == {A4}, f"{name} is not A4"
            words = _squeezed(" ".join(sheet.extract_text() for sheet in sheets))
            for said in (name, address.split("/")[-2], HOLDER, "quét mã QR ở góc trên bên trái"):
                assert _squeezed(said) in words, f"{name} of {address} does not say {said}"
            seen.add(name)
    assert seen == {"Xác nhận nộp hồ sơ trực tuyến", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"}


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


def _dossiers(page: Page) -> list[str]:
    """The addresses of the holder's dossiers, in his window."""
    page.goto("/tai-khoan/vao/?next=/ho-so/")
    sign_in_as_citizen(page, HOLDER)
    page.goto("/ho-so/")
    links = page.get_by_role("main").get_by_role("link")
    found = links.evaluate_all("links => links.map(link => link.getAttribute('href'))")
    return [href for href in dict.fromkeys(found) if re.fullmatch(r"/ho-so/[^/]+/", href)]


def _printed(page: Page) -> str:
    """The words of the page as printed; each sheet is A4 and none carries the menu or the footer."""
    reader = pypdf.PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
    for sheet in reader.pages:
        assert _size(sheet) == A4, f"not A4: {sheet.mediabox}"
    words = _squeezed(" ".join(sheet.extract_text() for sheet in reader.pages))
    for unwanted in ("Mục lục", "Đăng nhập VNeID", "Hiển thị sáng, tối", "In trang này"):
        assert _squeezed(unwanted) not in words, f"{unwanted} is printed"
    return words


def _size(sheet: pypdf.PageObject) -> tuple[int, int]:
    return round(sheet.mediabox.width), round(sheet.mediabox.height)


def _squeezed(text: str) -> str:
    """Without spaces and capitals: letters with two marks come out as pieces of their own, titles in capitals."""
    return re.sub(r"\s", "", text).casefold()
