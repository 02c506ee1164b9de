"""The back office decides: a supplement is asked for, answered in place, and the leader approves what is signed."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.filings import MARITAL, fill_marital_status
from tests.browser.steps import (
    expect_heading,
    open_dossier,
    reload_until,
    sign_in_as_official,
    start_filing,
    submit,
    take_step,
    upload,
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


def _answer_in_place(page: Page, code: str) -> None:
    """The citizen reads what is missing and why, in the agency's words, and answers on the spot."""
    page.goto(f"/ho-so/{code}/")
    main = page.get_by_role("main")
    for words in (MISSING, WRONG, "Hồ sơ thiếu giấy tờ."):
        expect(main).to_contain_text(words)
    page.get_by_role("link", name="Bổ sung giấy tờ").first.click()
    expect_heading(page, "Bổ sung giấy tờ")
    upload(page, MISSING, "Trích lục ly hôn", name="bo-sung.png", at_once=False)
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
