"""Sharing one document by a link: what a visitor gets, what the owner sees, and every way in that is not one."""

import html
import logging
import re
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from datastore import chain, consents, reuse, services, sharing
from datastore.models import CODE_TRIES, AccessLog, Consent, Share
from portal.agencies.actors import Actor
from portal.core.errors import InvalidInputError, NotFoundError
from portal.settings.logs import logging_config
from tests.at_once import at_once

pytestmark = pytest.mark.django_db
CLOSED = "Liên kết này không mở được"


def text_of(response):
    return html.unescape(response.content.decode())


@pytest.fixture
def paper(deposit):
    return deposit(title="Giấy chứng sinh của bé An")


@pytest.fixture
def make(paper, citizen):
    def share(**facts):
        wanted = {"purpose": "Nộp cho trường học", "days": 1, "views": 5, "with_code": False, **facts}
        return sharing.create(paper.pk, actor=Actor.citizen(citizen), **wanted)

    return share


def door(made):
    return reverse("datastore:shared_door", args=[made.token])


def enter(made, **data):
    """A visitor's browser after pressing the button."""
    browser = Client()
    return browser, browser.post(door(made), data)


# --- the good way -----------------------------------------------------------------------------


def test_a_visitor_sees_the_paper_and_the_owner_each_view(make, paper, citizen, signed_in):
    made = make()
    browser, answer = enter(made)
    assert (answer.status_code, answer["Location"]) == (302, "/chia-se/xem/")
    text = text_of(browser.get("/chia-se/xem/"))
    assert "Giấy chứng sinh của bé An" in text and "Nộp cho trường học" in text
    assert citizen.display_name not in text
    file = browser.get("/chia-se/xem/tep/0/")
    assert b"".join(file.streaming_content).startswith(b"%PDF-")
    rows = AccessLog.objects.order_by("id")
    assert [(row.action, row.reader_role, row.share_id, row.owner) for row in rows] == [
        ("looked", "link", made.share.pk, citizen),
        ("opened", "link", made.share.pk, citizen),
    ]
    log = text_of(signed_in(citizen).get(reverse("datastore:access_log")))
    assert "qua liên kết chia sẻ" in log and "Nộp cho trường học" in log
    assert "đã xem 1 trên 5 lượt" in text_of(signed_in(citizen).get(reverse("datastore:shares")))
    assert chain.link_pending() == 2


def test_a_preview_of_the_link_counts_nothing_and_tells_nothing(make):
    made = make()
    for _time in range(3):
        page = Client().get(door(made))
        assert page.status_code == 200
        assert "bé An" not in text_of(page) and "trường học" not in text_of(page)
    made.share.refresh_from_db()
    assert made.share.view_count == 0
    assert not AccessLog.objects.exists()


def test_nothing_is_indexed_or_cached(make):
    made = make()
    browser, answer = enter(made)
    addresses = [door(made), "/chia-se/xem/", "/chia-se/xem/tep/0/", f"/chia-se/{'x' * 43}/"]
    for page in [answer, *map(browser.get, addresses)]:
        assert "noindex" in page["X-Robots-Tag"]
        assert {"private", "no-store"} <= {part.strip() for part in page["Cache-Control"].split(",")}
        assert page["Referrer-Policy"] in {"same-origin", "no-referrer"}
        if page.streaming:
            assert b"".join(page.streaming_content)


def test_the_link_is_in_no_log_line(make):
    made = make()
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Refused: %s", (door(made),), None)
    line = logging_config("INFO")["formatters"]["json"]
    text = line["()"](**{name: value for name, value in line.items() if name != "()"}).format(record)
    assert made.token not in text and "/chia-se/…/" in text


def test_reading_on_is_no_new_view(make):
    made = make(views=1)
    browser, _answer = enter(made)
    assert browser.get("/chia-se/xem/").status_code == browser.get("/chia-se/xem/").status_code == 200
    made.share.refresh_from_db()
    assert made.share.view_count == 1
    assert enter(made)[1].status_code == 404


def test_it_works_in_english(make):
    address = "/en" + door(make())
    browser = Client()
    assert "Someone has shared a document with you" in text_of(browser.get(address))
    browser.post(address)
    assert "Shared for: " in text_of(browser.get("/en/chia-se/xem/"))


# --- the owner's pages ------------------------------------------------------------------------


def test_the_owner_makes_a_link_that_is_shown_once(paper, citizen, signed_in):
    browser = signed_in(citizen)
    address = reverse("datastore:share_new", args=[paper.pk])
    assert paper.title in text_of(browser.get(address))
    assert browser.post(address, {"purpose": "", "days": "1", "views": "1"}).status_code == 422
    assert browser.post(address, {"purpose": "x", "days": "9999", "views": "1"}).status_code == 422
    answer = browser.post(address, {"purpose": "Vay vốn", "days": "7", "views": "5", "with_code": "on"})
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (201, True)
    token = re.search(r"/chia-se/([\w-]{43})/", text_of(answer))[1]
    code = re.search(r"share-code\">(\d{6})<", text_of(answer))[1]
    share = Share.objects.get()
    kept = " ".join(str(value) for value in Share.objects.values_list().get())
    assert token not in kept and code not in kept
    assert share.expires_at - share.created_at == timedelta(days=7)
    assert token not in text_of(browser.get(reverse("datastore:shares")))
    assert sharing.see(token, code=code) == share


def test_the_link_says_nothing_about_anybody(make):
    tokens = {make().token for _time in range(20)}
    assert len(tokens) == 20
    assert all(re.fullmatch(r"[\w-]{43}", token) for token in tokens)  # 256 bits


def test_the_owner_closes_it_and_an_open_page_goes_too(make, citizen, signed_in):
    made = make()
    browser, _answer = enter(made)
    signed_in(citizen).post(reverse("datastore:share_close", args=[made.share.pk]))
    for address in ("/chia-se/xem/", "/chia-se/xem/tep/0/", door(made)):
        assert browser.get(address).status_code == 404
    assert "Bạn đã đóng" in text_of(signed_in(citizen).get(reverse("datastore:shares")))


def test_the_owner_closes_it_while_its_last_visitor_reads_on(make, citizen, signed_in):
    made = make(views=1)
    visitor, _answer = enter(made)
    owner = signed_in(citizen)
    close = reverse("datastore:share_close", args=[made.share.pk])
    page = text_of(owner.get(reverse("datastore:shares")))
    assert "Đã hết lượt xem" in page and close in page
    assert owner.post(close).status_code == 302
    assert CLOSED in text_of(visitor.get("/chia-se/xem/"))
    assert close not in text_of(owner.get(reverse("datastore:shares")))


@pytest.mark.parametrize("name", ["share_new", "share_close", "consent_withdraw"])
def test_others_have_nothing_to_do_with_it(make, paper, stranger, signed_in, client, name):
    made = make()
    consent = Consent.objects.get(share=made.share)
    key = {"share_new": paper.pk, "share_close": made.share.pk, "consent_withdraw": consent.pk}[name]
    address = reverse(f"datastore:{name}", args=[key])
    assert signed_in(stranger).post(address, {"purpose": "x", "days": "1", "views": "1"}).status_code == 404
    assert client.post(address).status_code == 302
    assert "bé An" not in text_of(signed_in(stranger).get(reverse("datastore:shares")))
    assert "bé An" not in text_of(signed_in(stranger).get(reverse("datastore:consents")))
    assert Share.objects.open(timezone.now()).count() == 1


# --- closed ways ------------------------------------------------------------------------------


def closing(kind, made, actor):
    """Make a link lead nowhere in one of the ways there are."""
    share = Share.objects.filter(pk=made.share.pk)
    if kind == "expired":
        past = timezone.now() - timedelta(minutes=1)
        share.update(created_at=past - timedelta(days=1), expires_at=past)
    elif kind == "revoked":
        sharing.close(made.share.pk, actor=actor)
    elif kind == "used up":
        share.update(view_count=5)
    elif kind == "locked":
        share.update(code_failures=CODE_TRIES)
    elif kind == "paper deleted":
        services.delete(made.share.document_id, actor)


@pytest.mark.parametrize("kind", ["expired", "revoked", "used up", "locked", "paper deleted"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_closed_and_unknown_look_alike(make, citizen, kind, method):
    made = make()
    closing(kind, made, Actor.citizen(citizen))
    unknown = door(made).replace(made.token, "A" * 43)
    closed, never = (getattr(Client(), method)(address) for address in (door(made), unknown))
    assert closed.status_code == never.status_code == 404
    assert CLOSED in text_of(closed)

    def without_address(page):
        return re.sub(r"[\w-]{43,}", "", text_of(page))

    assert without_address(closed) == without_address(never)
    assert not AccessLog.objects.exists()


@pytest.mark.parametrize("kind", ["expired", "revoked", "paper deleted"])
def test_a_page_that_is_open_closes_with_its_link(make, citizen, kind):
    made = make()
    browser, _answer = enter(made)
    closing(kind, made, Actor.citizen(citizen))
    assert browser.get("/chia-se/xem/").status_code == browser.get("/chia-se/xem/tep/0/").status_code == 404


def test_a_view_lasts_a_quarter_of_an_hour(make):
    made = make()
    text = sharing.ticket(made.share)
    assert sharing.seen(text) == made.share
    for wrong in ("", text[:-1] + ("A" if text[-1] != "A" else "B"), f"{made.share.pk}"):
        with pytest.raises(NotFoundError):
            sharing.seen(wrong)
    with time_machine.travel(timezone.now() + timedelta(minutes=16)), pytest.raises(NotFoundError):
        sharing.seen(text)


def test_a_ticket_opens_its_own_paper_only(make, deposit):
    other = deposit(title="Giấy khác")
    browser, _answer = enter(make())
    assert browser.get("/chia-se/xem/tep/1/").status_code == 404
    assert browser.get(f"/kho-du-lieu/tep/{other.files.get().pk}/").status_code == 302
    assert browser.get(f"/kho-du-lieu/{other.pk}/").status_code == 302


def test_guessing_addresses_is_stopped(make):
    made = make()
    browser = Client()
    answers = [browser.get(f"/chia-se/{'A' * 41}{number:02}/").status_code for number in range(25)]
    assert answers == [404] * 20 + [429] * 5
    assert browser.get(door(made)).status_code == 429
    assert Client(REMOTE_ADDR="192.0.2.7").get(door(made)).status_code == 200


# --- the code ---------------------------------------------------------------------------------


def test_the_code_is_asked_for_and_counts_only_when_right(make):
    made = make(with_code=True)
    wrong = "000000" if made.code != "000000" else "111111"
    _browser, answer = enter(made, code=wrong)
    assert answer.status_code == 422 and "Mã chưa đúng" in text_of(answer)
    assert enter(made)[1].status_code == 422
    made.share.refresh_from_db()
    assert (made.share.view_count, made.share.code_failures) == (0, 1)
    assert enter(made, code=f"{made.code[:3]} {made.code[3:]}")[1].status_code == 302
    made.share.refresh_from_db()
    assert (made.share.view_count, made.share.code_failures) == (1, 0)


def test_five_wrong_codes_lock_the_link_even_for_the_right_one(make, citizen, signed_in):
    made = make(with_code=True)
    wrong = "000000" if made.code != "000000" else "111111"
    for _time in range(CODE_TRIES):
        with pytest.raises(InvalidInputError):
            sharing.see(made.token, code=wrong)
    with pytest.raises(NotFoundError):
        sharing.see(made.token, code=made.code)
    assert "Đã khóa: nhập sai mã 5 lần" in text_of(signed_in(citizen).get(reverse("datastore:shares")))


# --- many at once -----------------------------------------------------------------------------


def ends_of(number, work):
    """Do the same thing several times at once; return how each ended."""

    def run():
        try:
            work()
        except (NotFoundError, InvalidInputError) as error:
            return type(error).__name__
        return "in"

    return at_once([run] * number)


@pytest.mark.django_db(transaction=True)
def test_visitors_at_once_get_no_more_views_than_there_are(make):
    made = make(views=3)
    ends = ends_of(8, lambda: sharing.see(made.token, code=""))
    made.share.refresh_from_db()
    assert (sorted(ends), made.share.view_count) == (["NotFoundError"] * 5 + ["in"] * 3, 3)
    assert AccessLog.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_guessers_at_once_get_no_more_tries_than_there_are(make):
    made = make(with_code=True)
    wrong = "000000" if made.code != "000000" else "111111"
    ends = ends_of(9, lambda: sharing.see(made.token, code=wrong))
    assert sorted(ends) == ["InvalidInputError"] * CODE_TRIES + ["NotFoundError"] * (9 - CODE_TRIES)


@pytest.mark.parametrize(
    "change", [{"view_count": 6}, {"code_failures": CODE_TRIES + 1}, {"expires_at": timezone.now() - timedelta(days=9)}]
)
def test_the_database_keeps_the_limits(make, change):
    made = make()
    with pytest.raises(IntegrityError), transaction.atomic():
        Share.objects.filter(pk=made.share.pk).update(**change)


# --- consents ---------------------------------------------------------------------------------


def test_a_share_is_a_consent_and_withdrawing_it_closes_the_link(make, citizen, signed_in):
    made = make()
    consent = Consent.objects.get()
    assert (consent.owner, consent.share, consent.purpose) == (citizen, made.share, "Nộp cho trường học")
    assert (consent.scope, consent.expires_at) == ("Giấy chứng sinh của bé An", made.share.expires_at)
    assert "91/2025/QH15" in consent.legal_basis
    browser = signed_in(citizen)
    address = reverse("datastore:consent_withdraw", args=[consent.pk])
    assert "Liên kết đóng ngay" in text_of(browser.get(address))
    browser.post(address)
    assert enter(made)[1].status_code == 404
    assert "Đã rút" in text_of(browser.get(reverse("datastore:consents")))
    first = Consent.objects.get().withdrawn_at
    consents.withdraw(consent.pk, actor=Actor.citizen(citizen))
    assert Consent.objects.get().withdrawn_at == first


def test_a_reuse_is_a_consent_and_withdrawing_it_leaves_the_filing(paper, citizen, signed_in):
    used = reuse.record_reuse(paper, "H29-1", "GIAY", ["0" * 64])
    reuse.record_reuse(paper, "H29-1", "GIAY", ["0" * 64])
    consent = Consent.objects.get()
    assert (consent.reuse, consent.dossier_code) == (used, "H29-1")
    assert consent.purpose == reuse.REUSE_CONSENT % {"code": "H29-1"}
    browser = signed_in(citizen)
    address = reverse("datastore:consent_withdraw", args=[consent.pk])
    assert "giữ nguyên bản giấy tờ đã chốt lúc nộp" in text_of(browser.get(address))
    browser.post(address)
    assert "giữ nguyên giấy tờ đã chốt lúc nộp" in text_of(browser.get(reverse("datastore:consents")))
    used.refresh_from_db()
    assert used.content_sha256 == ["0" * 64]
