"""A draft in a real browser whose connection comes and goes; the builder and its preview, by keyboard and by eye."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from dossiers.models import Dossier
from portal.agencies.models import Agency, AgencyLevel, Branch, MembershipRole
from procedures import catalogue, drafting, form_edits
from procedures.packs import REFERENCE, own_reference
from tests import factories
from tests.backoffice.conftest import with_second_factor
from tests.browser.axe import violations
from tests.browser.conftest import NARROW, SCREENSHOTS, WIDE
from tests.dossiers.filing_pages import Filing, signed_in
from tests.dossiers.form_fields import field, form
from tests.dossiers.form_fields import page as page_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CODE = "1.004873"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    # a plain dict where Playwright has a TypedDict of its own
    made = browser.new_context(viewport=NARROW, locale="vi-VN", timezone_id="Europe/Paris")  # type: ignore[arg-type]
    yield made
    made.close()


def as_user(context: BrowserContext, live_server: Any, client: Any) -> Page:
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.on("console", lambda message: wrongs.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrongs.append(str(error)))
    return page


wrongs: list[str] = []


def test_a_lost_connection_loses_nothing_and_saves_by_itself_when_it_is_back(
    context: BrowserContext, live_server: Any
) -> None:
    filing = Filing()
    page = as_user(context, live_server, filing.client)
    page.goto(f"{live_server.url}{filing.base}noi-dung/")
    words = page.locator("[data-autosave-words]")
    page.get_by_label("Mục đích").fill("Lúc có mạng")
    expect(words).to_contain_text("Đã lưu")
    filing.draft.refresh_from_db()
    assert filing.draft.answers["purpose"] == "Lúc có mạng"
    clock = timezone.localtime(filing.draft.updated_at, ZoneInfo("Asia/Ho_Chi_Minh"))
    expect(words).to_have_text(f"Đã lưu {clock:%H:%M}")
    context.set_offline(True)
    page.get_by_label("Mục đích").fill("Lúc mất mạng")
    expect(words).to_contain_text("Chưa lưu: không có mạng")
    assert Dossier.objects.get(pk=filing.draft.pk).answers["purpose"] == "Lúc có mạng"
    context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(words).to_contain_text("Đã lưu")
    assert Dossier.objects.get(pk=filing.draft.pk).answers["purpose"] == "Lúc mất mạng"


def test_what_another_window_wrote_is_told_on_top_with_a_link_to_its_field(
    context: BrowserContext, live_server: Any
) -> None:
    filing = Filing()
    old, new = as_user(context, live_server, filing.client), context.new_page()
    for window in (old, new):
        window.goto(f"{live_server.url}{filing.base}noi-dung/")
    new.get_by_label("Mục đích").fill("Ở cửa sổ mới")
    expect(new.locator("[data-autosave-words]")).to_contain_text("Đã lưu")
    box = old.locator("[data-conflict]")
    expect(box).to_be_hidden()
    old.get_by_label("Mục đích").fill("Ở cửa sổ cũ")
    expect(box).to_be_visible()
    expect(box).to_contain_text("máy hoặc cửa sổ khác vừa ghi “Ở cửa sổ mới”")
    expect(old.locator("[data-autosave-words]")).to_have_text("Chưa lưu hết: xem ở đầu trang.")
    top = old.evaluate("document.querySelector('[data-conflict]').getBoundingClientRect().top + scrollY")
    assert top < old.evaluate("document.querySelector('h1').getBoundingClientRect().top + scrollY")
    assert violations(old) == []
    old.evaluate("document.activeElement.blur()")
    box.get_by_role("link").click()
    expect(old.get_by_label("Mục đích")).to_be_focused()
    old.get_by_role("button", name="Lưu và tiếp tục").click()
    expect(old.locator("[data-focus-on-load]")).to_contain_text("“Ở cửa sổ mới”")
    expect(box).to_be_hidden()
    old.get_by_role("button", name="Lưu và tiếp tục").click()
    expect(old).not_to_have_url(f"{live_server.url}{filing.base}noi-dung/")
    assert Dossier.objects.get(pk=filing.draft.pk).answers["purpose"] == "Ở cửa sổ cũ"


def test_what_could_not_be_sent_comes_back_when_the_page_is_opened_anew(
    context: BrowserContext, live_server: Any
) -> None:
    filing = Filing()
    page = as_user(context, live_server, filing.client)
    address = f"{live_server.url}{filing.base}noi-dung/"
    page.goto(address)
    context.set_offline(True)
    page.get_by_label("Mục đích").fill("Chưa kịp gửi")
    expect(page.locator("[data-autosave-words]")).to_contain_text("Chưa lưu: không có mạng")
    context.set_offline(False)
    page.goto(address)
    expect(page.get_by_label("Mục đích")).to_have_value("Chưa kịp gửi")
    expect(page.locator("[data-autosave-words]")).to_contain_text("Đã lưu")
    assert Dossier.objects.get(pk=filing.draft.pk).answers["purpose"] == "Chưa kịp gửi"


def first_answer_held_back(page: Page, address: str) -> list[tuple[Route, Any]]:
    """What is typed first is stored, and the page is not told yet: its answer comes into this list."""
    held: list[tuple[Route, Any]] = []

    def late(route: Route) -> None:
        if route.request.headers.get("x-autosave") and not held:
            held.append((route, route.fetch()))
        else:
            route.continue_()

    page.route(address, late)
    return held


def wait_for_one(held: list[tuple[Route, Any]], page: Page) -> None:
    for _look in range(600):
        if held:
            break
        page.wait_for_timeout(50)


def with_cars(context: BrowserContext, live_server: Any) -> tuple[Filing, Page, str]:
    """A draft whose page asks for up to three cars, and the page open with two: the first filled and saved."""
    cars = field(
        "cars", "repeat", fields=[field("plate", label="Biển số"), field("owner", label="Chủ xe")], max_items=3
    )
    made = form(page_of("noi-dung", field("purpose", label="Mục đích"), cars))
    filing = Filing(factories.make_version(needs_paper=False, form=made))
    page = as_user(context, live_server, filing.client)
    address = f"{live_server.url}{filing.base}noi-dung/"
    page.goto(address)
    page.get_by_role("button", name="Thêm").click()
    expect(page.get_by_label("Biển số")).to_have_count(1)
    with page.expect_response(lambda answer: "x-autosave" in answer.request.headers):
        page.get_by_label("Biển số").fill("29A-11111")
    page.get_by_role("button", name="Thêm").click()
    expect(page.get_by_label("Biển số")).to_have_count(2)
    return filing, page, address


def test_a_row_that_was_typed_without_a_network_is_there_when_the_page_is_opened_anew(
    context: BrowserContext, live_server: Any
) -> None:
    filing, page, address = with_cars(context, live_server)
    plates, owners = page.get_by_label("Biển số"), page.get_by_label("Chủ xe")
    context.set_offline(True)
    plates.nth(1).fill("30B-22222")
    owners.nth(1).fill("Lan")
    expect(page.locator("[data-autosave-words]")).to_contain_text("Chưa lưu: không có mạng")
    context.set_offline(False)
    page.goto(address)
    expect(plates).to_have_count(2)
    expect(plates.nth(1)).to_have_value("30B-22222")
    expect(owners.nth(1)).to_have_value("Lan")
    page.get_by_role("button", name="Bỏ mục 1").click()
    expect(plates).to_have_count(1)
    with page.expect_response(lambda answer: "x-autosave" in answer.request.headers):
        plates.fill("30B-33333")
    expect(page.locator("[data-autosave-words]")).to_contain_text("Đã lưu")
    expect(page.locator("[data-conflict]")).to_be_hidden()  # the button's own saving is no other window's
    assert Dossier.objects.get(pk=filing.draft.pk).answers["cars"] == [{"plate": "30B-33333", "owner": "Lan"}]


def test_a_button_that_takes_a_row_away_waits_for_what_is_just_being_saved(
    context: BrowserContext, live_server: Any
) -> None:
    """Stored already, and not told yet: what the button sends must not be taken for another window's."""
    filing, page, address = with_cars(context, live_server)
    held = first_answer_held_back(page, address)
    page.get_by_label("Biển số").nth(1).fill("30B-22222")
    wait_for_one(held, page)
    page.get_by_label("Biển số").nth(1).fill("30B-33333")
    page.get_by_role("button", name="Bỏ mục 1").click(no_wait_after=True)
    page.wait_for_timeout(300)  # the press comes before the answer
    route, answer = held[0]
    route.fulfill(response=answer)
    expect(page.get_by_label("Biển số")).to_have_count(1)
    expect(page.get_by_label("Biển số")).to_have_value("30B-33333")
    expect(page.locator("[data-autosave-words]")).to_contain_text("Đã lưu")
    expect(page.locator("[data-conflict]")).to_be_hidden()
    assert Dossier.objects.get(pk=filing.draft.pk).answers["cars"] == [{"plate": "30B-33333"}]


def test_what_is_typed_is_saved_after_the_button_that_takes_a_row_away(
    context: BrowserContext, live_server: Any
) -> None:
    filing, page, address = with_cars(context, live_server)
    order: list[str] = []
    held: list[tuple[Route, Any]] = []

    def late(route: Route) -> None:
        order.append("typed" if route.request.headers.get("x-autosave") else "button")
        if order[-1] == "button":
            held.append((route, route.fetch()))
        else:
            route.continue_()

    page.route(address, late)
    page.get_by_label("Biển số").nth(1).fill("30B-22222")
    page.get_by_label("Mục đích").fill("Đổi biển")
    page.get_by_role("button", name="Bỏ mục 1").click(no_wait_after=True)
    wait_for_one(held, page)
    page.wait_for_timeout(1500)  # longer than it is waited after typing
    assert order == ["button"]
    route, answer = held[0]
    route.fulfill(response=answer)
    expect(page.get_by_label("Biển số")).to_have_count(1)
    expect(page.locator("[data-autosave-words]")).to_contain_text("Đã lưu")
    expect(page.locator("[data-conflict]")).to_be_hidden()
    stored = Dossier.objects.get(pk=filing.draft.pk).answers
    assert order == ["button", "typed"]
    assert (stored["purpose"], [car["plate"] for car in stored["cars"]]) == ("Đổi biển", ["30B-22222"])


def test_what_is_saved_while_the_next_page_is_drawn_is_not_missing_from_it(
    context: BrowserContext, live_server: Any
) -> None:
    """The server draws the page, then saves, then the page opens; what it shows is what its button will send."""
    filing = Filing()
    page = as_user(context, live_server, filing.client)
    address = f"{live_server.url}{filing.base}noi-dung/"
    page.goto(address)
    held: list[Route] = []
    opened: list[Route] = []

    def late(route: Route) -> None:
        if route.request.method == "POST":
            if opened:
                route.continue_()
            else:
                held.append(route)
            return
        opened.append(route)
        drawn = route.fetch()
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            held.pop().continue_()
        page.wait_for_timeout(500)  # the page that is being left hears that it is saved
        route.fulfill(response=drawn)

    page.route(address, late)
    with page.expect_request(lambda request: request.method == "POST"):
        page.get_by_label("Mục đích").fill("Gửi đúng lúc đi")
    page.goto(address)
    assert opened and not held
    expect(page.get_by_label("Mục đích")).to_have_value("Gửi đúng lúc đi")
    expect(page.locator("[data-autosave-words]")).to_contain_text("Đã lưu")
    assert Dossier.objects.get(pk=filing.draft.pk).answers["purpose"] == "Gửi đúng lúc đi"


def test_the_button_waits_for_what_its_own_page_is_just_saving(context: BrowserContext, live_server: Any) -> None:
    """Else the page would carry digests of before its own autosave, and be told of another device that is itself."""
    filing = Filing(factories.make_version(needs_paper=False))
    page = as_user(context, live_server, filing.client)
    address = f"{live_server.url}{filing.base}noi-dung/"
    page.goto(address)
    held = first_answer_held_back(page, address)
    page.get_by_label("Mục đích").fill("Chữ thứ nhất")
    wait_for_one(held, page)
    page.get_by_label("Mục đích").fill("Chữ thứ hai")
    page.get_by_role("button", name="Lưu và tiếp tục").first.click(no_wait_after=True)
    route, answer = held[0]
    route.fulfill(response=answer)
    page.wait_for_url(lambda url: url != address)
    assert Dossier.objects.get(pk=filing.draft.pk).answers["purpose"] == "Chữ thứ hai"


def test_the_builder_by_keyboard_and_by_eye(context: BrowserContext, live_server: Any) -> None:
    reference = own_reference()
    catalogue.load_life_events(reference)
    version = catalogue.load_pack(REFERENCE / "procedures" / f"{CODE}.yaml", reference=reference).version
    agency = Agency.objects.create(
        code=version.issuer_code, name="Bộ Tư pháp", level=AgencyLevel.MINISTRY, branch=Branch.JUSTICE, path="G15/"
    )
    official = with_second_factor(factories.make_official(agency, MembershipRole.ADMINISTRATOR))
    drafting.begin(CODE, user=official)
    wrongs.clear()
    page = as_user(context, live_server, signed_in(official))
    base = f"{live_server.url}/quan-tri/bieu-mau/{CODE}/"
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for name, size in (("360", NARROW), ("1280", WIDE)):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for step in ("", "xem-truoc/", "thu/", "lich-su/", "cong-bo/", "cau-hoi/phone/"):
            page.goto(base + step)
            page.screenshot(
                path=SCREENSHOTS / f"builder-{step.strip('/').replace('/', '-')}-{name}.png", full_page=True
            )
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (step, name)
            assert not violations(page), (step, name)
    page.goto(base)
    first = page.locator(".builder-lines > .builder-row").first
    key = first.get_attribute("id")
    first.get_by_role("button", name="Xuống").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".builder-lines > .builder-row").nth(1)).to_have_id(key or "")
    expect(page.locator(f"[id='down:{(key or '').removeprefix('f-')}']")).to_be_focused()
    page.goto(f"{base}xem-truoc/")
    frame = page.frame_locator(".builder-frame__phone")
    frame.get_by_role("button", name="Lưu và tiếp tục").last.click()
    expect(frame.locator(".govuk-error-summary")).to_be_visible()
    assert not wrongs, wrongs


def test_a_refused_step_of_the_builder_says_why_and_keeps_the_focus(context: BrowserContext, live_server: Any) -> None:
    catalogue.load_life_events(own_reference())
    version = catalogue.load_pack(REFERENCE / "procedures" / f"{CODE}.yaml", reference=own_reference()).version
    agency = Agency.objects.create(
        code=version.issuer_code, name="Bộ Tư pháp", level=AgencyLevel.MINISTRY, branch=Branch.JUSTICE, path="G15/"
    )
    official = with_second_factor(factories.make_official(agency, MembershipRole.ADMINISTRATOR))
    draft = drafting.begin(CODE, user=official)
    page = as_user(context, live_server, signed_in(official))
    page.goto(f"{live_server.url}/quan-tri/bieu-mau/{CODE}/")
    words = page.locator(".govuk-error-summary")
    for attempt, (do, what) in enumerate((("remove_page", draft.form["pages"][0]["key"]), ("up", _keys(draft)[1]))):
        if attempt:
            drafting.change(CODE, seen=1, user=official, words="Sửa trước", edit=lambda form: None)
        page.locator(f"[id='{do}:{what}']").press("Enter")
        expect(words).to_contain_text(("Trang còn câu hỏi", "vừa sửa bản thảo này")[attempt])
        expect(words).to_be_focused()


def _keys(draft: Any) -> list[str]:
    return form_edits.keys(draft.form)
