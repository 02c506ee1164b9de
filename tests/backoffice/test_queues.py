"""Queues: the right rows in due-date order, due dates in words, keyset pages, constant queries."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from dossiers import services
from dossiers.lifecycle import DossierState as S
from dossiers.models import Dossier
from portal.agencies.actors import ActorKind
from portal.agencies.memberships import current_posts
from portal.agencies.models import Agency, MembershipRole
from portal.backoffice import queue_list, queues
from portal.backoffice.due import DueDates
from portal.backoffice.narrowing import Narrowing
from portal.backoffice.officials import Official
from tests import factories
from tests.backoffice.conftest import Office
from tests.backoffice.situations import in_state, text
from tests.queries import count_queries, plan_of

pytestmark = pytest.mark.django_db

QUEUE_OF_STATE = {
    S.SUBMITTED: "moi-nop",
    S.ACCEPTED: "chua-phan-cong",
    S.PROCESSING: "dang-xu-ly",
    S.AWAITING_SUPPLEMENT: "cho-nguoi-nop",
    S.AWAITING_PAYMENT: "cho-nguoi-nop",
    S.WITHDRAWAL_REQUESTED: "xin-rut",
    S.DECIDED: "da-xong",
    S.STOPPED: "da-xong",
}


@pytest.mark.parametrize(("state", "name"), QUEUE_OF_STATE.items())
def test_each_state_has_its_queue(office: Office, state: S, name: str) -> None:
    dossier = in_state(state)
    client = office.browser("desk")
    assert dossier.code in text(client.get(f"/quan-tri/hang-doi/{name}/"))
    assert dossier.code not in text(office.browser("foreign_desk").get(f"/quan-tri/hang-doi/{name}/"))


def test_late_comes_first_and_is_said_in_words(office: Office) -> None:
    calm, late = in_state(S.ACCEPTED), in_state(S.ACCEPTED)
    Dossier.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(days=10))
    client = office.browser("desk")
    page = text(client.get("/quan-tri/hang-doi/dang-xu-ly/"))
    assert page.index(late.code or "") < page.index(calm.code or "")
    assert "trễ " in page and "ngày làm việc" in page
    late_page = text(client.get("/quan-tri/hang-doi/tre-han/"))
    assert late.code in late_page and calm.code not in late_page


@pytest.mark.parametrize("state", [S.STOPPED, S.REFUSED])
def test_what_ended_without_a_result_is_not_called_done_on_time(office: Office, state: S) -> None:
    now = timezone.now()
    ended = Dossier(state=state, agency=office.agency, due_at=now + timedelta(days=2), finished_at=now)
    assert DueDates(now).of(ended).words == "đã kết thúc"
    assert DueDates(now).of(Dossier(state=S.RETURNED, due_at=ended.due_at, finished_at=now)).words == "xong đúng hạn"


def test_a_moment_that_is_no_due_date_says_what_it_is(office: Office) -> None:
    done, paused, running = in_state(S.RETURNED), in_state(S.AWAITING_PAYMENT), in_state(S.ACCEPTED)
    Dossier.objects.filter(pk=paused.pk).update(due_at=timezone.now() + timedelta(days=3))
    desk = office.browser("desk")
    assert ">ngày xong: " in text(desk.get("/quan-tri/hang-doi/da-xong/"))
    assert ">hạn trước khi dừng: " in text(desk.get("/quan-tri/hang-doi/cho-nguoi-nop/"))
    assert ":" not in DueDates().of(running).before
    for dossier, words in ((done, ">ngày xong: "), (paused, ">hạn trước khi dừng: "), (running, ">hạn: ")):
        assert words in text(desk.get(f"/quan-tri/ho-so/{dossier.code}/")), words


def test_pages_follow_each_other_without_loss_or_repeat(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = {in_state(S.SUBMITTED).code for _n in range(5)}
    Dossier.objects.filter(code=sorted(codes)[0]).update(intake_due_at=None)
    monkeypatch.setattr(queues, "PAGE_SIZE", 2)
    original = queues.page
    monkeypatch.setattr(queues, "page", lambda *args, **kw: original(*args, **{"limit": 2, **kw}))
    client, address, seen = office.browser("desk"), "/quan-tri/hang-doi/moi-nop/", []
    for _page in range(3):
        response = client.get(address)
        seen += [row["dossier"].code for row in response.context["rows"]]
        address = "/quan-tri/hang-doi/moi-nop/" + response.context["next_url"]
    assert len(seen) == 5 and set(seen) == codes
    assert client.get("/quan-tri/hang-doi/moi-nop/?sau=%25%25%25").status_code == 200


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("desk", "/quan-tri/hang-doi/moi-nop/"),
        ("desk", "/quan-tri/"),
        ("leader", "/quan-tri/"),
        ("leader", "/quan-tri/hang-doi/cho-duyet/"),
    ],
)
def test_more_rows_do_not_mean_more_queries(office: Office, settings: Any, who: str, address: str) -> None:
    settings.CALENDAR_KEPT_SECONDS = 60.0  # as in production: which agencies have stages is read once a minute
    client = office.browser(who)
    propose_one(office)
    few = count_queries(client, address)
    for _n in range(4):
        propose_one(office)
    assert count_queries(client, address) == few <= 12


def propose_one(office: Office) -> None:
    in_state(S.SUBMITTED)
    dossier = in_state(S.PROCESSING)
    services.propose(dossier.code or "", actor=factories.official_actor(office.agency, ActorKind.AGENCY))


def test_the_workbench_needs_few_queries(office: Office, settings: Any) -> None:
    settings.CALENDAR_KEPT_SECONDS = 60.0  # as in production: the calendar is read once a minute
    dossier = in_state(S.PROCESSING)
    client = office.browser("desk")
    address = f"/quan-tri/ho-so/{dossier.code}/"
    client.get(address)
    assert count_queries(client, address) <= 25


def test_the_leaders_figures_are_links_to_their_rows(office: Office) -> None:
    in_state(S.PROCESSING)
    page = text(office.browser("leader").get("/quan-tri/"))
    for name in ("cho-duyet", "tre-han", "hom-nay", "nhan-thang-nay", "xong-thang-nay"):
        assert f'href="/quan-tri/hang-doi/{name}/"' in page


def test_what_a_specialist_does_first_waits_for_nobody_else(office: Office) -> None:
    """Not what the leader or the applicant has to answer, however soon it is due."""
    proposed, asked, mine = (in_state(state) for state in (S.PROCESSING, S.AWAITING_SUPPLEMENT, S.PROCESSING))
    Dossier.objects.update(assignee=office.specialist)
    services.propose(proposed.code or "", actor=factories.official_actor(office.agency, ActorKind.AGENCY))
    Dossier.objects.exclude(pk=mine.pk).update(due_at=timezone.now() - timedelta(days=3))
    first = text(office.browser("specialist").get("/quan-tri/"))
    assert "Làm trước: Của tôi" in first and mine.code in first
    assert proposed.code not in first and asked.code not in first
    assert "2 hồ sơ nữa trong hàng đợi này đang chờ người nộp, lãnh đạo hoặc cơ quan khác" in first
    services.stop(asked.code or "", actor=factories.official_actor(office.agency), reason="Hết hạn bổ sung.")
    assert "1 hồ sơ nữa" in text(office.browser("specialist").get("/quan-tri/"))


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("da-xong", "Index Only Scan Backward using dossier_finished"),
        ("xong-thang-nay", "Index Only Scan Backward using dossier_finished"),
        ("nhan-thang-nay", "Index Only Scan Backward using dossier_by_day"),
    ],
)
def test_a_long_queue_is_read_in_its_order_by_an_index(office: Office, name: str, index: str) -> None:
    """Whatever lies behind the page is not read; the bench counts what it costs with a million."""
    for _number in range(3):
        in_state(S.RETURNED if "xong" in name else S.ACCEPTED)
    at, queue = queue_list.Moment.current(), queue_list.QUEUES[name]
    official = Official(office.desk, list(current_posts(office.desk)))
    assert index in plan_of(lambda: queues.page(official, queue, at), "LIMIT 51")


@pytest.mark.parametrize(
    ("name", "order", "begins"),
    [
        ("da-xong", "", r"COALESCE\(finished_at, submitted_at\)+ <= "),
        ("nhan-thang-nay", "", r"submitted_at <= "),
        ("dang-xu-ly", "cu", r"submitted_at >= "),
    ],
)
def test_a_later_page_is_read_from_where_it_begins(office: Office, name: str, order: str, begins: str) -> None:
    """The thousandth page of what grows for ever costs what the second does."""
    for _number in range(3):
        in_state(S.RETURNED if name == "da-xong" else S.ACCEPTED)
    if order:
        only_index("dossier_by_day")
    at, queue = queue_list.Moment.current(), queue_list.QUEUES[name]
    official = Official(office.desk, list(current_posts(office.desk)))
    narrowed = Narrowing(order=order)
    mark = queues.page(official, queue, at, limit=1, narrowed=narrowed).next_mark
    plan = plan_of(lambda: queues.page(official, queue, at, after=mark, narrowed=narrowed), "LIMIT 51")
    assert re.search(rf"Index Cond: .*{begins}", plan), plan


def only_index(name: str) -> None:
    """Take the other indexes of the large table away, in this test's transaction."""
    with connection.cursor() as cursor:
        others = connection.introspection.get_constraints(cursor, Dossier._meta.db_table).items()
        for index in [n for n, c in others if c["index"] and not c["unique"] and n != name]:
            cursor.execute(f'DROP INDEX "{index}"')


def test_the_numbers_beside_the_queues_come_from_the_index_alone(office: Office) -> None:
    """The other indexes are away: on a table of one page the planner finds none better than another."""
    in_state(S.ACCEPTED)
    only_index("dossier_desk")
    official = Official(office.desk, list(current_posts(office.desk)))
    plan = plan_of(lambda: queues.counts(official, queue_list.Moment.current()), "FILTER", "moi_nop")
    assert "Index Only Scan using dossier_desk" in plan


def test_the_numbers_of_a_whole_province_come_from_the_index_alone(office: Office) -> None:
    """A leader above 130 communes counts what lies below her without reading one row of the large table."""
    above = office.agency.parent
    assert above is not None
    Agency.objects.bulk_create(
        Agency(
            code=f"{above.code}.9{number:04}",
            name=f"Xã số {number}",
            level=office.agency.level,
            branch=office.agency.branch,
            parent=above,
            path=f"{above.path}{above.code}.9{number:04}/",
        )
        for number in range(129)
    )
    in_state(S.ACCEPTED)
    only_index("dossier_desk")
    leader = factories.make_official(above, MembershipRole.LEADER)
    official = Official(leader, list(current_posts(leader)))
    assert official.only_agency is None
    plan = plan_of(lambda: queues.counts(official, queue_list.Moment.current()), "FILTER", "moi_nop")
    assert "Index Only Scan using dossier_desk" in plan
    assert not re.search(rf"(Seq Scan|Heap Scan|Index Scan using \S+) on {Dossier._meta.db_table}\b", plan), plan
