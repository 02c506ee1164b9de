"""A leader replaces a result that says something wrong: one right paper, and the old one leads to it everywhere."""

import io
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from datastore.models import Document, DocumentStatus, TrustLevel
from datastore.storage import open_stream
from dossiers import replacing, results, revocation
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, ResultIssue
from dossiers.partners import result_files
from dossiers.partners.wire import ReportedFile
from portal.agencies.actors import ActorKind
from portal.notifications.models import Message
from tests import factories
from tests.backoffice.conftest import Office, signed_in
from tests.backoffice.situations import in_state, press

pytestmark = pytest.mark.django_db


@pytest.fixture
def finished(office: Office) -> Dossier:
    """A dossier whose result was issued here and lies in the owner's store."""
    return in_state(DossierState.RETURNED)


def result_of(dossier: Dossier) -> Document:
    dossier.refresh_from_db()
    assert dossier.result_document is not None
    dossier.result_document.refresh_from_db()
    return dossier.result_document


def draw(dossier: Dossier) -> None:
    """What the worker does."""
    results.issue(ResultIssue.objects.get(dossier=dossier))


def words_of(document: Document) -> str:
    with open_stream(document.files.get().blob) as stream:
        pages = PdfReader(io.BytesIO(stream.read())).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())


def field_of(dossier: Dossier, text: str) -> str:
    """The name of the input that holds a value of the paper."""
    return f"text_{[row.text for row in replacing.statements(dossier)].index(text)}"


def as_shown(office: Office, dossier: Dossier) -> dict[str, str]:
    """What the page's form holds before anybody types."""
    page = office.browser("leader").get(f"/quan-tri/ho-so/{dossier.code}/buoc/replace-result/")
    form = page.context["form"]
    return {field.html_name: str(field.value() or "") for field in form.visible_fields() if field.value()}


def replace(office: Office, dossier: Dossier, **typed: str) -> Any:
    return press(office.browser("leader"), dossier, "replace_result", **{**as_shown(office, dossier), **typed})


def test_one_right_paper_takes_the_place_of_the_wrong_one(office: Office, finished: Dossier) -> None:
    wrong = result_of(finished)
    assert "Thử nghiệm" in words_of(wrong)
    assert replace(office, finished, **{field_of(finished, "Thử nghiệm"): "Xin việc làm"}).status_code == 302
    # until the new one is signed the old one counts, and neither a second order nor a second press comes between
    assert result_of(finished) == wrong and wrong.status == DocumentStatus.VALID
    bench = office.browser("leader").get(f"/quan-tri/ho-so/{finished.code}/").content.decode()
    assert "buoc/replace-result" not in bench and "buoc/revoke-result" in bench
    draw(finished)
    draw(finished)  # once more, as after a crash
    right, old = result_of(finished), Document.objects.get(pk=wrong.pk)
    assert Document.objects.filter(credential__reference__startswith=finished.code).count() == 2
    said = words_of(right)
    assert "Xin việc làm" in said and "Thử nghiệm" not in said and right.number != old.number
    assert (old.status, old.replaced_by, old.status_reason) == (DocumentStatus.REPLACED, right, "Ghi sai tên.")
    assert (finished.state, finished.answers["purpose"]) == (DossierState.RETURNED, "Thử nghiệm"), "what she declared"
    # whoever scans the old one is led to the new one
    page = Client().get(f"/xm/{old.credential.public_id}").content.decode()
    assert f"/xm/{right.credential.public_id}" in page
    assert old.credential.public_id in Client().get("/xm/thu-hoi.json").json()["replaced"]
    # the holder is told, and her store shows both
    told = Message.objects.filter(reference=finished.code, recipient=finished.filer, channel="inbox").latest("pk")
    assert told.kind == replacing.EVENT and "Ghi sai tên." in told.body and "30/2020/NĐ-CP" in told.body
    store = signed_in(finished.filer).get(f"/kho-du-lieu/{old.pk}/").content.decode()
    assert f"/kho-du-lieu/{right.pk}/" in store and "Ghi sai tên." in store
    bench = office.browser("desk").get(f"/quan-tri/ho-so/{finished.code}/").content.decode()
    assert "Cấp bản thay thế kết quả" in bench and "30/2020/NĐ-CP" in bench
    # the next form begins with what stands on the paper now
    assert "Xin việc làm" in as_shown(office, finished).values()


def test_what_is_missing_or_masked_is_said_and_nothing_is_ordered(office: Office, finished: Dossier) -> None:
    Dossier.objects.filter(pk=finished.pk).update(answers={**finished.answers, "purpose": "Số 001093000123"})
    field = field_of(Dossier.objects.get(pk=finished.pk), "Số 001093000123")
    shown = as_shown(office, finished)
    assert shown[field] == "Số •••••••••123", "no number is seen whole without a reason"
    for typed, words in (
        ({"reason": ""}, 'href="#id_reason"'),
        ({"legal_basis": ""}, 'href="#id_legal_basis"'),
        ({"is_understood": ""}, 'href="#id_is_understood"'),
        ({field: "Số •••••••••124"}, "không để dấu che"),
        ({"content": "", "signer_title": ""}, "Chưa có chỗ nào được sửa"),
    ):
        ResultIssue.objects.filter(dossier=finished).update(signer_name=shown["signer_name"], signer_title="")
        response = replace(office, finished, **{"signer_name": shown["signer_name"], "content": "", **typed})
        assert response.status_code == 422 and words in response.content.decode(), typed
    assert not finished.events.filter(name=replacing.EVENT).exists()
    assert ResultIssue.objects.get(dossier=finished).edition == 1


def test_revoked_before_the_replacement_is_drawn_both_are_revoked(office: Office, finished: Dossier) -> None:
    wrong = result_of(finished)
    assert replace(office, finished).status_code == 302
    leader = factories.official_actor(office.agency, ActorKind.LEADER)
    revocation.revoke_result(finished.code or "", actor=leader, reason="Cấp sai thẩm quyền.", legal_basis="Điều 69")
    draw(finished)
    right = result_of(finished)
    assert right != wrong
    assert (right.status, right.status_legal_basis) == (DocumentStatus.REVOKED, "Điều 69")
    assert Document.objects.get(pk=wrong.pk).status == DocumentStatus.REVOKED


def test_a_worker_that_woke_late_leaves_the_next_edition_to_be_drawn(office: Office, finished: Dossier) -> None:
    stale = ResultIssue.objects.get(dossier=finished)  # as it was claimed, before its lease ran out
    assert replace(office, finished, **{field_of(finished, "Thử nghiệm"): "Xin việc làm"}).status_code == 302
    results.issue(stale)
    work = ResultIssue.objects.get(dossier=finished)
    assert (work.work_state, work.document, work.edition) == ("pending", None, 2)


def test_a_paper_that_the_agencys_system_brings_is_not_the_replacement(office: Office, finished: Dossier) -> None:
    assert replace(office, finished, **{field_of(finished, "Thử nghiệm"): "Xin việc làm"}).status_code == 302
    code, system = finished.code or "", factories.make_client(office.agency)
    result_files.expect(code, client=system, files=[ReportedFile("kq.png", "http://127.0.0.1:9/kq.png")])
    result_files.attach(code, [result_files.deposit(finished, factories.png("giấy"), name="kq.png")])
    work = ResultIssue.objects.get(dossier=finished)
    assert (work.work_state, work.document, work.last_error) == ("pending", None, "")
    draw(finished)
    assert result_of(finished).trust == TrustLevel.ISSUED and "Xin việc làm" in words_of(result_of(finished))
