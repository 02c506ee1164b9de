"""The back office decides: a supplement is asked for, answered in place, and the leader approves what is signed."""

import re
from collections.abc import Callable
from io import BytesIO

from PIL import Image
from playwright.sync_api import Page, expect

from portal.site.demo.files import sample_scan
from tests.browser.filings import MARITAL, fill_marital_status
from tests.browser.steps import (
    expect_heading,
    open_dossier,
    reload_until,
    sign_in_as_official,
    start_filing,
    submit,
    take_step,
)

APPLICANT = "Trần Văn Minh"
SET_ASIDE = "Vì sao không theo giấy"
MISSING, WRONG = "Trích lục ly hôn", "Hãy gửi bản chụp đủ bốn góc, đọc rõ số và ngày."


def test_supplement_asked_answered_and_approved(new_page: Callable[..., Page]) -> None:
    citizen, desk, specialist, leader = (new_page() for _role in range(4))
    start_filing(citizen, MARITAL, APPLICANT)
    fill_marital_status(citizen)
    code = submit(citizen)

    sign_in_as_official(desk, "demo.motcua")
    open_dossier(desk, code)
    _ask_for_supplement(desk)
    _answer_in_place(citizen, code)

    open_dossier(desk, code)
    expect(desk.get_by_role("main")).to_contain_text("bo-sung.png")
    _papers_open_beside(desk, citizen)
    _marks_are_drawn(desk, code)
    open_dossier(desk, code)
    take_step(desk, "Tiếp nhận")
    sign_in_as_official(specialist, "demo.chuyenvien")
    open_dossier(specialist, code)
    take_step(specialist, "Nhận xử lý")
    # a certificate of last month in his store says that he is married: why it is not followed is asked for
    fills = {"Ý kiến đề xuất": "Đủ điều kiện cấp giấy xác nhận.", SET_ASIDE: "Đã ly hôn theo trích lục bổ sung."}
    take_step(specialist, "Trình lãnh đạo", fills=fills)

    sign_in_as_official(leader, "demo.lanhdao")
    open_dossier(leader, code)
    expect(leader.get_by_role("main")).to_contain_text("Đủ điều kiện cấp giấy xác nhận.")
    take_step(leader, "Duyệt kết quả")
    _result_is_here(citizen, code)


def _ask_for_supplement(page: Page) -> None:
    take_step(
        page,
        "Yêu cầu bổ sung",
        fills={
            "Giấy tờ cần bổ sung": MISSING,  # nothing was handed in that could be ticked
            "Yêu cầu với giấy tờ này": WRONG,
            "Lý do chung": "Hồ sơ thiếu giấy tờ.",
        },
    )
    expect(page.get_by_role("main")).to_contain_text("Yêu cầu bổ sung giấy tờ")


def _papers_open_beside(page: Page, citizen: Page) -> None:
    """A picture and a PDF are shown in the page that stays, each fetched once; the citizen reads who opened them."""
    here, fetched = page.url, []
    page.evaluate("document.body.dataset.stays = 'yes'")
    page.on("request", lambda request: fetched.append(request.url) if "/kho-du-lieu/tep/" in request.url else None)
    viewer = page.locator("[data-viewer]")
    for name, shown in (("bo-sung.png", "img.viewer__image"), ("bo-sung.pdf", "iframe.viewer__frame")):
        with page.expect_response(re.compile("/kho-du-lieu/tep/")) as sent:
            page.get_by_role("link", name=name).click()
        assert sent.value.status == 200
        expect(viewer.locator(shown)).to_be_visible()
        expect(page.get_by_role("link", name=name)).to_have_attribute("aria-current", "true")
    assert len(fetched) == len(set(fetched)) == 2, fetched
    assert page.url == here and page.evaluate("document.body.dataset.stays") == "yes"
    citizen.goto("/kho-du-lieu/ai-da-xem/?viec=opened")
    rows = citizen.get_by_role("main").locator(".accesses__item")
    assert rows.filter(has_text=MISSING).count() == 2, "one row for each"


def _marks_are_drawn(page: Page, code: str) -> None:
    """On the picture with the mouse, on the PDF's page with the keyboard; nothing is sent."""
    page.goto(f"/quan-tri/ho-so/{code}/buoc/request-supplement/")
    item = page.locator(".defect").filter(has_text=MISSING)
    kept = item.locator("input[type=hidden]")
    item.get_by_text("Kèm ảnh").click()
    mark = item.get_by_role("button", name="Khoanh chỗ sai trên giấy")
    mark.click()
    expect(item.get_by_role("status")).to_contain_text("Hãy mở một tệp")
    page.get_by_role("link", name="bo-sung.png").click()
    mark.click()
    layer = page.locator(".marking__layer")
    area = layer.bounding_box()
    assert area is not None
    page.mouse.move(area["x"] + area["width"] * 0.2, area["y"] + area["height"] * 0.1)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] * 0.6, area["y"] + area["height"] * 0.3)
    page.mouse.up()
    page.get_by_role("button", name="Xong", exact=True).click()
    expect(kept).to_have_value(re.compile(r"^\d+:1:(199|200|201),(99|100|101),\d+,\d+$"))
    page.get_by_role("link", name="bo-sung.pdf").click()
    mark.click()
    expect(page.locator(".marking__layer")).to_be_focused()
    for key in ("ArrowRight", "Shift+ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(kept).to_have_value(re.compile(r";\d+:1:370,400,300,170$"))
    expect(page.locator("iframe.viewer__frame")).to_be_visible()
    item.get_by_role("button", name="Bỏ chỗ này").first.click()
    expect(kept).to_have_value(re.compile(r"^\d+:1:370,400,300,170$"))


def _answer_in_place(page: Page, code: str) -> None:
    """The citizen reads what is missing and why, in the agency's words, and answers on the spot."""
    page.goto(f"/ho-so/{code}/")
    main = page.get_by_role("main")
    for words in (MISSING, WRONG, "Hồ sơ thiếu giấy tờ."):
        expect(main).to_contain_text(words)
    page.get_by_role("link", name="Bổ sung giấy tờ").first.click()
    expect_heading(page, "Bổ sung giấy tờ")
    card = page.locator("section").filter(has=page.get_by_role("heading", name=MISSING))
    scan = sample_scan("Trích lục ly hôn", "BẢN MẪU")
    pages = BytesIO()
    Image.open(BytesIO(scan)).convert("RGB").save(pages, "PDF")
    card.get_by_label("Chụp ảnh hoặc chọn tệp").set_input_files(
        [
            {"name": "bo-sung.png", "mimeType": "image/png", "buffer": scan},
            {"name": "bo-sung.pdf", "mimeType": "application/pdf", "buffer": pages.getvalue()},
        ]
    )
    page.get_by_label(re.compile("^(Lời nhắn|Nội dung trả lời)")).fill("Tôi gửi bản chụp mới.")
    page.get_by_role("button", name="Gửi bổ sung").click()
    expect(page).to_have_url(re.compile(f"/ho-so/{re.escape(code)}/$"))
    for words in ("Mới đăng ký", "bo-sung.png"):
        expect(main).to_contain_text(words)
    letter = page.get_by_role("link", name="Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ")
    reload_until(page, letter.is_visible, "the letter asking for the supplement is written")


def _result_is_here(page: Page, code: str) -> None:
    page.goto(f"/ho-so/{code}/")
    result = page.get_by_role("link", name="Xem kết quả")
    reload_until(page, result.is_visible, "the result is issued")
    expect(page.get_by_role("main")).to_contain_text("Đã trả kết quả")
    result.click()
    main = page.get_by_role("main")
    expect(main).to_contain_text(re.compile("tình trạng hôn nhân", re.IGNORECASE))
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("^Tải về")).first.click()
    assert b"/ByteRange" in download.value.path().read_bytes(), "the PDF carries no signature"
    page.get_by_role("link", name="Mở trang kiểm tra").click()
    expect(main).to_contain_text("Chữ ký đúng")
