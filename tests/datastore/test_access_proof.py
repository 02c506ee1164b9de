"""The proof a person takes away: it holds only for her own rows, as they are, under a head the portal signed."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from datastore import chain, log_verifier, readings
from datastore.models import AccessLog
from datastore.results import verification

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("old_key")]
ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


@pytest.fixture
def read(ward, official_of):
    """Somebody looks at a person's identification number."""
    official = official_of(ward)

    def look(owner, purpose="Đối chiếu"):
        return readings.of_identity(owner, actor=official, purpose=purpose, dossier_code="H29-1")

    return look


def proof_of(client):
    response = client.get(reverse("datastore:access_proof"))
    assert "attachment" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]
    return json.loads(response.content)


def checked(proof):
    """What the stand-alone script makes of it."""
    return log_verifier.check_proof(proof, log_verifier.load_keys(verification.key_set()))


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 31])
def test_every_path_leads_to_the_root_and_no_other(size):
    leaves = [log_verifier.row_hash({"id": number}) for number in range(size)]
    root = log_verifier.root_of(leaves)
    for index, leaf in enumerate(leaves):
        path = log_verifier.audit_path(leaves, index)
        assert log_verifier.root_by_path(leaf, index, size, path) == root
        assert log_verifier.root_by_path(leaf, index, size, [*path, leaf]) != root
        for other in range(size):
            if other != index:
                assert log_verifier.root_by_path(leaf, other, size, path) != root


def test_roots_are_those_of_rfc_6962():
    leaf = log_verifier.row_hash({})
    assert log_verifier.root_of([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    left = log_verifier.node_hash(leaf, leaf)
    assert log_verifier.root_of([leaf] * 3) == log_verifier.node_hash(left, leaf)
    assert log_verifier.root_of([leaf] * 5) == log_verifier.node_hash(log_verifier.node_hash(left, left), leaf)


def test_my_rows_are_proven_among_those_of_others(citizen, stranger, signed_in, read, monkeypatch, tmp_path):
    monkeypatch.setattr(chain, "BRANCH", 4)
    monkeypatch.setattr("datastore.proofs.BRANCH", 4)
    for number in range(23):
        read(citizen if number % 3 == 0 else stranger, purpose=f"Việc {number}")
    chain.link_pending()
    chain.close_day(NOON)
    read(citizen, purpose="Việc của hôm nay")
    chain.link_pending()
    proof = proof_of(signed_in(citizen))
    assert len(proof["rows"]) == 8
    assert {entry["row"]["owner_id"] for entry in proof["rows"]} == {citizen.pk}
    assert [row["purpose"] for row in proof["waiting"]] == ["Việc của hôm nay"]
    assert checked(proof) == {"status": "whole", "rows": 8, "heads": 1, "waiting": 1, "problems": []}
    (tmp_path / "proof.json").write_text(json.dumps(proof, indent=1), encoding="utf-8")
    command = [sys.executable, str(ROOT / "datastore" / "log_verifier.py"), str(tmp_path / "proof.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=90)
    assert (done.returncode, json.loads(done.stdout)["keys"]) == (0, "from the proof itself")


@pytest.mark.parametrize("field", ["purpose", "reader_name", "agency_name", "read_at", "dossier_code", "owner_id"])
def test_a_changed_proof_does_not_hold(citizen, signed_in, read, field):
    for _number in range(3):
        read(citizen)
    chain.link_pending()
    chain.close_day(NOON)
    proof = proof_of(signed_in(citizen))
    proof["rows"][1]["row"][field] = "khác"
    assert [found["position"] for found in checked(proof)["problems"]] == [proof["rows"][1]["position"]]


def test_a_row_cannot_be_proven_for_another_day_or_place(citizen, signed_in, read):
    for day in range(2):
        read(citizen)
        read(citizen)
        chain.link_pending()
        chain.close_day(NOON + timedelta(days=day))
    proof = proof_of(signed_in(citizen))
    proof["rows"][0]["day"], proof["rows"][-1]["day"] = proof["rows"][-1]["day"], proof["rows"][0]["day"]
    proof["rows"][1]["position"] -= 1
    assert len(checked(proof)["problems"]) == 3


def test_a_head_of_ones_own_making_does_not_hold(citizen, signed_in, read):
    read(citizen)
    chain.link_pending()
    chain.close_day(NOON)
    proof = proof_of(signed_in(citizen))
    proof["heads"][0]["statement"]["day"] = "2026-11-18"
    assert {found["problem"] for found in checked(proof)["problems"]} >= {"head_not_signed"}


def test_others_rows_are_in_nobodys_proof(citizen, stranger, signed_in, read, client):
    read(citizen, purpose="Việc kín")
    chain.link_pending()
    chain.close_day(NOON)
    assert proof_of(signed_in(stranger))["rows"] == []
    assert client.get(reverse("datastore:access_proof")).status_code == 302


def test_heads_are_published_without_anything_of_anybody(citizen, client, read):
    read(citizen, purpose="Việc kín")
    chain.link_pending()
    chain.close_day(NOON)
    response = client.get("/xm/nhat-ky.json")
    (head,) = response.json()["heads"]
    assert log_verifier.head_problem(head, log_verifier.load_keys(verification.key_set())) == ""
    assert set(head["statement"]) == {
        "v", "day", "first", "last", "chain_sha256", "root_sha256", "previous_sha256", "kid", "signed_at"
    }  # fmt: skip
    assert (response["Access-Control-Allow-Origin"], "max-age" in response["Cache-Control"]) == ("*", True)


def test_the_page_says_who_looked_at_the_number_and_narrows_down(citizen, signed_in, read, other_ward, official_of):
    read(citizen, purpose="Đối chiếu với sổ hộ tịch")
    readings.of_identity(citizen, actor=official_of(other_ward), purpose="Việc của phường khác", dossier_code="H29-2")
    chain.link_pending()
    browser = signed_in(citizen)
    address = reverse("datastore:access_log")
    text = browser.get(address).content.decode()
    assert "đã xem số định danh đầy đủ của bạn" in text
    assert "Đối chiếu với sổ hộ tịch" in text
    assert "Dòng số 2" in text
    agency = AccessLog.objects.get(dossier_code="H29-2").agency_id
    for query in ({"co-quan": agency}, {"ho-so": "H29-2"}):
        narrowed = browser.get(address, query).content.decode()
        assert "Việc của phường khác" in narrowed
        assert "Đối chiếu với sổ hộ tịch" not in narrowed
    assert "Không có lượt xem nào như vậy" in browser.get(address, {"viec": "opened"}).content.decode()
    assert "Đối chiếu với sổ hộ tịch" in browser.get(address, {"co-quan": "abc", "viec": "x"}).content.decode()


def test_filters_stay_on_the_next_page(citizen, signed_in, read):
    for number in range(25):
        read(citizen, purpose=f"Việc {number}")
    browser = signed_in(citizen)
    page = browser.get(reverse("datastore:access_log"), {"viec": "revealed"})
    following = browser.get(reverse("datastore:access_log") + page.context["next_url"])
    assert "viec=revealed" in page.context["next_url"]
    assert [access.purpose for access in following.context["accesses"]] == [f"Việc {n}" for n in range(4, -1, -1)]


def test_proofs_are_counted_and_refused_beyond_what_a_person_needs(citizen, signed_in, monkeypatch):
    monkeypatch.setattr("datastore.views_accesses.PROOFS", 2)
    client = signed_in(citizen)
    answers = [client.get(reverse("datastore:access_proof")) for _number in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2]["Retry-After"] == "600"
    assert client.get(reverse("datastore:access_log")).status_code == 200
