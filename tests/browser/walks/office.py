"""The back office: second factor, the desk by role, queues, workbench with each step, operations, generic lists."""

import re
from urllib.parse import urlsplit

from tests.browser.steps import official_account, sign_in_as_official
from tests.browser.walks.walk import Guide, Stops, Walk

FORMS = ("agency", "apiclient", "procedureversion", "dossier", "user", "outboxmessage", "documenttype")
WORKBENCH = r"^/quan-tri/ho-so/[^/]+/$"


def enter(guide: Guide, username: str) -> None:
    """Sign in with the second factor."""
    guide.page.goto(f"{guide.base}/")
    sign_in_as_official(guide.page, username)


def _steps(guide: Guide, name: str) -> Stops:
    """The workbench that stands in the page, then the form of each step it offers."""
    guide.unfold()
    yield name
    for step in guide.links(r"/buoc/[a-z-]+/"):
        guide.go(step)
        slug = re.search(r"/buoc/([a-z-]+)/", step)
        label = slug.group(1) if slug else "step"
        yield f"{name}-{label}"
        if label in ("request-supplement", "require-payment", "refuse-intake", "replace-result", "revoke-result"):
            guide.page.locator("#decide form button[type=submit]").last.click()
            guide.page.get_by_role("alert").first.wait_for()
            yield f"{name}-{label}-errors"


def _desk(guide: Guide) -> Stops:
    enter(guide, "demo.motcua")
    yield "office-desk"
    queues = guide.links(r"^/quan-tri/hang-doi/[a-z-]+/$") or []
    rail = guide.page.locator("a[href*='/hang-doi/']").evaluate_all("links => links.map(l => l.getAttribute('href'))")
    for queue in dict.fromkeys([*queues, *rail]):
        guide.go(queue)
        name = queue.rstrip("/").rsplit("/", 1)[-1]
        yield f"queue-{name}"
    guide.go("/xm/can-bo/")
    yield "scan-mode"
    guide.page.get_by_label("Kiểm tra để làm gì").fill("Tiếp nhận hồ sơ")
    guide.page.get_by_label("Nội dung mã QR").fill("AAAAAAAAAAAAAAAA")
    guide.page.get_by_role("main").get_by_role("button", name="Kiểm tra").first.click()
    guide.page.get_by_role("heading", name="Không tìm thấy").wait_for()
    yield "scan-mode-unknown"
    guide.go("/quan-tri/hang-doi/moi-nop/")
    first = guide.links(WORKBENCH)
    if first:
        guide.go(first[0])
        yield from _steps(guide, "bench-new")
    guide.go("/quan-tri/hang-loat/")
    yield "bulk-none"
    guide.go("/quan-tri/hang-doi/dang-xu-ly/")
    guide.page.get_by_label("Cả hàng đợi").check()
    guide.page.get_by_role("button", name="Tiếp nhận").click()  # they are: each is refused, none is changed
    guide.page.wait_for_load_state()
    yield "bulk-new"
    guide.page.locator("main form button[type=submit]").last.click()
    guide.page.wait_for_load_state()
    yield "bulk"
    guide.go("/quan-tri/hang-loat/")
    yield "bulk-list"
    yield from _filter(guide)
    guide.go("/quan-tri/hang-doi/cho-nguoi-nop/")
    waiting = guide.links(WORKBENCH)
    for number, address in enumerate(waiting[:2]):
        guide.go(address)
        yield f"bench-waiting-{number}"
        for answer in guide.links(r"/quan-tri/ho-so/[^/]+/bo-sung/$"):
            guide.go(answer)
            yield "counter-supplement"
            guide.page.get_by_role("button", name="Ghi phần bổ sung").click()
            guide.page.get_by_role("alert").first.wait_for()
            yield "counter-supplement-errors"
    guide.go("/quan-tri/hang-doi/xin-rut/")
    for address in guide.links(WORKBENCH)[:1]:
        guide.go(address)
        yield from _steps(guide, "bench-withdrawal")
    guide.go("/quan-tri/hang-doi/da-xong/")
    for address in guide.links(WORKBENCH)[:1]:
        guide.go(address)
        yield "bench-done"
    guide.page.get_by_role("search").get_by_role("searchbox").fill("khong co ho so nay")
    guide.page.get_by_role("search").get_by_role("button").click()
    guide.page.wait_for_load_state()
    yield "office-search-nothing"
    guide.page.get_by_role("search").get_by_role("searchbox").fill("Tư")
    guide.page.get_by_role("search").get_by_role("button").click()
    guide.page.wait_for_load_state()
    yield "office-search"


def _filter(guide: Guide) -> Stops:
    """A queue narrowed, saved under a name, renamed."""
    guide.go("/quan-tri/hang-doi/dang-xu-ly/")
    guide.page.get_by_role("link", name="Lọc, sắp xếp").click()
    guide.page.get_by_label("Sắp xếp").select_option("cu")
    guide.page.get_by_role("button", name="Áp dụng").click()
    guide.page.wait_for_load_state()
    guide.page.get_by_text("Lưu bộ lọc này").click()
    yield "queue-narrowed"
    guide.page.get_by_label("Tên bộ lọc").fill("Nộp sớm trước")
    guide.page.get_by_role("button", name="Lưu bộ lọc").click()
    guide.page.wait_for_load_state()
    yield "saved-filter"
    guide.page.get_by_role("link", name="Sửa bộ lọc").click()
    guide.page.get_by_label("Tên bộ lọc").fill("")
    guide.page.get_by_role("button", name="Lưu", exact=True).click()
    guide.page.get_by_role("alert").first.wait_for()
    yield "saved-filter-errors"
    guide.go("/quan-tri/bo-loc/")
    yield "saved-filters"


def _specialist(guide: Guide) -> Stops:
    enter(guide, "demo.chuyenvien")
    yield "office-specialist"
    guide.go("/quan-tri/hang-doi/dang-xu-ly/")
    seen = guide.links(WORKBENCH)
    if seen:
        guide.go(seen[0])
        yield from _steps(guide, "bench-processing")


def _leader(guide: Guide) -> Stops:
    enter(guide, "demo.lanhdao")
    yield "office-leader"
    guide.go("/quan-tri/vang-mat/")
    yield "absences"
    guide.page.locator("main form button[type=submit]").last.click()
    guide.page.get_by_role("alert").first.wait_for()
    yield "absences-errors"
    guide.go("/quan-tri/dieu-hanh/")
    yield "board"
    guide.go("/quan-tri/dieu-hanh/ho-so/?loc=da-nhan")
    yield "board-rows"
    guide.go("/quan-tri/dieu-hanh/lien-thong/")
    yield "board-bundles"
    guide.go("/quan-tri/hang-doi/cho-duyet/")
    yield "queue-cho-duyet-leader"
    guide.go("/quan-tri/hang-doi/dang-xu-ly/")
    for address in guide.links(WORKBENCH)[:1]:
        guide.go(address)
        yield from _steps(guide, "bench-leader")
    guide.go("/quan-tri/hang-doi/da-xong/")
    for address in guide.links(WORKBENCH):
        guide.go(address)
        if guide.links(r"/buoc/revoke-result/"):
            yield from _steps(guide, "bench-finished")
            break
    guide.go("/quan-tri/so-theo-doi/")
    yield "register"
    guide.go("/quan-tri/hoan-tien/")
    yield "refunds"
    guide.go(guide.links(r"^/quan-tri/hoan-tien/\d+/$")[0])
    yield "refund"
    guide.page.locator("main form button[type=submit]").last.click()
    guide.page.get_by_role("alert").first.wait_for()
    yield "refund-errors"
    guide.go("/quan-tri/hoan-tien/?da-hoan=1")
    yield "refunds-done"
    guide.go("/quan-tri/so-hoa/")
    yield "digitisations"
    guide.go("/quan-tri/so-hoa/moi/")
    yield "digitise"


def _second_factor(guide: Guide) -> Stops:
    guide.page.goto(f"{guide.base}/")
    account = official_account(guide.page, "demo.quantri")
    guide.go("/tai-khoan/login/?next=/quan-tri/")
    main = guide.page.get_by_role("main")
    main.get_by_label(re.compile("^Tên ")).fill("demo.quantri")
    guide.page.get_by_label(re.compile("^Mật khẩu")).first.fill(account["password"])
    main.get_by_role("button", name=re.compile("^Đăng nhập")).click()
    guide.page.wait_for_load_state()
    yield "second-factor"
    main.get_by_role("textbox").first.fill("000000")
    main.get_by_role("button").first.click()
    guide.page.get_by_role("alert").first.wait_for()
    yield "second-factor-errors"


def _operator(guide: Guide) -> Stops:
    enter(guide, "demo.toanquoc")
    yield "office-national"
    guide.go("/quan-tri/van-hanh/")
    yield "operations"
    for address in guide.links(r"^/quan-tri/van-hanh/[a-z-]+/$"):
        guide.go(address)
        yield f"operations-{address.rstrip('/').rsplit('/', 1)[-1]}"
    guide.go("/quan-tri/he-thong/")
    yield "systems"
    for address in guide.links(r"^/quan-tri/he-thong/\d+/$")[:1]:
        guide.go(address)
        yield "system"
        for change in guide.links(r"^/quan-tri/he-thong/\d+/[a-z-]+/$"):
            guide.go(change)
            name = f"system-{change.rstrip('/').rsplit('/', 1)[-1]}"
            yield name
            if change.endswith("/dong-bo/"):
                continue  # its buttons have nothing to fill in
            if change.endswith("/nguon-keo/"):
                guide.page.locator("input[name=address]").fill("")
            guide.page.locator("main form button[type=submit]").last.click()
            guide.page.get_by_role("alert").first.wait_for()
            yield f"{name}-errors"
    guide.go("/quan-tri/mau-ket-qua/")
    yield "templates"
    guide.go(guide.links(r"^/quan-tri/mau-ket-qua/\d+/$")[0])
    begin = guide.page.get_by_role("button", name="Soạn bản mới")
    if begin.count():
        begin.click()
        guide.page.wait_for_load_state()
    yield "template"
    guide.page.locator("textarea[name=body]").fill("* Tên: {{ khong_co }}")
    guide.page.get_by_role("button", name="Lưu bản thảo").click()
    guide.page.get_by_role("alert").first.wait_for()
    yield "template-errors"
    guide.page.get_by_role("button", name="Bỏ bản thảo").click()
    guide.page.wait_for_load_state()
    guide.go("/quan-tri/du-lieu/")
    yield "data"
    guide.go("/quan-tri/nhat-ky-cai-dat/")
    yield "settings-log"
    for name, address in (("second-factor-settings", "/tai-khoan/2fa/"), ("password", "/tai-khoan/password/change/")):
        guide.go(address)
        yield f"account-{name}"
    guide.page.get_by_role("main").get_by_role("button").last.click()
    guide.page.get_by_role("alert").first.wait_for()
    yield "account-password-errors"


def _generic(guide: Guide) -> Stops:
    """Every list of the generic back office, and a few of its forms: to change, to add, and with errors."""
    enter(guide, "demo.toanquoc")
    guide.go("/quan-tri/du-lieu/")
    for address in guide.links(r"^/quan-tri/[a-z_]+/[a-z_]+/$"):
        app, model = address.strip("/").split("/")[1:]
        guide.go(address)
        yield f"list-{app}-{model}"
        change = guide.page.locator("#result_list a[href*='/change/']").first
        if model in FORMS and change.count():
            guide.go(change.get_attribute("href") or "")
            yield f"form-{app}-{model}"
    for model in ("agencies/membership", "agencies/calendarday", "accounts/user"):
        guide.go(f"/quan-tri/{model}/add/")
        name = model.replace("/", "-")
        yield f"form-{name}-add"
        guide.page.locator("input[name=_save]").first.click()
        guide.page.wait_for_load_state()
        yield f"form-{name}-add-errors"


def _counter(guide: Guide) -> Stops:
    """Somebody new comes with her card, files by the same form, pays in cash, and gets the receipt."""
    page = guide.page
    enter(guide, "demo.motcua")
    guide.go("/quan-tri/tai-quay/quy/")
    yield "till"
    guide.go("/quan-tri/tai-quay/")
    yield "counter"
    page.get_by_role("button", name="Tìm", exact=True).last.click()
    page.get_by_role("alert").first.wait_for()
    yield "counter-errors"
    page.get_by_label(re.compile("^Số định danh cá nhân")).fill(CARD)
    page.get_by_role("button", name="Tìm", exact=True).last.click()
    if page.get_by_role("heading", name="Người này chưa có trên Cổng").count():
        yield "counter-new"
        page.get_by_label("Số điện thoại").fill("0900000123")
        page.get_by_label(re.compile("^Tôi đã xem thẻ")).check()
        page.get_by_role("button", name="Nhập và tiếp người này").click()
    page.get_by_role("heading", name="Làm thủ tục gì?").wait_for()
    yield "counter-visit"
    own_visit = urlsplit(page.url).path
    page.get_by_role("link", name="Người này đến thay tổ chức").click()
    yield "counter-organisation"
    page.get_by_role("button", name="Nhận hồ sơ thay tổ chức này").click()
    page.get_by_role("alert").first.wait_for()
    yield "counter-organisation-errors"
    page.get_by_label("Mã số thuế của tổ chức").fill("0100109106")
    page.get_by_label(re.compile("^Tên tổ chức")).fill("Công ty TNHH Thử Nghiệm")
    page.get_by_label("Người được ủy quyền").check()
    page.get_by_label("Giấy tờ đã xem").fill("Giấy ủy quyền 05/UQ ngày 02/11/2026, giám đốc ký")
    page.get_by_label(re.compile("^Tôi đã xem bản chính")).check()
    page.get_by_role("button", name="Nhận hồ sơ thay tổ chức này").click()
    page.get_by_role("heading", name="Nộp thay tổ chức").wait_for()
    yield "counter-visit-organisation"
    guide.go(own_visit)
    page.get_by_label("Tên hoặc mã thủ tục").fill("2.000635")
    page.get_by_role("button", name="Tìm thủ tục").click()
    page.get_by_role("button", name=re.compile("^Lập hồ sơ")).first.click()
    page.get_by_role("heading", name="Bạn nộp hồ sơ ở đâu?").wait_for()
    yield "counter-filing"


CARD = "001193000457||Trần Thị Quầy|08031993|Nữ|Số 5 phố Thử, Cửa Nam, Hà Nội|01012024"
"""The text that a scanner reads off an invented card."""

WALKS = (
    Walk("second-factor", _second_factor, frozenset({"mfa_authenticate"})),
    Walk(
        "desk",
        _desk,
        frozenset(
            {
                "admin:index",
                "admin:queue",
                "admin:dossier",
                "admin:step",
                "admin:search",
                "admin:counter_supplement",
                "admin:saved_filters",
                "admin:saved_filter",
                "admin:saved_filter_change",
                "admin:bulk_list",
                "admin:bulk_new",
                "admin:bulk",
                "datastore:verify_official",
            }
        ),
    ),
    Walk(
        "counter",
        _counter,
        frozenset(
            {"admin:counter", "admin:counter_visit", "admin:counter_organisation", "admin:till", "dossiers:filing_step"}
        ),
    ),
    Walk("specialist", _specialist, frozenset({"admin:index", "admin:dossier", "admin:step"})),
    Walk(
        "leader",
        _leader,
        frozenset(
            {
                "admin:index",
                "admin:queue",
                "admin:dossier",
                "admin:step",
                "admin:refund",
                "admin:refunds",
                "admin:absences",
                "admin:register",
                "admin:board",
                "admin:board_rows",
                "admin:bundles",
                "admin:digitisations",
                "admin:digitise",
            }
        ),
    ),
    Walk(
        "operator",
        _operator,
        frozenset(
            {
                "admin:index",
                "admin:operations",
                "admin:work",
                "admin:systems",
                "admin:system",
                "admin:system_change",
                "admin:system_codes",
                "admin:system_pull",
                "admin:system_sync",
                "admin:data",
                "admin:settings_log",
                "admin:template",
                "admin:templates",
                "mfa_index",
                "account_change_password",
            }
        ),
    ),
    Walk("generic", _generic, frozenset()),
)
