"""A hundred random actions of citizens, officials and the bank, ten at a time, on the same few dossiers.

Who may and what fits is drawn, by the same seed in every run, so most are refused, in words; what was done has to be
what the events tell. Which of ten comes first is the threads' own and differs: a failure names what was done, in order.
A draft, a newer version, a replacement and a message are pressed first, each by two hands or more in the same moment.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier, Lock
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from datastore.models import Document, DocumentStatus
from dossiers import (
    charging,
    clock_reading,
    closing,
    consultation,
    correspondence,
    draft_checks,
    extension,
    forwarding,
    obligations,
    rebasing,
    replacing,
    results,
    reversal,
    services,
    withdrawal,
)
from dossiers.consequences import LETTER_OF_EVENT
from dossiers.lifecycle import BEFORE_DECISION, CLOCK_STOPPED, FINISHED_STATES
from dossiers.models import Dossier, DossierEvent, DraftState, ResultIssue, SupplementRequest
from dossiers.tasks import issue_results
from payments import services as payments
from payments.gateways import registry
from payments.gateways.base import Notice
from payments.lifecycle import OrderState
from payments.models import PaymentOrder
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.calendars import work_calendar
from portal.agencies.models import Agency
from portal.core.errors import PortalError
from tests import factories
from tests.at_once import at_once
from tests.dossiers.versions import publish_anew

HANDS, EACH = 10, 10
MEET_SECONDS = 50
SEED = 20261116
MONDAY = datetime(2026, 11, 16, 8, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
VNPAY = "vnpay"


class Cast:
    """Who acts on the dossiers of one agency."""

    def __init__(self) -> None:
        self.agency, self.other = factories.make_agency(), factories.make_other_agency()
        kinds = (ActorKind.DESK, ActorKind.AGENCY, ActorKind.LEADER)
        self.officials = [factories.official_actor(self.agency, kind) for kind in kinds]
        third = factories.make_agency("H29.10001")
        Agency.objects.filter(pk__in=[third.pk, third.parent_id]).update(unit=None)  # no filing is routed there
        self.asked = [self.other, third]
        self.strangers = [factories.official_actor(self.other, kind) for kind in kinds]

    def anybody(self, chance: random.Random, dossier: Dossier) -> Actor:
        """An official mostly, else the citizen, or an official of another agency."""
        assert dossier.filer is not None
        return chance.choice([*self.officials * 3, *self.strangers, Actor.citizen(dossier.filer)])

    def anybody_asked(self, chance: random.Random) -> Actor:
        """An official of an agency that may be asked."""
        return Actor(kind=ActorKind.CONSULTED, agency=chance.choice(self.asked), name="Trần Trả Lời")


def _pay(dossier: Dossier) -> object:
    assert dossier.filer is not None
    gateway = registry.get(VNPAY)
    order, _address = payments.create_order(
        dossier.code or "", actor=Actor.citizen(dossier.filer), gateway=VNPAY, client_ip="127.0.0.1"
    )
    told = Notice(
        reference=order.reference,
        terminal=gateway.terminal,
        amount_vnd=order.amount_vnd,
        is_paid=True,
        transaction=f"{order.pk:08d}",
        bank_code="NCB",
    )
    return payments.record(gateway, told, {})


def _replace(dossier: Dossier, who: Actor, text: str) -> object:
    """The paper says the purpose otherwise."""
    said = next(row.key for row in replacing.statements(dossier) if row.key.endswith("purpose"))
    return replacing.replace_result(
        dossier.code or "",
        actor=who,
        reason="Ghi sai.",
        legal_basis="Nghị định 30/2020/NĐ-CP điều 18",
        corrections={said: text},
        decision=services.Decision(),
        keeps_rest=True,
    )


def _write(dossier: Dossier, who: Actor, token: str) -> object:
    return correspondence.write(dossier.code or "", actor=who, text="Bao giờ xong?", form_token=token)


def _actions(chance: random.Random, cast: Cast, dossier: Dossier) -> Iterable[Callable[[], object]]:
    """Every step of the table, by somebody who may or may not."""
    who, code = cast.anybody(chance, dossier), dossier.code or ""
    assert dossier.filer is not None
    citizen = Actor.citizen(dossier.filer)
    charge = charging.Charge("le_phi", "Lệ phí thử", 8000, "TT 1/2026")
    later = timezone.localdate() + timedelta(days=chance.randint(1, 20))
    return (
        lambda: services.accept(code, actor=who),
        lambda: services.refuse_intake(code, actor=who, reason="Không đúng nơi."),
        lambda: services.start_processing(code, actor=who),
        lambda: services.request_supplement(code, actor=who, reason="Thiếu giấy."),
        lambda: services.supplement(code, actor=citizen, answer="Tôi gửi lại."),
        lambda: services.supplement(code, actor=who, answer="Gửi tại quầy."),
        lambda: closing.go_on_without(code, actor=who),
        lambda: obligations.require_payment(code, actor=who, charges=[charge]),
        lambda: _pay(dossier),
        lambda: withdrawal.request(code, actor=citizen, reason="Tôi nộp nhầm."),
        lambda: withdrawal.confirm(code, actor=who),
        lambda: withdrawal.refuse(code, actor=who, reason="Đã ký."),
        lambda: services.stop(code, actor=who, reason="Quá hạn bổ sung."),
        lambda: services.propose(code, actor=who, reason="Đủ điều kiện."),
        lambda: services.send_back(code, actor=who, reason="Xem lại."),
        lambda: services.approve(code, actor=who),
        lambda: services.assign(code, actor=who, official=chance.choice(cast.officials).user),
        lambda: consultation.request_consultation(
            code, actor=who, agency=chance.choice(cast.asked), question="Có đúng không?", answer_due_on=later
        ),
        lambda: consultation.answer_consultation(code, actor=cast.anybody_asked(chance), answer="Đúng."),
        lambda: consultation.answer_consultation(code, actor=who, answer="Đúng."),
        lambda: consultation.cancel_consultation(code, actor=who, reason="Đã rõ.", agency=chance.choice(cast.asked)),
        lambda: extension.extend(code, actor=who, reason="Chờ xác minh.", new_due_on=later),
        lambda: forwarding.forward(code, actor=who, agency=chance.choice([cast.agency, cast.other]), reason="Nhầm."),
        lambda: reversal.revert(code, actor=who, reason="Bấm nhầm."),
        lambda: reversal.reopen(code, actor=who, reason="Mở lại."),
        lambda: draft_checks.send_draft(code, actor=who),
        lambda: draft_checks.confirm_draft(code, actor=chance.choice([who, citizen])),
        lambda: draft_checks.dispute_draft(code, actor=chance.choice([who, citizen]), reason="Sai năm sinh."),
        lambda: draft_checks.correct_draft(code, actor=who, reason="Theo sổ.", corrections={"purpose": "Xin việc"}),
        lambda: draft_checks.lapse_due(),
        lambda: _write(dossier, chance.choice([who, citizen]), f"tờ {chance.randint(1, 3)}"),
        lambda: correspondence.note(code, actor=who, text="Đã gọi điện.", form_token=f"tờ {chance.randint(1, 3)}"),
        lambda: rebasing.rebase(code, actor=who, reason="Bản mới.", legal_basis="Điều 9 bản mới"),
        lambda: _replace(dossier, who, f"Xin việc {chance.randint(1, 3)}") if dossier.result_document else None,
    )


def _first_press(number: int, cast: Cast, dossiers: list[Dossier]) -> Callable[[], object]:
    """What each hand presses first, two of them at least the same; one press of each kind is done."""
    filed, working, drafted, returned = dossiers
    _desk, specialist, leader = cast.officials
    assert filed.filer is not None
    citizen = Actor.citizen(filed.filer)
    if number in {0, 1}:
        return lambda: draft_checks.send_draft(drafted.code or "", actor=specialist)
    if number in {2, 3}:
        return lambda: rebasing.rebase(working.code or "", actor=leader, reason="Bản mới.", legal_basis="Điều 9")
    if number in {4, 5}:
        return lambda: _replace(returned, leader, "Đi học xa")
    return lambda: _write(filed, citizen, "một tờ")


def _dossiers(cast: Cast) -> list[Dossier]:
    """One that waits for its intake, one in work with a newer version, one that has the step of the draft, one done."""
    plain, with_draft = factories.make_version(), factories.make_version("1.000002", draft_days=1)
    filed, working = factories.file_dossier(version=plain), factories.processing_dossier(version=plain)
    drafted, returned = factories.processing_dossier(version=with_draft), factories.processing_dossier(version=plain)
    services.approve(returned.code or "", actor=cast.officials[2])
    results.issue(ResultIssue.objects.get(dossier=returned))
    publish_anew(plain)
    found: Any = Dossier.objects.select_related("filer", "result_document")
    return [found.get(pk=dossier.pk) for dossier in (filed, working, drafted, returned)]


@pytest.mark.django_db(transaction=True)
def test_whatever_happens_at_once_the_events_tell_it() -> None:
    cast, done, one_at_a_time = Cast(), Counter[str](), Lock()
    with time_machine.travel(MONDAY) as clock:
        dossiers, all_pressed = _dossiers(cast), Barrier(HANDS)

        def press(action: Callable[[], object]) -> None:
            try:
                action()
            except PortalError as refused:
                done[refused.code] += 1
            else:
                done["done"] += 1

        def hand(number: int) -> None:
            chance = random.Random(f"{SEED} {number}")
            press(_first_press(number, cast, dossiers))
            all_pressed.wait(MEET_SECONDS)
            for _turn in range(EACH - 1):
                with one_at_a_time:
                    clock.shift(timedelta(minutes=chance.randint(1, 45)))
                found = Dossier.objects.select_related("filer", "result_document")
                dossier = found.get(pk=chance.choice(dossiers).pk)
                press(chance.choice(list(_actions(chance, cast, dossier))))

        at_once([partial(hand, number) for number in range(HANDS)])
        assert sum(done.values()) == HANDS * EACH and done["done"] >= 5, f"{done}"
        _each_first_press_was_done(dossiers)
        issue_results()  # what the worker draws of all that was ordered
        for dossier in dossiers:
            fresh = Dossier.objects.select_related("agency").get(pk=dossier.pk)
            _hold(fresh, list(fresh.events.order_by("sequence")), fresh.code or "")
        lost = PaymentOrder.objects.filter(state=OrderState.PAID, receipt=None, refunds=None)
        assert not lost.exists(), "money that nobody knows of"


def _hold(dossier: Dossier, events: list[DossierEvent], where: str) -> None:
    """What is true of a dossier at rest, whatever was done to it in which order."""
    told = f"{where}: {[(event.name, event.from_state, event.to_state) for event in events]}"
    assert [event.sequence for event in events] == list(range(1, dossier.last_sequence + 1)), told
    state = "draft"
    for event in events:
        if event.to_state:
            assert event.from_state == state, f"{event.name} began elsewhere. {told}"
            state = event.to_state
    assert dossier.state == state, f"{dossier.state} is not what the events fold to. {told}"
    assert (dossier.finished_at is not None) == (state in FINISHED_STATES), told
    drafts = list(dossier.draft_checks.order_by("round"))
    waits = [check for check in drafts if check.state == DraftState.OPEN and state in BEFORE_DECISION]
    if not any(check.round == 1 for check in waits):  # the first draft lets the clock stand, whatever else is done
        assert (dossier.clock_stopped_at is not None) == (state in CLOCK_STOPPED), told
    assert [check.round for check in drafts] == list(range(1, len(drafts) + 1)), told
    sent = sum(event.name == "dossier.draft_sent" for event in events)
    assert sent == len(drafts), told
    _messages_once(dossier, told)
    _one_result_counts(dossier, events, told)
    assert (dossier.rebased_to_id is not None) == any(event.name == "dossier.rebased" for event in events), told
    _letters_once(dossier, events, told)
    _one_thing_is_waited_for(dossier, told)
    _clocks_sum(dossier, told)


def _each_first_press_was_done(dossiers: list[Dossier]) -> None:
    """Once each, though two pressed it."""
    filed, working, drafted, returned = dossiers
    assert filed.messages.filter(form_token="một tờ").count() == 1
    for dossier, name in ((working, "rebased"), (drafted, "draft_sent"), (returned, "result_replaced")):
        assert dossier.events.filter(name=f"dossier.{name}").exists(), name
    assert working.events.filter(name="dossier.rebased").count() == 1


def _messages_once(dossier: Dossier, told: str) -> None:
    for written in (dossier.messages, dossier.internal_notes):
        forms = list(written.values_list("author", "form_token"))
        assert len(forms) == len(set(forms)), f"one form wrote twice. {told}"


def _one_result_counts(dossier: Dossier, events: list[DossierEvent], told: str) -> None:
    """Every paper but the last one leads to the next, and none is drawn that nobody ordered."""
    drawn = Document.objects.filter(credential__reference__startswith=dossier.code or "-", type__code="KQ.TEST")
    valid = [paper for paper in drawn if paper.status == DocumentStatus.VALID]
    assert [paper.pk for paper in valid] == ([dossier.result_document_id] if dossier.result_document_id else []), told
    assert all(paper.replaced_by_id for paper in drawn if paper.status == DocumentStatus.REPLACED), told
    ordered = sum(event.name in {"dossier.decided", "dossier.result_replaced"} for event in events)
    assert len(drawn) <= ordered, told


def _letters_once(dossier: Dossier, events: list[DossierEvent], told: str) -> None:
    due = Counter(str(LETTER_OF_EVENT[event.name]) for event in events if event.name in LETTER_OF_EVENT)
    written = Counter(dossier.letters.values_list("kind", flat=True))
    assert written == due, told
    assert written["04"] <= 1, f"apologised twice. {told}"
    approved = sum(event.name == "dossier.decided" for event in events)
    assert ResultIssue.objects.filter(dossier=dossier).count() == approved <= 1, told


def _one_thing_is_waited_for(dossier: Dossier, told: str) -> None:
    open_requests = SupplementRequest.objects.filter(dossier=dossier, answered_at__isnull=True).count()
    assert open_requests <= 1, told
    if dossier.state == "awaiting_supplement":
        assert open_requests == 1, told
    if dossier.state == "awaiting_payment":
        assert dossier.obligations.filter(state="due").exists(), told
    if dossier.state in FINISHED_STATES:
        assert not dossier.obligations.filter(state="due").exists(), told
    waiting = dossier.consultations.filter(ended_at__isnull=True).count()
    assert (waiting > 0) == (dossier.state == "consulting"), told
    asked = dossier.consultations.filter(ended_at__isnull=True).values_list("agency", flat=True)
    assert len(set(asked)) == waiting, f"one agency is asked twice. {told}"


def _clocks_sum(dossier: Dossier, told: str) -> None:
    now = dossier.finished_at or timezone.now()
    split, agency = clock_reading.of(dossier, timezone.now()), dossier.agency
    assert split is not None and isinstance(agency, Agency) and dossier.submitted_at is not None
    assert split.whole == work_calendar(agency).working_seconds_between(dossier.submitted_at, now), told
