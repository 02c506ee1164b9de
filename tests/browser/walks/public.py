"""Pages that everybody sees: home, catalogue, help, tracking, public figures, sign-in, and what goes wrong."""

from functools import partial

from playwright.sync_api import Route

from tests.browser.walks.walk import Guide, Stops, Walk, addresses

BIRTH, CRIMINAL_RECORD = "1.001193", "3.000333"


def _home_and_catalogue(guide: Guide) -> Stops:
    yield from addresses(
        ("home", "/"),
        ("home-en", "/en/"),
        ("search-all", "/thu-tuc/"),
        ("search-found", "/thu-tuc/?q=khai+sinh"),
        ("search-nothing", "/thu-tuc/?q=qwertyuiop"),
        ("search-one-long-word", "/thu-tuc/?q=" + "qwertyuiop" * 20),
        ("search-en", "/en/thu-tuc/?q=driving+licence"),
        ("search-filter", "/thu-tuc/loc/linh-vuc/?danh-cho=citizen"),
        ("sheet", f"/thu-tuc/{BIRTH}/"),
        ("sheet-en", f"/en/thu-tuc/{CRIMINAL_RECORD}/"),
        ("sheet-placed", f"/thu-tuc/{BIRTH}/?tinh=48&xa=20242"),
        ("sheet-versions", f"/thu-tuc/{BIRTH}/ban-cong-bo/"),
        ("filing-signed-out", f"/nop-ho-so/{BIRTH}/"),
    )(guide)
    for name, address in (("life-event", r"/viec-trong-doi/"), ("audience", r"/danh-cho/")):
        guide.go("/")
        guide.go(guide.links(address)[0])
        yield name
    guide.go("/")
    guide.page.get_by_role("main").get_by_role("combobox", name="Tìm thủ tục").press_sequentially("khai si")
    guide.page.get_by_role("option").first.wait_for()
    yield "home-suggestions"


def _menu_open(guide: Guide) -> Stops:
    guide.go("/")
    guide.page.locator("details[data-menu]").evaluate_all("menus => menus.forEach(menu => { menu.open = true })")
    yield "home-menu"


_help = addresses(
    ("help", "/tro-giup/"),
    ("help-en", "/en/tro-giup/"),
    ("accessibility", "/tro-giup/tro-nang/"),
    ("privacy", "/tro-giup/du-lieu-ca-nhan/"),
    ("display", "/tro-giup/hien-thi/"),
    ("petitions", "/phan-anh/"),
    ("figures", "/cong-khai/"),
    ("figures-en", "/en/cong-khai/"),
    ("figures-rows", "/cong-khai/ho-so/"),
    ("figures-asked-again", "/cong-khai/hoi-lai/"),
    ("demo-mailbox", "/hop-thu-thu-nghiem/"),
    ("api-docs", "/api/docs/"),
)


def _tracking(guide: Guide) -> Stops:
    guide.go("/tra-cuu/")
    yield "track"
    main = guide.page.get_by_role("main")
    main.get_by_role("button", name="Tra cứu").click()
    guide.page.get_by_role("alert").first.wait_for()
    yield "track-errors"
    guide.page.get_by_label("Mã hồ sơ").fill("000.00.00.H26-261128-0001")
    guide.page.get_by_label("4 số cuối").fill("9999")
    main.get_by_role("button", name="Tra cứu").click()
    guide.page.get_by_text("Không tìm thấy hồ sơ").first.wait_for()
    yield "track-missing"


def _signing_in(guide: Guide) -> Stops:
    yield from addresses(
        ("sign-in", "/tai-khoan/vao/"),
        ("sign-in-en", "/en/tai-khoan/vao/"),
        ("sign-in-cancelled", "/tai-khoan/3rdparty/login/cancelled/"),
        ("sign-in-failed", "/tai-khoan/oidc/vneid/login/callback/?error=server_error&state=x"),
        ("demo-codes", "/tai-khoan/ban-dung-thu/"),
        ("account-inactive", "/tai-khoan/inactive/"),
        ("official-sign-in", "/tai-khoan/login/?next=/quan-tri/"),
    )(guide)
    guide.page.get_by_role("main").get_by_role("button", name="Đăng nhập").click()
    guide.page.get_by_role("alert").first.wait_for()
    yield "official-sign-in-errors"


def _gone_wrong(guide: Guide) -> Stops:
    yield from addresses(
        ("error-404", "/khong-co-trang-nay/"),
        ("error-404-procedure", "/thu-tuc/9.999999/"),
        ("error-404-en", "/en/khong-co/"),
    )(guide)
    guide.go("/tai-khoan/vao/")
    guide.page.locator("input[name=csrfmiddlewaretoken]").first.evaluate("field => { field.value = 'cu' }")
    guide.page.get_by_role("main").get_by_role("button").first.click()
    guide.page.wait_for_load_state()
    yield "error-csrf"
    for code in ("400", "403", "500", "503"):
        address = f"{guide.base}/loi-{code}/"
        page = guide.draw(f"{code}.html")
        if not page:
            continue
        guide.page.route(address, partial(_fulfill, page))
        guide.go(address)
        yield f"error-{code}"
        guide.page.unroute(address)


def _fulfill(body: str, route: Route) -> None:
    route.fulfill(body=body, content_type="text/html; charset=utf-8")


WALKS = (
    Walk(
        "catalogue",
        _home_and_catalogue,
        frozenset(
            {
                *("site:home", "site:life_event", "site:audience", "dossiers:start"),
                *("procedures:search", "procedures:filter", "procedures:detail", "procedures:versions"),
            }
        ),
    ),
    Walk("menu", _menu_open, frozenset({"site:home"})),
    Walk(
        "help",
        _help,
        frozenset(
            {
                "site:help",
                "site:accessibility",
                "site:privacy",
                "site:display",
                "feedback:petitions",
                "indicators:public",
                "indicators:rows",
                "indicators:asked_again",
                "notifications:demo_mailbox",
                "api:docs",
            }
        ),
    ),
    Walk("tracking", _tracking, frozenset({"dossiers:track"})),
    Walk(
        "signing-in",
        _signing_in,
        frozenset(
            {
                "accounts:sign_in",
                "accounts:demo_codes",
                "account_login",
                "account_inactive",
                "accounts:vneid_callback",
                "socialaccount_login_cancelled",
            }
        ),
    ),
    Walk("gone-wrong", _gone_wrong, frozenset()),
)
