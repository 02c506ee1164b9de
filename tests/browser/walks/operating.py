"""Running the portal: operations, systems, result templates, own account, and every generic list with a few forms."""

from tests.browser.walks.office import enter
from tests.browser.walks.walk import Guide, Stops, Walk

FORMS = ("agency", "apiclient", "procedureversion", "dossier", "user", "outboxmessage", "documenttype")


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
            guide.page.locator("main form[method=post] button[type=submit]").last.click()
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
    for model in ("agencies/membership", "agencies/calendarday", "agencies/internalprocess", "accounts/user"):
        guide.go(f"/quan-tri/{model}/add/")
        name = model.replace("/", "-")
        yield f"form-{name}-add"
        guide.page.locator("input[name=_save]").first.click()
        guide.page.wait_for_load_state()
        yield f"form-{name}-add-errors"


WALKS = (
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
