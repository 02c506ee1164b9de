"""Sharing one document by a link: what a visitor gets and what the owner sees."""

import logging
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from datastore import chain, sharing
from datastore.models import AccessLog, Consent, Share
from tests.datastore.conftest import text_of
from tests.datastore.share_links import CLOSED, door, enter

pytestmark = pytest.mark.django_db


# --- the good way -----------------------------------------------------------------------------


def test_a_visitor_sees_the_paper_and_the_owner_each_view(share_link, paper, citizen, signed_in):
    made = share_link()
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


def test_a_preview_of_the_link_counts_nothing_and_tells_nothing(share_link):
    made = share_link()
    for _time in range(3):
        page = Client().get(door(made))
        assert page.status_code == 200
        assert "bé An" not in text_of(page) and "trường học" not in text_of(page)
    made.share.refresh_from_db()
    assert made.share.view_count == 0
    assert not AccessLog.objects.exists()


def test_nothing_is_indexed_or_cached(share_link):
    made = share_link()
    browser, answer = enter(made)
    addresses = [door(made), "/chia-se/xem/", "/chia-se/xem/tep/0/", f"/chia-se/{'x' * 43}/"]
    for page in [answer, *map(browser.get, addresses)]:
        assert "noindex" in page["X-Robots-Tag"]
        assert {"private", "no-store"} <= {part.strip() for part in page["Cache-Control"].split(",")}
        assert page["Referrer-Policy"] in {"same-origin", "no-referrer"}
        if page.streaming:
            assert b"".join(page.streaming_content)


def test_the_link_is_in_no_log_line(share_link, settings):
    made = share_link()
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Refused: %s", (door(made),), None)
    line = settings.LOGGING["formatters"]["json"]
    text = line["()"](**{name: value for name, value in line.items() if name != "()"}).format(record)
    assert made.token not in text and "/chia-se/…/" in text


def test_reading_on_is_no_new_view(share_link):
    made = share_link(views=1)
    browser, _answer = enter(made)
    assert browser.get("/chia-se/xem/").status_code == browser.get("/chia-se/xem/").status_code == 200
    made.share.refresh_from_db()
    assert made.share.view_count == 1
    assert enter(made)[1].status_code == 404


def test_it_works_in_english(share_link):
    address = "/en" + door(share_link())
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


def test_the_link_says_nothing_about_anybody(share_link):
    tokens = {share_link().token for _time in range(20)}
    assert len(tokens) == 20
    assert all(re.fullmatch(r"[\w-]{43}", token) for token in tokens)  # 256 bits


def test_the_owner_closes_it_and_an_open_page_goes_too(share_link, citizen, signed_in):
    made = share_link()
    browser, _answer = enter(made)
    signed_in(citizen).post(reverse("datastore:share_close", args=[made.share.pk]))
    for address in ("/chia-se/xem/", "/chia-se/xem/tep/0/", door(made)):
        assert browser.get(address).status_code == 404
    assert "Bạn đã đóng" in text_of(signed_in(citizen).get(reverse("datastore:shares")))


def test_the_owner_closes_it_while_its_last_visitor_reads_on(share_link, citizen, signed_in):
    made = share_link(views=1)
    visitor, _answer = enter(made)
    owner = signed_in(citizen)
    close = reverse("datastore:share_close", args=[made.share.pk])
    page = text_of(owner.get(reverse("datastore:shares")))
    assert "Đã hết lượt xem" in page and close in page
    assert owner.post(close).status_code == 302
    assert CLOSED in text_of(visitor.get("/chia-se/xem/"))
    assert close not in text_of(owner.get(reverse("datastore:shares")))


@pytest.mark.parametrize("name", ["share_new", "share_close", "consent_withdraw"])
def test_others_have_nothing_to_do_with_it(share_link, paper, stranger, signed_in, client, name):
    made = share_link()
    consent = Consent.objects.get(share=made.share)
    key = {"share_new": paper.pk, "share_close": made.share.pk, "consent_withdraw": consent.pk}[name]
    address = reverse(f"datastore:{name}", args=[key])
    assert signed_in(stranger).post(address, {"purpose": "x", "days": "1", "views": "1"}).status_code == 404
    assert client.post(address).status_code == 302
    assert "bé An" not in text_of(signed_in(stranger).get(reverse("datastore:shares")))
    assert "bé An" not in text_of(signed_in(stranger).get(reverse("datastore:consents")))
    assert Share.objects.open(timezone.now()).count() == 1
