"""Pages of the sandbox programs: no axe violation, no sideways scrolling, no other host, in both schemes and widths."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from portal.sandbox.gateway import vnpay
from tests.browser.axe import violations
from tests.sandbox.dossiers import deliver, dossier, new_code
from tests.sandbox.programs import SECRETS, Program, run, until

LOOKS = [(360, "dark"), (1280, "light")]  # each width and each scheme with every rule


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def looked_at(request, browser: Browser) -> Iterator[Page]:
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    wrongs: list[str] = []
    context.on("request", lambda sent: None if "//127.0.0.1:" in sent.url else wrongs.append(sent.url))
    context.on("console", lambda said: wrongs.append(said.text) if "Security Policy" in said.text else None)
    page = context.new_page()
    yield page
    context.close()
    assert not wrongs


@pytest.fixture(scope="module")
def vneid(tmp_path_factory) -> Iterator[Program]:
    yield from run("vneid", tmp_path_factory.mktemp("vneid"))


@pytest.fixture(scope="module")
def gateway(tmp_path_factory) -> Iterator[Program]:
    yield from run("gateway", tmp_path_factory.mktemp("gateway"))


@pytest.fixture(scope="module")
def ministry(tmp_path_factory) -> Iterator[Program]:
    yield from run("ministry", tmp_path_factory.mktemp("ministry"), SANDBOX_HANDLING="manual")


def check(page: Page, url: str) -> None:
    page.goto(url)
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('16px \"Be Vietnam Pro\"', 'ộ'))")
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{url} scrolls sideways"
    assert not violations(page)


def test_identity_provider(looked_at, vneid):
    check(looked_at, f"{vneid.url}/")
    check(looked_at, f"{vneid.url}/dang-nhap/?next=/identity/o/authorize")
    looked_at.locator("#id_number").fill("001199999001")
    looked_at.get_by_role("button", name="Đăng nhập", exact=True).click()
    assert looked_at.get_by_role("alert").is_visible()
    check(looked_at, f"{vneid.url}/identity/o/logout?client_id=nobody")


def test_case_system(looked_at, ministry):
    check(looked_at, f"{ministry.url}/")
    code = new_code("G01.1-261122")
    files = [("to-khai.pdf", b"x", f"{ministry.portal.url}/missing")]
    assert deliver(ministry, "dossier.submitted", dossier(code, files=files)).status_code == 200
    check(looked_at, f"{ministry.url}/ho-so/{code}/")
    looked_at.get_by_role("button", name="Tiếp nhận").click()
    check(looked_at, f"{ministry.url}/ho-so/{code}/")
    assert looked_at.get_by_text("Tin gửi về Cổng").is_visible()
    check(looked_at, f"{ministry.url}/")


def test_list_shows_what_arrives_without_reloading(browser, ministry):
    page = browser.new_page()
    page.goto(f"{ministry.url}/")
    code = new_code("G01.1-261122")
    deliver(ministry, "dossier.submitted", dossier(code))
    page.get_by_role("link", name=code).wait_for(timeout=10_000)
    page.close()


def test_payment_pages(looked_at, gateway):
    order = {
        "vnp_Version": "2.1.0",
        "vnp_Command": "pay",
        "vnp_TmnCode": "SANDBOX1",
        "vnp_Amount": "20000000",
        "vnp_CreateDate": "20261122080000",
        "vnp_CurrCode": "VND",
        "vnp_IpAddr": "127.0.0.1",
        "vnp_Locale": "vn",
        "vnp_OrderInfo": "Phi thu nghiem",
        "vnp_OrderType": "other",
        "vnp_ReturnUrl": f"{gateway.portal.url}/tra-ve/",
        "vnp_TxnRef": new_code("P"),
    }
    gateway.portal.routes[("GET", "/thanh-toan/vnpay/ipn/")] = lambda request: (200, {"RspCode": "00"})
    gateway.portal.routes[("GET", "/tra-ve/")] = lambda request: (200, {})
    signed = vnpay.signed(order, SECRETS["VNPAY_HASH_SECRET"])
    address = str(gateway.http.get("/paymentv2/vpcpay.html", params=signed, follow_redirects=True).url)
    check(looked_at, address)
    looked_at.get_by_role("button", name="Thanh toán thành công").click()
    until(lambda: looked_at.url.startswith(gateway.portal.url))
    check(looked_at, address)
    check(looked_at, f"{gateway.url}/")
    check(looked_at, f"{gateway.url}/paymentv2/vpcpay.html?vnp_TmnCode=unknown")
