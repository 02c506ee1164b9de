"""A citizen's own pages: dossiers in every state, the store, the letter box, the account; and all of them empty."""

import json
import re
import unicodedata

from portal.settings.env import BASE_DIR
from tests.browser.steps import sign_in_as_citizen
from tests.browser.walks.walk import Guide, Stops, Walk

DOSSIER = r"^/ho-so/[^/]+/$"

PEOPLE = BASE_DIR / "portal" / "sandbox" / "vneid" / "people.json"


def enter(guide: Guide, person: str) -> None:
    """Sign in by the sandbox VNeID."""
    guide.go("/tai-khoan/vao/?next=/ho-so/")
    sign_in_as_citizen(guide.page, person)


def _dossiers(guide: Guide, who: str) -> Stops:
    """The list, then each dossier with what its state lets the citizen do."""
    guide.go("/ho-so/")
    yield f"dossiers-{who}"
    seen: set[str] = set()
    for address in guide.links(DOSSIER):
        guide.go(address)
        status = guide.page.locator("main .tag").first.inner_text()
        name = f"dossier-{_slug(status)}"
        if name in seen:
            continue
        seen.add(name)
        guide.unfold()
        yield name
        if guide.page.get_by_role("button", name="Đúng, tôi xác nhận").count():
            guide.go(f"{address}ban-du-thao/")
            yield f"{name}-draft"
            guide.unfold()
            guide.page.get_by_role("button", name="Báo chỗ sai").click()
            guide.page.get_by_role("alert").first.wait_for()
            yield f"{name}-draft-errors"
            guide.go(address)
        more = guide.links(r"/(bo-sung|rut|danh-gia)/$")
        for further in more:
            guide.go(further)
            step = further.rstrip("/").rsplit("/", 1)[-1]
            yield f"{name}-{step}"
            send = guide.page.locator("main form button[type=submit]")
            # the portal is alive: other tests and the sandbox may have taken the dossier a step on since it was listed
            if step in ("bo-sung", "danh-gia") and send.count():
                send.last.click()
                guide.page.wait_for_load_state()
                yield f"{name}-{step}-errors"


def _helped(guide: Guide) -> Stops:
    """Giving a right to a helper, with the errors on the way, and the page to take one up."""
    page = guide.page
    guide.go("/giup-nop-ho-so/trao/")
    yield "assistance-give"
    page.get_by_role("button", name="Lấy mã").click()
    page.get_by_role("alert").first.wait_for()
    yield "assistance-give-errors"
    page.get_by_role("radio", name="Nhân viên bưu điện").check()
    page.get_by_role("radio", name="Mọi thủ tục", exact=True).check()
    page.get_by_role("button", name="Lấy mã").click()
    page.get_by_role("heading", name="Đưa mã này cho người giúp").wait_for()
    yield "assistance-given"
    guide.go("/giup-nop-ho-so/")
    yield "assistance"
    guide.go("/giup-nop-ho-so/nhan/")
    yield "assistance-claim"
    guide.go("/dai-dien/")
    yield "representation"
    guide.go("/dai-dien/uy-quyen/")
    yield "mandate-give"
    page.get_by_role("button", name="Lấy mã").click()
    page.get_by_role("alert").first.wait_for()
    yield "mandate-give-errors"
    page.get_by_role("radio", name="Mọi thủ tục", exact=True).check()
    page.get_by_role("button", name="Lấy mã").click()
    page.get_by_role("heading", name="Đưa mã này cho người được ủy quyền").wait_for()
    yield "mandate-given"
    guide.go("/dai-dien/nhan/")
    yield "mandate-claim"


def _mother(guide: Guide) -> Stops:
    enter(guide, "Nguyễn Thị Hoa")
    yield from _dossiers(guide, "mother")
    addresses = guide.links(DOSSIER)
    guide.go("/ho-so/")
    addresses = guide.links(DOSSIER)
    guide.go(f"{addresses[0]}da-nop/")
    yield "submitted"
    guide.go(f"{addresses[0]}trao-doi/")
    yield "messages"
    guide.page.get_by_role("button", name="Gửi tin nhắn").click()
    guide.page.get_by_role("alert").first.wait_for()
    yield "messages-errors"
    guide.go("/ho-so/")
    guide.go(f"/en{addresses[0]}")
    yield "dossier-en"
    guide.go("/hop-thu/")
    yield "inbox"
    guide.go("/hop-thu/cach-nhan/")
    yield "preferences"
    yield from _helped(guide)
    guide.go("/tai-khoan/toi/")
    yield "profile"
    guide.go("/en/tai-khoan/toi/")
    yield "profile-en"
    guide.go("/tai-khoan/logout/")
    yield "sign-out"
    guide.go("/thanh-toan/")
    yield "payments-mother"
    guide.go("/quan-tri/")
    yield "error-403-citizen"
    guide.go("/")
    yield "home-signed-in"


def _husband(guide: Guide) -> Stops:
    enter(guide, "Trần Văn Minh")
    yield from _dossiers(guide, "husband")


def _elder(guide: Guide) -> Stops:
    enter(guide, "Lê Văn Tư")
    yield from _dossiers(guide, "elder")


def _stopped(guide: Guide) -> Stops:
    enter(guide, "Võ Quốc Huy")
    yield from _dossiers(guide, "stopped")
    guide.go("/ho-so/")
    bundle = guide.links(r"^/lien-thong/")[0]
    guide.go(bundle)
    yield "bundle"
    guide.go(f"/thanh-toan{bundle}")
    yield "bundle-payment"


def _store(guide: Guide) -> Stops:
    enter(guide, "Trần Văn Minh")
    guide.open_store()
    yield "store"
    documents = guide.links(r"^/kho-du-lieu/\d+/$")
    guide.go("/en/kho-du-lieu/")
    yield "store-en"
    guide.go("/kho-du-lieu/giay-to-cho/1.001193/")
    yield "store-papers-for"
    guide.go("/kho-du-lieu/?loai=van-ban-ho-so")
    yield "store-letters"
    guide.go("/kho-du-lieu/?q=khongcogi")
    yield "store-nothing-found"
    for kind, address in zip(("result", "other"), documents, strict=False):
        guide.go(address)
        yield f"document-{kind}"
    guide.go(guide.links(r"^/kho-du-lieu/tep/\d+/dau-chim/$")[0])
    yield "document-watermark"
    guide.go("/kho-du-lieu/ai-da-xem/")
    yield "access-log"
    guide.go("/kho-du-lieu/them/")
    yield "store-upload"
    guide.page.get_by_role("main").get_by_role("button", name="Thêm vào kho").click()
    guide.page.get_by_role("alert").first.wait_for()
    yield "store-upload-errors"
    for address in reversed(documents):
        guide.go(f"{address}xoa/")
        if guide.page.get_by_role("main").get_by_role("button").count():
            yield "document-delete"
            break


def _newcomer(guide: Guide) -> Stops:
    """Level 1 of identity: may look, not file; everything is empty."""
    enter(guide, "Phạm Thị Lan")
    for name, address in (
        ("empty-dossiers", "/ho-so/"),
        ("empty-store", "/kho-du-lieu/"),
        ("empty-access-log", "/kho-du-lieu/ai-da-xem/"),
        ("empty-inbox", "/hop-thu/"),
        ("empty-payments", "/thanh-toan/"),
        ("filing-level-too-low", "/nop-ho-so/1.001193/"),
        ("profile-level-1", "/tai-khoan/toi/"),
    ):
        guide.go(address)
        yield name
    yield from _members(guide)


def _members(guide: Guide) -> Stops:
    """A legal representative appoints somebody for his firm, thinks of dismissing her, and does."""
    page, main = guide.page, guide.page.get_by_role("main")
    guide.context.clear_cookies()
    enter(guide, "Công ty TNHH Thử Nghiệm Sông Hàn")
    guide.go("/to-chuc/")
    yield "organisations"
    guide.go(guide.links(r"^/to-chuc/[0-9]+/$")[0])
    main.get_by_role("link", name="Chỉ định thành viên").click()
    yield "member-appoint"
    main.get_by_role("button", name="Chỉ định").click()
    page.get_by_role("alert").first.wait_for()
    yield "member-appoint-errors"
    helper = next(
        person
        for person in json.loads(PEOPLE.read_text(encoding="utf-8"))["people"]
        if person["full_name"] == "Nguyễn Thị Hoa"
    )
    main.get_by_label("Số định danh cá nhân").fill(helper["number"])
    main.get_by_label("Họ, chữ đệm, tên").fill(helper["full_name"])
    main.get_by_role("button", name="Chỉ định").click()
    main.get_by_role("link", name=re.compile("Cho thôi")).wait_for()
    yield "members"
    main.get_by_role("link", name=re.compile("Cho thôi")).click()
    yield "member-dismiss"
    main.get_by_role("button", name="Cho thôi").click()
    main.get_by_role("button", name=re.compile("Chỉ định lại")).first.wait_for()
    yield "members-history"


def _slug(words: str) -> str:
    """Vietnamese words as a file name."""
    plain = unicodedata.normalize("NFD", words.lower().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]+", "-", "".join(c for c in plain if not unicodedata.combining(c))).strip("-")


_DOSSIER = frozenset({"dossiers:list", "dossiers:detail"})

WALKS = (
    Walk(
        "mother",
        _mother,
        _DOSSIER
        | {
            "dossiers:supplement",
            "dossiers:draft",
            "dossiers:withdraw",
            "dossiers:submitted",
            "dossiers:messages",
            "dossiers:assistance",
            "dossiers:assistance_give",
            "dossiers:assistance_claim",
            "dossiers:representation",
            "dossiers:mandate_give",
            "dossiers:mandate_claim",
            "notifications:inbox",
            "notifications:preferences",
            "accounts:profile",
            "account_logout",
            "payments:list",
            "site:home",
            "admin:index",
        },
    ),
    Walk("husband", _husband, _DOSSIER | {"dossiers:withdraw", "feedback:rate"}),
    Walk("elder", _elder, _DOSSIER | {"dossiers:withdraw", "feedback:rate"}),
    Walk("stopped", _stopped, _DOSSIER | {"dossiers:bundle", "payments:bundle", "feedback:rate"}),
    Walk(
        "store",
        _store,
        frozenset(
            {
                "datastore:list",
                "datastore:detail",
                "datastore:watermark",
                "datastore:access_log",
                "datastore:papers_for",
                "datastore:upload",
                "datastore:delete",
            }
        ),
    ),
    Walk(
        "newcomer",
        _newcomer,
        frozenset(
            {
                "dossiers:list",
                "datastore:list",
                "datastore:access_log",
                "notifications:inbox",
                "payments:list",
                "dossiers:start",
                "accounts:profile",
                "datastore:organisations",
                "datastore:members",
                "datastore:member_appoint",
                "datastore:member_dismiss",
            }
        ),
    ),
)
