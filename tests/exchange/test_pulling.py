"""Systems that cannot push are asked: over real HTTP and from a folder; nothing twice, and a slow one delays nobody."""

import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.idp.oidc.models import Client as OidcClient
from django.apps import apps
from django.conf import LazySettings
from django.test import override_settings
from django.utils import timezone

from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from dossiers.partners import drop_folder, event_reading, pull_folder, pull_wire
from dossiers.tasks import apply_received, pull_due
from portal.agencies import credentials
from portal.agencies.models import ApiClient
from portal.core.work import WorkState
from portal.exchange import lanes, pulling, services
from portal.exchange.models import InboxMessage, PullSource
from tests import factories
from tests.exchange.partner import Answer, Got, PartnerServer, running
from tests.wire.clients import new_code, record

pytestmark = pytest.mark.django_db


def source_of(address: str, provider: str, client: ApiClient | None = None, **fields: Any) -> PullSource:
    if client is None:
        agency = factories.make_agency()
        client = factories.make_client(agency.parent or agency, receives=False)
    if not credentials.scopes_of(client):
        factories.let_report(client)
    return PullSource.objects.create(client=client, provider=provider, address=address, **fields)


def due_again(source: PullSource) -> None:
    PullSource.objects.filter(pk=source.pk).update(next_run_at=timezone.now())


def body(value: Any) -> Answer:
    return 200, {"Content-Type": "application/json"}, json.dumps(value).encode()


def wire_server(records: list[dict[str, Any]], *, wrapped: bool = False) -> Callable[[Got], Answer]:
    """A system that answers LayDanhSachHoSo with pages of what it has."""

    def answer(got: Got) -> Answer:
        asked = got.json
        if "username" in asked:
            is_known = asked == {"username": "cong", "password": "mat-khau"}
            return body({"error_code": 0, "session": "s1"} if is_known else {"error_code": -1, "message": "Sai"})
        assert (asked["session"], asked["service"]) == ("s1", "LayDanhSachHoSo")
        assert len(asked["tuNgay"]) == len(asked["denNgay"]) == 14
        start = (asked["trang"] - 1) * asked["soLuong"]
        page = records[start : start + asked["soLuong"]]
        if wrapped:
            return body({"error_code": "0", "message": json.dumps({"result": page})})
        return body({"error_code": "0", "message": "Thành công", "result": page})

    return answer


WIRE = {"username": "cong", "secret": "mat-khau"}


@pytest.mark.parametrize(("parallel", "wrapped"), [(1, False), (2, True)])
def test_a_wire_system_is_read_page_by_page(
    partner: PartnerServer, monkeypatch: pytest.MonkeyPatch, parallel: int, wrapped: bool
) -> None:
    monkeypatch.setattr(pull_wire, "PAGE_SIZE", 2)
    codes = [new_code() for _turn in range(5)]
    records = [record(code, "4", NgayTiepNhan="20250102081500") for code in codes]
    partner.answer = wire_server(records, wrapped=wrapped)
    source = source_of(f"{partner.url}/mapi/g", "wire", parallel=parallel, **WIRE)
    pull_due()
    apply_received()
    assert set(Dossier.objects.values_list("code", "state")) == {(code, DossierState.PROCESSING) for code in codes}
    source.refresh_from_db()
    assert source.received == 5 and source.failures == 0 and set(source.cursor) == {"since"}
    assert source.next_run_at > timezone.now() and source.holder == ""
    before = len(partner.got)
    pull_due()
    assert len(partner.got) == before, "not before its time"
    due_again(source)
    pull_due()
    source.refresh_from_db()
    assert source.received == 5 and InboxMessage.objects.count() == 5, "what was told already is not taken twice"


def test_a_change_back_is_a_change(partner: PartnerServer) -> None:
    code, told = new_code(), []
    source = source_of(partner.url, "wire", **WIRE)
    partner.answer = wire_server(told)
    for status in ("4", "5", "4", "4"):
        told[:] = [record(code, status, NgayTiepNhan="")]
        due_again(source)
        pull_due()
        apply_received()
    assert InboxMessage.objects.count() == 3
    assert Dossier.objects.get(code=code).state == DossierState.PROCESSING


def test_events_over_rest_by_cursor(partner: PartnerServer) -> None:
    dossier = factories.file_dossier()
    system = factories.make_client(dossier.agency)
    Dossier.objects.filter(pk=dossier.pk).update(handled_by=system)
    at = timezone.now().isoformat()
    events = [
        {"code": dossier.code, "event": event, "occurred_at": at, "reference": f"R{number}"}
        for number, event in enumerate(("accept", "start_processing"))
    ]
    events.append({"code": dossier.code, "event": "ban_hanh", "occurred_at": at, "reference": "R9"})

    def answer(got: Got) -> Answer:
        assert got.headers["authorization"] == "Bearer khoa"
        cursor = int(parse_qs(urlsplit(got.path).query).get("cursor", ["0"])[0] or 0)
        page = events[cursor : cursor + 2]
        return body({"next_cursor": str(cursor + len(page)), "has_more": cursor + 2 < len(events), "results": page})

    partner.answer = answer
    source = source_of(f"{partner.url}/su-kien", "rest", system, secret="khoa")
    pull_due()
    apply_received()
    dossier.refresh_from_db()
    assert dossier.state == DossierState.PROCESSING
    source.refresh_from_db()
    assert source.cursor == {"cursor": "3"}
    stuck = InboxMessage.objects.get(work_state=WorkState.DEAD)
    assert "ban_hanh" in stuck.quarantine_reason


def test_what_is_asked_for_is_bound_by_the_systems_scopes(partner: PartnerServer) -> None:
    dossier, other = factories.file_dossier(), factories.file_dossier()
    system, stranger = factories.make_client(dossier.agency), factories.make_client(dossier.agency)
    Dossier.objects.filter(pk=dossier.pk).update(handled_by=system)
    Dossier.objects.filter(pk=other.pk).update(handled_by=stranger)
    factories.let_report(system, scopes=["events:write"])
    at = timezone.now().isoformat()
    told = [
        {"code": code, "event": event, "occurred_at": at, "reference": f"R{number}", **more}
        for number, (code, event, more) in enumerate(
            [
                (dossier.code, "accept", {}),
                (dossier.code, "approve", {"result": {"document_number": "1/KQ"}}),
                (dossier.code, "revoke_result", {"reason": "Sai", "legal_basis": "Luật"}),
                (other.code, "accept", {}),
            ]
        )
    ]
    partner.answer = lambda _got: body({"next_cursor": "4", "has_more": False, "results": told})
    source_of(f"{partner.url}/su-kien", "rest", system)
    pull_due()
    apply_received()
    held = {row.payload["item"]["event"]: row for row in InboxMessage.objects.filter(work_state=WorkState.DEAD)}
    assert {event: row.quarantine_reason.split("phạm vi ")[1].split(".")[0] for event, row in held.items()} == {
        "approve": "results:write",
        "revoke_result": "results:revoke",
    }
    dossier.refresh_from_db()
    other.refresh_from_db()
    assert (dossier.state, other.state) == (DossierState.ACCEPTED, DossierState.SUBMITTED), "another's is not found"
    OidcClient.objects.filter(pk=system.oidc_client_id).update(scopes="events:write\nresults:write")
    services.redrive_received([row.pk for row in held.values()])
    apply_received()
    dossier.refresh_from_db()
    assert dossier.state == DossierState.DECIDED
    assert InboxMessage.objects.get(work_state=WorkState.DEAD).payload["item"]["event"] == "revoke_result"


def test_an_event_waits_for_the_one_before_it_whose_worker_was_killed() -> None:
    dossier = factories.file_dossier()
    system = factories.make_client(dossier.agency)
    factories.let_report(system)
    Dossier.objects.filter(pk=dossier.pk).update(handled_by=system)
    for event in ("accept", "start_processing"):
        told = {"code": dossier.code, "event": event, "occurred_at": timezone.now().isoformat(), "reference": event}
        services.receive(
            client=system, service=event_reading.SERVICE, subject=dossier.code or "", payload={"item": told}
        )
    first = InboxMessage.objects.order_by("pk")[0]
    InboxMessage.objects.filter(pk=first.pk).update(next_try_at=timezone.now() + timedelta(minutes=1))  # its lease
    apply_received()
    assert not InboxMessage.objects.exclude(work_state=WorkState.PENDING, attempts=0).exists(), "no try was used up"
    InboxMessage.objects.update(next_try_at=timezone.now())
    apply_received()
    assert InboxMessage.objects.filter(work_state=WorkState.DONE).count() == 2
    dossier.refresh_from_db()
    assert dossier.state == DossierState.PROCESSING


def test_a_table_in_a_folder_and_a_wire_answer_are_bound_by_scopes(drop: Path, partner: PartnerServer) -> None:
    lay_down(drop, "1.csv", f"MaHoSo;TrangThaiHoSo\n{new_code()};4\n")
    source_of("phuong", "folder")
    partner.answer = wire_server([record(new_code(), "4")])
    source_of(partner.url, "wire", **WIRE)
    OidcClient.objects.update(scopes="dossiers:read")
    pull_due()
    apply_received()
    reasons = InboxMessage.objects.filter(work_state=WorkState.DEAD).values_list("quarantine_reason", flat=True)
    assert ["events:write" in reason for reason in reasons] == [True, True] and not Dossier.objects.exists()


def test_who_is_asked_already_keeps_reporting_and_takes_nothing_back() -> None:
    source = source_of("phuong", "folder")
    OidcClient.objects.update(scopes="documents:read")
    import_module("portal.exchange.migrations.0008_asked_systems_may_report").give(apps, None)
    assert credentials.scopes_of(source.client) == ["documents:read", "events:write", "results:write"]


def test_an_event_that_is_asked_for_says_all_that_a_pushed_one_says() -> None:
    told = {
        "code": "H17-1",
        "event": "replace_result",
        "occurred_at": "2026-11-20T08:30:00+07:00",
        "reference": "R1",
        "reason": "Ghi sai họ tên",
        "legal_basis": "NĐ 30/2020/NĐ-CP",
        "corrections": {"ho_ten": "Trần Thị Bình", "nam": 2026},
    }
    data = event_reading.read_event(told).data
    assert (data["legal_basis"], data["corrections"]) == ("NĐ 30/2020/NĐ-CP", {"ho_ten": "Trần Thị Bình"})
    assert event_reading.read_event({**told, "corrections": ["x"]}).data["corrections"] == {}


@pytest.fixture
def drop(tmp_path: Path, settings: LazySettings) -> Iterator[Path]:
    settings.DROP_DIR = tmp_path
    (tmp_path / "phuong").mkdir()
    yield tmp_path / "phuong"


def lay_down(folder: Path, name: str, text: str | bytes, *, age: float = 60) -> None:
    file = folder / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    os.utime(file, (time.time() - age, time.time() - age))


def test_files_of_a_folder_are_taken_once_whole_and_in_order(drop: Path) -> None:
    code, other = new_code(), new_code()
    head = "MaHoSo;TrangThaiHoSo;MaTTHC;ChuHoSo;NgayTiepNhan\n"
    lay_down(drop, "1.csv", f"\ufeff{head}{code};4;1.000001;Nguyễn Thị Mẫu;20250102081500\n\n{other};2;1.000001;;\n")
    lay_down(drop, "2.csv", f"MaHoSo,TrangThai,ThoiDiemXuLy,NoiDungXuLy\n{code},9,20250103100000,Xong\n")
    lay_down(drop, "3.csv", head, age=0)
    lay_down(drop, "4.csv.part", head)
    lay_down(drop, "5.csv", b"\xff\xfe\x00")
    source = source_of("phuong", "folder")
    pull_due()
    apply_received()
    assert Dossier.objects.get(code=code).state == DossierState.DECIDED
    assert Dossier.objects.get(code=other).state == DossierState.ACCEPTED
    assert sorted(file.name for file in drop.iterdir()) == ["3.csv", "4.csv.part", "da-nhan", "loi"]
    stuck = InboxMessage.objects.get(work_state=WorkState.DEAD)
    assert stuck.subject == "5.csv" and "UTF-8" in stuck.quarantine_reason
    source.refresh_from_db()
    assert source.failures == 0 and source.received == 3


def test_a_file_that_was_written_anew_before_it_was_put_away_is_taken_again(drop: Path) -> None:
    code, other = new_code(), new_code()
    source = PullSource(provider="folder", address="phuong")
    lay_down(drop, "1.csv", f"MaHoSo;TrangThaiHoSo\n{code};4\n")
    source.cursor = pull_folder.pull(source).cursor
    lay_down(drop, "1.csv", f"MaHoSo;TrangThaiHoSo\n{other};4\n", age=30)
    assert [report.subject for report in pull_folder.pull(source).reports] == [other]
    assert [file.name for file in drop.iterdir()] == ["1.csv"]


@pytest.mark.parametrize("character", ["\x00", "\ud800"])
def test_a_character_that_no_database_keeps_does_not_hold_up_a_system(partner: PartnerServer, character: str) -> None:
    codes = [new_code(), new_code()]
    partner.answer = wire_server([record(codes[0], "4", ChuHoSo=f"Nguyễn{character}"), record(codes[1], "4")])
    source = source_of(partner.url, "wire", **WIRE)
    pull_due()
    apply_received()
    source.refresh_from_db()
    assert (source.failures, source.received) == (0, 2)
    assert set(Dossier.objects.values_list("code", flat=True)) == set(codes)


def test_an_answer_that_cannot_be_kept_is_a_failure_that_is_seen(
    partner: PartnerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: Any) -> int:
        raise ValueError

    partner.answer = wire_server([record(new_code())])
    source = source_of(partner.url, "wire", **WIRE)
    monkeypatch.setattr(services, "receive_many", broken)
    pull_due()
    source.refresh_from_db()
    assert source.failures == 1 and source.holder == "" and "ValueError" in source.last_error


def test_a_link_in_the_folder_leads_nowhere(drop: Path) -> None:
    other = drop.parent / "tinh-khac"
    other.mkdir()
    (drop / "da-nhan").symlink_to(other, target_is_directory=True)
    lay_down(drop, "1.csv", f"MaHoSo;TrangThaiHoSo\n{new_code()};4\n")
    source = source_of("phuong", "folder")
    pull_due()
    due_again(source)
    pull_due()
    assert list(other.iterdir()) == [], "a file laid down here must not come from there"
    source.refresh_from_db()
    assert source.failures and "da-nhan" in source.last_error
    lay_down(other, "2.csv", f"MaHoSo;TrangThaiHoSo\n{new_code()};4\n")
    (drop / "2.csv").symlink_to(other / "2.csv")
    with pytest.raises(drop_folder.FolderError):
        drop_folder.content_of(drop / "2.csv", most_bytes=100)


@pytest.mark.parametrize("address", ["..", ".", "khong-co", "../phuong/../.."])
def test_a_folder_elsewhere_is_not_read(drop: Path, address: str) -> None:
    source = source_of(address, "folder")
    pull_due()
    source.refresh_from_db()
    assert source.failures == 1 and "hư mục" in source.last_error


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
@override_settings(DELIVERY_THREADS=2, PULL_THREADS=4, HTTP_TIMEOUT_SECONDS=1, SWEEP_SECONDS=5)
def test_a_slow_and_a_dead_system_delay_nobody(partner: PartnerServer) -> None:
    lanes._pulling_pool.cache_clear()

    def slow(_got: Got) -> int:
        time.sleep(1.5)
        return 200

    with running() as slow_server:
        slow_server.answer = slow
        partner.answer = wire_server([record(new_code())])
        late, dead = source_of(slow_server.url, "wire"), source_of("http://127.0.0.1:9/", "wire")
        quick = source_of(partner.url, "wire", **WIRE)
        began = time.monotonic()
        pull_due()
        lanes._pulling_pool().shutdown(wait=True)
    lanes._pulling_pool.cache_clear()
    for source in (late, dead, quick):
        source.refresh_from_db()
    assert (late.failures, dead.failures, quick.received) == (1, 1, 1)
    assert partner.got[-1].at - began < 1, "the quick one was answered while the slow one kept us waiting"
