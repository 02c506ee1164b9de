"""Gathered writes: sent together, read by whoever asks, undone as a whole."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dossiers.models import DossierEvent
from portal.agencies.models import Agency, CalendarDay
from portal.core import row_texts, rows, work, writes
from tests import factories
from tests.core.written_rows import row

pytestmark = pytest.mark.django_db


def test_a_row_alone_is_written_at_once_and_has_its_id() -> None:
    day = row("2026-12-01")
    writes.insert(day)
    assert CalendarDay.objects.get(pk=day.pk).name == "Ngày nghỉ"


def test_gathered_rows_go_in_with_the_first_question_of_somebody_else() -> None:
    agency = factories.make_agency()
    with writes.gathered():
        writes.insert(row("2026-12-01", agency=agency))
        agency.name = "UBND phường Mới"
        writes.update(agency, ["name"])
        with CaptureQueriesContext(connection) as queries:
            assert CalendarDay.objects.filter(agency__name="UBND phường Mới").count() == 1
    assert len(queries) == 1


def test_rows_of_several_tables_go_in_at_the_end() -> None:
    agency = factories.make_agency()
    with writes.gathered() as pending:
        writes.insert(row("2026-12-01"))
        writes.insert(row("2026-12-02"))
        agency.short_name = "Một"
        writes.update(agency, ["short_name"])
        agency.short_name = "Hai"
        writes.update(agency, ["short_name", "name"])
        assert pending.times_sent == 0
    assert pending.times_sent == 1
    assert CalendarDay.objects.filter(day__in=["2026-12-01", "2026-12-02"]).count() == 2
    agency.refresh_from_db()
    assert agency.short_name == "Hai"


def test_two_instances_of_one_row_both_have_their_say() -> None:
    agency = factories.make_agency()
    same = Agency.objects.get(pk=agency.pk)
    with writes.gathered():
        agency.short_name = "Một"
        writes.update(agency, ["short_name"])
        same.name, same.short_name = "UBND phường Mới", "Hai"
        writes.update(same, ["name"])
    agency.refresh_from_db()
    assert (agency.short_name, agency.name) == ("Một", "UBND phường Mới")


def test_what_is_written_by_what_follows_is_sent_too() -> None:
    def note(days: list[str]) -> None:
        for day in days:
            writes.insert(row(day))

    with writes.gathered():
        writes.insert(row("2026-12-01"))
        writes.at_once(note, "2026-12-02")
    assert CalendarDay.objects.filter(day="2026-12-02").exists()


def test_what_follows_is_called_once_for_all() -> None:
    calls: list[list[str]] = []

    def note(items: list[str]) -> None:
        calls.append(items)

    with writes.gathered():
        writes.at_once(note, "a")
        writes.at_once(note, "b")
    writes.at_once(note, "c")
    assert calls == [["a", "b"], ["c"]]


def test_an_attempt_is_undone_unless_part_of_it_was_sent() -> None:
    with writes.gathered() as pending:
        writes.insert(row("2026-12-01"))
        undo = pending.attempt()
        writes.insert(row("2026-12-02"))
        undo()
        undo = pending.attempt()
        writes.insert(row("2026-12-03"))
        assert CalendarDay.objects.filter(day="2026-12-03").exists()
        with pytest.raises(writes.CannotUndoError):
            undo()
    assert not CalendarDay.objects.filter(day="2026-12-02").exists()


def test_an_error_inside_sends_nothing() -> None:
    with pytest.raises(ValueError, match="stop"), writes.gathered():
        writes.insert(row("2026-12-01"))
        raise ValueError("stop")
    assert not CalendarDay.objects.filter(day="2026-12-01").exists()


def test_the_tables_own_constraints_hold() -> None:
    agency = factories.make_agency()
    twin = Agency(code=agency.code, name="Trùng", level="commune")
    with pytest.raises(IntegrityError), transaction.atomic(), writes.gathered():
        writes.insert(twin)
    writes.insert(twin, ignore_conflicts=True)
    assert Agency.objects.filter(code=agency.code).count() == 1


def test_moments_are_written_as_save_writes_them() -> None:
    client = factories.make_client(factories.make_agency())
    moment = datetime(2026, 11, 28, 7, 30, tzinfo=UTC)
    for value in (moment, None):
        client.last_seen_at = value
        writes.update(client, ["last_seen_at"])
        client.refresh_from_db()
        assert client.last_seen_at == value
    client.last_seen_at = datetime(2026, 11, 28, 7, 30)  # noqa: DTZ001 - what is tried
    with pytest.warns(RuntimeWarning, match="naive datetime"):
        writes.update(client, ["last_seen_at"])


def _held(day: str) -> tuple[str, str, str]:
    found = CalendarDay.objects.get(day=day)
    return found.name, found.kind, found.source


def test_what_all_rows_say_travels_once_and_each_row_says_its_own() -> None:
    days = [row("2026-12-01", "A"), row("2026-12-02", "B"), row("2026-12-03", "")]
    part = row_texts.Part("insert", CalendarDay, row_texts.names_of(CalendarDay, with_id=False))
    each, common = (json.loads(text) for text in row_texts.texts_of(part, days))
    assert "off" in common.values() and all("off" not in told.values() for told in each)
    with writes.gathered():
        for day in days:
            writes.insert(day)
    assert [_held(f"2026-12-0{number}") for number in (1, 2, 3)] == [
        ("A", "off", ""),
        ("B", "off", ""),
        ("", "off", ""),
    ]
    there = list(CalendarDay.objects.order_by("day"))
    for day in there:
        day.name, day.source = "Chung", day.name
    with writes.gathered():
        for day in there:
            writes.update(day, ["name", "source"])
    assert [_held(f"2026-12-0{number}") for number in (1, 2, 3)] == [
        ("Chung", "off", "A"),
        ("Chung", "off", "B"),
        ("Chung", "off", ""),
    ]


def test_values_that_python_takes_for_equal_and_json_does_not_stay_apart() -> None:
    dossier = factories.file_dossier()
    told: list[Any] = [{"n": 1}, {"n": True}, {"n": 1.0}, {}, {}]
    events = [
        rows.fresh(DossierEvent, dossier=dossier, sequence=10 + at, name="x", actor_kind="system", data=data)
        for at, data in enumerate(told)
    ]
    for event in events:
        event.occurred_at = event.received_at
    with writes.gathered():
        for event in events:
            writes.insert(event)
    kept = dossier.events.filter(name="x").order_by("sequence").values_list("data", flat=True)
    assert [json.dumps(data) for data in kept] == ['{"n": 1}', '{"n": true}', '{"n": 1.0}', "{}", "{}"]


def test_many_rings_of_one_task_are_one_and_what_a_savepoint_takes_back_rings_again(
    django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[str] = []
    monkeypatch.setattr(work, "ring_now", rung.append)
    with django_capture_on_commit_callbacks(execute=True), writes.gathered():
        for _number in range(3):
            work.ring("a")
        with transaction.atomic():
            work.ring("b")
            transaction.set_rollback(True)
        work.ring("b")
    assert rung == ["a", "b"]
