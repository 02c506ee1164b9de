"""What a result states, against the digest in its QR: for who may read the paper, and without the portal."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from datastore import verifier
from datastore.models import Credential, Document
from datastore.results import service, verification
from dossiers.tasks import issue_results
from portal.agencies.models import MembershipRole
from tests import factories
from tests.api.callers import Caller, filed_dossier
from tests.backoffice.conftest import signed_in, with_second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued() -> tuple[Caller, Document]:
    """A result that the portal signed, and the system that decided it."""
    system, dossier = filed_dossier()
    for step in ("accept", "approve"):
        assert system.push(dossier, step, official={"name": "Ngô Văn Nghiệm"}).status_code == 201
    issue_results()
    dossier.refresh_from_db()
    assert dossier.result_document is not None
    return system, dossier.result_document


@pytest.fixture
def checked(issued: Any, tmp_path: Path, capsys: Any) -> Any:
    """Run the verifier's command line over a content; return its exit code and what it says."""
    (tmp_path / "khoa.json").write_text(json.dumps(verification.key_set()))
    credential = issued[1].credential

    def run(content: bytes) -> tuple[int, str]:
        (tmp_path / "content.json").write_bytes(content)
        names = ("--keys", "khoa.json"), ("--content", "content.json")
        paths = [item for name, file in names for item in (name, str(tmp_path / file))]
        code = verifier.main([*paths, service.address(credential.public_id, credential.token)])
        said = capsys.readouterr().out
        return code, json.loads(said)["status"] if said else ""

    return run


def test_the_answer_of_the_api_fits_the_code_and_one_changed_word_does_not(issued: Any, checked: Any) -> None:
    system, document = issued
    answer = system.get(f"/api/v1/documents/{document.pk}/")
    assert answer.json()["content"]["holder"]["name"] == document.owner.display_name
    assert checked(answer.content) == (0, "valid")
    told = answer.json()
    told["content"]["fields"][0][1] += "x"
    assert checked(json.dumps(told).encode()) == (1, "other_content")
    assert checked(json.dumps(told["content"]).encode()) == (1, "other_content")


def test_a_paper_without_such_content_is_an_error_and_no_pass(issued: Any, checked: Any) -> None:
    system, document = issued
    Credential.objects.filter(document=document).update(content="")  # issued by the release before
    answer = system.get(f"/api/v1/documents/{document.pk}/")
    assert answer.json()["content"] is None
    assert checked(answer.content) == (2, "") and checked(b"[]") == (2, "")
    owner = signed_in(document.owner)
    assert owner.get(f"/kho-du-lieu/{document.pk}/noi-dung.json").status_code == 404
    assert b"noi-dung.json" not in owner.get(f"/kho-du-lieu/{document.pk}/").content


def test_its_owner_downloads_it_and_nobody_else_does(issued: Any, checked: Any) -> None:
    _system, document = issued
    address = f"/kho-du-lieu/{document.pk}/noi-dung.json"
    owner = signed_in(document.owner)
    assert address.encode() in owner.get(f"/kho-du-lieu/{document.pk}/").content
    answer = owner.get(address)
    assert answer["Content-Disposition"].startswith("attachment") and "no-store" in answer["Cache-Control"]
    assert checked(answer.content) == (0, "valid")
    official = with_second_factor(factories.make_official(document.issuer, MembershipRole.LEADER))
    for stranger in (signed_in(factories.make_citizen("Người Khác")), signed_in(official)):
        assert stranger.get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_it_is_kept_encrypted_and_no_open_page_reads_it(issued: Any) -> None:
    _system, document = issued
    name, address = document.owner.display_name, f"/xm/{document.credential.public_id}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM datastore_credential WHERE document_id = %s", [document.pk])
        (kept,) = cursor.fetchone()
    assert len(kept) > 200 and name not in kept
    with CaptureQueriesContext(connection) as asked:
        page = Client().get(address)
    assert page.status_code == 200 and name not in page.content.decode()
    assert asked.captured_queries and not any('"content"' in query["sql"] for query in asked)
