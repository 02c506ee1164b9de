"""Papers that run out: told of a month and a week before, once each, in the owner's language, without names."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from datastore import reminders
from datastore.models import Document, DocumentStatus
from portal.notifications import services as notifications

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 28)


@pytest.fixture
def paper(deposit):
    """A paper with so many days left."""
    return lambda days, **facts: deposit(valid_until=TODAY + timedelta(days=days), **facts)


def told(user) -> list[str]:
    return [message.body for message in notifications.inbox(user).order_by("pk")]


@pytest.mark.parametrize(("days", "count"), [(-1, 0), (0, 1), (7, 1), (8, 1), (30, 1), (31, 0)])
def test_who_is_told_today(paper, citizen, days, count):
    paper(days)
    assert reminders.remind(TODAY) == count
    assert len(told(citizen)) == count


def test_each_lead_is_told_once_however_often_the_sweep_runs(paper, citizen):
    paper(30)
    for day in range(31):
        reminders.remind(TODAY + timedelta(days=day))
        reminders.remind(TODAY + timedelta(days=day))
    assert len(told(citizen)) == 2


def test_the_words_name_kind_and_day_but_nobody(paper, citizen):
    document = paper(10, title="Giấy chứng sinh của bé An", about="Nguyễn Minh An")
    reminders.remind(TODAY)
    (message,) = notifications.inbox(citizen)
    assert "Giấy chứng sinh" in message.subject and "08/12/2026" in message.body
    assert "An" not in (message.subject + message.body).split()
    assert message.link == f"/kho-du-lieu/{document.pk}/"


def test_english_owners_are_told_in_english(paper, citizen):
    citizen.language = "en"
    citizen.save()
    paper(10)
    reminders.remind(TODAY)
    assert "Notice of birth" in told(citizen)[0] and "valid until" in told(citizen)[0]


@pytest.mark.parametrize(
    "facts", [{"status": DocumentStatus.REVOKED}, {"status": DocumentStatus.REPLACED}, {"is_listed": False}]
)
def test_what_no_longer_counts_is_not_told_of(paper, citizen, facts):
    Document.objects.filter(pk=paper(10).pk).update(**facts)
    assert reminders.remind(TODAY) == 0 and told(citizen) == []


def test_many_are_told_in_turns(paper, monkeypatch):
    monkeypatch.setattr(reminders, "A_TURN", 2)
    for _number in range(5):
        paper(10)
    assert reminders.remind(TODAY) == 5


def test_a_turn_goes_on_behind_the_last_one_by_the_index(paper, monkeypatch):
    """Also where a later paper has the earlier last day, and a whole turn fails."""
    monkeypatch.setattr(reminders, "A_TURN", 1)
    broken = paper(12), paper(3)
    good = [paper(days).pk for days in (12, 5)]
    whole = reminders._tell

    def some(document, today):
        if document in broken:
            raise ValueError
        whole(document, today)

    monkeypatch.setattr(reminders, "_tell", some)
    with CaptureQueriesContext(connection) as found:
        assert reminders.remind(TODAY) == len(good)
    turns = [query["sql"] for query in found if "LIMIT 1" in query["sql"] and "ORDER BY" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        cursor.execute("EXPLAIN " + next(sql for sql in turns if "valid_until" in sql))
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "document_runs_out" in plan and "Sort" not in plan


def test_the_list_says_so_too(paper, citizen, signed_in):
    today = date.today()  # noqa: DTZ011 - the page's own day
    document = paper(0)
    Document.objects.filter(pk=document.pk).update(valid_until=today + timedelta(days=20))
    assert "Sắp hết hiệu lực</span>" in signed_in(citizen).get("/kho-du-lieu/").content.decode()
    Document.objects.filter(pk=document.pk).update(valid_until=today + timedelta(days=40))
    assert "Sắp hết hiệu lực</span>" not in signed_in(citizen).get("/kho-du-lieu/").content.decode()


def test_one_that_fails_keeps_nobody_else_from_being_told(paper, citizen, monkeypatch):
    broken = paper(10)
    paper(11), paper(12)
    whole = reminders._tell

    def some(document, today):
        if document == broken:
            raise ValueError
        whole(document, today)

    monkeypatch.setattr(reminders, "_tell", some)
    assert reminders.remind(TODAY) == 2 and len(told(citizen)) == 2
