"""Through a queue dossier by dossier: the place in it goes along through every step, without scripts, and leads on."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dossiers.lifecycle import DossierState as S
from dossiers.models import Dossier
from tests.backoffice.conftest import Office
from tests.backoffice.situations import WHAT_IS_TYPED, in_state

pytestmark = pytest.mark.django_db

QUEUE = "/quan-tri/hang-doi/moi-nop/"


def new_ones(count: int = 3) -> list[Dossier]:
    """Filed dossiers in the order of their limits; the last one has none and therefore stands at the end."""
    made = [in_state(S.SUBMITTED) for _n in range(count)]
    for number, dossier in enumerate(made[:-1]):
        dossier.intake_due_at = timezone.now() + timedelta(hours=1 + number)
        dossier.save(update_fields=["intake_due_at"])
    Dossier.objects.filter(pk=made[-1].pk).update(intake_due_at=None, due_at=None)
    return made


def link(page: str, words: str) -> str:
    """Where the link of the page leads that has these words."""
    found = re.search(rf'<a href="([^"]*)"[^>]*>(?:(?!</a>).)*{words}', page, re.DOTALL)
    assert found, words
    return found[1].replace("&amp;", "&")


def row_url(client: Client, dossier: Dossier, queue: str = QUEUE) -> str:
    rows = client.get(queue).context["rows"]
    return next(row["url"] for row in rows if row["dossier"].pk == dossier.pk)


def on(client: Client, page: Any, words: str = "Hồ sơ tiếp theo trong hàng đợi") -> Any:
    """The page behind a link of the bar above the dossier."""
    return client.get(link(page.content.decode(), words), follow=True)


def shown(page: Any) -> str:
    return page.context["dossier"].code


def test_after_a_step_the_next_one_of_the_queue_is_one_press_away(office: Office) -> None:
    first, second, third = new_ones()
    client = office.browser("desk")
    page = client.get(row_url(client, first))
    done = []
    for expected in (first, second, third):
        assert shown(page) == expected.code
        (action,) = re.findall(r'action="([^"]*/buoc/accept/[^"]*)"', page.content.decode())
        data = {"sequence": str(page.context["dossier"].last_sequence)}
        page = client.post(action.replace("&amp;", "&"), data, follow=True)
        assert (shown(page), page.context["dossier"].state) == (expected.code, S.ACCEPTED)
        done.append(expected.code)
        page = on(client, page)
    assert page.request["PATH_INFO"] == QUEUE and "Đã đến cuối hàng đợi" in page.content.decode()
    assert len(set(done)) == 3


def test_forth_and_back_in_any_order(office: Office) -> None:
    first, second, third = new_ones()
    client = office.browser("desk")
    for order, (top, middle, last) in {
        "": (first, second, third),
        "?xep=cu": (first, second, third),
        "?xep=moi": (third, second, first),
    }.items():
        page = client.get(row_url(client, middle, f"{QUEUE}{order}"))
        assert shown(on(client, page)) == last.code, order
        back = on(client, page, "Hồ sơ trước")
        assert shown(back) == top.code, order
        assert shown(on(client, back)) == middle.code, order
        start = on(client, back, "Hồ sơ trước")
        assert start.request["PATH_INFO"] == QUEUE and "Đây là đầu hàng đợi" in start.content.decode()


def test_from_the_last_one_without_a_limit_back_to_those_with_one(office: Office) -> None:
    first, second, third = new_ones()
    Dossier.objects.filter(pk=second.pk).update(intake_due_at=None, due_at=None)
    client = office.browser("desk")
    page = client.get(row_url(client, third))
    page = on(client, page, "Hồ sơ trước")
    assert shown(page) == second.code
    assert shown(on(client, page, "Hồ sơ trước")) == first.code


def test_what_narrows_the_queue_goes_along(office: Office) -> None:
    first, second, third = new_ones()
    Dossier.objects.filter(pk=second.pk).update(assignee=office.specialist)
    Dossier.objects.filter(pk__in=[first.pk, third.pk]).update(assignee=office.leader)
    client = office.browser("desk")
    narrowed = f"{QUEUE}?nguoi={office.leader.pk}"
    page = client.get(row_url(client, first, narrowed))
    assert f"{QUEUE}?nguoi={office.leader.pk}" in page.content.decode()
    assert shown(on(client, page)) == third.code


@pytest.mark.parametrize("name", ["refuse-intake", "request-supplement"])
def test_the_place_goes_through_a_step_with_a_form_and_its_refusal(office: Office, name: str) -> None:
    first, second, _third = new_ones()
    client = office.browser("desk")
    page = client.get(row_url(client, first))
    opened = client.get(re.search(rf'href="([^"]*/buoc/{name}/[^"#]*)', page.content.decode())[1].replace("&amp;", "&"))
    action = re.search(rf'action="([^"]*/buoc/{name}/[^"]*)"', opened.content.decode())[1].replace("&amp;", "&")
    refused = client.post(action, {"sequence": str(first.last_sequence)})
    assert refused.status_code == 422
    assert shown(on(client, refused)) == second.code
    typed = {"sequence": str(first.last_sequence), **WHAT_IS_TYPED[name.replace("-", "_")]}
    done = client.post(action, typed, follow=True)
    assert done.status_code == 200 and shown(on(client, done)) == second.code


@pytest.mark.parametrize(
    ("part", "data"),
    [
        ("phan-cong/", {"official": "", "sequence": "1"}),
        ("ghi-chu/", {"text": "Đã gọi.", "token": "6d1d5f5e-6f6f-4a9f-9a4e-5b7d51d3b001"}),
        ("tin-nhan/da-doc/", {"seen": "0"}),
        ("xem-so-dinh-danh/", {"reason": "Đối chiếu"}),
    ],
)
def test_everything_on_the_workbench_comes_back_to_the_same_place(
    office: Office, part: str, data: dict[str, str]
) -> None:
    first, second, _third = new_ones()
    client = office.browser("desk")
    address = row_url(client, first)
    page = client.get(address).content.decode()
    action = (
        next(a.replace("&amp;", "&") for a in re.findall(r'action="([^"]*)"', page) if part in a)
        if (
            part != "tin-nhan/da-doc/"  # its button stands there while something is unread
        )
        else f"/quan-tri/ho-so/{first.code}/{part}?{address.partition('?')[2]}"
    )
    came = client.post(action, data, follow=True)
    assert shown(came) == first.code and shown(on(client, came)) == second.code


def test_a_dossier_that_left_her_sight_leads_back_to_the_queue(office: Office) -> None:
    """Forwarded to another agency, or answered for one."""
    (first, *_others), client = new_ones(), office.browser("desk")
    query = row_url(client, first).partition("?")[2]
    form = {"sequence": str(first.last_sequence), **WHAT_IS_TYPED["forward"]}
    for press in ("first", "second"):
        sent = client.post(f"/quan-tri/ho-so/{first.code}/buoc/forward/?{query}", form)
        assert (sent.status_code, sent.headers.get("Location")) == (302, QUEUE), press


@pytest.mark.parametrize(
    "query",
    ["hang-doi=khong-co&tai=x", "hang-doi=moi-nop", "hang-doi=moi-nop&tai=%25%25&nguoi=x", "tai=W251bGwsMV0"],
)
def test_nonsense_in_the_address_does_no_harm(office: Office, query: str) -> None:
    first, *_others = new_ones()
    client = office.browser("desk")
    page = client.get(f"/quan-tri/ho-so/{first.code}/?{query}")
    assert page.status_code == 200
    assert client.get(f"{QUEUE}ke-tiep/?{query}").status_code == 302
    assert client.get(f"{QUEUE}ke-tiep/?{query}&huong=truoc").status_code == 302


def test_the_bar_costs_the_workbench_no_query(office: Office) -> None:
    first, *_others = new_ones()
    client = office.browser("desk")
    walking = row_url(client, first)
    alone, query = walking.split("?")
    assert query
    counts = {}
    for address in (alone, walking):
        client.get(address)  # what only a first look reads is read
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        counts[address] = len(asked)
    assert counts[walking] == counts[alone] <= 25
