"""The leader's board: numbers that open to their dossiers, causes by the four clocks, and nobody else's."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dossiers.clocks import Clock
from dossiers.lifecycle import DossierState as S
from dossiers.models import Dossier, DossierEvent
from portal.agencies.models import MembershipRole
from portal.backoffice import board, kept_counts
from portal.indicators import figures
from portal.indicators.periods import Period
from tests import factories
from tests.backoffice.boards import (  # noqa: F401 - november holds for every test here
    NOW,
    ROWS,
    B,
    dossier,
    november,
    some,
)
from tests.backoffice.conftest import Office, signed_in, with_second_factor
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db
NOVEMBER = Period.parse("2026-11")


@pytest.mark.parametrize(("selection", "expected"), ROWS.items())
def test_each_number_opens_to_exactly_its_dossiers(office: Office, selection: str, expected: set[str]) -> None:
    made = some(office)
    page = office.browser("leader").get(f"{B}ho-so/?loc={selection}&ky=2026-11")
    assert {row.dossier.code for row in page.context["rows"]} == {made[name].code for name in expected}


def test_the_numbers_are_those_of_the_rows(office: Office) -> None:
    some(office)
    found = board.of(office.agency, NOVEMBER, timezone.now())
    total = found.total
    assert (total.done.received, total.done.handled, total.done.on_time, total.late) == (6, 3, 1, 2)
    assert (total.open, total.waiting, total.done.overdue) == (3, 1, 1)
    assert total.oldest == NOW - timedelta(days=10)
    people = {line.name: line for line in found.officials}
    assert (people["Đỗ Văn Chuyên"].open, people["Đỗ Văn Chuyên"].done.overdue, people["Đỗ Văn Chuyên"].late) == (
        1,
        1,
        1,
    )
    assert people[""].open == 2, "nobody's are a line of their own"
    assert {row.code for row in found.oldest} == {f"{office.agency.code}-261120-{n:04d}" for n in (3, 4, 5)}


def test_the_passes_count_as_the_figures_do(office: Office) -> None:
    some(office)
    dossier(office, 8, submitted_at=NOW - timedelta(days=60), finished_at=NOW - timedelta(days=40))
    dossier(office, 9, submitted_at=NOW - timedelta(days=60))
    Dossier.objects.create(agency=office.agency, procedure_code="1.000001")  # a draft
    units = {line.key: line.done for line in board.of(office.agency, NOVEMBER, NOW).units}
    told = figures.by_branch(office.agency, NOVEMBER, NOW)
    assert set(units) == {code or office.agency.code for code in told} == {office.agency.code}
    for code, done in told.items():
        for name in ("received", "handled", "with_due_date", "on_time", "overdue"):
            assert getattr(units[code or office.agency.code], name) == getattr(done, name), name


def test_a_board_of_many_is_counted_once_a_minute_and_says_when(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    some(office)
    assert "số liệu lúc 10:00, 20/11/2026" in text(office.browser("leader").get(B))
    assert board.of(office.agency, NOVEMBER, NOW).as_of == NOW, "few are counted each time"
    monkeypatch.setattr(kept_counts, "KEPT_FROM_ROWS", 6)
    first = board.of(office.agency, NOVEMBER, NOW)
    dossier(office, 10)
    oldest = first.oldest[0]
    Dossier.objects.filter(pk=oldest.pk).update(state=S.RETURNED, finished_at=NOW)
    again = board.of(office.agency, NOVEMBER, NOW + timedelta(seconds=30))
    assert (again.as_of, again.total, again.units) == (NOW, first.total, first.units)
    assert oldest not in again.oldest, "what is shown as open is open"
    december = Period.parse("2026-12")
    assert board.of(office.agency, december, NOW).total.done.received == 0, "each period by itself"
    cache.clear()
    counted = board.of(office.agency, NOVEMBER, NOW + timedelta(seconds=61))
    assert (counted.total.done.received, counted.as_of) == (7, NOW + timedelta(seconds=61))


def test_what_is_counted_is_read_from_indexes_alone(office: Office) -> None:
    """Not one row of the large table for a number, however many it has; the first page's month likewise.

    The other indexes are away: on a table of one page the planner finds none better than another.
    """
    some(office)
    leader = office.browser("leader")
    with CaptureQueriesContext(connection) as asked:
        leader.get(B)
        leader.get("/quan-tri/")
    counts = [query["sql"] for query in asked if "COUNT(" in query["sql"]]
    numbers = [sql for sql in counts if "submitted_at" in sql or "finished_at" in sql]
    wanted = [{"dossier_by_day"}, {"dossier_finished"}, {"dossier_open"}, {"dossier_by_day", "dossier_finished"}]
    table = Dossier._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        constraints = connection.introspection.get_constraints(cursor, table).items()
        others = {name for name, facts in constraints if facts["index"] and not facts["unique"]}
        for sql, indexes in zip(numbers, wanted, strict=True):
            cursor.execute("SAVEPOINT with_all_indexes")
            for name in others - indexes:
                cursor.execute(f'DROP INDEX "{name}"')
            cursor.execute(f"EXPLAIN {sql}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
            cursor.execute("ROLLBACK TO SAVEPOINT with_all_indexes")
            used = set(re.findall(rf"Index Only Scan using (\w+) on {table}\b", plan))
            assert used and used <= indexes, plan  # one of the two may serve both parts of the last
            assert not re.search(rf"Index Scan using \w+ on {table}\b", plan), plan


def test_the_month_of_many_is_counted_once_a_minute_and_says_when(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    some(office)
    leader = office.browser("leader")
    assert "số liệu lúc" not in text(leader.get("/quan-tri/")), "few are counted each time"
    monkeypatch.setattr(kept_counts, "KEPT_FROM_ROWS", 9)
    assert leader.get("/quan-tri/").context["month"]["taken"] == 6
    dossier(office, 10)
    with time_machine.travel(NOW + timedelta(seconds=30), tick=False):
        again = leader.get("/quan-tri/")
    assert again.context["month"]["taken"] == 6 and "số liệu lúc 10:00, 20/11/2026" in text(again)
    elsewhere = signed_in(with_second_factor(factories.make_official(factories.make_agency("H98.00001"), "leader")))
    assert elsewhere.get("/quan-tri/").context["month"]["taken"] == 0, "each scope by itself"
    cache.clear()
    assert leader.get("/quan-tri/").context["month"]["taken"] == 7


def test_without_the_cache_it_is_counted_each_time(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    some(office)
    monkeypatch.setattr(kept_counts, "KEPT_FROM_ROWS", 0)

    def away(*_args: Any) -> None:
        raise ConnectionError("no cache here")

    monkeypatch.setattr(kept_counts.cache, "get", away)
    monkeypatch.setattr(kept_counts.cache, "set", away)
    assert board.of(office.agency, NOVEMBER, NOW).total.done.received == 6
    dossier(office, 10)
    assert board.of(office.agency, NOVEMBER, NOW).total.done.received == 7


def test_the_newest_late_ones_are_looked_at(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    some(office)
    late = [row.pk for row in board.late_rows(office.agency, NOVEMBER, NOW).order_by("-pk")]
    assert board._newest_late(Dossier.objects.filter(agency=office.agency), NOVEMBER, NOW) == late and len(late) > 1
    monkeypatch.setattr(board, "CAUSES_MOST", 1)
    causes = board.of(office.agency, NOVEMBER, NOW).causes
    assert (causes.looked_at, causes.is_cut) == (1, True)
    assert board._newest_late(Dossier.objects.filter(agency=office.agency), NOVEMBER, NOW) == late[:2]


def test_the_first_page_counts_as_the_board_does(office: Office) -> None:
    made = some(office)
    dossier(office, 7, finished_at=NOW - timedelta(days=1), due_at=NOW - timedelta(days=1))
    leader = office.browser("leader")
    month = leader.get("/quan-tri/").context["month"]
    done = board.of(office.agency, NOVEMBER, timezone.now()).total.done
    assert (month["taken"], month["finished"], month["timed"], month["on_time"]) == (7, 4, 4, 2)
    assert month["percent"] == done.on_time_percent == 50, "an apology with a new date makes no dossier on time"
    rows = leader.get(month["on_time_url"]).context["rows"]
    assert {row.dossier.pk for row in rows} == {made["on_time"].pk, Dossier.objects.latest("pk").pk}
    assert f'href="{month["on_time_url"].replace("&", "&amp;")}"' in leader.get("/quan-tri/").content.decode()


def test_the_first_page_rounds_half_up_as_the_board_does(office: Office) -> None:
    for number in range(1, 17):  # 1 of 16 is 6.25 per cent
        dossier(office, number, due_at=NOW - timedelta(days=2 if number == 1 else 5))
    month = office.browser("leader").get("/quan-tri/").context["month"]
    assert str(month["percent"]) == "6.3" == str(board.of(office.agency, NOVEMBER, NOW).total.done.on_time_percent)


def test_the_first_page_says_what_each_official_has(office: Office) -> None:
    some(office)
    leader = office.browser("leader")
    load = {row["name"]: row for row in leader.get("/quan-tri/").context["load"]}
    assert {name: (row["open"], row["late"]) for name, row in load.items()} == {
        "Đỗ Văn Chuyên": (1, 1),
        "Chưa phân công": (1, 0),
    }
    assert load["Đỗ Văn Chuyên"]["url"] == f"/quan-tri/hang-doi/dang-xu-ly/?nguoi={office.specialist.pk}"
    for row in load.values():
        assert len(leader.get(row["url"]).context["rows"]) == row["open"], row["name"]


def test_finished_late_and_overdue_are_two_figures_and_nobodys_rows_no_queue(office: Office) -> None:
    some(office)
    page = office.browser("leader").get(f"{B}?ky=2026-11").content.decode()
    figures = dict(re.findall(r'figure__label"><a [^>]*>([^<]+)</a></dt><dd class="figure__value">([^<]+)<', page))
    assert (figures["Xong trễ"], figures["Đang quá hạn"]) == ("2", "1")
    people = page[page.index('id="people"') : page.index('id="oldest"')]
    assert "Chưa có người thụ lý" in people and "Chưa phân công" not in people, "the queue counts other dossiers"


def test_rows_name_a_procedure_shortly_and_leave_out_what_is_empty(office: Office) -> None:
    version = factories.make_version("1.000001")
    dossier(office, 1, procedure_version=version, procedure_name="Thủ tục đăng ký khai sinh")
    page = office.browser("leader").get(f"{B}ho-so/?loc=da-nhan&ky=2026-11").content.decode()
    assert f">{version.short_name}</span>" in page and "Thủ tục đăng ký khai sinh" not in page
    assert 'data-label="Trễ vì"' not in page


def test_what_is_late_says_whose_time_it_was(office: Office) -> None:
    waited = dossier(office, 1, finished_at=NOW - timedelta(hours=1))
    waited.events.filter(sequence=2).update(occurred_at=NOW - timedelta(hours=1))
    for sequence, (state, days) in enumerate([("processing", 9.5), ("consulting", 9.0), ("processing", 2.0)], start=3):
        DossierEvent.objects.create(
            dossier=waited,
            sequence=sequence,
            name="dossier.moved",
            to_state=state,
            from_state="other",
            actor_kind="system",
            occurred_at=NOW - timedelta(days=days),
        )
    dossier(office, 2, finished_at=NOW - timedelta(days=1))
    causes = board.of(office.agency, NOVEMBER, timezone.now()).causes
    assert dict(causes.counts) == {Clock.OTHER_AGENCY: 1, Clock.AGENCY: 1} and not causes.is_cut
    rows = office.browser("leader").get(f"{B}ho-so/?loc=tre").context["rows"]
    assert {row.dossier.pk: row.cause for row in rows}[waited.pk] == str(Clock.OTHER_AGENCY.label)


def test_a_province_drills_down_to_its_communes(office: Office) -> None:
    some(office)
    above = office.agency.parent
    assert above is not None
    chief = signed_in(with_second_factor(factories.make_official(above, MembershipRole.LEADER)))
    page = chief.get(B)
    (line,) = [each for each in page.context["units"] if each["line"].done.received]
    assert line["line"].name == office.agency.name and f"co-quan={office.agency.code}" in line["url"]
    below = chief.get(line["url"])
    assert below.context["board"].total.done.received == 6 and below.context["above"] == above
    assert office.browser("leader").get(f"{B}?co-quan={above.code}").status_code == 404
    assert office.browser("leader").get(B).context["above"] is None


@pytest.mark.parametrize("address", ["", "ho-so/", "bang.csv", "bang.xlsx", "ho-so.csv", "ho-so.xlsx"])
def test_only_leaders_look_and_only_at_their_own(office: Office, address: str) -> None:
    for who in ("desk", "specialist", "administrator", "foreign_desk"):
        assert office.browser(who).get(f"{B}{address}").status_code == 404
    leader = office.browser("leader")
    assert leader.get(f"{B}{address}?co-quan=H17.20194").status_code == 404
    assert leader.get(f"{B}{address}?co-quan=khong-co").status_code == 404
    hers = leader.get(f"{B}{address}")
    b"".join(hers.streaming_content) if hers.streaming else b""
    assert hers.status_code == 200


@pytest.mark.parametrize("query", ["ky=2026-13", "ky=2099-01", "sau=x"])
def test_a_wrong_address_is_said_in_words(office: Office, query: str) -> None:
    assert office.browser("leader").get(f"{B}ho-so/?{query}").status_code in {400, 422}


@pytest.mark.parametrize("query", ["loc=khong-co", "nguoi=abc", "nguoi=" + "9" * 30])
def test_a_number_that_does_not_exist_is_not_found(office: Office, query: str) -> None:
    assert office.browser("leader").get(f"{B}ho-so/?{query}").status_code == 404
    assert office.browser("leader").get(f"{B}ho-so.pdf").status_code == 404


def test_pages_follow_each_other_without_loss(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.backoffice.board_rows.PAGE_SIZE", 2)
    made = some(office)
    address, seen = f"{B}ho-so/?loc=da-nhan", []
    while address:
        page = office.browser("leader").get(address)
        seen += [row.dossier.code for row in page.context["rows"]]
        address = page.context["next_url"]
    assert sorted(seen) == sorted(row.code or "" for row in made.values())


def test_more_dossiers_do_not_mean_more_queries(office: Office) -> None:
    leader = office.browser("leader")

    def queries(address: str) -> int:
        leader.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert leader.get(address).status_code == 200
        return len(captured)

    some(office)
    addresses = (B, f"{B}ho-so/?loc=tre")
    before = [queries(address) for address in addresses]
    for number in range(10, 16):
        dossier(office, number, finished_at=NOW - timedelta(days=1), assignee=office.desk)
    assert [queries(address) for address in addresses] == before
    assert max(before) <= 25
