"""The back office by role: second factor, desk, specialist and leader, with queues, workbench and each of its steps."""

import re

from tests.browser.steps import official_account, sign_in_as_official
from tests.browser.walks.walk import Guide, Stops, Walk

WORKBENCH = r"^/quan-tri/ho-so/[^/]+/(\?|$)"


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
        if label in (
            "request-supplement",
            "require-payment",
            "refuse-intake",
            "replace-result",
            "revoke-result",
            "return-result",
        ):
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
    guide.page.get_by_role("checkbox", name=re.compile("^Chọn ")).first.check()
    guide.page.get_by_role("button", name="Phân công").click()
    guide.page.wait_for_load_state()
    yield "bulk-new"
    guide.page.get_by_label("Người thụ lý").select_option(index=1)
    guide.page.locator("main form[method=post] button[type=submit]").last.click()
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
    guide.go("/quan-tri/hang-doi/cho-tra/")
    for address in guide.links(WORKBENCH)[:1]:
        guide.go(address)
        yield from _steps(guide, "bench-paper")
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
    guide.page.locator("main form[method=post] button[type=submit]").last.click()
    guide.page.get_by_role("alert").first.wait_for()
    yield "absences-errors"
    guide.go("/quan-tri/ky-thay/")
    yield "signing-deputy"
    guide.go("/quan-tri/da-tra-loi-y-kien/")
    yield "opinions-answered"
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
    guide.page.locator("main form[method=post] button[type=submit]").last.click()
    guide.page.get_by_role("alert").first.wait_for()
    yield "refund-errors"
    guide.go("/quan-tri/hoan-tien/?da-hoan=1")
    yield "refunds-done"
    guide.go("/quan-tri/so-hoa/")
    yield "digitisations"
    guide.go("/quan-tri/so-hoa/moi/")
    yield "digitise"
    guide.go("/quan-tri/so-hoa/danh-sach/")
    yield "imports"
    guide.go("/quan-tri/so-hoa/danh-sach/moi/")
    yield "import-new"


def _head(guide: Guide) -> Stops:
    enter(guide, "demo.chutich")
    guide.go("/quan-tri/ky-thay/")
    yield "signing"
    guide.page.locator("main form[method=post] button[type=submit]").last.click()
    guide.page.get_by_role("alert").first.wait_for()
    yield "signing-errors"


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
    Walk("specialist", _specialist, frozenset({"admin:index", "admin:dossier", "admin:step"})),
    Walk("head", _head, frozenset({"admin:signing"})),
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
                "admin:signing",
                "admin:opinions_answered",
                "admin:register",
                "admin:board",
                "admin:board_rows",
                "admin:bundles",
                "admin:digitisations",
                "admin:digitise",
                "admin:imports",
                "admin:import_new",
            }
        ),
    ),
)
