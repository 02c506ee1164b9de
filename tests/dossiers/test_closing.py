"""A dossier's end is one transaction under its lock: no payment, answer or kill comes between the parts of it."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from datastore import grants
from datastore.models import Grant
from dossiers import (
    closing,
    obligations,
    plain_steps,
    reversal,
    services,
    supplement_requests,
    supplement_words,
    watch,
    withdrawal,
)
from dossiers.models import Dossier, ObligationState
from payments.models import Receipt, Refund
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import TransitionError
from portal.notifications.models import Message
from tests import factories
from tests.payments import situations

STEPS = ("refuse_intake", "stop", "confirm_withdrawal")


def _in_thread(work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db
@pytest.mark.parametrize("name", STEPS)
def test_a_kill_in_the_middle_leaves_the_dossier_open(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier = factories.processing_dossier() if name == "stop" else factories.file_dossier()
    code = dossier.code or ""
    if name == "confirm_withdrawal":
        withdrawal.request(code, actor=Actor.citizen(dossier.filer), reason="Đổi ý.")
    before = Dossier.objects.get(pk=dossier.pk).state

    def killed(codes: object, at: object) -> None:
        raise ConnectionError("killed")

    monkeypatch.setattr(grants, "end_all", killed)
    with pytest.raises(ConnectionError):
        stopping = withdrawal.confirm if name == "confirm_withdrawal" else getattr(services, name)
        stopping(code, actor=factories.official_actor(dossier.agency), reason="Sai thẩm quyền.")
    assert Dossier.objects.get(pk=dossier.pk).state == before
    assert not Grant.objects.filter(dossier_code=code, expires_at__isnull=False).exists()


@pytest.mark.django_db(transaction=True)
def test_money_that_arrives_while_the_dossier_is_stopped_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    dossier = situations.owing_dossier()
    order = situations.open_order(dossier)
    official = factories.official_actor(dossier.agency)
    close, payers = plain_steps.close, []

    def slowly(stopped: Dossier) -> None:
        payers.append(_in_thread(lambda: situations.tell_vnpay(situations.vnpay_fields(order))))
        payers[0].join(1)  # the notice has all the time it needs, unless the lock keeps it out
        close(stopped)

    monkeypatch.setattr(services, "close", slowly)
    services.stop(dossier.code or "", actor=official, reason="Không nộp phí.")
    payers[0].join(10)
    order.refresh_from_db()
    assert order.state == "paid"
    assert [owed.state for owed in dossier.obligations.all()] == [ObligationState.CANCELLED]
    assert [(refund.amount_vnd, refund.reason) for refund in Refund.objects.all()] == [(8000, "not_owed")]
    assert not Receipt.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_answer_at_the_last_second_is_not_closed() -> None:
    dossier = factories.processing_dossier()
    code = dossier.code or ""
    services.request_supplement(code, actor=factories.official_actor(dossier.agency), reason="Ảnh mờ.")
    answered, go_on = threading.Event(), threading.Event()

    @transaction.atomic
    def answer() -> None:
        services.supplement(code, actor=Actor.citizen(dossier.filer), answer="Đây là ảnh rõ.")
        answered.set()
        go_on.wait(1.5)  # its transaction is still open when the sweep looks

    writer = _in_thread(answer)
    assert answered.wait(10)
    assert closing.close_silent(timezone.now() + timedelta(days=400)) == 0
    go_on.set()
    writer.join(10)
    assert Dossier.objects.get(pk=dossier.pk).state == "processing"


@pytest.mark.django_db
def test_an_old_question_does_not_close_a_dossier_that_was_opened_again() -> None:
    """Stopped for silence, opened again, asked anew: the citizen has the whole time once more."""
    dossier = factories.processing_dossier()
    code = dossier.code or ""
    desk = factories.official_actor(dossier.agency)
    services.request_supplement(code, actor=desk, reason="Ảnh mờ.")
    dossier.supplement_requests.update(answer_due_at=timezone.now() - timedelta(days=1))
    assert closing.close_silent() == 1
    assert not dossier.supplement_requests.filter(answered_at=None).exists()
    dossier.supplement_requests.update(answered_at=None)  # as rows of before lie there
    reversal.reopen(code, actor=factories.official_actor(dossier.agency, ActorKind.LEADER), reason="Bưu điện chậm.")
    services.request_supplement(code, actor=desk, reason="Vẫn thiếu.", legal_basis="Luật X")
    assert closing.close_silent() == 0
    assert Dossier.objects.get(pk=dossier.pk).state == "awaiting_supplement"


@pytest.mark.django_db
def test_who_is_not_let_go_has_the_time_to_supplement_again() -> None:
    """The agency answered the withdrawal after the deadline: it had stood still meanwhile."""
    dossier = factories.processing_dossier()
    code = dossier.code or ""
    desk = factories.official_actor(dossier.agency)
    services.request_supplement(code, actor=desk, reason="Ảnh mờ.")
    due = timezone.now() + timedelta(days=1)
    dossier.supplement_requests.update(answer_due_at=due)
    withdrawal.request(code, actor=Actor.citizen(dossier.filer), reason="Thôi.")
    with time_machine.travel(timezone.now() + timedelta(days=14)):
        withdrawal.refuse(code, actor=desk, reason="Đã có kết quả.")
        assert closing.close_silent() == 0
        assert dossier.supplement_requests.get().answer_due_at > max(due + timedelta(days=10), timezone.now())


@pytest.mark.django_db
def test_what_is_no_longer_owed_is_not_settled() -> None:
    dossier = situations.owing_dossier()
    owed = dossier.obligations.get()
    dossier.obligations.update(state=ObligationState.CANCELLED)
    with pytest.raises(RuntimeError, match="no longer due"):
        obligations.settle_payment(
            dossier.code or "", actor=Actor.payment("vnpay"), obligations=[owed], reference="GD-1"
        )


@pytest.mark.django_db
def test_who_lets_a_supplement_wait_is_reminded_once_before_silence_ends_the_dossier() -> None:
    dossier = factories.file_dossier()
    services.request_supplement(dossier.code or "", actor=factories.official_actor(dossier.agency), reason="Thiếu.")
    limit = dossier.supplement_requests.get().answer_due_at
    assert limit is not None
    closing.remind(limit - timedelta(days=7))
    told = Message.objects.filter(recipient=dossier.filer, kind="dossier.supplement_reminder", channel="inbox")
    assert not told.exists()
    for _again in range(2):
        closing.remind(limit - timedelta(hours=3))
    message = told.get()
    assert "sắp hết hạn bổ sung" in message.subject and "bị dừng giải quyết" in message.body
    dossier.refresh_from_db()
    assert dossier.state == "awaiting_supplement"


def _silent(**fields: object) -> Dossier:
    """One whose applicant let the time to supplement run out an hour ago."""
    version = factories.make_version(**fields)
    dossier = factories.processing_dossier(version=version)
    services.request_supplement(dossier.code or "", actor=factories.official_actor(dossier.agency), reason="Ảnh mờ.")
    dossier.supplement_requests.update(answer_due_at=timezone.now() - timedelta(hours=1))
    return Dossier.objects.get(pk=dossier.pk)


@pytest.mark.django_db
def test_where_the_rule_ends_nothing_an_answer_that_comes_late_is_still_read() -> None:
    dossier = _silent(closes_on_silence=False)
    assert closing.close_silent() == 0
    assert supplement_words.silence(dossier) == "Quá hạn mà không trả lời, cơ quan giải quyết theo giấy tờ đã có."
    answered = services.supplement(dossier.code or "", actor=Actor.citizen(dossier.filer), answer="Đây ạ.")
    assert answered.state == "processing"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [ActorKind.DESK, ActorKind.AGENCY, ActorKind.LEADER])
def test_where_the_rule_ends_nothing_the_office_goes_on_with_the_papers_it_has(kind: ActorKind) -> None:
    dossier = _silent(closes_on_silence=False, supplement_rounds=1)
    code, due, stopped = dossier.code or "", dossier.due_at, dossier.clock_stopped_at
    assert due is not None and stopped is not None and dossier.agency is not None
    Dossier.objects.filter(pk=dossier.pk).update(clock_stopped_at=stopped - timedelta(days=21))
    closing.go_on_without(code, actor=factories.official_actor(dossier.agency, kind))
    dossier.refresh_from_db()
    assert dossier.state == "processing" and dossier.clock_stopped_at is None
    assert dossier.due_at is not None and dossier.due_at > due + timedelta(days=18), "her silence makes nobody late"
    asked = dossier.supplement_requests.get()
    assert asked.answered_at is not None and asked.answer == "Người nộp không trả lời trong thời hạn bổ sung."
    assert not supplement_requests.may_ask(dossier), "she was asked once, and that counts"
    told = Message.objects.get(recipient=dossier.filer, kind="dossier.supplement_lapsed", channel="inbox")
    assert "theo giấy tờ đã có" in told.body and "Hẹn trả kết quả lúc" in told.body
    with pytest.raises(TransitionError):
        services.supplement(code, actor=Actor.citizen(dossier.filer), answer="Muộn rồi.")
    leader = factories.official_actor(dossier.agency, ActorKind.LEADER)
    assert services.approve(code, actor=leader).state == "decided"


@pytest.mark.django_db
def test_what_was_asked_for_at_intake_goes_back_to_the_desk_with_its_hours() -> None:
    dossier = factories.file_dossier(version=factories.make_version(closes_on_silence=False))
    code, desk = dossier.code or "", factories.official_actor(dossier.agency)
    services.request_supplement(code, actor=desk, reason="Ảnh mờ.")
    dossier.supplement_requests.update(answer_due_at=timezone.now() - timedelta(hours=1))
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        gone_on = closing.go_on_without(code, actor=desk)
        assert gone_on.state == "submitted"
        assert gone_on.intake_due_at is not None and gone_on.intake_due_at > timezone.now()
        assert services.accept(code, actor=desk).state == "accepted"


@pytest.mark.django_db
def test_nobody_goes_on_while_she_may_answer_or_where_silence_ends_it() -> None:
    for dossier, words in (
        (_silent(code="1.000888", closes_on_silence=False), "còn thời hạn trả lời"),
        (_silent(), "Cổng tự dừng"),
    ):
        if "còn" in words:
            dossier.supplement_requests.update(answer_due_at=timezone.now() + timedelta(hours=1))
        with pytest.raises(TransitionError, match=words):
            closing.go_on_without(dossier.code or "", actor=factories.official_actor(dossier.agency))
        assert Dossier.objects.get(pk=dossier.pk).state == "awaiting_supplement"


@pytest.mark.django_db
def test_where_the_rule_says_nothing_silence_ends_it() -> None:
    dossier = _silent()
    assert "bị dừng giải quyết" in supplement_words.silence(dossier)
    assert closing.close_silent() == 1


@pytest.mark.django_db
def test_the_version_it_was_rebased_to_says_whether_silence_ends_it() -> None:
    dossier = _silent(closes_on_silence=False)
    newer = factories.make_version("1.000777")
    Dossier.objects.filter(pk=dossier.pk).update(rebased_to=newer)
    assert watch.sweep() == 0 and closing.close_silent() == 1


@pytest.mark.django_db
def test_a_procedure_that_lets_papers_be_asked_for_once_lets_nobody_ask_again() -> None:
    dossier = factories.file_dossier(version=factories.make_version(supplement_rounds=1))
    code, desk = dossier.code or "", factories.official_actor(dossier.agency)
    services.request_supplement(code, actor=desk, reason="Hỏi nhầm.")
    reversal.revert(code, actor=factories.official_actor(dossier.agency, ActorKind.LEADER), reason="Nhầm.")
    services.request_supplement(code, actor=desk, reason="Thiếu giấy.")
    services.supplement(code, actor=Actor.citizen(dossier.filer), answer="Đây ạ.")
    assert not supplement_requests.may_ask(Dossier.objects.get(pk=dossier.pk))
    with pytest.raises(TransitionError, match="bổ sung 1 lần, hồ sơ đã dùng hết"):
        services.request_supplement(code, actor=desk, reason="Vẫn thiếu.", legal_basis="Luật X, Điều 5")
