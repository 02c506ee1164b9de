"""A night's comparison: which days it asks about, how often it asks, and what one bad day takes from the others."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from dossiers.lifecycle import DossierState
from dossiers.models import Difference, Dossier, Reconciliation
from dossiers.partners import compared_days, counterparts, reconciling
from dossiers.partners.compared_days import NIGHTLY_DAYS
from dossiers.tasks import plan_reconciliation
from portal.agencies.models import ApiClient
from portal.core.work import WorkState
from portal.exchange.delivery import deliver_due
from portal.exchange.models import PullSource
from tests import factories
from tests.exchange.partner import Answer, Got, PartnerServer
from tests.exchange.reconciled import HERE, Province, World, make_world, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(partner: PartnerServer) -> World:
    return make_world(partner)


def test_every_system_is_compared_once_a_night(world: World) -> None:
    with time_machine.travel(datetime(2026, 11, 30, 12, 0, tzinfo=HERE), tick=False):
        plan_reconciliation()
    assert not Reconciliation.objects.exists()
    for hour in (1, 2, 4):
        with time_machine.travel(datetime(2026, 11, 30, hour, 5, tzinfo=HERE), tick=False):
            plan_reconciliation()
    run = Reconciliation.objects.get()
    assert run.until - run.since == timedelta(days=NIGHTLY_DAYS) and run.client == world.client


def a_night(client: ApiClient, *, later: int = 0) -> Reconciliation:
    until = timezone.localdate() + timedelta(days=later)
    since = until - timedelta(days=NIGHTLY_DAYS)
    return Reconciliation.objects.create(client=client, night=until, since=since, until=until)


def file_back(world: World, dossier: Dossier, *, days: int) -> None:
    """The dossier was filed so many days ago, as both sides know."""
    filed_at = timezone.now() - timedelta(days=days)
    Dossier.objects.filter(pk=dossier.pk).update(submitted_at=filed_at)
    world.province.held[dossier.code or ""]["day"] = filed_at.astimezone(HERE).date().isoformat()


def test_a_night_also_compares_older_days_with_a_dossier_that_is_open_here(world: World) -> None:
    """What looks overdue for months is most often a dossier whose end was told once and got lost."""
    old, older, new = world.dossiers
    file_back(world, old, days=40)
    file_back(world, older, days=200)
    world.event(old, "accept", 4)
    world.event(older, "refuse_intake", 3, reason="Không thuộc thẩm quyền")
    run = a_night(world.client)
    world.work()
    run.refresh_from_db()
    assert states(old, older, new) == [DossierState.ACCEPTED, DossierState.REFUSED, DossierState.SUBMITTED]
    assert (run.compared, run.differing) == (3, 2)
    assert world.province.asked.count("reconciliation.digests") == 3
    Reconciliation.objects.all().delete()
    world.province.asked.clear()
    a_night(world.client)
    world.work()
    assert world.province.asked.count("reconciliation.digests") == 2, "nothing of 200 days ago is open any more"


def test_older_days_of_one_month_are_one_question(world: World) -> None:
    days = [31, 45, 60, 70, 399, 500]
    for dossier, age in zip([*world.dossiers, *(factories.file_dossier() for _more in days[3:])], days, strict=True):
        Dossier.objects.filter(pk=dossier.pk).update(submitted_at=timezone.now() - timedelta(days=age))
    deliver_due()
    today = timezone.localdate()
    run = a_night(world.client)
    spans = compared_days.older(world.client, run)
    ages = [((today - span.until).days, (today - span.since).days) for span in spans]
    assert ages == [(31, 60), (70, 70), (399, 399)] and all(span.only_open for span in spans)
    turns = [compared_days.in_turn(spans, today + timedelta(days=night))[0] for night in range(3)]
    assert set(turns) == set(spans), "each of them is once the first"
    run.night = None
    assert compared_days.older(world.client, run) == [], "an operator names the days"


def speak_wire(world: World, partner: PartnerServer) -> list[str]:
    """The system knows TraCuuHoSo only, and every dossier as newly filed; return the codes that it is asked for."""
    asked: list[str] = []

    def answer(got: Got) -> Answer:
        if "username" in got.json:
            return Province.say({"error_code": 0, "session": "s"})
        asked.append(got.json["mahoso"])
        row = {"MAHOSO": got.json["mahoso"], "TRANGTHAIHOSO": "1"}
        return Province.say({"error_code": "0", "message": "Thành công", "result": [row]})

    partner.answer = answer
    address = f"{partner.url}/mapi/g"
    PullSource.objects.create(client=world.client, provider="wire", address=address, username="cong", is_active=False)
    return asked


def test_a_wire_system_is_not_asked_again_for_what_ended_long_ago(world: World, partner: PartnerServer) -> None:
    """Each of its dossiers is a question of its own; what was not asked for is not called equal."""
    ended, still_open, _new = world.dossiers
    day = timezone.now() - timedelta(days=60)
    Dossier.objects.filter(pk__in=[ended.pk, still_open.pk]).update(submitted_at=day)
    Dossier.objects.filter(pk=ended.pk).update(state=DossierState.STOPPED, finished_at=day)
    Difference.objects.create(client=world.client, code=ended.code, ours=8, theirs=4, work_state=WorkState.DEAD)
    asked = speak_wire(world, partner)
    a_night(world.client)
    world.work()
    assert still_open.code in asked and ended.code not in asked
    assert Difference.objects.get(code=ended.code).work_state == WorkState.DEAD


@pytest.mark.parametrize("what", [400, 503])
def test_an_older_day_that_a_system_cannot_answer_takes_nothing_from_the_night(
    world: World, partner: PartnerServer, what: int
) -> None:
    """A system that keeps a few months only: its last thirty days are compared as ever, and those that it does keep."""
    forgotten, kept, new = world.dossiers
    file_back(world, forgotten, days=300)
    file_back(world, kept, days=100)
    world.event(kept, "refuse_intake", 3, reason="Không thuộc thẩm quyền")
    world.event(new, "accept", 4)
    horizon = (timezone.localdate() - timedelta(days=200)).isoformat()

    def answer(got: Got) -> Answer:
        if got.json["type"] == "reconciliation.digests" and got.json["data"]["since"] < horizon:
            return what
        return world.province(got)

    partner.answer = answer
    for night in range(2):  # each begins with the other of the two older days
        run = a_night(world.client, later=night)
        world.work()
        run.refresh_from_db()
        assert run.work_state == WorkState.DONE and run.compared >= 1
        assert f"trước ngày {run.since:%d/%m/%Y}" in run.note
    assert states(forgotten, kept, new) == [DossierState.SUBMITTED, DossierState.REFUSED, DossierState.ACCEPTED]


def test_one_comparison_has_one_budget_of_questions_and_keeps_its_lease(
    world: World, partner: PartnerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a night over the wire lasts longer than its lease, and a second worker asks everything once more."""
    monkeypatch.setattr(reconciling, "LOOKED_UP_AT_MOST", 4)
    monkeypatch.setattr(reconciling, "LOOKED_UP_OLDER", 2)
    new = [*world.dossiers, factories.file_dossier()]
    old = [factories.file_dossier() for _turn in range(3)]
    for dossier, days in zip(old, (40, 100, 200), strict=True):
        Dossier.objects.filter(pk=dossier.pk).update(submitted_at=timezone.now() - timedelta(days=days))
    deliver_due()
    asked = speak_wire(world, partner)
    run, leases = a_night(world.client), []
    compare = counterparts.WireCounterpart.compare

    def slow(*given: Any, **more: Any) -> counterparts.Comparison:
        run.refresh_from_db(fields=["next_try_at"])
        leases.append(run.next_try_at - timezone.now())
        Reconciliation.objects.filter(pk=run.pk).update(next_try_at=timezone.now())  # half an hour went by
        return compare(*given, **more)

    monkeypatch.setattr(counterparts.WireCounterpart, "compare", slow)
    world.work()
    assert len(asked) == len(set(asked)) == 4
    assert (
        len({dossier.code for dossier in new} & set(asked)) == len({dossier.code for dossier in old} & set(asked)) == 2
    )
    assert len(leases) == 4 and min(leases) > reconciling.COMPARE_LEASE - timedelta(minutes=1)
    assert Reconciliation.objects.get().work_state == WorkState.DONE
