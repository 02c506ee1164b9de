"""Both sides compare, find the few dossiers that differ, and end equal; what does not heal is a task for a person."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.idp.oidc.models import Client as OidcClient
from django.utils import timezone

from dossiers import envelope
from dossiers.lifecycle import DossierState
from dossiers.models import CodeGap, Difference, Reconciliation
from dossiers.partners import counterparts, reconciling
from portal.agencies.models import ApiClient, ClientKind
from portal.core.work import WorkState
from portal.exchange.delivery import deliver_due
from portal.exchange.models import OutboxMessage, PullSource
from tests.exchange.partner import Answer, Got, PartnerServer
from tests.exchange.reconciled import Province, World, make_world, states
from tests.wire.clients import new_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(partner: PartnerServer) -> World:
    return make_world(partner)


def test_equal_sides_agree_in_one_question(world: World) -> None:
    run = world.reconcile()
    assert (run.work_state, run.compared, run.differing) == (WorkState.DONE, 3, 0)
    assert world.province.asked == ["reconciliation.digests"]
    assert not Difference.objects.exists()


def test_reports_that_were_lost_are_found_and_taken_in(world: World) -> None:
    first, second, third = world.dossiers
    world.event(first, "accept", 4)
    world.event(first, "start_processing", 4)
    world.event(second, "refuse_intake", 3, reason="Không thuộc thẩm quyền")
    run = world.reconcile()
    assert (run.compared, run.differing) == (3, 2)
    assert states(first, second, third) == [DossierState.PROCESSING, DossierState.REFUSED, DossierState.SUBMITTED]
    assert {row.work_state for row in Difference.objects.all()} == {WorkState.DONE}
    assert world.province.asked.count("reconciliation.dossiers") == 1, "only the day and agency that differ"
    events = first.events.count()
    assert world.reconcile().differing == 0
    assert first.events.count() == events


def test_what_a_system_says_when_it_is_compared_is_bound_by_its_scopes(world: World) -> None:
    first, second, _third = world.dossiers
    OidcClient.objects.update(scopes="events:write")
    world.event(first, "accept", 4)
    world.event(second, "accept", 4)
    world.event(second, "approve", 9, result={"document_number": "1/KQ"})
    world.reconcile()
    assert states(first, second) == [DossierState.ACCEPTED, DossierState.ACCEPTED]
    assert "results:write" in Difference.objects.get(work_state=WorkState.DEAD).last_error


def test_a_day_that_is_none_is_an_answer_that_is_none(world: World, partner: PartnerServer) -> None:
    group = {"day": f"{timezone.localdate():%Y-%m}-99", "agency_code": "H26", "status": 4, "count": 1, "digest": "x"}
    partner.answer = lambda _got: Province.say({"groups": [group]})
    run = world.reconcile()
    assert (run.work_state, run.last_error) == (WorkState.PENDING, "Hệ thống trả lời đối soát không đúng dạng.")


def test_what_cannot_be_compared_at_all_is_seen_and_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: Any, **_more: Any) -> Any:
        raise ValueError

    monkeypatch.setattr(counterparts.SignedCounterpart, "compare", broken)
    run = world.reconcile()
    assert "ValueError" in run.last_error
    Reconciliation.objects.update(created_at=timezone.now() - timedelta(days=1))
    world.work()
    run.refresh_from_db()
    assert run.work_state == WorkState.DEAD


def test_a_system_that_claims_the_moon_makes_no_more_tasks_than_anybody_can_do(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciling, "DIFFERENCES_AT_MOST", 2)
    place = {"agency_code": world.dossiers[0].agency.code, "day": timezone.localdate().isoformat()}
    world.province.held |= {f"H26-{number}\x00": {"status": 4, **place} for number in range(5)}
    assert world.reconcile().differing == 5
    assert Difference.objects.count() == 2


def test_a_dossier_the_system_lost_is_sent_again(world: World) -> None:
    lost = world.dossiers[0]
    del world.province.held[lost.code or ""]
    assert world.reconcile().differing == 1
    assert Difference.objects.get().work_state == WorkState.PENDING
    deliver_due()
    world.work()
    difference = Difference.objects.get()
    assert difference.work_state == WorkState.DONE and difference.sent_again == 1
    again = OutboxMessage.objects.latest("pk")
    assert again.type == "dossier.submitted" and again.payload == {}, "what was delivered is not kept a second time"
    assert lost.code in world.province.held


def test_a_dead_message_is_what_is_sent_again(world: World) -> None:
    lost = world.dossiers[0]
    del world.province.held[lost.code or ""]
    whole = {"type": "dossier.submitted", "data": {"dossier": envelope.dossier_payload(lost)}}
    OutboxMessage.objects.filter(subject=lost.code).update(work_state=WorkState.DEAD, payload=whole)
    world.reconcile()
    deliver_due()
    world.work()
    assert Difference.objects.get().work_state == WorkState.DONE
    assert OutboxMessage.objects.filter(subject=lost.code).count() == 1


def test_what_does_not_heal_becomes_a_task_and_ends_with_the_difference(world: World) -> None:
    stubborn = world.dossiers[0]
    world.event(stubborn, "accept", 2)
    world.reconcile()
    world.province.held[stubborn.code or ""]["status"] = 1  # restored from a copy of last week, say
    world.province.events.clear()
    world.province.listens = False
    before = stubborn.events.count()
    world.reconcile()
    for _turn in range(reconciling.SENT_AGAIN_AT_MOST + 1):
        deliver_due()
        world.work()
    task = Difference.objects.latest("pk")
    assert task.work_state == WorkState.DEAD
    assert "Mới đăng ký" in task.last_error and "Được tiếp nhận" in task.last_error and "3 lần" in task.last_error
    assert stubborn.events.count() == before and states(stubborn) == [DossierState.ACCEPTED]
    world.reconcile()
    assert Difference.objects.exclude(work_state=WorkState.DONE).count() == 1, "one task, however often it is found"
    world.province.held[stubborn.code or ""]["status"] = 2
    world.reconcile()
    task.refresh_from_db()
    assert task.work_state == WorkState.DONE and "bằng nhau" in task.outcome


def test_a_status_without_its_history_is_taken_in_where_steps_lead_to_it(world: World) -> None:
    told = world.dossiers[0]
    world.province.held[told.code or ""]["status"] = 8
    world.reconcile()
    assert states(told) == [DossierState.STOPPED]
    assert Difference.objects.get().work_state == WorkState.DONE


def test_a_step_the_table_forbids_is_a_task_with_its_reason(world: World) -> None:
    odd = world.dossiers[0]
    world.event(odd, "return_result", 9)
    world.reconcile()
    task = Difference.objects.get()
    assert task.work_state == WorkState.DEAD and "Không ghi được" in task.last_error
    assert states(odd) == [DossierState.SUBMITTED]


def test_a_dossier_that_only_the_system_has_is_a_task(world: World) -> None:
    code = new_code()
    world.province.take(code, 4, "H26.00073", timezone.now().isoformat())
    world.reconcile()
    assert "Cổng chưa có" in Difference.objects.get(code=code).last_error


def test_a_system_that_knows_no_such_question_says_so_once(world: World, partner: PartnerServer) -> None:
    for answer in (400, (200, {}, b"{}"), (200, {}, b"[]"), (200, {}, b"<html>")):
        partner.answer = lambda _got, answer=answer: answer
        run = world.reconcile()
        assert run.work_state == WorkState.DONE and "chưa trả lời được" in run.note


@pytest.mark.parametrize(
    "group",
    [{}, {"day": "x"}, {"day": "2026-11-28", "agency_code": "H26", "count": "1", "status": 1, "digest": ""}, 5],
)
def test_an_answer_of_another_shape_is_tried_again_later(world: World, partner: PartnerServer, group: Any) -> None:
    partner.answer = lambda _got: Province.say({"groups": [group]})
    run = world.reconcile()
    assert run.work_state == WorkState.PENDING and "không đúng dạng" in run.last_error
    assert not reconciling.ask_for(world.client, days=7, by=None), "one waits already"


def test_a_wire_system_is_asked_dossier_by_dossier(world: World, partner: PartnerServer) -> None:
    ApiClient.objects.filter(pk=world.client.pk).update(kind=ClientKind.WIRE, wire_agency_code="H26")
    first, second, third = world.dossiers
    statuses = {first.code: "4", second.code: "Treo"}

    def answer(got: Got) -> Answer:
        asked = got.json
        if "username" in asked:
            return Province.say({"error_code": 0, "session": "s"})
        assert asked["service"] == "TraCuuHoSo"
        told = statuses.get(asked["mahoso"])
        row = {"MAHOSO": asked["mahoso"], "TRANGTHAIHOSO": told}
        return Province.say({"error_code": "0", "message": "Thành công", "result": [row] if told else []})

    partner.answer = answer
    PullSource.objects.create(
        client=world.client,
        provider="wire",
        address=f"{partner.url}/mapi/g",
        username="cong",
        is_active=False,
        parallel=2,
    )
    run = world.reconcile()
    assert (run.compared, run.differing) == (3, 3)
    assert states(first, second, third) == [DossierState.PROCESSING, DossierState.SUBMITTED, DossierState.SUBMITTED]
    by_code = {row.code: row for row in Difference.objects.all()}
    assert by_code[first.code or ""].work_state == WorkState.DONE
    assert by_code[second.code or ""].work_state == WorkState.DEAD and "Treo" in by_code[second.code or ""].last_error
    assert CodeGap.objects.filter(told="Treo").exists()
    assert by_code[third.code or ""].work_state == WorkState.PENDING, "sent again"
