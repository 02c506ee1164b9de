"""What else befalls dossiers: late with an apology, handed to the right agency, one declaration for several.

An agency's administrator words its letters, and her words stand on them: on an apology, on a receipt among linked ones.
"""

import re
from collections.abc import Callable
from io import BytesIO

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.filings import (
    AN_HAI,
    CUA_NAM,
    DA_NANG,
    HA_NOI,
    LINKED_BIRTH,
    MARITAL,
    declare,
    fill_child,
    fill_marital_status,
    fill_mother,
)
from tests.browser.steps import (
    choose_place,
    expect_heading,
    fill_address,
    go_on,
    open_dossier,
    reload_until,
    settle_at_gateway,
    sign_in_as_citizen,
    sign_in_as_official,
    start_filing,
    submit,
    take_step,
    upload,
)

NewPage = Callable[..., Page]
TRADER, FATHER, CHILD = "Lê Văn Tư", "Võ Quốc Huy", "Võ Thử Bình"
WORDS = "Hỏi thêm: bộ phận một cửa, 024 3000 0000, giờ làm việc."
OTHER_CHILD = "Võ Thử Hạnh"
RECEIPT_WORDS = "Mang theo giấy chứng sinh bản chính khi đến nhận giấy khai sinh."
RIGHT_AGENCY = "Ủy ban nhân dân phường An Hải, thành phố Đà Nẵng"


def test_late_with_an_apology_and_a_new_date(new_page: NewPage) -> None:
    """The administrator words the letter, the leader apologises with a new date, the citizen reads all of it."""
    administrator, leader, citizen = new_page(), new_page(), new_page(narrow=True)
    sign_in_as_official(administrator, "demo.quantri")
    _word_the_letter(administrator)
    sign_in_as_official(leader, "demo.lanhdao")
    leader.goto("/quan-tri/hang-doi/tre-han/")
    leader.get_by_role("row").filter(has_text=TRADER).get_by_role("link").first.click()
    code = leader.url.partition("?")[0].rstrip("/").rsplit("/", 1)[-1]
    reason = "Phải xem lại địa điểm kinh doanh."
    take_step(leader, "Xin lỗi, hẹn lại", fills={"^Lý do$": reason, "^Ngày hẹn mới": "2027-01-15"})
    citizen.goto(f"/tai-khoan/vao/?next=/ho-so/{code}/")
    sign_in_as_citizen(citizen, TRADER)
    main = citizen.get_by_role("main")
    for words in ("Xin lỗi và hẹn lại ngày trả", reason, "15/01/2027"):
        expect(main).to_contain_text(words)
    letter = citizen.get_by_role("link", name="Văn bản xin lỗi")
    reload_until(citizen, letter.is_visible, "the apology is written")
    pdf = citizen.request.get(letter.get_attribute("href") or "").body()
    text = " ".join(PdfReader(BytesIO(pdf)).pages[0].extract_text().split())
    assert WORDS in text and f"Kính gửi {TRADER}" in text and reason in text
    assert re.search(r"đúng ngày đã hẹn: 17:00, \d\d/\d\d/20\d\d", text), "the day that is not kept"
    assert "hẹn lại thời gian trả kết quả: 17:00, 15/01/2027" in text


def _word_the_letter(page: Page) -> None:
    _word(
        page,
        letter="Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết",
        opening="Kính gửi {nguoi_nop}.",
        closing=WORDS,
    )


def _word(page: Page, *, letter: str, closing: str, opening: str = "") -> None:
    """First on paper, in a window of its own, then for good from today on."""
    page.goto("/quan-tri/dossiers/lettertext/add/")
    page.get_by_label("Cơ quan").select_option(index=1)
    page.get_by_label("Văn bản").select_option(label=letter)
    page.get_by_label("Lời mở đầu").fill(opening)
    page.get_by_label("Lời kết").fill(closing)
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Xem trên giấy, chưa lưu").click()
    opened.value.close()
    page.get_by_role("button", name="Lưu lại", exact=True).click()
    expect(page).to_have_url(re.compile("/quan-tri/dossiers/lettertext/$"))


def test_filed_at_the_wrong_agency(new_page: NewPage) -> None:
    """The desk hands the filing on; the right agency's system gets and decides it, nothing is filed again."""
    citizen, desk = new_page(), new_page()
    start_filing(citizen, MARITAL, FATHER)
    fill_marital_status(citizen)
    code = submit(citizen)
    sign_in_as_official(desk, "demo.motcua")
    open_dossier(desk, code)
    reason = "Nơi cư trú của ông thuộc phường An Hải."
    take_step(desk, "Chuyển cơ quan khác", fills={"^Cơ quan$": RIGHT_AGENCY, "^Lý do$": reason})
    assert desk.request.get(f"/quan-tri/ho-so/{code}/").status == 404, "it left the desk"
    citizen.goto(f"/ho-so/{code}/")
    for words in (reason, RIGHT_AGENCY):
        expect(citizen.get_by_role("main")).to_contain_text(words)
    result = citizen.get_by_role("link", name="Xem kết quả")
    reload_until(citizen, result.is_visible, "the right agency decided", seconds=150)


def test_one_declaration_for_several_agencies(new_page: NewPage) -> None:
    """A province's system registers the birth; residence and health card follow with the number, to other agencies.

    The citizen goes to the gateway once, right after filing; the police's charge is settled when it is asked for.
    """
    citizen, police = new_page(), new_page()
    start_filing(citizen, LINKED_BIRTH, FATHER)
    _declare_birth(citizen)
    citizen.get_by_role("button", name="Nộp hồ sơ").click()
    expect(citizen).to_have_url(re.compile("/lien-thong/"))
    bundle = citizen.url
    _pay_once(citizen)
    citizen.goto(bundle)
    parts = citizen.get_by_role("list").filter(has_text="Đăng ký thường trú").get_by_role("listitem")
    residence = parts.filter(has_text="Đăng ký thường trú").get_by_role("link").first
    reload_until(citizen, residence.count, "the birth is registered, the residence follows", seconds=150)
    code = (residence.get_attribute("href") or "").rstrip("/").rsplit("/", 1)[-1]
    sign_in_as_official(police, "demo.congan")
    open_dossier(police, code)
    expect(police.get_by_role("main")).to_contain_text(CHILD)
    take_step(police, "Tiếp nhận")
    take_step(police, "Yêu cầu nộp phí")
    expect(police.get_by_role("main")).to_contain_text("Lệ phí đăng ký thường trú")
    citizen.reload()
    main = citizen.get_by_role("main")
    for words in (
        "Xong 1 trên 3 hồ sơ",
        "Đang chờ Công an phường Cửa Nam, thành phố Hà Nội, hẹn trả",
        "Đang chờ Bảo hiểm xã hội thành phố Hà Nội tiếp nhận",
    ):
        expect(main).to_contain_text(words)
    expect(main.get_by_role("link", name="Giấy khai sinh")).to_be_visible()


def _pay_once(page: Page) -> None:
    """One visit to the gateway for what the parts will ask for."""
    page.get_by_role("link", name=re.compile(r"^Nộp tất cả 10\.000")).click()
    expect(page.get_by_role("main")).to_contain_text("Chưa đến hạn, nộp trước được")
    page.get_by_role("radio", name=re.compile("VNPAY")).check()
    page.get_by_role("button", name="Sang trang thanh toán").click()
    settle_at_gateway(page, outcome="Thanh toán thành công")
    reload_until(page, page.get_by_role("heading", name=re.compile(r"^Đã nhận 10\.000")).is_visible, "paid")


def _declare_birth(page: Page, *, child: str = CHILD, province: str = DA_NANG, commune: str = AN_HAI) -> None:
    choose_place(page, province, commune)
    page.get_by_role("radio", name="Cha", exact=True).check()
    go_on(page)
    fill_child(page, child=child)
    go_on(page)
    fill_mother(page, province=province, commune=commune)
    page.get_by_role("checkbox", name="Cha mẹ có đăng ký kết hôn").check()
    page.get_by_label("Dân tộc").last.select_option(label="Kinh")
    go_on(page)
    page.get_by_label("Bạn là gì của chủ hộ").select_option(index=1)
    page.get_by_role("group", name="Quan hệ của trẻ với chủ hộ").get_by_role("radio", name="Con", exact=True).check()
    fill_address(page.get_by_role("group", name="Nơi đăng ký thường trú"), HA_NOI, CUA_NAM, "Số 12 ngõ Thử Nghiệm")
    go_on(page)
    page.get_by_role("radio", name="Của tôi", exact=True).check()
    go_on(page)
    page.get_by_label("Nơi đăng ký khám chữa bệnh ban đầu").fill("Trạm Y tế phường Cửa Nam")
    go_on(page)
    go_on(page)
    expect_heading(page, "Giấy tờ kèm theo")
    upload(page, "Giấy chứng sinh", f"Giấy chứng sinh: {child}")
    go_on(page)
    declare(page)


def test_an_administrator_words_the_receipt_of_a_linked_dossier(new_page: NewPage) -> None:
    """What she wrote for good stands on the receipt of the birth that came with a declaration for several agencies."""
    administrator, citizen, desk = new_page(), new_page(), new_page()
    sign_in_as_official(administrator, "demo.quantri")
    _word(administrator, letter="Giấy tiếp nhận hồ sơ và hẹn trả kết quả", closing=RECEIPT_WORDS)
    start_filing(citizen, LINKED_BIRTH, FATHER)
    _declare_birth(citizen, child=OTHER_CHILD, province=HA_NOI, commune=CUA_NAM)
    citizen.get_by_role("button", name="Nộp hồ sơ").click()
    expect(citizen).to_have_url(re.compile("/lien-thong/"))
    parts = citizen.get_by_role("list").filter(has_text="Đăng ký khai sinh").get_by_role("listitem")
    birth = parts.filter(has_text="Đăng ký khai sinh").get_by_role("link").first
    code = (birth.get_attribute("href") or "").rstrip("/").rsplit("/", 1)[-1]
    sign_in_as_official(desk, "demo.motcua")
    open_dossier(desk, code)
    expect(desk.get_by_role("main")).to_contain_text(OTHER_CHILD)
    take_step(desk, "Tiếp nhận")
    citizen.goto(f"/ho-so/{code}/")
    letter = citizen.get_by_role("link", name="Giấy tiếp nhận")
    reload_until(citizen, letter.count, "the receipt is written")
    pdf = citizen.request.get(letter.first.get_attribute("href") or "").body()
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())
    assert RECEIPT_WORDS in text and code in text.replace(" ", "")
    administrator.goto("/quan-tri/dossiers/lettertext/")
    expect(administrator.get_by_role("main")).to_contain_text("Giấy tiếp nhận hồ sơ và hẹn trả kết quả")
