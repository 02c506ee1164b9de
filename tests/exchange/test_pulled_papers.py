"""Result papers of events that the portal asked for: taken and checked as pushed ones are, or held with the reason."""

import base64
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.utils import timezone

from datastore.models import Document, TrustLevel
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, ResultIssue
from dossiers.partners import drop_folder, drop_papers, pulled_events, result_files
from dossiers.partners.wire import ReportedFile, WireFieldError
from dossiers.tasks import apply_received, issue_results, pull_due
from portal.agencies.models import ApiClient
from portal.backoffice import console
from portal.core.work import WorkState
from portal.exchange import services, transport
from portal.exchange.models import InboxMessage, PullSource
from tests import factories
from tests.exchange.asked import body, due_again, lay_down, source_of
from tests.exchange.partner import Answer, Got, PartnerServer, running

pytestmark = pytest.mark.django_db
PAPER = factories.png("ket-qua")


@pytest.fixture
def dossier() -> Dossier:
    """One that its agency's own system decides."""
    dossier = factories.file_dossier()
    Dossier.objects.filter(pk=dossier.pk).update(handled_by=factories.make_client(dossier.agency))
    dossier.refresh_from_db()
    return dossier


def decided(dossier: Dossier, *files: dict[str, Any], event: str = "approve") -> list[dict[str, Any]]:
    """The events of a dossier's life, the last of which brings papers."""
    steps = ["accept", "start_processing", event] if event == "approve" else [event]
    at = timezone.now().isoformat()
    told = [{"code": dossier.code, "event": step, "occurred_at": at, "reference": f"R-{step}"} for step in steps]
    told[-1]["result"] = {"document_number": "12/QĐ", "files": list(files)}
    return told


def serve(partner: PartnerServer, events: list[dict[str, Any]]) -> None:
    """A system that tells these events to whoever asks, and has one paper."""

    def answer(got: Got) -> Answer:
        if got.path.startswith("/tep/"):
            return 200, {"Content-Type": "image/png"}, PAPER
        return body({"next_cursor": "9", "has_more": False, "results": events})

    partner.answer = answer


def inline(content: bytes = PAPER) -> dict[str, Any]:
    return {"name": "Quyết định.png", "content_base64": base64.b64encode(content).decode()}


def run() -> None:
    pull_due()
    apply_received()
    issue_results()


def test_a_paper_within_an_event_becomes_the_result_once(partner: PartnerServer, dossier: Dossier) -> None:
    events = decided(dossier, inline())
    serve(partner, events)
    source = source_of(f"{partner.url}/su-kien", "rest", dossier.handled_by)
    run()
    kept = InboxMessage.objects.get(payload__item__event="approve")
    assert inline()["content_base64"] not in json.dumps(kept.payload), "the bytes lie in the store alone"
    again = services.Report(kept.service, kept.subject, {**kept.payload, "item": events[-1]})
    assert services.receive_many(source.client, [again]) == 0, "and it is known again without them"
    InboxMessage.objects.all().delete()  # as if it had been forgotten that they were told
    due_again(source)
    run()
    dossier.refresh_from_db()
    paper = Document.objects.get(trust=TrustLevel.FETCHED)
    assert (dossier.state, dossier.result_document) == (DossierState.RETURNED, paper)
    assert (paper.owner, paper.number, paper.is_listed) == (dossier.owner, "12/QĐ", True)
    assert paper.files.get().blob.size_bytes == len(PAPER)


def test_a_paper_that_the_previous_release_took_is_known_again(partner: PartnerServer, dossier: Dossier) -> None:
    serve(partner, decided(dossier, inline()))
    source = source_of(f"{partner.url}/su-kien", "rest", dossier.handled_by)
    run()
    Document.objects.filter(trust=TrustLevel.FETCHED).update(trust=TrustLevel.DIGITISED)  # as it wrote them
    client, code = dossier.handled_by, dossier.code or ""
    assert client is not None
    dossier.refresh_from_db()
    again = result_files.deposit(dossier, PAPER, name="Quyết định.png", number="12/QĐ")
    result_files.attach(code, [again])
    assert again == dossier.result_document and source.client == client
    assert not dossier.events.filter(name="dossier.result_replaced").exists(), "nothing was corrected"


def test_a_paper_on_the_systems_server_is_fetched_with_its_key(partner: PartnerServer, dossier: Dossier) -> None:
    serve(partner, decided(dossier, {"name": "kq.png", "url": f"{partner.url}/tep/1.png?t=1"}))
    source_of(f"{partner.url}/su-kien", "rest", dossier.handled_by, secret="khoa")
    run()
    dossier.refresh_from_db()
    assert dossier.state == DossierState.RETURNED
    assert dossier.result_document == Document.objects.get(trust=TrustLevel.FETCHED)
    assert [got.headers.get("authorization") for got in partner.got if got.path.startswith("/tep/")] == ["Bearer khoa"]


def test_a_paper_in_a_network_that_nobody_named_is_seen_at_once_and_waited_for(
    partner: PartnerServer, dossier: Dossier, settings: LazySettings
) -> None:
    serve(partner, decided(dossier, {"name": "kq.png", "url": f"{partner.url}/tep/1.png"}))
    source = source_of(f"{partner.url}/su-kien", "rest", dossier.handled_by)
    pull_due()
    networks, settings.PARTNER_NETWORKS = settings.PARTNER_NETWORKS, ()
    transport.close_connections()
    apply_received()
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        issue_results()
    dossier.refresh_from_db()
    assert dossier.state == DossierState.DECIDED, "no paper of ours in the place of the agency's"
    seen = console.facts(source.client)
    assert seen["light"].tone == console.RED
    assert "PARTNER_NETWORKS" in seen["dead"][0]["reason"] and "Thử lại" in seen["dead"][0]["reason"]
    assert "PARTNER_NETWORKS" in ResultIssue.objects.get(work_state=WorkState.DEAD).last_error
    settings.PARTNER_NETWORKS = networks
    services.redrive_received(InboxMessage.objects.dead().values_list("pk", flat=True))
    apply_received()
    issue_results()
    dossier.refresh_from_db()
    assert dossier.state == DossierState.RETURNED
    assert dossier.result_document == Document.objects.get(trust=TrustLevel.FETCHED)


def test_an_event_that_is_tried_again_lays_its_papers_down_once(dossier: Dossier) -> None:
    client = dossier.handled_by
    assert client is not None
    factories.let_report(client)
    accept, _start, approve = decided(dossier, inline())
    pulled_events.apply(client, pulled_events.bring(client, accept))
    first = pulled_events.bring(client, approve)  # and the worker dies before the event is applied
    second = pulled_events.bring(client, approve)
    assert [paper.pk for paper in first.papers] == [paper.pk for paper in second.papers]
    pulled_events.apply(client, second)
    assert Document.objects.get(trust=TrustLevel.FETCHED).is_listed


def test_the_key_goes_to_no_other_server(partner: PartnerServer, dossier: Dossier) -> None:
    with running() as files:
        serve(files, [])
        serve(partner, decided(dossier, {"name": "kq.png", "url": f"{files.url}/tep/1.png"}))
        ApiClient.objects.filter(pk=dossier.handled_by_id).update(file_hosts=[files.host])
        source_of(f"{partner.url}/su-kien", "rest", dossier.handled_by, secret="khoa")
        run()
        assert [got.headers.get("authorization") for got in files.got] == [None]
    assert Document.objects.filter(trust=TrustLevel.FETCHED).count() == 1


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([{"name": "kq.png", "url": "http://169.254.169.254/kq.png"}], "máy chủ đã đăng ký"),
        ([{"name": "kq.png", "content_base64": "không phải"}], "base64"),
        ([{"name": "kq.png"}], "result.files[0]"),
        ([{**inline(), "name": ""}], "result.files[0]"),
        ([{**inline(), "url": "http://x.example/"}], "không cả hai"),
        ([inline(), {"name": "kq.png", "upload": "abc"}], "result.files[1]"),
        ([inline(), {"name": "kq.png", "url": "http://x.example/"}], "cùng có"),
        ([inline()] * 11, "nhiều nhất 10 tệp"),
        ([inline(b"MZ chay di")], "Quyết định.png"),
    ],
)
def test_what_cannot_be_taken_holds_the_event(
    partner: PartnerServer, dossier: Dossier, files: list[dict[str, Any]], words: str
) -> None:
    serve(partner, decided(dossier, *files))
    source_of(f"{partner.url}/su-kien", "rest", dossier.handled_by)
    run()
    dossier.refresh_from_db()
    held = InboxMessage.objects.get(work_state=WorkState.DEAD)
    assert words in held.quarantine_reason and held.payload["item"]["event"] == "approve"
    assert dossier.state == DossierState.PROCESSING and not Document.objects.filter(trust=TrustLevel.FETCHED).exists()


def test_papers_come_with_a_decision_and_for_somebody(partner: PartnerServer, dossier: Dossier) -> None:
    serve(partner, decided(dossier, inline(), event="accept"))
    source = source_of(f"{partner.url}/su-kien", "rest", dossier.handled_by)
    run()
    assert "chỉ đi cùng sự kiện approve" in InboxMessage.objects.get().quarantine_reason
    InboxMessage.objects.all().delete()
    Dossier.objects.update(owner=None)
    serve(partner, decided(dossier, {"name": "kq.png", "url": f"{partner.url}/tep/1.png"}))
    due_again(source)
    run()
    assert "không có chủ hồ sơ" in InboxMessage.objects.get(work_state=WorkState.DEAD).quarantine_reason


@pytest.fixture
def folder(tmp_path: Path, settings: LazySettings, dossier: Dossier) -> Path:
    """The folder of the system that decides the dossier."""
    settings.DROP_DIR = tmp_path
    (tmp_path / "phuong").mkdir()
    source_of("phuong", "folder", dossier.handled_by)
    return tmp_path / "phuong"


def again() -> None:
    PullSource.objects.update(next_run_at=timezone.now())
    InboxMessage.objects.filter(work_state=WorkState.PENDING).update(next_try_at=timezone.now())
    run()


@pytest.mark.parametrize(
    "head", ["MaHoSo;TrangThaiHoSo;NgayTiepNhan;TepKetQua", "MaHoSo;TrangThai;NoiDungXuLy;TepKetQua"]
)
def test_a_paper_beside_the_table_is_waited_for_and_taken(folder: Path, dossier: Dossier, head: str) -> None:
    lay_down(folder, "1.csv", f"{head}\n{dossier.code};9;;kq.png\n")
    lay_down(folder, "kq.png", PAPER, age=0)
    run()
    dossier.refresh_from_db()
    waits = InboxMessage.objects.get(service=result_files.SERVICE)
    assert dossier.state == DossierState.DECIDED, "the portal's own result waits"
    assert waits.work_state == WorkState.PENDING and "kq.png" in waits.last_error
    lay_down(folder, "kq.png", PAPER)
    again()
    again()
    dossier.refresh_from_db()
    assert dossier.state == DossierState.RETURNED
    assert dossier.result_document == Document.objects.get(trust=TrustLevel.FETCHED)
    assert sorted(file.name.split("-")[-1] for file in (folder / "da-nhan").iterdir()) == ["1.csv", "kq.png"]


def test_a_corrected_paper_of_the_same_name_is_taken(folder: Path, dossier: Dossier) -> None:
    row = f"MaHoSo;TrangThaiHoSo;TepKetQua\n{dossier.code};9;kq.png\n"
    right = factories.png("đã sửa")
    for turn, (paper, state, count) in enumerate(
        [
            (b"MZ", DossierState.DECIDED, 0),  # no paper: held
            (PAPER, DossierState.RETURNED, 1),
            (None, DossierState.RETURNED, 1),  # the same row again, nothing beside it
            (PAPER, DossierState.RETURNED, 1),
            (right, DossierState.RETURNED, 2),
        ]
    ):
        lay_down(folder, f"{turn}.csv", row)
        if paper is not None:
            lay_down(folder, "kq.png", paper, age=60 + turn)
        again()
        again()
        dossier.refresh_from_db()
        assert (dossier.state, Document.objects.filter(trust=TrustLevel.FETCHED).count()) == (state, count), turn
        assert InboxMessage.objects.dead().exists() == (turn == 0), turn
    assert dossier.result_document == Document.objects.latest("pk")
    assert dossier.events.filter(name="dossier.result_replaced").count() == 1


def test_any_name_that_a_file_may_have_tells_papers_apart(dossier: Dossier, folder: Path) -> None:
    client = dossier.handled_by
    assert client is not None
    for name in ("QĐ #1.pdf", "QĐ #2.pdf", "QĐ ?3.pdf"):
        listed = drop_papers.listed(name)[0]
        paper = ReportedFile(name, listed["DuongDanTaiTepTin"])
        result_files.expect(dossier.code or "", client=client, files=[paper])
    assert InboxMessage.objects.filter(service=result_files.SERVICE).count() == 3
    with pytest.raises(WireFieldError):  # longer in bytes than a name on a disk can be
        drop_papers.require_plain([f"{drop_papers.PREFIX}{'ế' * 100}.pdf"])
    assert not drop_folder.is_settled(folder / ("ế" * 100))


def test_a_paper_elsewhere_is_not_taken(folder: Path, dossier: Dossier) -> None:
    lay_down(folder.parent, "mat.png", PAPER)
    lay_down(folder, "1.csv", f"MaHoSo;TrangThaiHoSo;TepKetQua\n{dossier.code};9;../mat.png\n")
    run()
    dossier.refresh_from_db()
    held = InboxMessage.objects.get()
    assert "../mat.png" in held.quarantine_reason and dossier.state == DossierState.SUBMITTED
    (folder / "kq.png").symlink_to(folder.parent / "mat.png")
    lay_down(folder, "2.csv", f"MaHoSo;TrangThaiHoSo;NgayTiepNhan;TepKetQua\n{dossier.code};9;20250102;kq.png\n")
    again()
    assert InboxMessage.objects.get(service=result_files.SERVICE).work_state == WorkState.PENDING
    PullSource.objects.all().delete()
    again()
    held = InboxMessage.objects.get(service=result_files.SERVICE)
    assert held.work_state == WorkState.DEAD and "thư mục" in held.quarantine_reason
    assert not Document.objects.filter(trust=TrustLevel.FETCHED).exists()
