"""Rows that are sent while the next ones are worked out: the same rows, the same errors, a connection that is free."""

import pytest
from django.db import IntegrityError, connection, transaction

from portal.agencies.models import Agency, CalendarDay
from portal.core import writes
from tests import factories
from tests.core.written_rows import row

pytestmark = pytest.mark.django_db


def prepared() -> None:
    """The statement of one new day has a name now: only by it is a statement sent and not waited for."""
    with writes.gathered():
        writes.insert(row("2026-01-01"))


def is_busy() -> bool:
    return connection.connection.pgconn.transaction_status == 1  # ACTIVE


def test_the_caller_goes_on_while_the_database_writes() -> None:
    prepared()
    with writes.gathered() as pending:
        writes.insert(row("2026-12-01"))
        pending.send_ahead()
        assert is_busy()
        writes.insert(row("2026-12-02"))
        pending.send_ahead()
        writes.insert(row("2026-12-03"))
    assert not is_busy()
    assert CalendarDay.objects.filter(day__startswith="2026-12-0").count() == 3


def test_who_asks_meanwhile_reads_what_was_sent_and_what_was_not() -> None:
    prepared()
    with writes.gathered() as pending:
        writes.insert(row("2026-12-01"))
        pending.send_ahead()
        writes.insert(row("2026-12-02"))
        assert CalendarDay.objects.filter(day__startswith="2026-12-0").count() == 2


def test_what_follows_is_called_once_at_the_end() -> None:
    prepared()
    calls: list[list[str]] = []
    with writes.gathered() as pending:
        for day in ("2026-12-01", "2026-12-02"):
            writes.insert(row(day))
            writes.at_once(calls.append, day)
            pending.send_ahead()
        assert calls == []
    assert calls == [["2026-12-01", "2026-12-02"]]


def test_what_is_wrong_with_them_is_the_failure_of_the_block() -> None:
    agency = factories.make_agency()
    with writes.gathered():
        writes.insert(row("2026-01-01", agency=agency))
    with pytest.raises(IntegrityError), transaction.atomic(), writes.gathered() as pending:
        writes.insert(row("2026-01-01", agency=agency))  # there is one of this day
        pending.send_ahead()
        assert is_busy()
        writes.insert(row("2026-12-02", agency=agency))
    assert not CalendarDay.objects.filter(day="2026-12-02").exists()


def test_an_error_of_the_callers_own_leaves_the_connection_free() -> None:
    agency = factories.make_agency()
    with writes.gathered():
        writes.insert(row("2026-01-01", agency=agency))
    with pytest.raises(ZeroDivisionError), transaction.atomic(), writes.gathered() as pending:
        writes.insert(row("2026-01-01", agency=agency))
        pending.send_ahead()
        raise ZeroDivisionError
    assert not is_busy()
    assert CalendarDay.objects.filter(agency=agency).count() == 1


def test_what_was_sent_cannot_be_taken_back_alone() -> None:
    prepared()
    with writes.gathered() as pending:
        undo = pending.attempt()
        writes.insert(row("2026-12-01"))
        pending.send_ahead()
        with pytest.raises(writes.CannotUndoError):
            undo()


def test_two_instances_of_one_row_are_sent_in_order() -> None:
    agency = factories.make_agency()
    same = Agency.objects.get(pk=agency.pk)
    with writes.gathered() as pending:
        agency.short_name = "Một"
        writes.update(agency, ["short_name"])
        same.short_name = "Hai"
        writes.update(same, ["short_name"])
        pending.send_ahead()
    agency.refresh_from_db()
    assert agency.short_name == "Hai"
