"""The stand-alone verifier and the published test vectors: two implementations that must agree."""

import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from datastore import verifier
from datastore.models import KeyUse, SigningKey
from datastore.results import credential, service, verification, withdrawn

ROOT = Path(__file__).resolve().parents[2]
VECTORS = json.loads((ROOT / "docs" / "verifier-vectors.json").read_text(encoding="utf-8"))
KEYS = verifier.load_keys(VECTORS["keys"])


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_vectors(vector):
    if "refused" in vector:
        with pytest.raises(verifier.Refused, match=vector["refused"]):
            verifier.verify(vector["text"], KEYS)
        return
    said = verifier.verify(vector["text"], KEYS)
    assert {name: said.get(name) for name in vector["says"]} == vector["says"]
    assert verifier.standing(said, VECTORS["withdrawn"], now=VECTORS["now"]) == vector["status"]


@pytest.mark.django_db
@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_the_portal_judges_the_vectors_alike(vector):
    for jwk in VECTORS["keys"]["keys"]:
        SigningKey.objects.create(
            kid=jwk["kid"],
            use=KeyUse.CREDENTIAL,
            algorithm="EdDSA",
            public_jwk={name: jwk[name] for name in ("kty", "crv", "x")},
            valid_from=datetime.fromtimestamp(jwk["nbf"], UTC),
            retired_at=datetime.fromtimestamp(jwk["exp"], UTC) if "exp" in jwk else None,
        )
    if vector.get("refused") in {None, "other_document"}:  # the page compares the address, the core does not
        assert credential.verify(vector["text"])
    else:
        with pytest.raises(credential.CredentialError, match=vector["refused"]):
            credential.verify(vector["text"])


SIGNED = VECTORS["signed"]


def test_the_lists_under_the_root_key():
    assert verifier.load_signed_keys(SIGNED["key_set_jws"], SIGNED["root"]).keys() == KEYS.keys()
    listed = verifier.load_withdrawn(bytes.fromhex(SIGNED["withdrawn_cose"]), KEYS)
    assert [state for state in listed if "AQCAIBAEAQCAIBAE" in listed[state]] == ["revoked"]
    assert [state for state in listed if "AUCQKBIFAUCQKBIF" in listed[state]] == ["replaced"]
    assert [state for state in listed if "AEAQCAIBAEAQCAIB" in listed[state]] == []


@pytest.mark.parametrize("case", SIGNED["refused"], ids=lambda case: case["name"])
def test_lists_that_nobody_of_ours_signed(case):
    with pytest.raises(verifier.Refused, match=case["refused"]):
        if "key_set_jws" in case:
            verifier.load_signed_keys(case["key_set_jws"], SIGNED["root"])
        else:
            verifier.load_withdrawn(bytes.fromhex(case["withdrawn_cose"]), KEYS)


def test_an_older_signed_list_is_refused_once_a_newer_one_was_seen():
    seen = {}
    verifier.load_signed_keys(SIGNED["key_set_jws"], SIGNED["root"], seen)
    listed = bytes.fromhex(SIGNED["withdrawn_cose"])
    verifier.load_withdrawn(listed, KEYS, seen)
    assert seen == {f"keys {SIGNED['root']['kid']}": VECTORS["now"], "withdrawn": VECTORS["now"]}
    verifier.load_withdrawn(listed, KEYS, seen)  # the same again is no step back
    newer = {name: seconds + verifier.CLOCKS_DIFFER + 1 for name, seconds in seen.items()}
    with pytest.raises(verifier.Refused, match="old_list"):
        verifier.load_withdrawn(listed, KEYS, newer)
    with pytest.raises(verifier.Refused, match="old_keys"):
        verifier.load_signed_keys(SIGNED["key_set_jws"], SIGNED["root"], newer)
    assert newer != seen, "a refused list moves nothing"


@pytest.mark.django_db
def test_the_command_line_keeps_the_dates(citizen, result, tmp_path, client, capsys):
    issued = service.issue(owner=citizen, reference="R", result=result).credential
    for name in ("goc.json", "khoa.jws"):
        (tmp_path / name).write_bytes(client.get(f"/xm/{name}").content)
    paths = [item for name, file in (*FILES, ("--seen", "seen.json")) for item in (name, str(tmp_path / file))]
    address = service.address(issued.public_id, issued.token)

    def run(now):
        (tmp_path / "thu-hoi.cose").write_bytes(withdrawn.as_cose(now))
        code = verifier.main([*paths, address])
        return code, capsys.readouterr()

    now, later = timezone.now(), timezone.now() + timedelta(seconds=verifier.CLOCKS_DIFFER + 60)
    assert run(later)[0] == 0
    code, said = run(now)
    assert code == 2 and "old_list" in said.err
    assert run(later)[0] == 0
    (tmp_path / "seen.json").write_text("[]")
    assert run(later)[0] == 2, "a spoilt memory is no fresh one"


@pytest.mark.django_db
def test_with_the_signed_lists_from_the_portal(citizen, result, tmp_path, client, capsys):
    issued = service.issue(owner=citizen, reference="R", result=result)
    service.revoke(service.issue(owner=citizen, reference="S", result=result).pk, reason="")

    def outcome():
        for name in ("goc.json", "khoa.jws", "thu-hoi.cose"):
            (tmp_path / name).write_bytes(client.get(f"/xm/{name}").content)
        paths = [item for name, file in FILES for item in (name, str(tmp_path / file))]
        code = verifier.main([*paths, service.address(issued.credential.public_id, issued.credential.token)])
        return code, json.loads(capsys.readouterr().out)["status"]

    assert outcome() == (0, "valid")
    service.revoke(issued.pk, reason="")
    assert outcome() == (1, "revoked")


@pytest.mark.django_db
@pytest.mark.parametrize("is_signed", [True, False])
def test_an_old_list_or_none_leaves_a_result_unsure_where_that_is_asked(
    citizen, result, tmp_path, client, capsys, is_signed
):
    issued = service.issue(owner=citizen, reference="R", result=result).credential
    for name in ("goc.json", "khoa.jws"):
        (tmp_path / name).write_bytes(client.get(f"/xm/{name}").content)
    kept, now = tmp_path / "list", timezone.now()

    def said(hours_ago, *options):
        moment = now - timedelta(hours=hours_ago)
        kept.write_bytes(withdrawn.as_cose(moment) if is_signed else json.dumps(withdrawn.as_json(moment)).encode())
        paths = ["--root", str(tmp_path / "goc.json"), "--keys", str(tmp_path / "khoa.jws"), *options]
        code = verifier.main([*paths, service.address(issued.public_id, issued.token)])
        told = json.loads(capsys.readouterr().out)
        return code, told["status"], told["withdrawn_as_of"]

    a_day, listed = ("--list-age", "24"), ("--withdrawn", str(kept))
    as_of = now.astimezone(UTC).replace(microsecond=0).isoformat()
    assert said(0, *listed) == said(0, *listed, *a_day) == (0, "valid", as_of)
    assert said(0) == (0, "valid", None)
    assert said(0, *a_day) == (1, "unsure", None)
    SigningKey.objects.update(valid_from=now - timedelta(days=9))
    (tmp_path / "khoa.jws").write_bytes(client.get("/xm/khoa.jws").content)
    assert said(25, *listed)[:2] == (0, "valid")
    assert said(25, *listed, *a_day)[:2] == (1, "unsure")
    assert said(1, *listed, *a_day)[:2] == (1, "unsure"), "the paper is younger than the list"


def test_a_list_that_does_not_say_of_when_it_is_has_no_date():
    assert verifier.listed_at(b'{"revoked": [], "replaced": []}') is None
    assert not verifier.is_fresh(None, {"issued_at": 0}, 24)


FILES = (("--root", "goc.json"), ("--keys", "khoa.jws"), ("--withdrawn", "thu-hoi.cose"))


@pytest.mark.django_db
def test_a_fresh_result_passes_from_the_command_line(citizen, result, tmp_path):
    issued = service.issue(owner=citizen, reference="R", result=result)
    (tmp_path / "khoa.json").write_text(json.dumps(verification.key_set()))
    (tmp_path / "thu-hoi.json").write_text(json.dumps(withdrawn.as_json()))
    (tmp_path / "content.json").write_text(json.dumps(service.canonical(result)))
    address = service.address(issued.credential.public_id, issued.credential.token)
    command = [sys.executable, "-m", "datastore.verifier", "--keys", str(tmp_path / "khoa.json")]
    command += ["--withdrawn", str(tmp_path / "thu-hoi.json"), "--content", str(tmp_path / "content.json")]
    done = subprocess.run([*command, address], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    said = json.loads(done.stdout)
    assert (done.returncode, said["status"], said["holder_name"]) == (0, "valid", "Nguyễn Thị Ánh Dương")
    assert said["is_content_same"] is True
    done = subprocess.run([*command[:-2], address], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert "is_content_same" not in json.loads(done.stdout), "nothing was compared"
    service.revoke(issued.pk, reason="")
    (tmp_path / "thu-hoi.json").write_text(json.dumps(withdrawn.as_json()))
    done = subprocess.run([*command, address], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, json.loads(done.stdout)["status"]) == (1, "revoked")


def test_it_needs_no_django():
    program = "import sys, datastore.verifier; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False, timeout=60).returncode == 0


def test_without_its_libraries_it_says_what_to_install():
    alone = [sys.executable, "-S", "-I", str(ROOT / "datastore" / "verifier.py"), "X"]  # Python without site-packages
    done = subprocess.run(alone, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "cbor2" in done.stderr and "pip install" in done.stderr


def test_missing_files_are_said(tmp_path, capsys):
    assert verifier.main(["--keys", str(tmp_path / "none.json"), "X"]) == 2
    assert "none.json" in capsys.readouterr().err


def test_every_flipped_bit_is_refused_here_too():
    text = next(vector["text"] for vector in VECTORS["vectors"] if vector["name"] == "valid").rpartition("#")[2]
    token = credential.from_text(text)
    started, count = time.process_time(), 0
    for position in range(0, len(token) * 8):
        changed = bytearray(token)
        changed[position // 8] ^= 1 << (position % 8)
        count += 1
        with pytest.raises(verifier.Refused):
            verifier.verify(credential.to_text(bytes(changed)), KEYS)
    assert count / (time.process_time() - started) > 500
