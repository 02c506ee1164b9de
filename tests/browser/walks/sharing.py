"""Sharing a paper by link, from making the link to reading it as a stranger; and the consents a citizen has given."""

from tests.browser.walks.citizen import enter
from tests.browser.walks.walk import Guide, Stops, Walk


def _share(guide: Guide) -> Stops:
    page = guide.page
    main = page.get_by_role("main")
    enter(guide, "Trần Văn Minh")
    guide.open_store()
    guide.go(f"{guide.links(r'^/kho-du-lieu/[0-9]+/$')[0]}chia-se/")
    yield "share-new"
    main.get_by_role("button", name="Tạo liên kết").click()
    page.get_by_role("alert").first.wait_for()
    yield "share-new-errors"
    main.get_by_label("Bạn chia sẻ để làm gì?").fill("Nộp cho nơi làm việc mới")
    main.get_by_role("checkbox").check()
    main.get_by_role("button", name="Tạo liên kết").click()
    link = main.get_by_label("Liên kết", exact=True)
    link.wait_for()
    yield "share-made"
    door, code = link.input_value(), main.locator(".share-code").inner_text()
    guide.go("/kho-du-lieu/chia-se/")
    yield "shares"
    guide.go("/kho-du-lieu/dong-y/")
    yield "consents"
    for address in guide.links(r"/dong-y/[0-9]+/rut/$")[:1]:
        guide.go(address)
        yield "consent-withdraw"
    guide.context.clear_cookies()  # from here a stranger with the link
    guide.go(door)
    yield "shared-door"
    main.get_by_role("button").click()
    page.get_by_role("alert").first.wait_for()
    yield "shared-door-errors"
    main.get_by_role("textbox").fill(code)
    main.get_by_role("button").click()
    page.wait_for_url("**/chia-se/xem/")
    yield "shared"
    guide.context.clear_cookies()
    enter(guide, "Trần Văn Minh")  # he closes it: the stranger, with link and code, is told so
    guide.go("/kho-du-lieu/chia-se/")
    main.get_by_role("button", name="Đóng liên kết").first.click()
    page.get_by_text("Đã đóng liên kết").first.wait_for()
    guide.go(door)
    main.get_by_role("heading", name="Liên kết này không mở được").wait_for()
    yield "shared-closed"


WALKS = (
    Walk(
        "sharing",
        _share,
        frozenset(
            f"datastore:{name}"
            for name in ("share_new", "shares", "consents", "consent_withdraw", "shared_door", "shared")
        ),
    ),
)
