"""Filings that more than one story makes, page by page as a citizen does."""

import re

from playwright.sync_api import Page, expect

from tests.browser.steps import (
    choose_place,
    expect_heading,
    fill_address,
    go_on,
    open_by_hand,
    start_filing,
    upload,
)

DA_NANG, AN_HAI = "Thành phố Đà Nẵng", "Phường An Hải"
HA_NOI, CUA_NAM = "Thành phố Hà Nội", "Phường Cửa Nam"
BIRTH, MARITAL, CRIMINAL_RECORD, BIRTH_AGAIN = "1.001193", "1.004873", "3.000333", "1.004884"
LINKED_BIRTH = "3.000722"


def fill_birth_registration(
    page: Page,
    *,
    child: str,
    copies: int,
    commune: str = AN_HAI,
    province: str = DA_NANG,
    names_father: bool = False,
) -> None:
    """From the choice of place to the check page of a birth registration with a paper birth notice.

    The father files; whether the certificate names him is asked apart.
    """
    choose_place(page, province, commune)
    page.get_by_role("radio", name="Cha", exact=True).check()
    go_on(page)
    fill_child(page, child=child, province=province, commune=commune)
    go_on(page)
    fill_mother(page, province=province, commune=commune)
    if names_father:
        page.get_by_role("checkbox", name="Cha mẹ có đăng ký kết hôn").check()
    else:
        page.get_by_role("checkbox", name="Khai người cha trong giấy khai sinh").uncheck()
    go_on(page)
    if copies:
        page.get_by_role("checkbox", name="Tôi cần thêm bản sao giấy").check()
        open_by_hand(page)
        page.get_by_label("Số bản sao").fill(str(copies))
    page.get_by_role("radio", name="Bản điện tử trong kho dữ liệu").check()
    if copies:
        where = page.get_by_role("group", name="Nhận bản sao giấy ở đâu")
        where.get_by_role("radio", name="Tại bộ phận một cửa").check()
    go_on(page)
    expect_heading(page, "Giấy tờ kèm theo")
    upload(page, "Giấy chứng sinh", f"Giấy chứng sinh: {child}")
    go_on(page)
    declare(page)


def fill_child(page: Page, *, child: str, province: str = DA_NANG, commune: str = AN_HAI) -> None:
    """The page about a child born with a paper birth notice."""
    page.get_by_role("radio", name="Giấy chứng sinh bằng giấy").check()
    open_by_hand(page)
    page.get_by_label("Số giấy chứng sinh").fill("04/2026/CS")
    page.get_by_label("Họ, chữ đệm, tên của trẻ").fill(child)
    page.get_by_label("Ngày, tháng, năm sinh").fill("02/11/2026")
    page.get_by_role("group", name="Giới tính").get_by_role("radio", name="Nữ").check()
    page.get_by_label("Dân tộc").select_option(label="Kinh")
    page.get_by_label("Nơi sinh", exact=True).fill("Bệnh viện Phụ sản Thử Nghiệm")
    fill_address(page.get_by_role("group", name="Nơi sinh thuộc xã nào"), province, commune)
    fill_address(page.get_by_role("group", name="Quê quán"), province, commune)


def fill_mother(page: Page, *, province: str = DA_NANG, commune: str = AN_HAI) -> None:
    """Who the mother is, on the page of the parents."""
    mother = page.get_by_role("group", name="Người mẹ")
    mother.get_by_label(re.compile("^Họ, chữ đệm, tên")).fill("Lê Thị Thử")
    mother.get_by_label(re.compile("^Ngày, tháng, năm sinh")).fill("08/03/1994")
    mother.get_by_label(re.compile("^Dân tộc")).select_option(label="Kinh")
    fill_address(mother.get_by_role("group", name="Nơi cư trú"), province, commune, "Số 30 đường Thử")


def declare(page: Page) -> None:
    """Tick the declaration, which stands once, above the last button."""
    page.get_by_role("checkbox", name=re.compile("^Tôi cam đoan")).check()


def fill_marital_status(page: Page, *, purpose: str = "Kết hôn") -> None:
    """From the choice of place to the check page: a certificate of marital status for oneself, decided in Hà Nội."""
    choose_place(page, HA_NOI, CUA_NAM)
    page.get_by_label("Bạn là gì của chủ hồ sơ").select_option(index=1)  # oneself: nothing more to tell
    go_on(page)
    page.get_by_role("radio", name="Chưa từng kết hôn").check()
    go_on(page)
    page.get_by_role("radio", name=purpose, exact=True).check()
    other = page.get_by_role("textbox", name=re.compile("kết hôn với|Người dự định", re.IGNORECASE))
    if other.count():
        other.first.fill("Nguyễn Thị Thử")
    go_on(page)
    page.get_by_role("radio", name="Bản điện tử trong kho dữ liệu").check()
    go_on(page)  # nothing is to be attached: the step of the papers is gone past
    declare(page)


def file_criminal_record(page: Page, person: str) -> None:
    """From the start to the check page: a criminal record certificate, decided by the province's police."""
    start_filing(page, CRIMINAL_RECORD, person)
    choose_place(page, DA_NANG)
    page.get_by_role("radio", name="Tự mình").check()
    go_on(page)
    page.get_by_label("Mục đích yêu cầu").fill("Xin việc làm")
    go_on(page)
    first = page.get_by_role("group", name=re.compile("Mục 1"))
    first.get_by_label("Từ tháng").fill("01/1990")
    fill_address(first.get_by_role("group", name=re.compile("^Nơi thường trú")), DA_NANG, "Phường Hải Châu", "Số 30")
    first.get_by_label("Nghề nghiệp, nơi làm việc").fill("Kỹ sư")
    go_on(page)
    page.get_by_role("radio", name="Chưa từng kết hôn").check()
    go_on(page)  # number 1 names no parents
    page.get_by_role("radio", name="Bản điện tử trong kho dữ liệu").check()
    go_on(page)  # for herself, by her VNeID: her identity card is not asked for, so the step of the papers is gone past
    declare(page)
    expect(page.get_by_text("200.000 đ").first).to_be_visible()
