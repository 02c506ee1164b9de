"""A row that somebody holds: whoever needs it is told to come back, in its own words, and keeps no thread for it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
import pytest
from celery.signals import worker_init
from django.conf import settings as portal_settings
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections, transaction
from django.test import Client

from dossiers.models import Dossier
from dossiers.partners.inbox import apply_received
from portal.api.wire import dispatch
from portal.backoffice import bulk, tasks
from portal.backoffice.models import BulkItem, BulkJob, ItemState
from portal.backoffice.officials import Official
from portal.core import lock_waits
from portal.core.work import WorkState
from portal.exchange.models import InboundRequest, InboxMessage
from tests import factories
from tests.api.callers import event_body, filed_dossier
from tests.backoffice.bulk_jobs import ask, results
from tests.backoffice.conftest import Office
from tests.wire.clients import line, new_code, record, wire_client

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _hasty() -> Iterator[None]:
    """Wait for a row for a moment only."""
    lock_waits.limit(0.2)
    connection.close()
    yield
    lock_waits.limit(None)
    connection.close()


@contextmanager
def held(code: str | None) -> Iterator[None]:
    """Hold a dossier's row on a connection of its own, as a step that does not come to its end."""
    told: dict[str, Any] = connections[DEFAULT_DB_ALIAS].get_connection_params()
    own = {name: value for name, value in told.items() if name not in {"cursor_factory", "context"}}
    with psycopg.connect(**own) as other:
        assert other.execute("SELECT id FROM dossiers_dossier WHERE code = %s FOR UPDATE", [code]).fetchone()
        yield
        other.rollback()


def test_web_and_worker_wait_for_no_row_for_ever_and_commands_do() -> None:
    lock_waits.limit(None)
    assert lock_waits.seconds() is None and "lock_timeout" not in connection.get_connection_params()["options"]
    worker_init.send(sender=None)
    assert lock_waits.seconds() == portal_settings.WORKER_ROW_WAIT_SECONDS == 30
    said = "import portal.wsgi; from portal.core import lock_waits; print(lock_waits.seconds())"
    told = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    # a wire client hangs up after six seconds (protocol §0.4)
    assert float(told.stdout.split()[-1]) == portal_settings.WEB_ROW_WAIT_SECONDS < 6


def test_the_server_knows_the_limit_and_a_pooler_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("200ms",)
    pooled = {**connection.settings_dict["OPTIONS"], "prepare_threshold": None}
    pooled.pop("options", None)
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", pooled)
    assert "options" not in connection.get_connection_params()


@pytest.mark.parametrize("step", ["accept", "refuse_intake"])
def test_a_push_is_told_when_to_come_back_and_then_goes_through(step: str) -> None:
    system, dossier = filed_dossier()
    path, body = f"/api/v1/dossiers/{dossier.code}/events/", event_body(step, reason="Sai thẩm quyền")
    with held(dossier.code):
        answer = system.post(path, body, key="k-1")
        batch = system.post("/api/v1/dossiers/events/", {"events": [body | {"code": dossier.code}]}, key="k-2")
    for told in (answer, batch):
        assert (told.status_code, told.json()["code"], told["Retry-After"]) == (503, "portal.busy", "2")
    assert dossier.events.count() == 1 and not InboundRequest.objects.exists()
    assert system.post(path, body, key="k-1").status_code == 201
    assert dossier.events.count() == 2


def test_a_line_over_the_wire_is_kept_and_applied_once_the_row_is_free() -> None:
    agency = factories.make_agency()
    client = wire_client(agency.parent or agency)
    factories.make_version()
    held_one, free_one = new_code(), new_code()
    assert client.sync(record(held_one, "2"), record(free_one, "2"))["error_code"] == "0"
    lines = [line(code, "20250103081500", "4", "Chuyển xử lý") for code in (held_one, free_one)]
    with held(held_one):
        assert client.progress(*lines)["error_code"] == "0"
        assert Dossier.objects.get(code=free_one).national_status == 4, "another one's row is free"
        apply_received()
    kept = InboxMessage.objects.get()
    assert (kept.subject, kept.work_state) == (held_one, WorkState.PENDING)
    assert "đang giữ hồ sơ này" in kept.last_error
    InboxMessage.objects.update(next_try_at=kept.created_at)
    apply_received()
    assert Dossier.objects.get(code=held_one).national_status == 4


def test_a_wire_call_that_cannot_be_kept_reads_that_it_may_be_sent_again() -> None:
    _system, dossier = filed_dossier()

    @transaction.atomic
    def wait() -> Any:
        Dossier.objects.select_for_update().get(pk=dossier.pk)

    with held(dossier.code):
        told = dispatch.guarded(wait)
    said = json.loads(told.content)
    assert (told.status_code, said["error_code"]) == (200, "-99") and "hãy gửi lại sau ít giây" in said["message"]


def test_an_official_reads_that_somebody_else_writes_there(office: Office) -> None:
    dossier = factories.file_dossier()
    client: Client = office.browser("desk")
    client.raise_request_exception = False
    with held(dossier.code):
        said = {"sequence": str(dossier.last_sequence)}
        answer = client.post(f"/quan-tri/ho-so/{dossier.code}/buoc/accept/", said)
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "Chưa lưu được" in page and "Hãy thử lại sau ít giây" in page and "Cổng tạm nghỉ" not in page
    assert client.post(f"/quan-tri/ho-so/{dossier.code}/buoc/accept/", said).status_code == 302


def test_one_held_dossier_of_many_is_refused_and_the_others_are_done(office: Office) -> None:
    dossiers = [factories.file_dossier() for _number in range(2)]
    assert ask(office, "desk", "accept", dossiers).status_code == 302
    with held(dossiers[0].code):
        tasks.run_bulk_jobs()
    state, words = results()[dossiers[0].code or ""]
    assert state == ItemState.REFUSED and "đang xử lý hồ sơ này" in words
    assert results()[dossiers[1].code or ""][0] == ItemState.DONE


def test_one_that_was_held_once_is_met_again_after_the_others(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    dossiers = [factories.file_dossier() for _number in range(2)]
    ask(office, "desk", "accept", dossiers)
    met: list[str] = []
    take = bulk._do
    with ExitStack() as holding:
        holding.enter_context(held(dossiers[0].code))

        def watched(job: BulkJob, official: Official, item: BulkItem) -> None:
            met.append(item.dossier_code)
            if met[-1] == dossiers[1].code:
                holding.close()
            take(job, official, item)

        monkeypatch.setattr(bulk, "_do", watched)
        tasks.run_bulk_jobs()
    assert met == [dossiers[0].code, dossiers[1].code, dossiers[0].code]
    assert set(results().values()) == {(ItemState.DONE, "")}


def test_a_database_that_is_away_is_no_held_row() -> None:
    _system, dossier = filed_dossier()
    with held(dossier.code), pytest.raises(OperationalError) as raised:
        Dossier.objects.filter(pk=dossier.pk).update(step="x")
    assert lock_waits.is_row_held(raised.value) and not lock_waits.is_database_away(raised.value)
    gone = OperationalError("the connection is closed")
    assert lock_waits.is_database_away(gone) and not lock_waits.is_row_held(gone)
