"""The outbox: at least once, in order per dossier, nobody waits for another; dead letters say what to do."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from celery import current_app
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from portal.agencies.credentials import new_webhook_secret
from portal.agencies.models import ApiClient
from portal.core.work import WorkState
from portal.exchange import delivery, lanes, services
from portal.exchange.models import DeliveryLane, OutboxMessage
from portal.exchange.tasks import deliver_due
from tests import factories
from tests.exchange.partner import Got, PartnerServer, running

pytestmark = pytest.mark.django_db


def make_partner(server: PartnerServer | None = None, **fields: object) -> ApiClient:
    client = factories.make_client(factories.make_agency(), receives=False)
    client.webhook_url = f"{server.url}/webhooks/portal" if server else "http://127.0.0.1:9/"
    client.webhook_secret = new_webhook_secret()
    for name, value in fields.items():
        setattr(client, name, value)
    client.save()
    return client


def enqueue(client: ApiClient, *subjects: str) -> list[str]:
    """One message each, named subject.number."""
    ids = []
    for subject in subjects:
        number = OutboxMessage.objects.filter(client=client, subject=subject).count() + 1
        ids.append(f"{client.pk}.{subject}.{number}")
        services.enqueue(
            client=client,
            type="dossier.submitted",
            subject=subject,
            message_id=ids[-1],
            payload={"type": "dossier.submitted", "timestamp": "2026-11-22T08:00:00+07:00", "data": {"số": number}},
        )
    return ids


def due_now() -> None:
    OutboxMessage.objects.filter(work_state=WorkState.PENDING).update(next_try_at=timezone.now())
    DeliveryLane.objects.update(rests_until=None)


def test_a_message_arrives_signed_and_once(partner: PartnerServer) -> None:
    client = make_partner(partner)
    (message_id,) = enqueue(client, "A")
    deliver_due()
    deliver_due()
    (got,) = partner.got
    assert Webhook(client.webhook_secret).verify(got.body, got.headers)["data"] == {"số": 1}
    message = OutboxMessage.objects.get()
    assert (message.message_id, message.work_state, message.response_status) == (message_id, WorkState.DONE, 200)
    assert client.lane.last_success_at is not None


def test_enqueueing_the_same_change_twice_is_one_message(partner: PartnerServer) -> None:
    client = make_partner(partner)
    for _ in range(2):
        services.enqueue(client=client, type="t", subject="A", payload={}, message_id="A.1")
    assert OutboxMessage.objects.count() == 1


def test_order_is_kept_within_a_subject_and_a_stuck_one_blocks_no_other(partner: PartnerServer) -> None:
    client = make_partner(partner)
    a1, b1, a2, b2 = enqueue(client, "A", "B", "A", "B")
    partner.answer = lambda got: 500 if got.id == a1 else 200
    deliver_due()
    assert partner.ids() == [a1, b1, b2]
    partner.answer = lambda _got: 200
    due_now()
    deliver_due()
    assert partner.ids() == [a1, b1, b2, a1, a2]


def test_a_retry_has_the_same_id_and_body(partner: PartnerServer) -> None:
    client = make_partner(partner)
    enqueue(client, "A")
    partner.answer = lambda _got: 503
    deliver_due()
    partner.answer = lambda _got: 200
    due_now()
    deliver_due()
    first, second = partner.got
    assert (first.id, first.body) == (second.id, second.body)


def test_backoff_grows_with_jitter(partner: PartnerServer) -> None:
    client = make_partner(partner)
    enqueue(client, "A")
    partner.answer = lambda _got: 500
    waits = []
    for _ in range(5):
        due_now()
        deliver_due()
        waits.append((OutboxMessage.objects.get().next_try_at - timezone.now()).total_seconds())
    assert all(0.6 * 2**n < wait < 1.4 * 2**n for n, wait in enumerate(waits, start=1)), waits


def test_a_crash_between_answer_and_commit_sends_again(partner: PartnerServer, monkeypatch: pytest.MonkeyPatch) -> None:
    client = make_partner(partner)
    enqueue(client, "A")

    def crash(*_arguments: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(delivery, "settle", crash)
        with pytest.raises(RuntimeError):
            delivery.serve(client.pk)
    assert OutboxMessage.objects.get().work_state == WorkState.PENDING
    deliver_due()
    assert len(partner.got) == 2 and len(set(partner.ids())) == 1
    assert OutboxMessage.objects.get().work_state == WorkState.DONE


def test_a_killed_worker_loses_only_its_lease(partner: PartnerServer) -> None:
    client = make_partner(partner)
    enqueue(client, "A")
    DeliveryLane.objects.create(client=client, holder="x", held_until=timezone.now() + timedelta(seconds=30))
    deliver_due()
    assert partner.got == []
    DeliveryLane.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    deliver_due()
    assert len(partner.got) == 1


def test_a_worker_whose_lease_ran_out_does_not_undo_what_arrived(partner: PartnerServer) -> None:
    client = make_partner(partner)
    enqueue(client, "A")
    slow = OutboxMessage.objects.get()
    deliver_due()
    delivery.settle(slow, delivery.Outcome(status=None, error="kết nối đứt"))
    message = OutboxMessage.objects.get()
    assert (message.work_state, message.response_status, message.last_error) == (WorkState.DONE, 200, "")
    assert DeliveryLane.objects.get(client=client).failures == 0


def test_a_refused_message_dies_soon_with_words_and_lets_later_ones_pass(partner: PartnerServer) -> None:
    client = make_partner(partner)
    bad, good = enqueue(client, "A", "A")
    partner.answer = lambda got: 422 if got.id == bad else 200
    for _ in range(delivery.REFUSALS_BEFORE_DEAD):
        due_now()
        deliver_due()
    dead = OutboxMessage.objects.get(message_id=bad)
    assert dead.work_state == WorkState.DEAD and "422" in dead.last_error and "gửi lại" in dead.last_error
    assert partner.ids()[-1] == good
    assert client.lane.failures == 0  # the connection is in order


def test_an_outage_of_days_ends_in_a_dead_letter_that_can_be_sent_again(partner: PartnerServer) -> None:
    client = make_partner()
    enqueue(client, "A")
    deliver_due()
    OutboxMessage.objects.update(tried_since=timezone.now() - timedelta(days=4))
    due_now()
    deliver_due()
    dead = OutboxMessage.objects.get()
    assert dead.work_state == WorkState.DEAD and "Đã thử 2 lần" in dead.last_error
    ApiClient.objects.filter(pk=client.pk).update(webhook_url=f"{partner.url}/")
    DeliveryLane.objects.update(rests_until=None)
    assert services.redrive([dead.pk]) == 1
    deliver_due()
    assert OutboxMessage.objects.get().work_state == WorkState.DONE


def test_time_spent_waiting_for_the_partner_is_no_try(partner: PartnerServer) -> None:
    """A partner who was away for a week still gets what was never tried."""
    client = make_partner(partner)
    enqueue(client, "A")
    OutboxMessage.objects.update(created_at=timezone.now() - timedelta(days=8))
    partner.answer = lambda _got: 500
    deliver_due()
    assert OutboxMessage.objects.get().work_state == WorkState.PENDING


def test_a_dead_partner_costs_few_attempts_and_recovers_at_once(
    partner: PartnerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "REST_SECONDS", (600, 600))  # longer than this takes on any machine
    client = make_partner(partner)
    enqueue(client, *"ABCDEFGHIJ")
    partner.answer = lambda _got: 503
    for _ in range(5):
        deliver_due()
    assert len(partner.got) == delivery.FAILURES_BEFORE_REST
    lane = client.lane
    assert lane.rests_until > timezone.now() and "503" in lane.last_error
    partner.answer = lambda _got: 200
    DeliveryLane.objects.update(rests_until=timezone.now())  # the rest is over; messages still have their own waits
    deliver_due()
    assert not OutboxMessage.objects.exclude(work_state=WorkState.DONE).exists()
    lane.refresh_from_db()
    assert (lane.failures, lane.rests_until) == (0, None)


def test_retry_after_is_obeyed(partner: PartnerServer) -> None:
    client = make_partner(partner)
    enqueue(client, "A", "B")
    partner.answer = lambda _got: (429, {"Retry-After": "120"}, b"")
    deliver_due()
    assert len(partner.got) == 1
    assert client.lane.rests_until > timezone.now() + timedelta(seconds=100)


def test_gone_is_gone(partner: PartnerServer) -> None:
    client = make_partner(partner)
    enqueue(client, "A")
    partner.answer = lambda _got: 410
    deliver_due()
    assert OutboxMessage.objects.get().work_state == WorkState.DEAD


def test_a_system_without_address_or_switched_off_waits() -> None:
    for fields in ({"webhook_url": ""}, {"is_active": False}):
        enqueue(make_partner(**fields), "A")
    deliver_due()
    assert set(OutboxMessage.objects.values_list("work_state", "attempts")) == {(WorkState.PENDING, 0)}


def test_without_redis_the_message_is_kept_for_the_sweep(
    partner: PartnerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_partner(partner)
    monkeypatch.setattr(current_app.conf, "broker_url", "redis+socket:///nonexistent/valkey.sock")
    enqueue(client, "A")
    deliver_due()
    assert len(partner.got) == 1


@pytest.mark.django_db(transaction=True)
@override_settings(DELIVERY_THREADS=4, HTTP_TIMEOUT_SECONDS=40, SWEEP_SECONDS=1)
def test_a_slow_partner_holds_up_nobody(partner: PartnerServer) -> None:
    """The slow one does not answer before the quick one has everything, however slow this machine is."""
    lanes._pool.cache_clear()
    quick_has_all = threading.Event()

    def quick(_got: Got) -> int:
        if len(partner.got) == 10:
            quick_has_all.set()
        return 200

    def slow(_got: Got) -> int:
        quick_has_all.wait(30)
        return 200

    partner.answer = quick

    with running() as slow_server:
        slow_server.answer = slow
        slow_client, fast_client = make_partner(slow_server), make_partner(partner)
        enqueue(slow_client, *"ABC")
        enqueue(fast_client, *"ABCDEFGHIJ")
        deadline = time.monotonic() + 60
        while OutboxMessage.objects.exclude(work_state=WorkState.DONE).exists() and time.monotonic() < deadline:
            deliver_due()
        lanes._pool().shutdown(wait=True)
    lanes._pool.cache_clear()
    assert len(partner.got) == 10
    assert max(got.at for got in partner.got) < slow_server.got[1].at
    assert slow_server.ids() == [f"{slow_client.pk}.{subject}.1" for subject in "ABC"]  # one at a time, in order


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_send_one_message_twice(partner: PartnerServer) -> None:
    client = make_partner(partner)
    ids = enqueue(client, *("ABC" * 5))

    def work(_number: int) -> None:
        try:
            delivery.serve(client.pk, limit=100)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    deliver_due()
    assert sorted(partner.ids()) == sorted(ids)
    for subject in "ABC":
        sent = [got_id for got_id in partner.ids() if f".{subject}." in got_id]
        assert sent == [got_id for got_id in ids if f".{subject}." in got_id]
