"""A parent files for the child from home: the certificate that the state issued is all that is asked for."""

import re

from playwright.sync_api import Page, expect

from tests.browser.filings import BIRTH, CUA_NAM, HA_NOI, MARITAL, declare, fill_birth_registration
from tests.browser.steps import choose_place, fill_address, go_on, open_by_hand, reload_until, start_filing, submit

FATHER, CHILD = "Huỳnh Thanh Sơn", "Huỳnh Thử Yên"


def test_a_father_files_for_his_child(page: Page) -> None:
    _birth_is_registered(page)
    _child_is_added(page)
    _filing_is_the_childs(page)


def _birth_is_registered(page: Page) -> None:
    """The province's system decides by itself, and the child gets a number."""
    start_filing(page, BIRTH, FATHER)
    fill_birth_registration(page, child=CHILD, copies=0, names_father=True)
    code = submit(page)
    page.goto(f"/ho-so/{code}/")
    result = page.get_by_role("link", name="Xem kết quả")
    reload_until(page, result.is_visible, "the certificate is here", seconds=150)


def _child_is_added(page: Page) -> None:
    page.goto("/dai-dien/")
    page.get_by_role("button", name=re.compile(f"^Đại diện cho con.*{CHILD}")).click()
    main = page.get_by_role("main")
    expect(page.get_by_text(f"Từ nay bạn nộp hồ sơ thay {CHILD} được.")).to_be_visible()
    expect(main).to_contain_text(re.compile(f"{CHILD}.*Cha, mẹ đại diện cho con.*theo Giấy khai sinh"))


def _filing_is_the_childs(page: Page) -> None:
    """The first page asks for whom; the form begins with what the certificate says, and says so."""
    page.goto(f"/nop-ho-so/{MARITAL}/")
    page.get_by_role("radio", name=re.compile(f"^{CHILD}")).check()
    page.get_by_role("button", name=re.compile("^(Bắt đầu|Tiếp tục bản nháp)$")).click()
    main = page.get_by_role("main")
    expect(main).to_contain_text(f"Bạn đang nộp thay {CHILD}")
    choose_place(page, HA_NOI, CUA_NAM)
    expect(main).to_contain_text(re.compile(rf"Họ, chữ đệm, tên\s*{CHILD}"))
    expect(main).to_contain_text("Từ kho dữ liệu: Giấy khai sinh")
    expect(main).to_contain_text("Từ tài khoản VNeID của người đại diện")
    fill_address(page.get_by_role("group", name="Nơi cư trú"), HA_NOI, CUA_NAM, "Số 30 đường Thử")
    page.get_by_label("Bạn là gì của chủ hồ sơ").select_option(index=1)
    go_on(page)
    page.get_by_role("radio", name="Chưa từng kết hôn").check()
    go_on(page)
    page.get_by_role("radio", name="Mục đích khác").check()
    open_by_hand(page)
    page.get_by_label(re.compile("^Giấy dùng vào việc gì")).fill("Bổ sung hồ sơ nhập học")
    go_on(page)
    page.get_by_role("radio", name="Bản điện tử trong kho dữ liệu").check()
    go_on(page)
    declare(page)
    code = submit(page)
    page.goto(f"/ho-so/{code}/")
    for words in ("Chủ hồ sơ", CHILD, "Người nộp thay", FATHER):
        expect(page.get_by_role("complementary", name="Thông tin hồ sơ")).to_contain_text(words)
