"""Papers between agencies: with a question and its answer, for officials of the two and on nobody's page else."""

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image

from datastore import agency_files, rotation, sweeping
from datastore.models import AccessLog, AgencyFile, AgencyFileReading, Blob, Document
from datastore.tasks import sweep_storage
from dossiers import consultation, consultation_papers, services
from dossiers.lifecycle import DossierState as S
from dossiers.models import Consultation, ConsultationPaper, Dossier
from portal.agencies.actors import ActorKind
from portal.agencies.models import Agency, MembershipRole
from portal.backoffice import views_workbench
from portal.core.errors import InvalidInputError
from tests import factories
from tests.backoffice.conftest import Office, signed_in, with_second_factor
from tests.backoffice.situations import browser_at, in_state, press, shown
from tests.datastore.conftest import make_image, make_pdf
from tests.dossiers.filing_pages import status_of

pytestmark = pytest.mark.django_db
OURS, THEIRS = "trích lục bản đồ.pdf", "văn bản trả lời.pdf"


def upload(name: str = OURS, content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, make_pdf() if content is None else content)


def other_agency() -> Agency:
    return Agency.objects.get(code="H17.20194")


def ask(office: Office, dossier: Dossier, *files: SimpleUploadedFile, **typed: Any) -> Any:
    return press(office.browser("specialist"), dossier, "request_consultation", papers=list(files), **typed)


def fresh(dossier: Dossier) -> Dossier:
    return Dossier.objects.get(pk=dossier.pk)


def address_of(paper: ConsultationPaper, dossier: Dossier | None = None) -> str:
    return f"/quan-tri/ho-so/{(dossier or paper.consultation.dossier).code}/y-kien/{paper.pk}/"


@pytest.fixture
def asked(office: Office) -> Dossier:
    """One about which another agency is asked, with a paper."""
    dossier = in_state(S.PROCESSING)
    assert ask(office, dossier, upload()).status_code == 302
    return fresh(dossier)


@pytest.fixture
def answered(office: Office, asked: Dossier) -> Dossier:
    """The same with its answer, which carries two."""
    there = browser_at(other_agency())
    files = [upload(THEIRS), upload("ảnh hiện trạng.jpg", make_image())]
    assert press(there, asked, "answer_consultation", answer="Không vướng.", papers=files).status_code == 302
    return fresh(asked)


def paper(name: str) -> ConsultationPaper:
    return ConsultationPaper.objects.select_related("consultation__dossier", "file").get(name=name)


def test_both_agencies_read_what_goes_between_them_and_the_asked_one_until_it_has_answered(
    office: Office, asked: Dossier
) -> None:
    here, there = office.browser("desk"), browser_at(other_agency(), MembershipRole.DESK)
    question = address_of(paper(OURS))
    for client in (here, there):
        bench = shown(client.get(f"/quan-tri/ho-so/{asked.code}/?y-kien={paper(OURS).pk}"))
        assert f'<iframe class="viewer__frame" src="{question}?xem=1"' in bench and OURS in bench
        assert f'href="{question}" download' in bench
        assert status_of(client, f"{question}?xem=1") == 200
    answering = browser_at(other_agency())
    form = shown(answering.get(f"/quan-tri/ho-so/{asked.code}/buoc/answer-consultation/"))
    assert 'name="papers"' in form and "multiple" in form and 'enctype="multipart/form-data"' in form
    assert press(answering, asked, "answer_consultation", answer="Đây.", papers=[upload(THEIRS)]).status_code == 302
    answer = address_of(paper(THEIRS))
    assert status_of(here, answer) == status_of(here, question) == 200
    assert {status_of(client, each) for client in (there, answering) for each in (answer, question)} == {404}
    bench = shown(here.get(f"/quan-tri/ho-so/{asked.code}/"))
    assert bench.index(OURS) < bench.index("Đây.") < bench.index(THEIRS)


def test_the_bytes_are_those_that_were_sent_and_shown_locked_in(office: Office, asked: Dossier) -> None:
    response = office.browser("desk").get(address_of(paper(OURS)))
    content = b"".join(response.streaming_content)  # type: ignore[arg-type] # a file
    assert content.startswith(b"%PDF") and response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff" and "no-store" in response["Cache-Control"]
    inline = office.browser("desk").get(f"{address_of(paper(OURS))}?xem=1")
    b"".join(inline.streaming_content)  # type: ignore[arg-type] # a file
    assert inline["Content-Disposition"].startswith("inline")
    assert "frame-ancestors 'self'" in inline["Content-Security-Policy"]
    lying = Path(default_storage.path(paper(OURS).file.storage_key)).read_bytes()
    assert content not in lying and not lying.startswith(b"%PDF"), "sealed"


def test_nobody_else_reads_them(office: Office, answered: Dossier) -> None:
    third = factories.make_agency("H29.10001")
    others = {
        "owner": signed_in(answered.filer),  # type: ignore[arg-type] # it has one
        "third": browser_at(third, MembershipRole.LEADER),
        "asked once": browser_at(other_agency(), MembershipRole.LEADER),
        "administrator": office.browser("administrator"),
        "nobody": Client(),
    }
    addresses = [address_of(each) for each in ConsultationPaper.objects.select_related("consultation__dossier")]
    assert len(addresses) == 3
    found = {(who, status_of(client, each)) for who, client in others.items() for each in addresses}
    assert found == {
        ("owner", 403),
        ("third", 404),
        ("asked once", 404),
        ("administrator", 404),
        ("nobody", 302),
    }
    assert not AgencyFileReading.objects.exists()
    assert {status_of(office.browser("desk"), each.replace("/y-kien/", "/y-kien/9")) for each in addresses} == {404}


def test_under_another_dossiers_code_it_is_not_found(office: Office, asked: Dossier) -> None:
    other = in_state(S.PROCESSING)
    assert ask(office, other, upload("khác.pdf")).status_code == 302
    desk = office.browser("desk")
    assert (
        status_of(desk, address_of(paper(OURS), other)) == status_of(desk, address_of(paper("khác.pdf"), asked)) == 404
    )
    assert status_of(desk, address_of(paper(OURS))) == 200


def test_of_two_that_are_asked_each_reads_its_own_question_only(office: Office) -> None:
    dossier, third = in_state(S.PROCESSING), factories.make_agency("H29.10001")
    assert ask(office, dossier, upload()).status_code == 302
    assert ask(office, fresh(dossier), upload("riêng.pdf"), agency=third.code).status_code == 302
    first, second = browser_at(other_agency()), browser_at(third)
    ours, own = address_of(paper(OURS)), address_of(paper("riêng.pdf"))
    assert [status_of(first, each) for each in (ours, own)] == [200, 404]
    assert [status_of(second, each) for each in (ours, own)] == [404, 200]
    bench = shown(second.get(f"/quan-tri/ho-so/{dossier.code}/?y-kien={paper(OURS).pk}"))
    assert "riêng.pdf" in bench and OURS not in bench and ours not in bench


def test_the_same_question_to_several_carries_the_same_paper(office: Office) -> None:
    dossier, third = in_state(S.PROCESSING), factories.make_agency("H29.10001")
    assert ask(office, dossier, upload(), upload("ảnh.png", make_image("PNG")), also=third.code).status_code == 302
    assert AgencyFile.objects.count() == 2 and ConsultationPaper.objects.count() == 4
    for row in Consultation.objects.all():
        assert [each.name for each in row.papers.all()] == [OURS, "ảnh.png"]


def test_each_opening_leaves_a_row_and_the_applicant_reads_no_more_than_that_her_dossier_was_read(
    office: Office, asked: Dossier
) -> None:
    there = with_second_factor(factories.make_official(other_agency(), MembershipRole.SPECIALIST, "Người Được Hỏi"))
    for _again in range(2):
        assert status_of(signed_in(there), f"{address_of(paper(OURS))}?xem=1") == 200
    first, _second = AgencyFileReading.objects.order_by("pk")
    assert (first.file, first.reader, first.agency) == (paper(OURS).file, there, other_agency())
    assert (first.dossier_code, first.reader_role) == (asked.code, ActorKind.CONSULTED)
    assert first.reader_name.startswith("Người Được Hỏi")
    (row,) = AccessLog.objects.filter(reader=there)
    assert (row.action, row.document, row.purpose) == ("dossier", None, f"Cho ý kiến về hồ sơ {asked.code}")
    for change in (lambda: first.delete(), lambda: AgencyFileReading.objects.update(reader_name="x")):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_the_applicant_and_her_store_know_nothing_of_them(office: Office, answered: Dossier, client: Client) -> None:
    owner = answered.filer
    assert owner is not None
    before = set(Document.objects.filter(owner=owner).values_list("pk", flat=True))
    mine = signed_in(owner)
    for page in (
        f"/ho-so/{answered.code}/",
        f"/ho-so/{answered.code}/trao-doi/",
        "/kho-du-lieu/",
        "/kho-du-lieu/ai-da-xem/",
        "/hop-thu/",
    ):
        text = shown(mine.get(page, follow=True))
        assert not [name for name in (OURS, THEIRS, "ảnh hiện trạng") if name in text], page
    assert not Document.objects.filter(owner=owner).exclude(pk__in=before).exists()
    digests = AgencyFile.objects.values_list("content_sha256", flat=True)
    assert len(digests) == 3 and not Blob.objects.filter(content_sha256__in=digests).exists()
    told = str([event.data for event in answered.events.all()])
    assert OURS not in told and THEIRS not in told


def test_what_is_wrong_with_a_file_is_named_and_nothing_typed_is_lost(office: Office) -> None:
    dossier = in_state(S.PROCESSING)
    heavy = SimpleUploadedFile("bản đồ.pdf", b"%PDF-1.7\n" + b"\0" * 50 * 1024 * 1024)
    wrong = [
        (heavy, "bản đồ.pdf: Tệp lớn hơn 20 MB"),
        (upload("phiếu.docx", b"PK\x03\x04word/"), "phiếu.docx: "),
        (upload("bẫy.pdf", b"#!/bin/sh\n"), "bẫy.pdf: "),
        (upload("rỗng.pdf", b""), "rỗng.pdf: "),
    ]
    for file, said in wrong:
        page = ask(office, dossier, upload(), file, question="Đất này có tranh chấp không?")
        text = shown(page)
        assert page.status_code == 422 and said in text, said
        assert "Đất này có tranh chấp không?" in text and "Chưa gửi gì. Hãy chọn lại tệp" in text
    many = ask(office, dossier, *(upload(f"{n}.pdf") for n in range(6)))
    assert many.status_code == 422 and "nhiều nhất 5 tệp" in shown(many)
    assert not ConsultationPaper.objects.exists() and fresh(dossier).state == S.PROCESSING
    own = dossier.agency.code  # type: ignore[union-attr] # it has one
    again = ask(office, dossier, upload(), agency=own, question="Hỏi ai?")
    assert again.status_code == 422 and "Hãy chọn lại tệp" in shown(again) and "Hỏi ai?" in shown(again)
    alone = shown(ask(office, dossier, agency="không có"))
    assert "Hãy chọn lại tệp" not in alone, "nothing was chosen"


def test_too_many_files_in_an_hour_take_no_word_away(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views_workbench, "STEPS_WITH_FILES", 0)
    page = ask(office, in_state(S.PROCESSING), upload(), question="Đất này có tranh chấp không?")
    told = shown(page)
    assert page.status_code == 429 and "Đất này có tranh chấp không?" in told and "quá nhanh" in told
    assert not ConsultationPaper.objects.exists()


def test_a_photo_is_written_anew(office: Office) -> None:
    dossier, exif = in_state(S.PROCESSING), Image.Exif()
    exif[0x010E] = "SECRET PLACE"
    photo = make_image(exif=exif)
    assert b"SECRET PLACE" in photo
    assert ask(office, dossier, upload("ảnh.jpg", photo)).status_code == 302
    response = office.browser("desk").get(address_of(paper("ảnh.jpg")))
    assert b"SECRET PLACE" not in b"".join(response.streaming_content)  # type: ignore[arg-type] # a file


def test_pressed_twice_it_goes_once(office: Office, asked: Dossier) -> None:
    there, files = browser_at(other_agency()), make_pdf()
    for _press in range(2):
        sent = press(there, asked, "answer_consultation", answer="Được.", papers=[upload(THEIRS, files)])
        assert sent.status_code == 302
    assert ConsultationPaper.objects.filter(side="answer").count() == 1
    assert AgencyFile.objects.filter(agency=other_agency()).count() == 1


def test_an_answer_to_a_question_that_is_answered_already_keeps_nothing(office: Office, answered: Dossier) -> None:
    kept = ConsultationPaper.objects.count()
    late = press(browser_at(other_agency()), answered, "answer_consultation", answer="Nữa.", papers=[upload("nữa.pdf")])
    assert late.status_code == 404, "the dossier is out of sight by then"
    assert ConsultationPaper.objects.count() == kept and not ConsultationPaper.objects.filter(name="nữa.pdf").exists()


def test_what_came_with_a_step_that_was_refused_is_swept_and_what_is_held_stays(office: Office, asked: Dossier) -> None:
    dossier = in_state(S.PROCESSING)
    own = dossier.agency.code  # type: ignore[union-attr] # it has one
    assert ask(office, dossier, upload("thừa.pdf"), agency=own).status_code == 422
    left = AgencyFile.objects.exclude(pk=paper(OURS).file_id).get()
    assert agency_files.drop_unheld() == 0, "its step may be on its way"
    AgencyFile.objects.update(created_at=timezone.now() - timedelta(days=2))
    with pytest.raises(InvalidInputError) as refusal, transaction.atomic():
        AgencyFile.objects.filter(pk=left.pk).delete()
        consultation_papers.attach(Consultation.objects.get(), "question", [consultation_papers.Kept(left, "thừa.pdf")])
    assert list(refusal.value.fields) == ["papers"]
    sweep_storage()
    assert not AgencyFile.objects.filter(pk=left.pk).exists()
    assert status_of(office.browser("desk"), address_of(paper(OURS))) == 200, "held, and its bytes are no orphan"
    assert sweeping.sweep(list(sweeping.SHELVES))[1] == 0
    assert status_of(office.browser("desk"), address_of(paper(OURS))) == 200


def test_bytes_go_with_their_row_and_a_row_without_bytes_is_told_of(
    office: Office, caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks: Any
) -> None:
    kept, _name = agency_files.keep(make_pdf(), "a.pdf", agency=office.agency)
    AgencyFile.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert default_storage.exists(kept.storage_key)
    with django_capture_on_commit_callbacks(execute=True):
        assert agency_files.drop_unheld() == 1
    assert not default_storage.exists(kept.storage_key)
    lost, _name = agency_files.keep(make_pdf(), "b.pdf", agency=office.agency)
    AgencyFile.objects.update(created_at=timezone.now() - timedelta(days=2))
    default_storage.delete(lost.storage_key)
    assert sweeping.sweep([lost.storage_key[:2]])[1] == 1 and "agency_file_id" in caplog.text


def test_a_new_key_takes_them_along(office: Office, asked: Dossier, settings: Any) -> None:
    settings.STORE_KEYS = [base64.urlsafe_b64encode(b"n" * 32).decode(), *settings.STORE_KEYS]
    assert sum(turn.done for turn in rotation.rotate()) >= 1
    settings.STORE_KEYS = settings.STORE_KEYS[:1]
    assert status_of(office.browser("desk"), address_of(paper(OURS))) == 200


def test_they_close_and_open_with_the_dossier(office: Office, answered: Dossier) -> None:
    desk, address = office.browser("desk"), address_of(paper(THEIRS))
    leader = factories.official_actor(office.agency, ActorKind.LEADER)
    services.stop(answered.code or "", actor=leader, reason="Người nộp đã mất.")
    assert status_of(desk, address) == 404
    bench = shown(desk.get(f"/quan-tri/ho-so/{answered.code}/?y-kien={paper(THEIRS).pk}"))
    assert THEIRS in bench and address not in bench
    assert "Hồ sơ đã kết thúc nên giấy tờ trao đổi giữa các cơ quan đóng lại." in bench
    Dossier.objects.filter(pk=answered.pk).update(state=S.PROCESSING, finished_at=None)
    assert status_of(desk, address) == 200


def test_a_question_taken_back_is_read_by_who_asked_only(office: Office, asked: Dossier) -> None:
    there, address = browser_at(other_agency()), address_of(paper(OURS))
    assert status_of(there, address) == 200
    leader = factories.official_actor(office.agency, ActorKind.LEADER)
    consultation.cancel_consultation(asked.code or "", actor=leader, reason="Đã rõ.")
    assert [status_of(client, address) for client in (there, office.browser("desk"))] == [404, 200]


def test_the_workbench_reads_papers_in_one_query_more_and_none_without_a_question(
    office: Office, answered: Dossier
) -> None:
    def asks_for_papers(dossier: Dossier) -> int:
        client = office.browser("desk")
        client.get(f"/quan-tri/ho-so/{dossier.code}/")
        with connection.execute_wrapper(seen := Statements()):
            client.get(f"/quan-tri/ho-so/{dossier.code}/")
        return seen.of_papers

    assert asks_for_papers(answered) == 1
    assert asks_for_papers(in_state(S.PROCESSING)) == 0


class Statements:
    """Counts what is asked of the papers between agencies."""

    of_papers = 0

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        """Each statement on its way."""
        self.of_papers += "dossiers_consultationpaper" in sql
        return execute(sql, *rest)
