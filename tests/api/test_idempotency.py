"""Idempotency-Key: same key same answer, other body 422, still running 409, errors are not kept."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.utils import timezone

from portal.core.errors import PortalError
from portal.exchange.idempotency import RequestRunningError, answer_once
from portal.exchange.models import InboundRequest
from tests import factories
from tests.api.callers import event_body, filed_dossier


@pytest.mark.django_db
def test_the_same_key_gets_the_same_answer() -> None:
    system, dossier = filed_dossier()
    path, body = f"/api/v1/dossiers/{dossier.code}/events/", event_body("accept")
    first = system.post(path, body, key="k-1")
    second = system.post(path, body, key="k-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert "Idempotent-Replayed" not in first.headers and second["Idempotent-Replayed"] == "true"


@pytest.mark.django_db
def test_the_same_key_with_another_body_or_address_is_422() -> None:
    system, dossier = filed_dossier()
    path = f"/api/v1/dossiers/{dossier.code}/events/"
    body = event_body("accept")
    system.post(path, body, key="k-1")
    for place, told in ((path, event_body("start_processing")), ("/api/v1/dossiers/H17-KHAC/events/", body)):
        answer = system.post(place, told, key="k-1")
        assert answer.status_code == 422 and answer.json()["code"] == "idempotency.key_reused", place


@pytest.mark.django_db
def test_keys_of_two_partners_are_two_keys() -> None:
    client, other = (factories.make_client(factories.make_agency(), receives=False) for _ in range(2))
    answers = [
        answer_once(client=who, key="k", operation="x", body=b"", perform=lambda who=who: (200, str(who.pk))).body
        for who in (client, other)
    ]
    assert answers == [str(client.pk), str(other.pk)]


@pytest.mark.django_db
def test_an_error_is_not_kept_so_that_a_mended_cause_lets_the_call_pass() -> None:
    system, dossier = filed_dossier()
    path, body = f"/api/v1/dossiers/{dossier.code}/events/", event_body("start_processing")
    assert system.post(path, body, key="k-1").status_code == 409
    system.push(dossier, "accept")
    body["occurred_at"] = timezone.now().isoformat()
    assert system.post(path, body, key="k-1").status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 256, "khóa"])
def test_a_key_that_is_no_key_is_named(key: str) -> None:
    system, dossier = filed_dossier()
    answer = system.push(dossier, "accept", key=key)
    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency.key_invalid" and "Idempotency-Key" in answer.json()["fields"]


@pytest.mark.django_db(transaction=True)
def test_sixteen_at_once_with_one_key_take_effect_once() -> None:
    system, dossier = filed_dossier()
    path, body = f"/api/v1/dossiers/{dossier.code}/events/", event_body("accept")

    def call(_number: int) -> int:
        try:
            return system.post(path, body, key="k-1").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(call, range(16)))
    assert set(statuses) <= {201, 409} and 201 in statuses
    assert dossier.events.count() == 2
    assert InboundRequest.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_while_the_first_runs_the_second_is_told_so() -> None:
    client = factories.make_client(factories.make_agency(), receives=False)
    started, may_end = threading.Event(), threading.Event()

    def slow() -> tuple[int, str]:
        started.set()
        assert may_end.wait(100)
        return 200, "{}"

    def first() -> None:
        try:
            answer_once(client=client, key="k", operation="x", body=b"", perform=slow)
        finally:
            connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert started.wait(100)
    try:
        with pytest.raises(RequestRunningError):
            answer_once(client=client, key="k", operation="x", body=b"", perform=lambda: (200, "{}"))
    finally:
        may_end.set()
        thread.join()
    assert answer_once(client=client, key="k", operation="x", body=b"", perform=lambda: (500, "")).is_replay


@pytest.mark.django_db(transaction=True)
def test_a_crash_in_the_middle_leaves_neither_change_nor_answer() -> None:
    client = factories.make_client(factories.make_agency(), receives=False)

    def crash() -> tuple[int, str]:
        client.name = "Đổi dở"
        client.save()
        raise PortalError("hỏng")

    with pytest.raises(PortalError):
        answer_once(client=client, key="k", operation="x", body=b"", perform=crash)
    client.refresh_from_db()
    assert client.name != "Đổi dở" and not InboundRequest.objects.exists()
    with transaction.atomic():
        assert answer_once(client=client, key="k", operation="x", body=b"", perform=lambda: (201, "{}")).status == 201
