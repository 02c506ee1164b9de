"""Steps that the stories share, in the words of who takes them: sign in, find, fill, attach, submit, pay, decide.

Everything is found by role and label, as a person or a screen reader does; waits are for conditions, never for seconds.
"""

import re
import time
from collections.abc import Callable
from typing import Any, TypeVar

from playwright.sync_api import Locator, Page, expect

from portal.site.demo.files import sample_scan

PATIENCE_SECONDS = 90
"""How long a slow machine may take for work that runs behind a page."""
CODE = re.compile(r"\b[0-9A-Z]+(?:\.[0-9A-Z]+)*-\d{6}-\d{4,}\b")

IN_DRAFT = re.compile(r"/nop-ho-so/[^/]+/[0-9a-f-]{36}/")

Found = TypeVar("Found")

expect.set_options(timeout=20_000)  # five seconds, the default, is short for a machine that others use too


def until(
    probe: Callable[[], Found | None],
    what: str,
    *,
    seconds: float = PATIENCE_SECONDS,
    pause: Callable[[float], Any] = time.sleep,
) -> Found:
    """Ask again and again until the probe answers something; fail with words when it does not."""
    deadline = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        assert time.monotonic() < deadline, f"after {seconds:.0f} s still not: {what}"
        pause(0.4)


def reload_until(page: Page, condition: Callable[[], Any], what: str, *, seconds: float = PATIENCE_SECONDS) -> None:
    """Reload a page until the condition holds on it."""

    def probe() -> bool:
        if condition():
            return True
        page.reload()
        return bool(condition())

    until(probe, f"{what} on {page.url}; it says:\n{_words(page)}", seconds=seconds, pause=_pause(page))


def sign_in_as_citizen(page: Page, person: str) -> None:
    """At the portal's sign-in page: go to the sandbox VNeID and choose a person there."""
    page.get_by_role("button", name="Đăng nhập bằng VNeID").click()
    expect(page).to_have_title(re.compile("VNeID"))
    page.get_by_role("main").get_by_role("button", name=re.compile(f"^{person}")).first.click()
    expect(page).to_have_title(re.compile("Cổng Dịch vụ công"))


def start_filing(page: Page, procedure: str, person: str) -> None:
    """Open a filing's first page, sign in, and begin."""
    page.goto(f"/nop-ho-so/{procedure}/")
    page.get_by_role("button", name="Đăng nhập VNeID và bắt đầu").click()
    sign_in_as_citizen(page, person)
    begin(page)


def begin(page: Page) -> None:
    """Begin on the start page of a filing, afresh where an earlier story left a draft; who pressed there has begun."""
    page.wait_for_load_state()
    if IN_DRAFT.search(page.url):
        return
    start, left = page.url, page.get_by_role("button", name="Tiếp tục bản nháp")
    anew = page.get_by_role("button", name="Bắt đầu", exact=True)
    expect(left.or_(anew)).to_be_visible()
    if left.is_visible():
        left.click()
        page.get_by_role("link", name="Xóa bản nháp này").click()
        page.get_by_role("main").get_by_role("button", name=re.compile("^Xóa")).click()
        page.goto(start)
    anew.click()


def choose_place(page: Page, province: str, commune: str = "") -> None:
    """Say where to file; where the portal has chosen already, say that it is elsewhere."""
    page.wait_for_load_state()
    elsewhere = page.get_by_role("link", name="Đổi nơi nộp")
    if elsewhere.count():
        elsewhere.click()
    expect_heading(page, "Bạn nộp hồ sơ ở đâu?")
    page.wait_for_load_state()  # the script that hides the button below has run, where scripts run
    page.get_by_label("Tỉnh, thành phố").select_option(label=province)
    if commune:
        communes = page.get_by_role("combobox", name=re.compile("^Xã, phường, đặc khu"))
        shows_list = page.get_by_role("button", name="Xem các xã, phường")
        if shows_list.is_visible():  # without a script the list comes by this button
            shows_list.click()
        communes.select_option(label=commune)
    page.get_by_role("button", name="Tiếp tục", exact=True).click()


def fill_address(group: Locator, province: str, commune: str, line: str = "") -> None:
    """Fill one address: the commune is typed by name, as the list offers it; no house where none is asked for."""
    group.get_by_label("Tỉnh, thành phố").select_option(label=province)
    name = re.compile("^Xã, phường, đặc khu")
    typed = group.get_by_role("combobox", name=name).or_(group.get_by_role("textbox", name=name))
    typed.fill(commune)
    typed.press("Escape")
    if line:
        group.get_by_label(re.compile("^Số nhà")).fill(line)


def open_by_hand(page: Page) -> None:
    """Without a script, what is asked only in some cases stands closed under the words of its case: open it."""
    for words in page.locator("details.eform__when:not([open]) > summary").all():
        if words.is_visible():
            words.click()


def press(page: Page, button: str) -> None:
    """Press a form's button and wait for the page that answers; one that is just saving itself ends that first."""
    with page.expect_navigation():
        page.get_by_role("button", name=button).click()


def go_on(page: Page) -> None:
    """Save this page and go to the next; what the page complains of becomes the failure."""
    here = page.url
    press(page, "Lưu và tiếp tục")
    assert page.url != here, f"the page did not let us go on:\n{_words(page)}"


def upload(page: Page, component: str, title: str, *, name: str = "ban-chup.png", at_once: bool = True) -> None:
    """Choose a photographed paper for a component; `at_once` where it is sent by itself, else with the whole form."""
    card = page.locator("section").filter(has=page.get_by_role("heading", name=component))
    card.get_by_label(re.compile("Chụp ảnh hoặc chọn tệp|Thêm ảnh hoặc tệp khác")).set_input_files(
        {"name": name, "mimeType": "image/png", "buffer": sample_scan(title, "BẢN MẪU")}
    )
    if not at_once:
        return
    send = card.get_by_role("button", name=re.compile("^Tải lên"))
    if send.is_visible():  # with a script it is sent as soon as it is chosen
        send.click()
    # its name shows at once; that it can be taken off again shows that it arrived
    expect(card.get_by_role("button", name=re.compile(f"^Gỡ.*{re.escape(name)}"))).to_be_visible()


def submit(page: Page) -> str:
    """Submit on the check page and return the dossier's code from the confirmation."""
    expect_heading(page, "Kiểm tra rồi nộp")
    page.get_by_role("button", name="Nộp hồ sơ").click()
    expect(page).to_have_url(re.compile("/da-nop/$"))
    code = page.url.rstrip("/").split("/")[-2]
    assert CODE.fullmatch(code), f"not a dossier code: {code}"
    return code


def pay(page: Page, *, outcome: str = "Thanh toán thành công", gateway: str = "VNPAY") -> None:
    """Choose a gateway, go there, and let the payment end as asked."""
    page.get_by_role("radio", name=re.compile(gateway, re.IGNORECASE)).check()
    page.get_by_role("button", name=re.compile("^Trả ")).click()
    settle_at_gateway(page, outcome=outcome)


def settle_at_gateway(page: Page, *, outcome: str) -> None:
    """On the gateway's page: decide how the payment ends and come back."""
    button = page.get_by_role("button", name=outcome, exact=True)
    expect(button).to_be_visible()
    button.click()
    expect(page).to_have_url(re.compile("/thanh-toan/ket-qua/"))


def sign_in_as_official(page: Page, username: str) -> None:
    """Sign in with password and the six figures of the moment; a code already used is followed by the next one."""
    account = official_account(page, username)
    page.goto("/tai-khoan/login/?next=/quan-tri/")
    page.get_by_role("main").get_by_label(re.compile("^Tên ")).fill(username)
    page.get_by_label(re.compile("^Mật khẩu")).first.fill(account["password"])
    page.get_by_role("main").get_by_role("button", name=re.compile("^Đăng nhập")).click()
    used = ""

    def enter_code() -> bool:
        nonlocal used
        code = official_account(page, username)["code"]
        if code == used:
            return False
        used = code
        page.get_by_role("main").get_by_role("textbox").first.fill(code)
        page.get_by_role("main").get_by_role("button").first.click()
        page.wait_for_load_state()
        return "/quan-tri/" in page.url and "/login" not in page.url

    until(enter_code, f"{username} signed in; the page says:\n{_words(page)}", seconds=75, pause=_pause(page))


def open_dossier(page: Page, code: str) -> None:
    """As an official: find the dossier by its code in the search at the top of every page."""
    page.goto("/quan-tri/")
    search = page.get_by_role("search")
    search.get_by_role("searchbox").fill(code)
    search.get_by_role("button", name="Tìm").click()
    page.wait_for_load_state()
    if f"/ho-so/{code}/" not in page.url:
        page.get_by_role("main").get_by_role("link", name=code).first.click()
    expect(page).to_have_url(re.compile(f"/quan-tri/ho-so/{re.escape(code)}/"))


def take_step(page: Page, label: str, *, fills: dict[str, str] | None = None) -> None:
    """Press a step; where it opens a form, fill what is asked and confirm."""
    name = re.compile(f"^(Xác nhận: )?{label}…?$")
    main = page.get_by_role("main")
    main.get_by_role("link", name=name).or_(main.get_by_role("button", name=name)).first.click()
    page.wait_for_load_state()
    if "/buoc/" in page.url:
        for field, words in (fills or {}).items():
            page.get_by_label(re.compile(field)).fill(words)
        main.get_by_role("button", name=name).click()
        page.wait_for_load_state()
    assert "/buoc/" not in page.url, f"{label} was not done:\n{_words(page)}"


def expect_heading(page: Page, name: str) -> None:
    """The page's heading says where we are."""
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def official_account(page: Page, username: str) -> dict[str, str]:
    """An official's password and present code, from the page that stands for their phone."""
    phone = page.context.new_page()
    try:
        phone.goto("/tai-khoan/ban-dung-thu/")
        person = phone.get_by_role("listitem").filter(has=phone.get_by_text(username, exact=True))
        _name, password, code = person.get_by_role("definition").all_inner_texts()
    finally:
        phone.close()
    return {"password": password.strip(), "code": code.strip()}


def _words(page: Page) -> str:
    return page.locator("main, body").first.inner_text()[:1500]


def _pause(page: Page) -> Callable[[float], None]:
    return lambda seconds: page.wait_for_timeout(seconds * 1000)
