"""Every way by which a shared document is not to be had: ended, closed, used up, guessed, many at once."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from datastore import services, sharing
from datastore.models import CODE_TRIES, AccessLog, Share
from portal.agencies.actors import Actor
from portal.core.errors import InvalidInputError, NotFoundError
from tests.at_once import at_once
from tests.datastore.conftest import text_of
from tests.datastore.share_links import CLOSED, door, enter

pytestmark = pytest.mark.django_db


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
def test_closed_and_unknown_look_alike(share_link, citizen, kind, method):
    made = share_link()
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
def test_a_page_that_is_open_closes_with_its_link(share_link, citizen, kind):
    made = share_link()
    browser, _answer = enter(made)
    closing(kind, made, Actor.citizen(citizen))
    assert browser.get("/chia-se/xem/").status_code == browser.get("/chia-se/xem/tep/0/").status_code == 404


def test_a_view_lasts_a_quarter_of_an_hour(share_link):
    made = share_link()
    text = sharing.ticket(made.share)
    assert sharing.seen(text) == made.share
    for wrong in ("", text[:-1] + ("A" if text[-1] != "A" else "B"), f"{made.share.pk}"):
        with pytest.raises(NotFoundError):
            sharing.seen(wrong)
    with time_machine.travel(timezone.now() + timedelta(minutes=16)), pytest.raises(NotFoundError):
        sharing.seen(text)


def test_a_ticket_opens_its_own_paper_only(share_link, deposit):
    other = deposit(title="Giấy khác")
    browser, _answer = enter(share_link())
    assert browser.get("/chia-se/xem/tep/1/").status_code == 404
    assert browser.get(f"/kho-du-lieu/tep/{other.files.get().pk}/").status_code == 302
    assert browser.get(f"/kho-du-lieu/{other.pk}/").status_code == 302


def test_guessing_addresses_is_stopped(share_link):
    made = share_link()
    browser = Client()
    answers = [browser.get(f"/chia-se/{'A' * 41}{number:02}/").status_code for number in range(25)]
    assert answers == [404] * 20 + [429] * 5
    assert browser.get(door(made)).status_code == 429
    assert Client(REMOTE_ADDR="192.0.2.7").get(door(made)).status_code == 200


# --- the code ---------------------------------------------------------------------------------


def test_the_code_is_asked_for_and_counts_only_when_right(share_link):
    made = share_link(with_code=True)
    wrong = "000000" if made.code != "000000" else "111111"
    _browser, answer = enter(made, code=wrong)
    assert answer.status_code == 422 and "Mã chưa đúng" in text_of(answer)
    assert enter(made)[1].status_code == 422
    made.share.refresh_from_db()
    assert (made.share.view_count, made.share.code_failures) == (0, 1)
    assert enter(made, code=f"{made.code[:3]} {made.code[3:]}")[1].status_code == 302
    made.share.refresh_from_db()
    assert (made.share.view_count, made.share.code_failures) == (1, 0)


def test_five_wrong_codes_lock_the_link_even_for_the_right_one(share_link, citizen, signed_in):
    made = share_link(with_code=True)
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
def test_visitors_at_once_get_no_more_views_than_there_are(share_link):
    made = share_link(views=3)
    ends = ends_of(8, lambda: sharing.see(made.token, code=""))
    made.share.refresh_from_db()
    assert (sorted(ends), made.share.view_count) == (["NotFoundError"] * 5 + ["in"] * 3, 3)
    assert AccessLog.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_guessers_at_once_get_no_more_tries_than_there_are(share_link):
    made = share_link(with_code=True)
    wrong = "000000" if made.code != "000000" else "111111"
    ends = ends_of(9, lambda: sharing.see(made.token, code=wrong))
    assert sorted(ends) == ["InvalidInputError"] * CODE_TRIES + ["NotFoundError"] * (9 - CODE_TRIES)


@pytest.mark.parametrize(
    "change", [{"view_count": 6}, {"code_failures": CODE_TRIES + 1}, {"expires_at": timezone.now() - timedelta(days=9)}]
)
def test_the_database_keeps_the_limits(share_link, change):
    made = share_link()
    with pytest.raises(IntegrityError), transaction.atomic():
        Share.objects.filter(pk=made.share.pk).update(**change)
