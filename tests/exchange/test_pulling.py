"""Systems that cannot push are asked: over real HTTP and from a folder; nothing twice, and a slow one delays nobody."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.idp.oidc.models import Client as OidcClient
from django.utils import timezone

from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from dossiers.partners import event_reading, pull_wire
from dossiers.tasks import apply_received, pull_due
from portal.core.work import WorkState
from portal.exchange import services
from portal.exchange.models import InboxMessage
from tests import factories
from tests.exchange.asked import WIRE, body, due_again, source_of, wire_server
from tests.exchange.partner import Answer, Got, PartnerServer
from tests.wire.clients import new_code, record

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize("parallel", [1, 2])
def test_a_dossier_that_moves_up_while_pages_are_read_is_not_passed_over(
    partner: PartnerServer, monkeypatch: pytest.MonkeyPatch, parallel: int
) -> None:
    """The one before it changed again, and is out of the window: the page it is on now was read already."""
    monkeypatch.setattr(pull_wire, "PAGE_SIZE", 2)
    told = [record(new_code(), "4", NgayTiepNhan="20250102081500") for _turn in range(7)]
    codes = {str(row["MaHoSo"]) for row in told}
    pages = wire_server(told)

    def answer(got: Got) -> Answer:
        given = pages(got)
        if got.json.get("trang") == 2 and len(told) == 7:
            del told[0]
        return given

    partner.answer = answer
    source = source_of(f"{partner.url}/mapi/g", "wire", parallel=parallel, **WIRE)
    pull_due()
    apply_received()
    assert set(Dossier.objects.values_list("code", flat=True)) == codes
    source.refresh_from_db()
    assert set(source.cursor) == {"since"} and source.received == 7


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
