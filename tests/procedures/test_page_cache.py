"""Pages for readers without a session are kept, and never a moment longer than they are true."""

import gzip

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse

from portal.accounts.models import User
from portal.core import page_cache
from portal.core.page_cache import Kept, Rule, Shelf
from procedures import catalogue, closing, publication, questions, tasks
from procedures.models import Question
from tests.procedures.conftest import BIRTH
from tests.procedures.policy_rows import make_policy

pytestmark = pytest.mark.django_db
URL = f"/thu-tuc/{BIRTH}/"


@pytest.fixture(autouse=True)
def _empty_shelf():
    page_cache.shelf.clear()
    yield
    page_cache.shelf.clear()


def test_the_second_reader_costs_no_query(publish, client, django_assert_num_queries):
    publish(BIRTH)
    first = client.get(URL)
    with django_assert_num_queries(0):
        second = client.get(URL)
    assert second.content == first.content
    assert second.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]
    assert second.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Cookie" in second.headers["Vary"]


@pytest.mark.parametrize("address", [URL, "/thu-tuc/", "/thu-tuc/?q=khai+sinh", "/"])
def test_a_reader_who_has_it_gets_304(publish, client, address):
    publish(BIRTH)
    etag = client.get(address).headers["ETag"]
    response = client.get(address, headers={"if-none-match": etag})
    assert (response.status_code, response.content, response.headers["ETag"]) == (304, b"", etag)
    assert client.get(address, headers={"if-none-match": '"old"'}).status_code == 200


def test_compressed_and_plain_are_apart_and_keep_their_etag(publish, client):
    publish(BIRTH)
    compressed = client.get(URL, headers={"accept-encoding": "gzip"})
    plain = client.get(URL)
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(compressed.content) == plain.content
    page_cache.shelf.clear()
    assert client.get(URL, headers={"accept-encoding": "gzip"}).headers["ETag"] == compressed.headers["ETag"]


def test_publishing_ends_it(publish, client, pack_data, reference, django_capture_on_commit_callbacks):
    publish(BIRTH)
    assert "Lời mới." not in client.get(URL).content.decode()
    data = pack_data(BIRTH)
    data["summary"]["vi"] = "Lời mới."
    with django_capture_on_commit_callbacks(execute=True):
        catalogue.load_pack(data, reference=reference)
    assert "Lời mới." in client.get(URL).content.decode()


def test_closing_ends_it(publish, client, django_capture_on_commit_callbacks):
    publish(BIRTH)
    client.get(URL)
    with django_capture_on_commit_callbacks(execute=True):
        closing.close(BIRTH, reason="Tạm dừng.")
    assert "Tạm dừng." in client.get(URL).content.decode()


def test_languages_places_and_schemes_are_apart(publish, territory, client):
    publish(BIRTH)
    pages = {client.get(address).content for address in (URL, f"/en{URL}", f"{URL}?tinh=01", f"{URL}?tinh=01&xa=00073")}
    client.cookies["portal_theme"] = "dark"
    pages.add(client.get(URL).content)
    assert len(pages) == 5


def test_who_is_signed_in_is_never_kept_nor_served_from_it(publish, client, django_user_model):
    publish(BIRTH)
    anonymous = client.get(URL)
    user = User.objects.create(username="cd-x", display_name="Nguyễn Thị Riêng")
    client.force_login(user)
    own = client.get(URL)
    assert "Nguyễn Thị Riêng" in own.content.decode()
    assert own.headers["Cache-Control"] == "private, no-cache"
    client.logout()
    assert client.get(URL).content == anonymous.content


def test_an_address_with_other_parameters_is_not_kept(publish, client):
    publish(BIRTH)
    client.get(URL, {"utm_source": "x"})
    assert page_cache.shelf.bytes == 0


def test_pages_that_are_not_there_are_not_kept(publish, client):
    client.get("/thu-tuc/9.999999/")
    assert page_cache.shelf.bytes == 0


def test_without_a_cache_nothing_is_kept_and_everything_works(publish, client, monkeypatch):
    publish(BIRTH)
    monkeypatch.setattr("procedures.publication.edition", lambda: None)
    monkeypatch.setattr("procedures.publication.edition_or_none", lambda: None)
    cache.clear()
    assert client.get(URL).status_code == 200


def test_a_post_passes_by(publish, client):
    publish(BIRTH)
    assert client.post(reverse("procedures:search")).status_code == 405


def test_the_oldest_page_leaves_when_there_are_too_many_bytes():
    shelf = Shelf(most_bytes=25)
    rule = Rule(lambda: "e", frozenset())
    for name in "abc":
        shelf.put((name,), Kept(rule, "e", float("inf"), b"x" * 10, (), ""))
    assert shelf.get(("a",)) is None
    assert shelf.get(("c",)) is not None
    assert shelf.bytes == 20
    shelf.put(("c",), Kept(rule, "e", float("inf"), b"x" * 5, (), ""))
    assert shelf.bytes == 15


def test_a_page_is_not_kept_beyond_its_time_or_edition():
    shelf = Shelf()
    edition = "one"
    rule = Rule(lambda: edition, frozenset())
    shelf.put(("late",), Kept(rule, "one", 0.0, b"x", (), ""))
    shelf.put(("old",), Kept(rule, "zero", float("inf"), b"x", (), ""))
    assert shelf.get(("late",)) is None
    assert shelf.get(("old",)) is None


def test_an_announcement_lost_on_its_way_is_made_up_for(publish, monkeypatch, django_capture_on_commit_callbacks):
    publish(BIRTH)
    tasks.bring_current()
    before = publication.edition()
    with monkeypatch.context() as away, django_capture_on_commit_callbacks(execute=True):
        away.setattr(publication, "_renew", lambda: None)
        closing.close(BIRTH, reason="Tạm dừng.")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what a commit does
    assert publication.edition() == before
    tasks.bring_current()
    after = publication.edition()
    tasks.bring_current()
    assert before != after == publication.edition()


@pytest.mark.parametrize("kind", ["question", "its deletion", "local policy"])
def test_a_lost_announcement_that_left_no_change_is_made_up_for(publish, monkeypatch, kind):
    publish(BIRTH)
    asked = Question(code="q", procedure_codes=[BIRTH], question="Hỏi?", question_en="?", answer="Đáp.", answer_en=".")
    if kind == "its deletion":
        asked.save()
    tasks.bring_current()
    before = publication.edition()
    monkeypatch.setattr(publication, "announce", lambda: None)
    match kind:
        case "question":
            questions.save(asked)
        case "its deletion":
            questions.delete(asked)
        case _:
            make_policy()
    assert publication.edition() == before
    tasks.bring_current()
    after = publication.edition()
    tasks.bring_current()
    assert before != after == publication.edition()
