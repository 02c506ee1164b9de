"""How systems are asked: who fails rests, who is off is left alone, who is slow delays nobody."""

import threading
from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from dossiers.tasks import pull_due
from portal.agencies.models import ApiClient
from portal.exchange import lanes, pulling
from portal.exchange.models import InboxMessage, PullSource
from tests.exchange.asked import WIRE, due_again, source_of, wire_server
from tests.exchange.partner import Answer, Got, PartnerServer, running
from tests.wire.clients import new_code, record

pytestmark = pytest.mark.django_db


@override_settings(HTTP_TIMEOUT_SECONDS=1)
@pytest.mark.parametrize(
    "answer",
    [
        500,
        302,
        (200, {}, b"<html>"),
        (200, {}, b"[]"),
        (200, {}, b'{"error_code": "5", "message": "Khong co quyen"}'),
        (200, {}, b'{"error_code": "0", "session": 5}'),
        (200, {"Content-Length": "500"}, b'{"error_code": "0"'),
    ],
)
def test_an_answer_that_is_none_opens_the_circuit_after_a_while(partner: PartnerServer, answer: Answer) -> None:
    partner.answer = lambda _got: answer
    source = source_of(partner.url, "wire", **WIRE)
    waits = []
    for _turn in range(pulling.FAILURES_BEFORE_OPEN + 2):
        due_again(source)
        pull_due()
        source.refresh_from_db()
        waits.append(source.next_run_at - timezone.now())
    assert source.failures == len(waits) and source.last_error and not source.holder
    assert waits[-1] > timedelta(seconds=80) > waits[0], "each question waits longer"
    assert not InboxMessage.objects.exists()
    partner.answer = wire_server([record(new_code())])
    assert pulling.hurry(source.client_id)
    pull_due()
    source.refresh_from_db()
    assert (source.failures, source.last_error, source.received) == (0, "", 1)


def test_the_third_failure_opens_the_circuit() -> None:
    at_its_pace, open_now = pulling._wait(2, 10), pulling._wait(pulling.FAILURES_BEFORE_OPEN, 10)
    assert at_its_pace < 13 < 20 < open_now, "a system that is asked every ten seconds is left alone for half a minute"


def test_who_is_switched_off_is_not_asked(partner: PartnerServer) -> None:
    source = source_of(partner.url, "wire", **WIRE)
    ApiClient.objects.filter(pk=source.client_id).update(is_active=False)
    pull_due()
    ApiClient.objects.filter(pk=source.client_id).update(is_active=True)
    PullSource.objects.filter(pk=source.pk).update(is_active=False)
    pull_due()
    assert partner.got == [] and not pulling.hurry(source.client_id)


def test_a_worker_that_died_is_followed_by_another_and_its_late_answer_is_not_taken(partner: PartnerServer) -> None:
    source = source_of(partner.url, "wire", **WIRE)
    partner.answer = wire_server([record(new_code())])
    dead = pulling._claim(source.client_id)
    assert dead is not None
    pull_due()
    assert partner.got == [], "one worker at a time"
    PullSource.objects.filter(pk=source.pk).update(held_until=timezone.now())
    pull_due()
    source.refresh_from_db()
    cursor = source.cursor
    assert source.received == 1
    assert pulling._settle(dead, pulling.Answer([], {"since": "1970"})) is False
    source.refresh_from_db()
    assert source.cursor == cursor


@pytest.mark.django_db(transaction=True)
@override_settings(DELIVERY_THREADS=2, PULL_THREADS=4, HTTP_TIMEOUT_SECONDS=40, SWEEP_SECONDS=5)
def test_a_slow_and_a_dead_system_delay_nobody(partner: PartnerServer) -> None:
    """The slow one says nothing before the quick one was read, however slow this machine is."""
    lanes._pulling_pool.cache_clear()
    quick_was_read, told_in_time = threading.Event(), []
    read = wire_server([record(new_code())])

    def answers_at_once(got: Got) -> Answer:
        answer = read(got)
        if "service" in got.json:
            quick_was_read.set()
        return answer

    def answers_late(_got: Got) -> int:
        told_in_time.append(quick_was_read.wait(30))
        return 503

    with running() as slow_server:
        slow_server.answer, partner.answer = answers_late, answers_at_once
        late, dead = source_of(slow_server.url, "wire"), source_of("http://127.0.0.1:9/", "wire")
        quick = source_of(partner.url, "wire", **WIRE)
        pull_due()
        lanes._pulling_pool().shutdown(wait=True)
    lanes._pulling_pool.cache_clear()
    for source in (late, dead, quick):
        source.refresh_from_db()
    assert (late.failures, dead.failures, quick.received) == (1, 1, 1)
    assert told_in_time and all(told_in_time), "the quick one was read while the slow one kept us waiting"
