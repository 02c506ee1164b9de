"""The clock of a dossier: what acceptance sets, what stops it, and where each stop leads back."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from datastore import grants
from datastore.models import Grant
from dossiers import charging, closing, extension, obligations, services, withdrawal
from dossiers.models import Dossier, ObligationState
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import InvalidInputError, NotFoundError, TransitionError
from tests import factories

pytestmark = pytest.mark.django_db
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY_NINE = datetime(2026, 11, 16, 9, 0, tzinfo=HANOI)


def desk(dossier: Dossier, kind: ActorKind = ActorKind.DESK) -> Actor:
    assert dossier.agency is not None
    return factories.official_actor(dossier.agency, kind)


def citizen(dossier: Dossier) -> Actor:
    return Actor.citizen(dossier.filer)


def fresh(dossier: Dossier) -> Dossier:
    return Dossier.objects.get(pk=dossier.pk)


def local(moment: datetime | None) -> str:
    assert moment is not None
    return f"{timezone.localtime(moment):%a %d %H:%M}"


@pytest.fixture
def clock() -> Any:
    """A Monday at nine, three working days before Thursday's close."""
    with time_machine.travel(MONDAY_NINE, tick=False) as traveller:
        yield traveller


def accepted(**version: Any) -> Dossier:
    dossier = factories.file_dossier(version=factories.make_version(**version))
    return services.accept(dossier.code or "", actor=desk(dossier))


def test_filing_gives_the_desk_eight_working_hours(clock: Any) -> None:
    dossier = factories.file_dossier()
    assert dossier.intake_due_at is not None and dossier.due_at is None
    assert timedelta(hours=8) <= dossier.intake_due_at - MONDAY_NINE < timedelta(days=2)


def test_acceptance_sets_the_due_date(clock: Any) -> None:
    dossier = accepted()
    assert local(dossier.due_at) == "Thu 19 17:00" and dossier.counted_from == MONDAY_NINE
    assert not dossier.is_without_time_limit


def test_procedure_without_a_limit_says_so(clock: Any) -> None:
    dossier = accepted(processing_value=None, processing_unit="")
    assert dossier.due_at is None and dossier.is_without_time_limit


@pytest.mark.parametrize(("rule", "due"), [("restart", "Mon 23 17:00"), ("pause", "Fri 20 17:00")])
def test_supplement_stops_the_clock_and_lets_it_run_again(clock: Any, rule: str, due: str) -> None:
    dossier = accepted(supplement_rule=rule)
    clock.shift(timedelta(days=1))
    services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Thiếu.")
    waiting = fresh(dossier)
    assert waiting.state == "awaiting_supplement" and waiting.clock_stopped_at == MONDAY_NINE + timedelta(days=1)
    clock.shift(timedelta(days=1))
    services.supplement(dossier.code or "", actor=citizen(dossier), answer="Đây ạ.")
    running = fresh(dossier)
    assert (running.state, running.clock_stopped_at) == ("processing", None)
    assert local(running.due_at) == due


def test_a_restart_takes_back_no_day_that_a_letter_promised(clock: Any) -> None:
    dossier = accepted(supplement_rule="restart")
    code = dossier.code or ""
    services.start_processing(code, actor=desk(dossier))
    leader = factories.official_actor(dossier.agency, ActorKind.LEADER)
    extension.extend(code, actor=leader, reason="Chờ xác minh.", new_due_on=date(2026, 12, 14))
    services.request_supplement(code, actor=desk(dossier), reason="Thiếu.")
    clock.shift(timedelta(days=1))
    services.supplement(code, actor=citizen(dossier), answer="Đây ạ.")
    running = fresh(dossier)
    assert local(running.due_at) == "Mon 14 17:00" and local(running.original_due_at) == "Fri 20 17:00"


def test_supplement_before_acceptance_leads_back_to_the_desk(clock: Any) -> None:
    dossier = factories.file_dossier()
    before = dossier.intake_due_at
    services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Thiếu.")
    clock.shift(timedelta(days=2))
    services.supplement(dossier.code or "", actor=citizen(dossier), answer="Đây ạ.")
    again = fresh(dossier)
    assert again.state == "submitted" and again.due_at is None
    assert again.intake_due_at is not None and before is not None and again.intake_due_at > before


def test_weekend_in_a_pause_costs_nothing(clock: Any) -> None:
    dossier = accepted(supplement_rule="pause")
    clock.shift(timedelta(days=4))  # Friday: stopped over the weekend
    services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Thiếu.")
    stopped_due = fresh(dossier).due_at
    clock.shift(timedelta(days=2))  # Sunday
    services.supplement(dossier.code or "", actor=citizen(dossier), answer="Đây ạ.")
    due = fresh(dossier).due_at
    assert due is not None and stopped_due is not None and due >= stopped_due


def test_two_supplements_are_two_rounds(clock: Any) -> None:
    dossier = accepted()
    for number in (1, 2):
        services.request_supplement(
            dossier.code or "", actor=desk(dossier), reason=f"Lần {number}.", legal_basis="Luật X"
        )
        clock.shift(timedelta(hours=2))
        services.supplement(dossier.code or "", actor=citizen(dossier), answer="Đây ạ.")
    assert list(dossier.supplement_requests.values_list("round", flat=True)) == [1, 2]


def test_payment_asked_on_the_way_resumes_where_it_was(clock: Any) -> None:
    dossier = accepted()
    services.start_processing(dossier.code or "", actor=desk(dossier))
    charge = charging.Charge("le_phi", "Lệ phí", 8000)
    obligations.require_payment(dossier.code or "", actor=desk(dossier), charges=[charge])
    assert fresh(dossier).state == "awaiting_payment"
    clock.shift(timedelta(days=1))
    gateway = Actor.payment("demo")
    owed = list(dossier.obligations.all())
    for _replay in range(2):
        obligations.settle_payment(dossier.code or "", actor=gateway, obligations=owed, reference="T-1")
    paid = fresh(dossier)
    assert paid.state == "processing" and local(paid.due_at) == "Fri 20 17:00"
    assert dossier.events.filter(name="dossier.paid").count() == 1


def test_half_paid_still_waits() -> None:
    dossier = accepted()
    charges = [charging.Charge("le_phi", "Một", 1000), charging.Charge("phi", "Hai", 2000)]
    obligations.require_payment(dossier.code or "", actor=desk(dossier), charges=charges)
    first, second = dossier.obligations.order_by("id")
    gateway = Actor.payment("demo")
    obligations.settle_payment(dossier.code or "", actor=gateway, obligations=[first], reference="T-1")
    assert fresh(dossier).state == "awaiting_payment"
    obligations.settle_payment(dossier.code or "", actor=gateway, obligations=[second], reference="T-2")
    assert fresh(dossier).state == "accepted"


@pytest.mark.parametrize("amount", [0, -1])
def test_charge_of_nothing_is_refused(amount: int) -> None:
    dossier = accepted()
    with pytest.raises(InvalidInputError) as caught:
        obligations.require_payment(
            dossier.code or "", actor=desk(dossier), charges=[charging.Charge("phi", "x", amount)]
        )
    assert "amount_vnd" in caught.value.fields


STATES = ["submitted", "accepted", "processing", "awaiting_supplement", "awaiting_payment"]


def in_state(state: str) -> Dossier:
    dossier = factories.file_dossier()
    code, actor = dossier.code or "", desk(dossier)
    if state in {"accepted", "processing"}:
        services.accept(code, actor=actor)
    if state == "processing":
        services.start_processing(code, actor=actor)
    if state == "awaiting_supplement":
        services.request_supplement(code, actor=actor, reason="Thiếu.")
    if state == "awaiting_payment":
        obligations.require_payment(code, actor=actor, charges=[charging.Charge("phi", "Phí", 1000)])
    return fresh(dossier)


@pytest.mark.parametrize("state", STATES)
def test_refused_withdrawal_leads_back_to_the_state_before(state: str) -> None:
    dossier = in_state(state)
    code = dossier.code or ""
    withdrawal.request(code, actor=citizen(dossier), reason="Đổi ý.")
    withdrawal.refuse(code, actor=desk(dossier), reason="Đã có kết quả.")
    back = fresh(dossier)
    assert back.state == state
    if state == "awaiting_supplement":  # and from there the way on is still open
        services.supplement(code, actor=citizen(dossier), answer="Đây ạ.")
        assert fresh(dossier).state == "submitted"
    if state == "awaiting_payment":
        gateway = Actor.payment("demo")
        obligations.settle_payment(code, actor=gateway, obligations=list(dossier.obligations.all()), reference="T")
        assert fresh(dossier).state == "submitted"


@pytest.mark.parametrize("state", STATES)
def test_confirmed_withdrawal_ends_everything(state: str) -> None:
    dossier = in_state(state)
    code = dossier.code or ""
    withdrawal.request(code, actor=citizen(dossier), reason="Đổi ý.")
    withdrawal.confirm(code, actor=desk(dossier))
    ended = fresh(dossier)
    assert ended.state == "stopped" and ended.finished_at is not None
    assert not dossier.obligations.filter(state=ObligationState.DUE).exists()
    assert dossier.letters.filter(kind="05").count() == 1


def test_stop_cancels_what_is_owed_and_ends_access() -> None:
    dossier = in_state("awaiting_payment")
    assert Grant.objects.filter(grants.active(), dossier_code=dossier.code).exists()
    services.stop(dossier.code or "", actor=desk(dossier), reason="Không nộp phí.")
    assert fresh(dossier).state == "stopped"
    assert dossier.obligations.get().state == ObligationState.CANCELLED
    assert not Grant.objects.filter(grants.active(), dossier_code=dossier.code).exists()


def test_steps_from_the_wrong_state_change_nothing() -> None:
    dossier = in_state("submitted")
    code = dossier.code or ""
    for wrong in (
        lambda: services.start_processing(code, actor=desk(dossier)),
        lambda: services.approve(code, actor=desk(dossier, ActorKind.LEADER)),
        lambda: services.return_result(code, actor=desk(dossier)),
        lambda: services.accept(code, actor=citizen(dossier)),
        lambda: services.supplement(code, actor=citizen(dossier), answer="x"),
    ):
        with pytest.raises(TransitionError):
            wrong()
    assert (fresh(dossier).state, dossier.events.count()) == ("submitted", 1)


def test_reason_is_needed_and_limited() -> None:
    dossier = in_state("submitted")
    with pytest.raises(TransitionError):
        services.refuse_intake(dossier.code or "", actor=desk(dossier), reason="  ")
    with pytest.raises(InvalidInputError) as caught:
        services.refuse_intake(dossier.code or "", actor=desk(dossier), reason="x" * 10_000)
    assert "reason" in caught.value.fields and "4000" in str(caught.value.fields["reason"][0])


def test_another_agency_sees_nothing() -> None:
    dossier = in_state("submitted")
    other = factories.make_agency("H17.20194")
    with pytest.raises(NotFoundError):
        services.accept(dossier.code or "", actor=factories.official_actor(other))


def test_silence_after_the_deadline_stops_the_dossier_once() -> None:
    dossier = in_state("awaiting_supplement")
    due = dossier.supplement_requests.get().answer_due_at
    assert due is not None
    assert closing.close_silent(due - timedelta(minutes=1)) == 0
    with time_machine.travel(due + timedelta(minutes=1)):
        assert (closing.close_silent(), closing.close_silent()) == (1, 0)
    ended = fresh(dossier)
    event = dossier.events.latest()
    assert ended.state == "stopped" and event.actor_kind == ActorKind.SYSTEM and "Quá thời hạn bổ sung" in event.reason


def test_silence_in_an_agencys_own_system_is_the_agencys() -> None:
    dossier = in_state("awaiting_supplement")
    assert dossier.agency is not None
    Dossier.objects.filter(pk=dossier.pk).update(handled_by=factories.make_client(dossier.agency))
    assert closing.close_silent(timezone.now() + timedelta(days=400)) == 0


def test_answered_request_is_not_closed() -> None:
    dossier = in_state("awaiting_supplement")
    services.supplement(dossier.code or "", actor=citizen(dossier), answer="Đây ạ.")
    services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Thiếu nữa.", legal_basis="Luật X")
    first, second = dossier.supplement_requests.order_by("round")
    assert first.answer_due_at and second.answer_due_at
    type(first).objects.filter(pk=first.pk).update(answer_due_at=timezone.now() - timedelta(days=1))
    assert closing.close_silent() == 0, "the old, answered request is no reason"
