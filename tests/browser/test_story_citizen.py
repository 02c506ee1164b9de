"""The main job in one go: search, sign in, file, pay, the province decides, the result verified without a network."""

import re
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.filings import AN_HAI, BIRTH_AGAIN, DA_NANG, fill_birth_registration
from tests.browser.steps import (
    begin,
    choose_place,
    expect_heading,
    pay,
    press,
    reload_until,
    sign_in_as_citizen,
    submit,
    until,
)
from tests.stack import Stack

FATHER, PHONE_TAIL, MAIL = "Võ Quốc Huy", "0005", "huy@vidu.example"
CHILD = "Võ Thử An"
AGENCY = "Ủy ban nhân dân phường An Hải"


def test_from_search_to_offline_verification(page: Page, stack: Stack, tmp_path: Path) -> None:
    _find_and_start(page)
    expect(page.get_by_role("main")).to_contain_text(
        re.compile(r"Bước 2 (trên|\(nhiều nhất)")
    )  # the place is where he lives: nothing to choose
    fill_birth_registration(page, child=CHILD, copies=1)
    code = _check_and_submit(page)
    _pay_the_copy(page, code)
    _province_decides(page, code, stack)
    address, file = _signed_result(page, code, tmp_path)
    _verified_online(page, address, file)
    _verified_offline(page, address, tmp_path)
    _offered_at_the_next_filing(page)
    _tracked_without_signing_in(page, code)
    _rated_and_counted(page, code)
    _told_by_mail(page, code)


def _find_and_start(page: Page) -> None:
    page.goto("/")
    search = page.get_by_role("search").first
    search.get_by_role("combobox").or_(search.get_by_role("searchbox")).first.fill("khai sinh")
    search.get_by_role("button", name="Tìm").click()
    expect(page).to_have_url(re.compile(r"/thu-tuc/\?q="))
    page.get_by_role("main").get_by_role("link", name="Đăng ký khai sinh", exact=True).first.click()
    expect_heading(page, "Đăng ký khai sinh")
    expect(page.get_by_role("main")).to_contain_text("1.001193")
    page.get_by_role("link", name="Nộp hồ sơ trực tuyến").first.click()
    page.get_by_role("button", name="Đăng nhập VNeID và bắt đầu").click()
    sign_in_as_citizen(page, FATHER)
    begin(page)


def _check_and_submit(page: Page) -> str:
    main = page.get_by_role("main")
    expect_heading(page, "Kiểm tra rồi nộp")
    for text in (AGENCY, FATHER, CHILD, "02/11/2026", "ban-chup.png", "SHA-256"):
        expect(main).to_contain_text(text)
    expect(main).to_contain_text(re.compile(r"Nộp ngay sau khi gửi hồ sơ:\s*8\.000"))
    code = submit(page)
    expect(page.get_by_role("status").first).to_contain_text("chờ bạn nộp phí")
    return code


def _pay_the_copy(page: Page, code: str) -> None:
    page.get_by_role("link", name="Thanh toán", exact=True).first.click()
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"8\.000"))
    pay(page)
    paid = page.get_by_role("heading", name=re.compile(r"^Đã nhận 8\.000"))
    reload_until(page, paid.is_visible, "paid")
    receipt = page.get_by_role("link", name="Tải biên lai điện tử")
    reload_until(page, receipt.is_visible, "the receipt is written")
    with page.expect_download() as download:
        receipt.click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")


def _province_decides(page: Page, code: str, stack: Stack) -> None:
    """Nobody clicks: the province's system takes the dossier in, works and approves by itself."""
    page.goto(f"/ho-so/{code}/")
    result = page.get_by_role("link", name="Xem kết quả")
    reload_until(page, result.is_visible, "the province approved and the result is here", seconds=150)
    main = page.get_by_role("main")
    for text in ("Đã nộp tiền", "Được tiếp nhận", "Bắt đầu xử lý", "Đã trả kết quả"):
        expect(main).to_contain_text(re.compile(text, re.IGNORECASE))
    for letter in ("Xác nhận nộp hồ sơ trực tuyến", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"):
        link = page.get_by_role("link", name=letter)
        reload_until(page, link.is_visible, f"{letter} is written")


def _signed_result(page: Page, code: str, folder: Path) -> tuple[str, Path]:
    """Through the document store to the file and the text of its QR."""
    page.goto("/kho-du-lieu/")
    page.get_by_role("main").get_by_role("link", name="Giấy khai sinh", exact=True).first.click()
    main = page.get_by_role("main")
    for text in (AGENCY, "Còn hiệu lực", r"Số định danh\s*048\d{9}"):  # the province gave the child a number
        expect(main).to_contain_text(re.compile(text, re.IGNORECASE))
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("^Tải về")).first.click()
    file = folder / "ket-qua.pdf"
    download.value.save_as(file)
    content = file.read_bytes()
    assert content.startswith(b"%PDF-")
    assert b"/ByteRange" in content, "the PDF carries no signature"
    address = page.get_by_role("link", name="Mở trang kiểm tra").get_attribute("href") or ""
    assert re.match(r"/xm/[A-Z2-7]{16}#[A-Z2-7]{100,}$", address), f"no credential behind the QR: {address[:60]}"
    _photograph(page, folder / "qr.png")
    fetched = page.get_by_role("region", name="Ai đã xem").get_by_text(f"nhận kết quả hồ sơ {code}").first
    reload_until(page, fetched.is_visible, "the province's system fetched the paper that the portal signed for it")
    return address, file


def _photograph(page: Page, path: Path) -> None:
    """A picture of the QR as a phone held close takes it."""
    drawing = page.get_by_role("img", name=re.compile("QR")).first.evaluate("drawing => drawing.outerHTML")
    desk = page.context.new_page()
    desk.set_content(f'<body style="margin: 60px; background: #fff"><div style="width: 800px">{drawing}</div>')
    desk.screenshot(path=path, full_page=True)
    desk.close()


def _verified_online(page: Page, address: str, file: Path) -> None:
    page.goto(address)
    main = page.get_by_role("main")
    expect(main).to_contain_text("Giấy khai sinh")
    expect(main).to_contain_text("Chữ ký đúng")
    expect(main).to_contain_text(CHILD)  # whom the certificate is about, not who filed
    page.goto("/xm/tep/")
    page.get_by_label(re.compile("tệp", re.IGNORECASE)).first.set_input_files(file)
    page.get_by_role("main").get_by_role("button", name=re.compile("^Kiểm tra")).click()
    expect(page.get_by_role("main")).to_contain_text("Tệp do Cổng cấp, chưa bị sửa")


def _verified_offline(page: Page, address: str, folder: Path) -> None:
    """A stranger's phone that opened the checker once: no network now, the QR from a picture and as pasted text."""
    page.goto("/xm/")
    kept = (
        "navigator.serviceWorker.ready.then(() => caches.keys()).then((names) => names.some((n) => /^verify-/.test(n)))"
    )
    until(
        lambda: page.evaluate(kept), "the checker is kept for offline", pause=lambda s: page.wait_for_timeout(s * 1000)
    )
    page.reload()
    page.context.set_offline(True)
    try:
        page.get_by_label("Hoặc chọn ảnh có mã QR").set_input_files(folder / "qr.png")
        _says_authentic(page)
        page.goto("/xm/")
        typed = page.get_by_label(re.compile("^Hoặc gõ mã"))
        typed.fill(f"{page.url.partition('/xm/')[0]}{address}")
        typed.press("Enter")
        _says_authentic(page)
        _refuses_forged(page, address)
    finally:
        page.context.set_offline(False)


def _says_authentic(page: Page) -> None:
    main = page.get_by_role("main")
    expect(main).to_contain_text("Chữ ký đúng", timeout=30_000)
    expect(main).to_contain_text("Không có mạng")
    expect(main).to_contain_text("Giấy thử: ký bằng")
    expect(main).to_contain_text(CHILD)
    expect(main).to_contain_text("Giấy khai sinh")


def _refuses_forged(page: Page, address: str) -> None:
    """One letter of the signed part changed."""
    at = len(address) - 200
    forged = address[:at] + ("A" if address[at] != "A" else "B") + address[at + 1 :]
    page.goto("/xm/")
    typed = page.get_by_label(re.compile("^Hoặc gõ mã"))
    typed.fill(f"{page.url.partition('/xm/')[0]}{forged}")
    typed.press("Enter")
    verdict = page.get_by_role("main")
    expect(verdict).to_contain_text(re.compile("Chữ ký sai|không phải mã QR|không khớp"), timeout=30_000)
    expect(verdict).not_to_contain_text("Chữ ký đúng")


def _offered_at_the_next_filing(page: Page) -> None:
    """Registering the birth again asks for a copy of the certificate; the one just issued is offered, and taken."""
    page.goto(f"/nop-ho-so/{BIRTH_AGAIN}/")
    begin(page)
    choose_place(page, DA_NANG, AN_HAI)
    draft = page.url.rsplit("/", 2)[0]
    page.goto(f"{draft}/person/")
    page.get_by_role("checkbox", name=re.compile("^Tôi còn bản sao Giấy khai sinh")).check()
    press(page, "Lưu và tiếp tục")  # the rest of the page stays open; what is said is kept
    page.goto(f"{draft}/giay-to/")
    card = page.get_by_role("region", name=re.compile("^Bản sao Giấy khai sinh"))
    expect(card).to_contain_text("Giấy khai sinh")
    card.get_by_role("button", name=re.compile("^Dùng giấy tờ này")).first.click()
    expect(card).to_contain_text("Lấy từ kho dữ liệu")


def _tracked_without_signing_in(page: Page, code: str) -> None:
    browser = page.context.browser
    assert browser is not None
    stranger: BrowserContext = browser.new_context(base_url=page.url.partition("/nop-ho-so/")[0], locale="vi-VN")
    try:
        track = stranger.new_page()
        track.goto(f"/tra-cuu/?code={code}")
        track.get_by_label(re.compile("^4 số cuối")).fill(PHONE_TAIL)
        track.get_by_role("main").get_by_role("button", name="Tra cứu").click()
        expect(track.get_by_role("main")).to_contain_text("Đã trả kết quả")
        expect(track.get_by_role("main")).not_to_contain_text(FATHER)
        track.goto(f"/ho-so/{code}/")
        expect(track).to_have_url(re.compile("/tai-khoan/vao/"))
    finally:
        stranger.close()


def _rated_and_counted(page: Page, code: str) -> None:
    page.goto(f"/ho-so/{code}/")
    page.get_by_role("link", name="Đánh giá dịch vụ").click()
    page.get_by_role("radio", name="Rất hài lòng", exact=True).check()
    page.get_by_role("button", name="Gửi đánh giá").click()
    expect_heading(page, "Cảm ơn bạn đã đánh giá")
    page.get_by_role("link", name="Xem số liệu của cơ quan này").click()
    handled = page.get_by_role("main").get_by_text("hồ sơ đã giải quyết")
    expect(page.get_by_role("main")).to_contain_text(AGENCY)
    expect(handled.first).to_be_visible()
    agency = page.url
    row = page.get_by_role("row").filter(has_text=re.compile("An Hải|trực tiếp"))
    # other stories share this agency; a share of fewer than five ratings is told to nobody
    reload_until(page, lambda: row.count() and re.search(r"\b[1-9]", row.first.inner_text()), f"{agency} counts it")


def _told_by_mail(page: Page, code: str) -> None:
    page.goto("/hop-thu-thu-nghiem/")
    mails = page.get_by_role("listitem").filter(has_text=MAIL).filter(has_text=code)
    reload_until(page, lambda: mails.count() >= 2, "mails about the dossier lie in the mailbox")
    expect(mails.filter(has_text=re.compile("kết quả", re.IGNORECASE)).first).to_be_visible()
