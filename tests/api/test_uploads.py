"""Result papers in pieces: cut and gone on with, bound to their sender, and then the result of a dossier."""

import base64
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from datastore.models import Document, UploadSession
from dossiers.models import Dossier
from portal.core.errors import InvalidInputError
from tests import factories
from tests.api.callers import Caller, caller, filed_dossier
from tests.api.signers import Signer, refused

pytestmark = pytest.mark.django_db
LIST = "/api/v1/uploads/"
PIECE = {"content_type": "application/offset+octet-stream"}


def announce(system: Caller, size: int, **more: str) -> HttpResponse:
    name = base64.b64encode("kết quả.png".encode()).decode()
    told = {"Upload-Length": str(size), "Upload-Metadata": f"filename {name}"}
    return system.http.post(LIST, headers=told | {name.replace("_", "-"): value for name, value in more.items()})


def patch(system: Caller, place: str, offset: int, content: bytes) -> HttpResponse:
    return system.http.patch(place, content, headers={"Upload-Offset": str(offset)}, **PIECE)


@pytest.fixture
def processing() -> tuple[Caller, Dossier]:
    system, dossier = filed_dossier()
    for event in ("accept", "start_processing"):
        assert system.push(dossier, event).status_code == 201
    return system, dossier


def approve(system: Caller, dossier: Dossier, upload: str, **more: str) -> HttpResponse:
    files = [{"name": "ket-qua.png", "upload": upload, **more}]
    return system.push(dossier, "approve", result={"document_number": "12/KQ", "files": files})


def test_a_cut_goes_on_and_the_file_becomes_the_result(processing: tuple[Caller, Dossier]) -> None:
    system, dossier = processing
    content = factories.png("kết quả lớn")
    announced = announce(system, len(content))
    place = announced["Location"]
    assert (announced.status_code, announced["Tus-Resumable"]) == (201, "1.0.0")
    assert patch(system, place, 0, content[:100])["Upload-Offset"] == "100"
    upload = place.rstrip("/").rsplit("/", 1)[-1]
    early = approve(system, dossier, upload)
    assert (early.status_code, list(early.json()["fields"])) == (422, ["result.files[0].upload"])
    wrong = patch(system, place, 40, content[40:])
    assert (wrong.status_code, wrong.json()["code"], wrong["Upload-Offset"]) == (409, "upload.offset", "100")
    assert system.http.head(place)["Upload-Offset"] == "100"
    assert patch(system, place, 100, content[100:]).status_code == 204
    assert approve(system, dossier, upload).status_code == 201
    assert not UploadSession.objects.exists()
    paper = Document.objects.get(number="12/KQ", dossier_code=dossier.code)
    assert paper.is_listed and paper.owner == dossier.owner
    assert paper.files.get().blob.size_bytes == len(content)


def test_a_file_announced_again_under_one_key_is_one_file(processing: tuple[Caller, Dossier]) -> None:
    """Else each answer that was lost takes one of the places that a system may have under way."""
    system, _dossier = processing
    first, again = announce(system, 10, Idempotency_Key="k-1"), announce(system, 10, Idempotency_Key="k-1")
    assert (first.status_code, again.status_code, UploadSession.objects.count()) == (201, 201, 1)
    rate = {"RateLimit-Remaining", "RateLimit-Reset"}
    same = [{name: value for name, value in answer.items() if name not in rate} for answer in (first, again)]
    assert same[1].pop("Idempotent-Replayed") == "true" and same[0] == same[1]
    assert patch(system, again["Location"], 0, b"x" * 10).status_code == 204
    other = announce(system, 11, Idempotency_Key="k-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.key_reused")
    assert announce(system, 10**12, Idempotency_Key="k-2").status_code == 413
    assert announce(system, 5, Idempotency_Key="k-2").status_code == 201, "what was refused keeps no key"
    assert announce(system, 5, Idempotency_Key="k" * 256).json()["code"] == "idempotency.key_invalid"
    assert UploadSession.objects.count() == 2


def test_a_key_does_not_answer_with_the_address_of_a_file_that_is_gone(processing: tuple[Caller, Dossier]) -> None:
    """Keys follow from the file or the dossier: who failed yesterday announces the same file under the same key."""
    system, dossier = processing
    content = factories.png("kết quả")
    first = announce(system, len(content), Idempotency_Key="k-1")
    UploadSession.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    second = announce(system, len(content), Idempotency_Key="k-1")
    assert second.status_code == 201 and "Idempotent-Replayed" not in second
    assert second["Location"] != first["Location"]
    assert patch(system, second["Location"], 0, content).status_code == 204
    again = announce(system, len(content), Idempotency_Key="k-1")
    assert (again["Location"], again["Idempotent-Replayed"]) == (second["Location"], "true")
    upload = second["Location"].rstrip("/").rsplit("/", 1)[-1]
    assert approve(system, dossier, upload).status_code == 201
    third = announce(system, len(content), Idempotency_Key="k-1")
    assert "Idempotent-Replayed" not in third and patch(system, third["Location"], 0, content).status_code == 204
    assert system.http.delete(third["Location"]).status_code == 204
    fourth = announce(system, len(content), Idempotency_Key="k-1")
    assert system.http.head(fourth["Location"]).status_code == 200
    other = announce(system, 11, Idempotency_Key="k-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.key_reused")


def test_a_file_is_its_senders_alone(processing: tuple[Caller, Dossier]) -> None:
    system, dossier = processing
    place = announce(system, 10)["Location"]
    assert dossier.agency is not None
    other = caller(dossier.agency)
    assert other.http.head(place).status_code == patch(other, place, 0, b"x").status_code == 404
    assert other.http.delete(place).status_code == 404
    assert Client().head(place).status_code == 401
    weak = caller(dossier.agency, scopes=["events:write"])
    assert weak.http.post(LIST, headers={"Upload-Length": "5"}).json()["code"] == "auth.scope_missing"
    assert system.http.delete(place).status_code == 204
    assert system.http.head(place).status_code == 404


def test_what_is_wrong_is_said_as_everywhere_in_the_api(processing: tuple[Caller, Dossier]) -> None:
    system, dossier = processing
    assert system.http.post(LIST).json()["code"] == "input.invalid"
    assert announce(system, 10**12).json()["code"] == "input.too_large"
    place = announce(system, 10)["Location"]
    assert system.http.patch(place, "{}", content_type="application/json").json()["code"] == "input.media_type"
    assert system.http.patch(place, b"x", **PIECE).status_code == 400
    assert patch(system, place, 0, b"x" * 11).status_code == 413
    assert system.http.options(LIST)["Tus-Version"] == "1.0.0"
    both = approve(system, dossier, "x", content_base64="JVBERi0=")
    assert both.status_code == 422 and "content_base64" in str(both.json()["fields"])
    assert system.http.get(place).status_code == 405


def test_a_signed_piece_counts_only_as_it_was_signed(processing: tuple[Caller, Dossier]) -> None:
    system, _dossier = processing
    signer = Signer(system.client, ("results:write",))
    place = announce(system, 4)["Location"]
    send = {"Upload-Offset": "0"}
    changed = Client().patch(place, b"evil", headers={**signer.headers("PATCH", place, b"good"), **send}, **PIECE)
    assert refused(changed)
    good = Client().patch(place, b"good", headers={**signer.headers("PATCH", place, b"good"), **send}, **PIECE)
    assert (good.status_code, good["Upload-Offset"]) == (204, "4")


def uploaded(system: Caller) -> str:
    content = factories.png("kết quả")
    place = announce(system, len(content))["Location"]
    assert patch(system, place, 0, content).status_code == 204
    return place.rstrip("/").rsplit("/", 1)[-1]


def test_a_file_named_twice_is_no_error_after_the_decision(processing: tuple[Caller, Dossier]) -> None:
    system, dossier = processing
    upload = uploaded(system)
    files = [{"name": "mot.png", "upload": upload}, {"name": "hai.png", "upload": upload}]
    assert system.push(dossier, "approve", result={"document_number": "12/KQ", "files": files}).status_code == 201
    assert not UploadSession.objects.exists()


def test_a_decision_and_its_papers_are_written_together(
    processing: tuple[Caller, Dossier], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object) -> None:
        raise InvalidInputError(fields={"result.files": ["?"]})

    system, dossier = processing
    monkeypatch.setattr("dossiers.partners.result_files.attach", broken)
    assert approve(system, dossier, uploaded(system)).status_code == 422
    dossier.refresh_from_db()
    assert dossier.state == "processing" and UploadSession.objects.count() == 1
