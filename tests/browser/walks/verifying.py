"""Verification: the checker, an unknown code, a result that holds, one that was revoked, and without a network."""

from tests.browser.steps import reload_until
from tests.browser.walks.citizen import enter
from tests.browser.walks.walk import Guide, Stops, Walk


def _stranger(guide: Guide) -> Stops:
    guide.go("/xm/")
    yield "verify"
    guide.go("/en/xm/")
    yield "verify-en"
    guide.go("/xm/AAAAAAAAAAAAAAAA")
    yield "verify-unknown"
    guide.go("/xm/tep/")
    yield "verify-file"
    guide.page.get_by_role("main").get_by_role("button").last.click()
    guide.page.wait_for_load_state()
    yield "verify-file-errors"


def _holder(guide: Guide) -> Stops:
    """The holder opens the address behind the QR of a result, scripts check it; then the network goes away."""
    enter(guide, "Trần Văn Minh")
    guide.open_store()
    for document in guide.links(r"^/kho-du-lieu/\d+/$"):
        guide.go(document)
        address = guide.page.get_by_role("link", name="Mở trang kiểm tra")
        if address.count():
            break
    href = address.get_attribute("href") or ""
    guide.go(href)
    guide.page.get_by_text("Chữ ký đúng").first.wait_for()
    yield "verify-valid"
    guide.page.goto("about:blank")
    guide.go(href[:-200] + ("A" if href[-200] != "A" else "B") + href[-199:])
    guide.page.wait_for_load_state("networkidle")
    yield "verify-forged"
    guide.page.goto("about:blank")
    guide.go(href.partition("#")[0])
    yield "verify-without-fragment"
    yield from _letter(guide)


def _letter(guide: Guide) -> Stops:
    """A letter that the portal signed, put to the page that checks files."""
    page = guide.page
    guide.go("/ho-so/")
    guide.go(guide.links(r"^/ho-so/[^/]+/$")[-1])
    drawn = r"^/kho-du-lieu/\d+/tep/$"
    reload_until(page, lambda: guide.links(drawn), "a letter is drawn")
    letter = page.request.get(f"{guide.base}{guide.links(drawn)[0]}").body()
    guide.go("/xm/tep/")
    file = {"name": "giay-xac-nhan.pdf", "mimeType": "application/pdf", "buffer": letter}
    page.get_by_role("main").locator("input[type=file]").set_input_files(file)
    page.get_by_role("main").get_by_role("button").last.click()
    page.wait_for_load_state()
    yield "verify-file-letter"


def _revoked(guide: Guide) -> Stops:
    """A result that was revoked: its dossier, its paper in the store, its status page with and without the token."""
    enter(guide, "Lê Văn Tư")
    guide.go("/ho-so/")
    for dossier in guide.links(r"^/ho-so/[^/]+/$"):
        guide.go(dossier)
        if guide.page.get_by_text("Kết quả đã bị thu hồi").count():
            break
    yield "dossier-revoked"
    guide.go(f"/en{dossier}")
    yield "dossier-revoked-en"
    guide.open_store()
    for document in guide.links(r"^/kho-du-lieu/\d+/$"):
        guide.go(document)
        if guide.page.get_by_text("Giấy này đã bị thu hồi").count():
            break
    yield "document-revoked"
    href = guide.page.get_by_role("link", name="Mở trang kiểm tra").get_attribute("href") or ""
    guide.go(href)
    guide.page.get_by_text("giấy này đã bị thu hồi").first.wait_for()
    yield "verify-revoked"
    guide.page.goto("about:blank")
    guide.go(href.partition("#")[0])
    yield "verify-revoked-without-fragment"


WALKS = (
    Walk(
        "verify",
        _stranger,
        frozenset({"datastore:verify_page", "datastore:verify", "datastore:verify_file"}),
    ),
    Walk("verify-result", _holder, frozenset({"datastore:verify", "datastore:verify_file"})),
    Walk("verify-revoked", _revoked, frozenset({"dossiers:detail", "datastore:detail", "datastore:verify"})),
)
