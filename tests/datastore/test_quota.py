"""How much of one's own a store holds: told with the cure, and never in the way of what an agency issues."""

import threading

import pytest
from django.db import connection
from django.urls import reverse

from datastore import quota, services
from datastore.models import Document, TrustLevel
from portal.agencies.actors import Actor
from portal.core.errors import InvalidInputError
from tests.datastore.conftest import make_image, make_pdf, text_of
from tests.factories import make_company, make_member

pytestmark = pytest.mark.django_db


def refused(deposit, **facts) -> str:
    before = Document.objects.count()
    with pytest.raises(InvalidInputError) as caught:
        deposit(**facts)
    assert list(caught.value.fields) == ["file"] and Document.objects.count() == before
    return str(caught.value.fields["file"][0])


def test_too_many_papers_are_refused_with_the_cure(deposit, settings):
    settings.STORE_MAX_PAPERS = 2
    deposit()
    deposit()
    words = refused(deposit)
    assert "2 giấy tờ" in words and "xóa giấy tờ không còn dùng" in words


def test_too_many_bytes_are_refused_with_the_cure(deposit, settings):
    settings.STORE_MAX_MB = 0
    words = refused(deposit)
    assert "0 MB" in words and "Kho dữ liệu" in words


def test_deleting_makes_room(deposit, citizen, settings):
    settings.STORE_MAX_PAPERS = 1
    known = deposit()
    refused(deposit)
    services.delete(known.pk, Actor.citizen(citizen))
    assert deposit().pk != known.pk


def test_same_paper_again_needs_no_room(deposit, settings):
    content = make_pdf()
    known = deposit(content=content, once=True)
    settings.STORE_MAX_PAPERS, settings.STORE_MAX_MB = 1, 0
    assert deposit(content=content, once=True) == known


def test_what_agencies_issue_counts_for_nothing(deposit, ward, settings):
    deposit(trust=TrustLevel.DIGITISED, issuer=ward)
    settings.STORE_MAX_PAPERS = 1
    deposit()
    settings.STORE_MAX_PAPERS, settings.STORE_MAX_MB = 0, 0
    assert deposit(trust=TrustLevel.ISSUED, issuer=ward).pk


@pytest.mark.django_db(transaction=True)
def test_two_uploads_at_once_do_not_both_take_the_last_place(deposit, settings):
    settings.STORE_MAX_PAPERS = 1
    start, refusals = threading.Barrier(2), []

    def upload(size: int) -> None:
        try:
            start.wait(10)
            deposit(content=make_image(size=(size, 40)), name="a.jpg")
        except InvalidInputError as error:
            refusals.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=upload, args=(size,)) for size in (41, 42)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(refusals) == 1 and Document.objects.count() == 1


def test_the_page_that_adds_a_paper_says_how_full_the_store_is(deposit, ward, browser, settings):
    settings.STORE_MAX_PAPERS = 1500
    deposit(content=make_image(kind="PNG", size=(900, 900)), name="a.png")
    deposit(trust=TrustLevel.ISSUED, issuer=ward)
    words = text_of(browser.get(reverse("datastore:upload")))
    assert "đang chiếm 1 trong 1.000 MB, 1 trong 1.500 giấy tờ" in words and "Kho sắp đầy" not in words
    settings.STORE_MAX_PAPERS = 1
    assert "1 trong 1 giấy tờ" in (words := text_of(browser.get(reverse("datastore:upload"))))
    assert "Kho sắp đầy: hãy xóa" in words


def test_an_organisations_store_is_counted_by_itself(deposit, citizen):
    firm = make_company()
    make_member(firm, citizen)
    deposit()
    assert (quota.use_of(citizen).papers, quota.use_of(firm).papers) == (1, 0)
    deposit(organisation=firm)
    assert (quota.use_of(citizen).papers, quota.use_of(firm).papers) == (1, 1)
