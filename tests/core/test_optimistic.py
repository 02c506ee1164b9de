"""A row that is read without a lock: all that follows is written, or nothing is."""

import pytest
from django.db import connection
from django.db.models.expressions import RawSQL
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.agencies.models import Agency, CalendarDay
from portal.core import optimistic, work, writes
from portal.core.optimistic import NotAtOneGoError, attempt
from portal.exchange.models import PullSource
from portal.notifications.models import Message
from tests import factories

pytestmark = pytest.mark.django_db


def version_of(row: Agency) -> str:
    version = RawSQL(optimistic.VERSION.format(alias=row._meta.db_table), [])  # noqa: S611 - our own names
    return str(Agency.objects.filter(pk=row.pk).annotate(version=version).values_list("version", flat=True)[0])


def day(day: str = "2026-12-01", name: str = "Ngày nghỉ", agency: Agency | None = None) -> CalendarDay:
    return CalendarDay(day=day, kind="off", name=name, agency=agency)


def test_the_row_and_what_is_new_go_in_as_one_statement() -> None:
    agency = factories.make_agency()
    with CaptureQueriesContext(connection) as asked, attempt(agency, version_of(agency)):
        agency.name, agency.short_name, agency.office_hours = "UBND phường Mới", "Mới", [["07:00", "11:00"]]
        writes.update(agency, ["name", "office_hours"])
        writes.insert(day(agency=agency))
        writes.insert(day("2026-12-02", agency=agency))
    assert not [query["sql"] for query in asked if query["sql"].startswith(("INSERT", "UPDATE"))]
    agency.refresh_from_db()
    assert (agency.name, agency.office_hours) == ("UBND phường Mới", [["07:00", "11:00"]])
    assert agency.short_name != "Mới", "what was not named is not written"
    assert CalendarDay.objects.filter(agency=agency).count() == 2


def test_a_row_that_moved_meanwhile_takes_everything_back() -> None:
    agency = factories.make_agency()
    version = version_of(agency)
    Agency.objects.filter(pk=agency.pk).update(short_name="Khác")
    told: list[str] = []
    with pytest.raises(NotAtOneGoError), attempt(agency, version):
        agency.name = "UBND phường Mới"
        writes.update(agency, ["name"])
        writes.insert(day())
        writes.after(lambda: told.append("bell"))
    agency.refresh_from_db()
    assert (agency.short_name, agency.name) == ("Khác", agency.name) and agency.name != "UBND phường Mới"
    assert not CalendarDay.objects.filter(day="2026-12-01").exists() and told == []


def test_a_bell_is_rung_when_the_rows_are_there(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks
) -> None:
    agency, seen = factories.make_agency(), []
    monkeypatch.setattr(
        work, "ring_now", lambda name: seen.append((name, CalendarDay.objects.filter(agency=agency).count()))
    )
    with django_capture_on_commit_callbacks(execute=True), attempt(agency, version_of(agency)):
        agency.name = "UBND phường Mới"
        writes.update(agency, ["name"])
        work.ring("look.now")
        writes.insert(day(agency=agency))
    assert seen == [("look.now", 1)]


def test_a_question_goes_before_anything_waits_and_not_after() -> None:
    agency = factories.make_agency()
    with attempt(agency, version_of(agency)):
        assert Agency.objects.filter(pk=agency.pk).exists()
        agency.name = "Một"
        writes.update(agency, ["name"])
    with pytest.raises(NotAtOneGoError), attempt(agency, version_of(agency)):
        agency.name = "Hai"
        writes.update(agency, ["name"])
        Agency.objects.filter(pk=agency.pk).exists()
    with pytest.raises(NotAtOneGoError), attempt(agency, version_of(agency)):
        Agency.objects.filter(pk=agency.pk).update(name="Ba")
    agency.refresh_from_db()
    assert agency.name == "Một"


def test_what_needs_more_than_one_statement_is_not_tried() -> None:
    agency, other = factories.make_agency(), factories.make_agency()

    def two_rows() -> None:
        for row in (agency, other):
            row.name = "Mới"
            writes.update(row, ["name"])

    def follows() -> None:
        writes.update(agency, ["name"])
        writes.at_once(lambda items: None, "a")

    def wants_its_id() -> None:
        writes.update(agency, ["name"])
        writes.insert(day(), needs_id=True)

    def as_two_instances() -> None:
        for row in (agency, Agency.objects.get(pk=agency.pk)):
            writes.update(row, ["name"])

    def no_row() -> None:
        writes.insert(day())

    for write in (two_rows, as_two_instances, follows, wants_its_id, no_row):
        with pytest.raises(NotAtOneGoError), attempt(agency, version_of(agency)):
            write()
    assert not Agency.objects.filter(name="Mới").exists() and not CalendarDay.objects.filter(day="2026-12-01").exists()


def test_the_tables_own_rules_hold_and_spoil_no_transaction_around() -> None:
    agency = factories.make_agency()
    for bad in (
        Agency(code=agency.code, name="Trùng", level="commune"),
        CalendarDay(day="2026-12-01", kind="x" * 500, name="Quá dài"),
    ):
        with pytest.raises(NotAtOneGoError), attempt(agency, version_of(agency)):
            agency.name = "UBND phường Mới"
            writes.update(agency, ["name"])
            writes.insert(bad)
    agency.refresh_from_db()
    assert agency.name != "UBND phường Mới"


def test_texts_numbers_moments_and_nothing_are_written_as_save_writes_them() -> None:
    agency, person, now = factories.make_agency(), factories.make_citizen(), timezone.now()
    source = PullSource(client=factories.make_client(agency), provider="wire", address="x", cursor={"ngày": [1, None]})
    source.held_until, source.secret, source.is_active = None, "bí mật", False
    message = Message(
        recipient=person, channel="inbox", kind="k", subject="Một \"hai\" 'ba'\\", body="", dedupe_key="1"
    )
    message.done_at = now
    with attempt(agency, version_of(agency)):
        agency.name = "UBND phường Mới"
        writes.update(agency, ["name"])
        writes.insert(source)
        writes.insert(message, ignore_conflicts=True)
    kept = PullSource.objects.get(address="x")
    assert (kept.cursor, kept.held_until, kept.secret, kept.is_active) == ({"ngày": [1, None]}, None, "bí mật", False)
    assert Message.objects.filter(subject=message.subject, done_at=now, is_digest=False).count() == 1
    with attempt(agency, version_of(agency)):
        agency.name = "UBND phường Khác"
        writes.update(agency, ["name"])
        writes.insert(message, ignore_conflicts=True)
    assert Message.objects.filter(recipient=person).count() == 1, "known already, and no reason to fail"
