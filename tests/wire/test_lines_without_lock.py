"""A dated line of progress in two statements, a read and a write: what happens between them is not lost or doubled."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from dossiers.partners import reported
from dossiers.partners.wire import read_dossier, read_line
from portal.agencies.models import Agency, ApiClient
from tests import factories
from tests.queries import asked_by
from tests.wire.clients import line, new_code, record

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client() -> ApiClient:
    factories.make_agency()
    return factories.make_client(Agency.objects.get(code="H26"), kind="wire", receives=False)


def synced(client: ApiClient) -> str:
    code = new_code()
    reported.sync_record(client, read_dossier(record(code, "2")))
    return code


def tell(client: ApiClient, code: str, at: str, status: str, content: str = "Xử lý") -> Dossier:
    return reported.report_progress(client, read_line(line(code, at, status, content)))


def between(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], Any]) -> None:
    """Do something else, on another connection, after the next line has read its dossier."""
    read = reported._UNLOCKED.first

    def slow(parameters: Any) -> Any:
        found = read(parameters)
        monkeypatch.setattr(reported._UNLOCKED, "first", read)

        def apart() -> None:
            try:
                meanwhile()
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            pool.submit(apart).result()
        return found

    monkeypatch.setattr(reported._UNLOCKED, "first", slow)


def told(code: str) -> tuple[str, list[str]]:
    dossier = Dossier.objects.get(code=code)
    events = list(dossier.events.order_by("sequence"))
    assert [event.sequence for event in events] == list(range(1, dossier.last_sequence + 1))
    return dossier.state, [event.reason for event in events if event.reason]


def test_a_dated_line_takes_a_read_and_a_write(client: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    code = synced(client)
    for at, status in (("20250103080000", "4"), ("20250104080000", "9")):
        asked = asked_by(lambda a=at, s=status: tell(client, code, a, s), monkeypatch)
        assert asked == (2, []), status
    assert told(code)[0] == DossierState.DECIDED
    tell(client, code, "20250104080000", "9")
    assert Dossier.objects.get(code=code).events.count() == 3, "a resend changes nothing"


def test_another_line_between_read_and_write_is_seen(client: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    code = synced(client)
    between(monkeypatch, lambda: tell(client, code, "20250105080000", "9", "Ký"))
    tell(client, code, "20250104080000", "4", "Thụ lý")
    assert told(code) == (DossierState.DECIDED, ["Ký", "Thụ lý"])
    assert Dossier.objects.get(code=code).events.latest().data["late"] is True


def test_the_same_line_between_read_and_write_is_one_event(client: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    code = synced(client)
    between(monkeypatch, lambda: tell(client, code, "20250104080000", "4", "Thụ lý"))
    tell(client, code, "20250104080000", "4", "Thụ lý")
    assert told(code) == (DossierState.PROCESSING, ["Thụ lý"])


def test_a_record_between_read_and_write_is_kept(client: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    code = synced(client)
    newer = read_dossier(record(code, "2", ChuHoSo="Trần Thị Mới"))
    between(monkeypatch, lambda: reported.sync_record(client, newer))
    tell(client, code, "20250104080000", "4", "Thụ lý")
    assert told(code)[0] == DossierState.PROCESSING
    assert Dossier.objects.get(code=code).applicant_name == "Trần Thị Mới"


def test_many_at_once_end_as_in_their_order(client: ApiClient) -> None:
    code = synced(client)
    lines = [(f"2025010{3 + number}080000", status) for number, status in enumerate(("4", "5", "4", "9", "10"))]

    def call(at_and_status: tuple[str, str]) -> None:
        try:
            tell(client, code, *at_and_status, content=at_and_status[0])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(call, [*reversed(lines), *lines]))
    state, reasons = told(code)
    assert state == DossierState.RETURNED and sorted(reasons) == [at for at, _status in lines]
