"""The journal: a system that was away catches up by cursor, alone, and misses nothing."""

from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from dossiers import journal
from dossiers.models import Dossier, DossierEvent
from portal.api.tasks import tidy
from tests import factories
from tests.api.callers import Caller, caller, filed_dossier, token_for

pytestmark = pytest.mark.django_db


def walk(system: Caller, cursor: str = "", size: int = 2, **query: str) -> tuple[list[dict[str, Any]], str]:
    told: list[dict[str, Any]] = []
    for _turn in range(100):
        asked = {"page_size": str(size), "cursor": cursor, **query}
        page = system.get("/api/v1/events/", query_params=asked).json()
        told += page["results"]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            return told, cursor
    raise AssertionError("the journal has no end")


def test_a_system_that_was_away_catches_up_from_where_it_stopped() -> None:
    system, first = filed_dossier()
    seen, cursor = walk(system)
    assert [(row["code"], row["name"]) for row in seen] == [(first.code, "dossier.submitted")]
    assert walk(system, cursor) == ([], cursor)
    others = [factories.file_dossier() for _turn in range(3)]
    system.push(first, "accept")
    missed, after = walk(system, cursor)
    assert [row["code"] for row in missed] == [*(dossier.code for dossier in others), first.code]
    assert [row["number"] for row in missed] == sorted({row["number"] for row in missed})
    last = missed[-1]
    assert last["to_state"] == "accepted" and last["source"] == system.client.event_source and last["agency_code"]
    assert walk(system)[0] == seen + missed, "from the beginning it is the same journal"
    without, end = walk(system, cursor, without_own="true")
    assert last["code"] not in [row["code"] for row in without] and end == after


def test_a_system_reads_of_its_own_dossiers_only() -> None:
    system, dossier = filed_dossier()
    foreign = caller(factories.make_other_agency())
    assert walk(foreign) == ([], "0")
    assert len(walk(system)[0]) == 1
    Dossier.objects.filter(pk=dossier.pk).update(handled_by=None)
    assert walk(system)[0] == [], "what was moved away is not its to see any more"


def test_events_that_are_not_public_are_left_out() -> None:
    system, dossier = filed_dossier()
    DossierEvent.objects.filter(dossier=dossier).update(is_public=False)
    assert walk(system)[0] == []


def test_nothing_changed_costs_no_body() -> None:
    system, _dossier = filed_dossier()
    page = system.get("/api/v1/events/")
    again = system.http.get("/api/v1/events/", headers={"If-None-Match": page["ETag"]})
    assert again.status_code == 304 and again.content == b"" and again["ETag"] == page["ETag"]
    assert system.http.head("/api/v1/events/").status_code == 200


@pytest.mark.parametrize("query", ["cursor=x", "cursor=-1", "cursor=" + "9" * 19, "page_size=0", "page_size=201"])
def test_a_cursor_or_a_size_that_is_none_is_named(query: str) -> None:
    assert caller(factories.make_agency()).get(f"/api/v1/events/?{query}").status_code == 422


def test_a_long_backlog_is_numbered_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "NUMBERED_AT_ONCE", 2)
    system, dossier = filed_dossier()
    codes = [dossier.code, *(factories.file_dossier().code for _turn in range(4))]
    DossierEvent.objects.filter(dossier__code__in=codes[:3]).update(is_public=True, source=system.client.event_source)
    assert [row["code"] for row in walk(system, size=50)[0]] == codes
    assert [row["code"] for row in walk(system, without_own="1")[0]] == codes[3:]


@pytest.mark.django_db(transaction=True)
def test_an_event_committed_late_comes_after_what_was_already_read() -> None:
    system, slow = filed_dossier()
    quick = factories.file_dossier()
    _seen, cursor = walk(system)

    def note(dossier: Dossier) -> None:
        row = DossierEvent.objects.get(dossier=dossier)
        row.pk, row.sequence, row.name, row.journal_number = None, 90, "dossier.progress_reported", None
        row.save()

    def other() -> None:
        try:
            note(quick)
        finally:
            connection.close()

    with transaction.atomic():
        note(slow)  # takes the lower id, and is committed after the other was read
        thread = Thread(target=other)
        thread.start()
        thread.join(timeout=100)
        read_by_now: list[tuple[list[dict[str, Any]], str]] = []

        def read() -> None:
            try:
                read_by_now.append(walk(system, cursor))
            finally:
                connection.close()

        reader = Thread(target=read)
        reader.start()
        reader.join(timeout=100)
        ((early, cursor),) = read_by_now
        assert [row["code"] for row in early] == [quick.code]
    assert [row["code"] for row in walk(system, cursor)[0]] == [slow.code]


def test_what_a_partner_missed_for_ninety_days_is_there_still() -> None:
    """Nothing that tidies up may take it away: who was gone for a quarter catches up alone."""
    system, dossier = filed_dossier()
    system.push(dossier, "accept")
    before = walk(system)[0]
    with time_machine.travel(timezone.now() + timedelta(days=91), tick=False):
        tidy()
        later = Caller(system.client, token_for(system.client))
        told, _cursor = walk(later)
    assert [row["number"] for row in told] == [row["number"] for row in before] and len(told) == 2
