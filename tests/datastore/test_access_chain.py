"""The log of who looked: rows linked in order, days closed by signed heads, and both guarded."""

# ruff: noqa: S608 - tampering is SQL, with names of our own tables
import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from datastore import chain, readings
from datastore.models import AccessEnd, AccessHead, AccessLog
from tests.datastore.access_log import CODE, NOON, TABLE, verify

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("old_key")]


# --- linking ----------------------------------------------------------------------------------


def test_a_reading_waits_for_nobody_and_is_linked_afterwards(read):
    read(3)
    assert set(AccessLog.objects.values_list("position", flat=True)) == {None}
    assert chain.link_pending() == 3
    assert list(AccessLog.objects.order_by("id").values_list("position", flat=True)) == [1, 2, 3]
    assert chain.link_pending() == 0


def test_more_rows_than_one_round_takes(read, monkeypatch):
    monkeypatch.setattr(chain, "AT_ONCE", 2)
    read(5)
    assert chain.link_pending() == 5
    assert verify() | {"problems": []} == verify()


def test_a_day_is_closed_once_and_covers_what_was_linked(log):
    heads = list(AccessHead.objects.order_by("day"))
    assert [head.day for head in heads] == [date(2026, 11, 19), date(2026, 11, 20), date(2026, 11, 21)]
    assert [(head.first_position, head.last_position) for head in heads] == [(1, 2), (3, 4), (5, 6)]
    assert chain.close_day(NOON + timedelta(days=2)) is None
    assert chain.close_day(NOON) is None


def test_a_portal_that_nobody_read_yet_has_its_end_from_the_first_day_on(old_key):
    chain.close_day(NOON)
    assert (AccessEnd.objects.get().position, verify()["status"]) == (0, "whole")


def test_without_keys_the_log_is_linked_and_its_end_signed_with_the_next_row(read, settings, tmp_path):
    settings.IS_DEVELOPMENT, settings.SIGNING_KEYS_DIR = False, tmp_path / "none"
    read()
    assert chain.link_pending() == 1 and not AccessEnd.objects.exists()
    settings.IS_DEVELOPMENT = True
    read()
    chain.link_pending()
    assert AccessEnd.objects.get().position == 2


def test_a_day_without_readings_has_its_head_too(log):
    empty = [chain.close_day(NOON + timedelta(days=day)) for day in (3, 4)]
    assert [(head.first_position, head.last_position) for head in empty] == [(7, 7), (8, 7)]
    said = verify()
    assert (said["status"], said["heads"], said["rows_after_last_head"]) == ("whole", 5, 0)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_chain(read, monkeypatch):
    monkeypatch.setattr(chain, "AT_ONCE", 7)
    read(60)

    def work():
        try:
            chain.link_pending()
            chain.close_day(NOON)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    chain.link_pending()
    chain.close_day(NOON + timedelta(days=1))
    said = verify()
    assert (said["status"], said["rows"]) == ("whole", 60)
    assert AccessHead.objects.filter(day=date(2026, 11, 19)).count() <= 1


@pytest.mark.django_db(transaction=True)
def test_a_reading_goes_on_while_the_chain_is_linked(read):
    done = []

    def work():
        try:
            read()
            done.append(True)
        finally:
            connection.close()

    with transaction.atomic():
        assert chain._lock()
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(timeout=60)
        assert done == [True]


def test_the_task_does_both(read):
    from datastore.tasks import link_accesses

    read()
    link_accesses()
    assert AccessLog.objects.get().position == 1
    assert AccessHead.objects.get().day == timezone.localdate() - timedelta(days=1)


# --- the database refuses ---------------------------------------------------------------------


@pytest.mark.parametrize("field", [field.attname for field in AccessLog._meta.concrete_fields])
def test_no_column_of_a_linked_row_is_changed(log, field):
    row = AccessLog.objects.filter(position=3)
    value = row.values_list(field, flat=True).get()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        row.update(**{field: value})


def test_no_row_is_deleted_linked_or_not(log, read):
    read()
    for position in (3, None):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TABLE} WHERE position IS NOT DISTINCT FROM %s", [position])


def test_a_row_that_waits_is_linked_and_nothing_else(read):
    read()
    row = AccessLog.objects.all()
    for change in ({"purpose": "x"}, {"position": 1, "purpose": "x"}, {"chain_sha256": "0" * 64}):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            row.update(**change)
    assert chain.link_pending() == 1


@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET position = position - 1"])
def test_the_end_is_not_set_back(log, change):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(AccessEnd._meta.db_table))


def test_heads_stay_as_they_are(log):
    for change in (lambda: AccessHead.objects.update(signature="x"), AccessHead.objects.all().delete):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


def test_a_row_of_an_identity_is_linked_like_any_other(citizen, ward, official_of):
    readings.of_identity(citizen, actor=official_of(ward), purpose="Đối chiếu", dossier_code=CODE)
    chain.link_pending()
    assert verify()["status"] == "whole"
