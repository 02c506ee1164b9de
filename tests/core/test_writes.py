"""Gathered writes: sent together, read by whoever asks, undone as a whole."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from portal.agencies.models import Agency, CalendarDay
from portal.core import writes
from tests import factories

pytestmark = pytest.mark.django_db


def row(day: str, name: str = "Ngày nghỉ", agency: Agency | None = None) -> CalendarDay:
    return CalendarDay(day=day, kind="off", name=name, agency=agency)


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
