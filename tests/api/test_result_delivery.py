"""The signed result goes back to the system that decided without a file of its own: told once, read by nobody else."""

import base64
import hashlib
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from datastore.models import AccessLog, DocumentStatus, Grant
from datastore.templatetags.set_words import set_words
from dossiers import handing_over, papers, result_delivery, revocation, services
from dossiers.models import Dossier
from dossiers.tasks import issue_results
from portal.agencies.actors import ActorKind
from portal.core.moments import vn_datetime
from portal.core.work import WorkState
from portal.exchange.models import OutboxMessage
from tests import factories
from tests.api.callers import Caller, caller, filed_dossier
from tests.backoffice.conftest import signed_in

pytestmark = pytest.mark.django_db
LIST = "/api/v1/documents/"


def decided(*steps: str, **said: Any) -> tuple[Caller, Dossier]:
    """A dossier whose own system decided it; the portal has made the paper."""
    system, dossier = filed_dossier()
    for step in ("accept", "approve", *steps):
        assert system.push(dossier, step, **(said if step == "approve" else {})).status_code == 201
    issue_results()
    dossier.refresh_from_db()
    return system, dossier


def told(dossier: Dossier, kind: str = result_delivery.ISSUED) -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(subject=dossier.code, type=kind).order_by("pk"))


def bytes_at(system: Caller, url: str) -> bytes:
    answer = system.get(url)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("steps", [(), ("return_result",)])
def test_the_system_is_told_of_the_paper_and_reads_it_once_it_lies_in_the_store(steps: tuple[str, ...]) -> None:
    """Also where it had reported the hand-over before: that ended every right, and named no paper yet."""
    system, dossier = decided(*steps)
    document = dossier.result_document
    assert document is not None
    (message,) = told(dossier)
    assert message.client == system.client
    result = message.payload["data"]["dossier"]["result"]
    assert (result["document_id"], result["number"], result["status"]) == (document.pk, document.number, "valid")
    assert (result["title"], result["verification_id"]) == (document.title, document.credential.public_id)
    assert message.payload["data"]["dossier"]["state"] == "returned"
    assert system.get(f"/api/v1/dossiers/{dossier.code}/").json()["result"] == result
    (row,) = system.get(LIST).json()["results"]
    assert row["id"] == document.pk, "exactly the result: what came with the filing is closed"
    address = f"{LIST}{document.pk}/files/{result['file_id']}/"
    assert result["url"].endswith(address)
    pdf = bytes_at(system, address)
    assert pdf.startswith(b"%PDF") and hashlib.sha256(pdf).hexdigest() == result["content_sha256"]
    seen = AccessLog.objects.get(document=document)
    assert (seen.action, seen.owner, seen.client) == ("opened", dossier.owner, system.client)
    assert seen.purpose == result_delivery.WHAT_FOR % dossier.code
    owner = signed_in(dossier.owner)
    assert seen.purpose in owner.get(f"/kho-du-lieu/{document.pk}/").content.decode()
    read = f"Fetching the result of dossier {dossier.code} for the agency that decided it"
    assert read in owner.get(f"/en/kho-du-lieu/{document.pk}/").content.decode()


def test_the_owner_sees_until_when_it_is_readable_before_anybody_reads_it() -> None:
    _system, dossier = decided()
    document = dossier.result_document
    assert document is not None and dossier.agency is not None
    grant = Grant.objects.get(document=document)
    until, owner = vn_datetime(grant.expires_at), signed_in(dossier.owner)
    address = f"/kho-du-lieu/{document.pk}/"
    page = owner.get(address).content.decode()
    assert f"{dossier.agency.name} mở được giấy này đến {until}. Để: {grant.purpose}." in page
    english = owner.get(f"/en{address}").content.decode()
    assert f"For: Fetching the result of dossier {dossier.code} for the agency that decided it." in english
    Grant.objects.filter(pk=grant.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "mở được giấy này" not in owner.get(address).content.decode()


def test_told_again_nothing_changes() -> None:
    _system, dossier = decided()
    grant = Grant.objects.get(document=dossier.result_document)
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        result_delivery.send(dossier.code or "", edition=1)
    again = Grant.objects.get(document=dossier.result_document)
    assert (again.expires_at, again.granted_at) == (grant.expires_at, grant.granted_at)
    assert len(told(dossier)) == 1


def test_what_the_paper_states_is_not_unsealed_to_name_it() -> None:
    system, dossier = decided()
    with CaptureQueriesContext(connection) as asked:
        assert system.get(f"/api/v1/dossiers/{dossier.code}/").json()["result"]
        assert revocation.revocable(dossier) is not None
    named = [query["sql"] for query in asked if "datastore_credential" in query["sql"]]
    assert len(named) >= 2 and not any('"datastore_credential"."content"' in sql for sql in named)


def test_no_other_system_reads_it() -> None:
    system, dossier = decided()
    document = dossier.result_document
    assert document is not None and dossier.agency is not None
    address = f"{LIST}{document.pk}/files/{document.files.get().pk}/"
    beside = caller(system.client.agency, receives=False)
    for stranger in (beside, caller(dossier.agency, receives=False), caller(factories.make_other_agency())):
        assert stranger.get(LIST).json()["results"] == []
        for path in (f"{LIST}{document.pk}/", address, f"/api/v1/dossiers/{dossier.code}/"):
            assert stranger.get(path).status_code == 404
    assert not AccessLog.objects.filter(document=document).exists()
    grant = Grant.objects.get(document=document)
    assert grant.expires_at is not None
    Grant.objects.filter(pk=grant.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert system.get(address).status_code == 404, "and the system itself only for a while"
    assert grant.expires_at - timezone.now() <= result_delivery.READABLE_FOR


def test_a_file_of_its_own_is_not_sent_back_to_the_system() -> None:
    files = [{"name": "ket-qua.png", "content_base64": base64.b64encode(factories.png("kết quả")).decode()}]
    system, dossier = decided(result={"document_number": "7/KQ", "files": files})
    assert dossier.result_document is not None and told(dossier) == []
    assert system.get(f"/api/v1/dossiers/{dossier.code}/").json()["result"] is None
    assert not Grant.objects.filter(document=dossier.result_document).exists()


def test_a_replacement_takes_the_place_of_the_paper_for_the_system_too() -> None:
    system, dossier = decided()
    wrong = dossier.result_document
    assert wrong is not None
    said = {"reason": "Ghi sai mục đích.", "legal_basis": "NĐ 30/2020/NĐ-CP, Điều 18"}
    assert system.push(dossier, "replace_result", corrections={"purpose": "Xin việc"}, **said).status_code == 201
    assert told(dossier, result_delivery.REPLACED) == [], "it ordered it itself, and there is no paper yet"
    assert system.get(LIST).json()["results"] == [], "the wrong one is not to be fetched any more"
    issue_results()
    dossier.refresh_from_db()
    right = dossier.result_document
    assert right is not None and right != wrong
    (message,) = told(dossier, result_delivery.REPLACED)
    assert message.payload["data"]["dossier"]["result"]["document_id"] == right.pk
    assert (message.payload["data"]["reason"], message.payload["data"]["details"]) == (said["reason"], {"edition": 2})
    assert [row["id"] for row in system.get(LIST).json()["results"]] == [right.pk]
    assert system.get(f"{LIST}{wrong.pk}/").status_code == 404


def test_a_paper_revoked_while_it_was_drawn_anew_is_neither_sent_nor_read() -> None:
    system, dossier = decided()
    said = {"reason": "Ghi sai mục đích.", "legal_basis": "NĐ 30/2020/NĐ-CP, Điều 18"}
    assert system.push(dossier, "replace_result", corrections={"purpose": "Xin việc"}, **said).status_code == 201
    assert system.push(dossier, "revoke_result", reason="Cấp sai.", legal_basis="Điều 69").status_code == 201
    issue_results()
    dossier.refresh_from_db()
    assert dossier.result_document is not None and dossier.result_document.status == DocumentStatus.REVOKED
    assert told(dossier, result_delivery.REPLACED) == [] and system.get(LIST).json()["results"] == []


def test_told_again_for_the_same_edition_is_one_message_and_one_right() -> None:
    system, dossier = decided()
    papers.end_grants(dossier)
    result_delivery.send(dossier.code or "", edition=1)
    assert len(told(dossier)) == 1 and len(system.get(LIST).json()["results"]) == 1
    assert set(OutboxMessage.objects.values_list("work_state", flat=True)) == {WorkState.PENDING}


def test_a_dossier_that_is_decided_here_is_nobodys_to_be_sent() -> None:
    dossier = factories.processing_dossier()
    assert dossier.agency is not None
    services.approve(dossier.code or "", actor=factories.official_actor(dossier.agency, ActorKind.LEADER))
    issue_results()
    dossier.refresh_from_db()
    assert dossier.result_document is not None
    assert told(dossier) == [] and not Grant.objects.filter(document=dossier.result_document).exists()


def test_both_purposes_of_reading_a_result_are_in_english_for_a_reader_of_english() -> None:
    with translation.override("en"):
        for purpose in (result_delivery.WHAT_FOR, handing_over.WHAT_FOR):
            assert "the result of dossier H26-1" in set_words(purpose % "H26-1")
