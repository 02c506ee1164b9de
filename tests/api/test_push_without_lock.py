"""A status push in two statements, a read and a write: what happens between them is not lost, doubled or hidden."""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from dossiers import access
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from portal.agencies import processes
from portal.agencies.models import InternalProcess
from portal.core.statements import Statement
from portal.exchange import idempotency
from portal.exchange.models import InboundRequest
from tests import factories
from tests.api.callers import event_body, filed_dossier
from tests.queries import asked_by

pytestmark = pytest.mark.django_db(transaction=True)

STEPS = ("accept", "start_processing", "approve")


def path(dossier: Dossier) -> str:
    return f"/api/v1/dossiers/{dossier.code}/events/"


def between(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], Any]) -> None:
    """Do something else, on another connection, after the next push has read its dossier."""
    read = access.read_for_report

    def slow(*args: Any, **kwargs: Any) -> Any:
        found = read(*args, **kwargs)
        monkeypatch.setattr(access, "read_for_report", read)

        def apart() -> Any:
            try:
                return meanwhile()
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            pool.submit(apart).result()
        return found

    monkeypatch.setattr(access, "read_for_report", slow)


def events_of(dossier: Dossier) -> list[str]:
    return list(dossier.events.order_by("sequence").values_list("name", flat=True))[1:]


def test_a_start_of_work_reads_its_dossier_alone_and_what_else_it_needs_besides(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    system, dossier = filed_dossier()
    assert system.push(dossier, "accept", key="accept").status_code == 201
    stopped_at = timezone.now() - timedelta(days=10)
    Dossier.objects.filter(pk=dossier.pk).update(clock_stopped_at=stopped_at)
    dossier.refresh_from_db()
    read: list[bytes] = []
    execute = Statement._execute
    monkeypatch.setattr(Statement, "_execute", lambda self, *a: read.append(self._query) or execute(self, *a))
    assert system.push(dossier, "start_processing", key="start").status_code == 201
    monkeypatch.undo()
    (asked,) = [query for query in read if b"xmin" in query and query.startswith(b"SELECT")]
    assert b"accounts_" not in asked and b"procedures_" not in asked
    before, now = dossier.due_at, Dossier.objects.get(pk=dossier.pk)
    assert before and now.due_at and now.due_at > before + timedelta(days=5) and now.clock_stopped_at is None


def test_plain_steps_take_a_read_and_a_write(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.CALENDAR_KEPT_SECONDS = settings.TOKEN_KEPT_SECONDS = 600.0
    system, dossier = filed_dossier()
    # stages by which officials divide their work are no business of what a system decides
    InternalProcess.objects.create(
        agency=system.client.agency, stages=[{"name": "Thẩm định"}], legal_basis="QĐ 1", valid_from=date(2026, 1, 1)
    )
    processes.forget()
    other = factories.file_dossier(version=dossier.procedure_version)
    for step in STEPS:
        assert system.push(other, step, key=f"warm-{step}").status_code == 201  # a process reads its calendar once
    for step in STEPS:
        told: list[Any] = []
        asked = asked_by(lambda s=step, t=told: t.append(system.push(dossier, s, key=s)), monkeypatch)
        assert (told[0].status_code, asked) == (201, (2, [])), step
        assert system.post(path(dossier), b"", key=step).status_code in {400, 422}
    assert events_of(dossier) == ["dossier.accepted", "dossier.processing_started", "dossier.decided"]
    dossier.refresh_from_db()
    assert dossier.state == DossierState.DECIDED and dossier.last_sequence == dossier.events.count()
    assert InboundRequest.objects.count() == 2 * len(STEPS) and dossier.letters.filter(kind="01").exists()
    assert dossier.updated_at >= dossier.events.latest().received_at.replace(microsecond=0)


def test_another_event_between_read_and_write_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    system, dossier = filed_dossier()
    between(monkeypatch, lambda: system.push(dossier, "refuse_intake", reason="Sai thẩm quyền", key="other"))
    answer = system.push(dossier, "accept", key="mine")
    assert answer.status_code == 201 and answer.json()["dossier"]["state"] == DossierState.REFUSED
    dossier.refresh_from_db()
    assert (dossier.state, events_of(dossier)) == (DossierState.REFUSED, ["dossier.refused", "dossier.accepted"])
    late = dossier.events.get(name="dossier.accepted")
    assert (late.sequence, late.to_state, late.data["late"]) == (dossier.last_sequence, "", True)
    assert not dossier.letters.filter(kind="01").exists()


def test_the_same_request_between_read_and_write_gets_one_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    system, dossier = filed_dossier()
    body, first = event_body("accept"), []
    between(monkeypatch, lambda: first.append(system.post(path(dossier), body, key="k-1")))
    second = system.post(path(dossier), body, key="k-1")
    assert (first[0].status_code, second.status_code) == (201, 201) and first[0].content == second.content
    assert second["Idempotent-Replayed"] == "true" and events_of(dossier) == ["dossier.accepted"]


def test_the_same_event_under_another_key_is_one_event(monkeypatch: pytest.MonkeyPatch) -> None:
    system, dossier = filed_dossier()
    body = event_body("accept")
    between(monkeypatch, lambda: system.post(path(dossier), body, key="k-1"))
    for key in ("k-2", "k-3"):
        answer = system.post(path(dossier), body, key=key)
        assert answer.status_code == 200 and answer.json()["created"] is False, key
    assert events_of(dossier) == ["dossier.accepted"]


def test_a_change_without_an_event_between_read_and_write_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    system, dossier = filed_dossier()
    between(monkeypatch, lambda: Dossier.objects.filter(pk=dossier.pk).update(applicant_name="Trần Thị Mới"))
    assert system.push(dossier, "accept", key="k-1").status_code == 201
    dossier.refresh_from_db()
    assert (dossier.applicant_name, dossier.state) == ("Trần Thị Mới", DossierState.ACCEPTED)


def test_while_a_request_with_the_same_key_runs_it_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    system, dossier = filed_dossier()
    told: list[Any] = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [idempotency._lock_of(system.client, "k-1")])

        def call() -> None:
            try:
                told.append(system.push(dossier, "accept", key="k-1"))
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            pool.submit(call).result()
    assert told[0].status_code == 409 and told[0].json()["code"] == "idempotency.request_running"
    assert events_of(dossier) == []


def test_many_at_once_on_one_dossier_are_folded_in_some_order() -> None:
    system, dossier = filed_dossier()

    bodies, numbers = {step: event_body(step) for step in STEPS}, itertools.count()

    def call(step: str) -> int:
        body = bodies[step] | {"occurred_at": timezone.now().isoformat()}
        try:
            return system.post(path(dossier), body, key=f"k-{step}-{next(numbers)}").status_code
        finally:
            connection.close()

    for _round in range(3):
        with ThreadPoolExecutor(3) as pool:
            statuses = list(pool.map(call, STEPS))
        assert set(statuses) <= {200, 201, 409}
    dossier.refresh_from_db()
    sequences = list(dossier.events.order_by("sequence").values_list("sequence", flat=True))
    assert sequences == list(range(1, len(sequences) + 1)) and dossier.last_sequence == len(sequences)
    assert dossier.state == DossierState.DECIDED
