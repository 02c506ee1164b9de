"""Queues over many agencies: the same rows in the same order as of one, out of the heads of each agency's order."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dossiers.lifecycle import DossierState as S
from dossiers.models import Dossier
from portal.agencies.memberships import current_posts
from portal.agencies.models import Agency, MembershipRole
from portal.backoffice import queue_list, queue_marks, queues
from portal.backoffice.narrowing import Narrowing
from portal.backoffice.officials import Official
from portal.backoffice.queue_marks import Order
from portal.backoffice.walking import Walk
from tests import factories
from tests.backoffice.conftest import Office
from tests.backoffice.situations import in_state

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader(office: Office) -> Official:
    """A leader above the office and three communes beside it."""
    above = office.agency.parent
    assert above is not None
    for number in (7, 8, 9):
        factories.make_agency(f"{above.code}.9000{number}")
    user = factories.make_official(above, MembershipRole.LEADER)
    return Official(user, list(current_posts(user)))


def spread(official: Official, state: S, count: int) -> list[Dossier]:
    """Dossiers at her agencies, with limits and days of filing of which some are the same and some are missing."""
    dice, now = random.Random(7), timezone.now()
    for _number in range(count):
        day = now + timedelta(days=dice.randrange(3))
        limit = None if state in {S.SUBMITTED, S.RETURNED} and dice.random() < 0.3 else day
        Dossier.objects.filter(pk=in_state(state).pk).update(
            agency=dice.choice(official.agency_ids),
            intake_due_at=limit,
            due_at=limit,
            submitted_at=now - timedelta(hours=dice.randrange(3)),
            finished_at=now - timedelta(hours=dice.randrange(3)) if state == S.RETURNED else None,
        )
    return list(Dossier.objects.filter(agency__in=official.agency_ids))


KEYS: dict[Order, Callable[[Dossier], Any]] = {
    Order.URGENT: lambda row: (row.intake_due_at is None, row.intake_due_at, row.pk),
    Order.OLDEST: lambda row: (row.submitted_at, row.pk),
    Order.NEWEST: lambda row: (row.submitted_at, row.pk),
    Order.LAST_DONE: lambda row: (row.finished_at, row.pk),
}


@pytest.mark.parametrize("order", Order)
def test_pages_over_many_agencies_follow_each_other_and_lead_back(leader: Official, order: Order) -> None:
    assert leader.only_agency is None
    queue = queue_list.QUEUES["da-xong" if order == Order.LAST_DONE else "moi-nop"]
    rows = spread(leader, S.RETURNED if order == Order.LAST_DONE else S.SUBMITTED, 12)
    foreign = in_state(S.SUBMITTED)
    Dossier.objects.filter(pk=foreign.pk).update(agency=factories.make_agency("H98.00001"))
    at = queue_list.Moment.current()
    falls = order in {Order.NEWEST, Order.LAST_DONE}
    without = [row for row in rows if KEYS[order](row)[0] is True]
    wanted = sorted([row for row in rows if row not in without], key=KEYS[order], reverse=falls)
    wanted = [row.pk for row in wanted + sorted(without, key=lambda row: row.pk)]
    narrowed = Narrowing(order="" if order == queue.order else order)
    seen, mark, found = [], "", []
    while mark or not seen:
        page = queues.page(leader, queue, at, after=mark, narrowed=narrowed, limit=5)
        seen, found, mark = seen + [row.pk for row in page.rows], found + page.rows, page.next_mark
    assert seen == wanted
    walk, back = Walk(queue, narrowed, queue_marks.write(found[-1])), [found[-1].pk]
    while (row := walk.neighbour(leader, at, is_back=True)) is not None:
        back.append(row.pk)
        walk = Walk(queue, narrowed, queue_marks.write(row))
    assert back == wanted[::-1]
    first, second = (Walk(queue, narrowed, queue_marks.write(row)).neighbour(leader, at) for row in found[:2])
    assert first is not None and second is not None and [first.pk, second.pk] == wanted[1:3]


def test_a_mark_that_cannot_be_read_leads_nowhere_back(leader: Official) -> None:
    spread(leader, S.SUBMITTED, 2)
    walk = Walk(queue_list.QUEUES["moi-nop"], mark="%%%")
    assert walk.neighbour(leader, queue_list.Moment.current(), is_back=True) is None


def test_what_is_narrowed_is_narrowed_at_each_agency(leader: Official) -> None:
    rows = spread(leader, S.ACCEPTED, 6)
    Dossier.objects.filter(pk=rows[3].pk).update(assignee=leader.user)
    at, queue = queue_list.Moment.current(), queue_list.QUEUES["dang-xu-ly"]
    mine = queues.page(leader, queue, at, narrowed=Narrowing(assignee_id=leader.user.pk))
    assert [row.pk for row in mine.rows] == [rows[3].pk]
    there = queues.page(leader, queue, at, narrowed=Narrowing(agency_id=rows[0].agency_id))
    assert {row.pk for row in there.rows} == {row.pk for row in rows if row.agency_id == rows[0].agency_id}


def test_each_agency_gives_its_first_rows_out_of_the_index_and_no_more(leader: Official) -> None:
    spread(leader, S.SUBMITTED, 3)
    with CaptureQueriesContext(connection) as asked:
        queues.page(leader, queue_list.QUEUES["moi-nop"], queue_list.Moment.current())
    (sql,) = (query["sql"] for query in asked if "LATERAL" in query["sql"])
    with connection.cursor() as cursor:
        others = connection.introspection.get_constraints(cursor, Dossier._meta.db_table).items()
        for index in [n for n, c in others if c["index"] and not c["unique"] and n != "dossier_desk"]:
            cursor.execute(f'DROP INDEX "{index}"')
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {sql}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    head = plan[plan.index("Function Scan on unnest") :]
    assert head.index("Limit") < head.index("Index Only Scan using dossier_desk"), plan
    assert "Sort" not in head[: head.index("Index Only Scan using dossier_desk")], plan


def test_a_dossier_is_looked_for_by_its_code_and_not_among_all_of_hers(leader: Official) -> None:
    """Else the page of one dossier takes as long as the agency has dossiers."""
    wanted = spread(leader, S.ACCEPTED, 3)[0]
    with CaptureQueriesContext(connection) as asked:
        assert leader.get_dossier(wanted.code or "") == wanted
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {asked[0]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert plan.count(f"on {Dossier._meta.db_table}") == 1, plan
    assert Agency.objects.filter(pk__in=leader.agency_ids).count() == 5
