"""A new key takes over: old papers hold, younger ones by the old key do not, and the root key signs the list."""

import base64
import io
from datetime import timedelta

import cbor2
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.management import CommandError, call_command
from django.utils import timezone

from datastore import verifier
from datastore.models import KeySetRelease, SigningKey
from datastore.results import credential, key_sets, keys, rotation, service

pytestmark = pytest.mark.django_db


def rotated(*arguments):
    told = io.StringIO()
    call_command("rotate_signing_keys", *arguments, stdout=told)
    return told.getvalue()


def test_old_papers_hold_and_new_ones_are_signed_by_the_new_key(citizen, result):
    before = service.issue(owner=citizen, reference="A", result=result).credential
    rotated()
    after = service.issue(owner=citizen, reference="B", result=result).credential
    assert before.key != after.key
    assert credential.verify(before.token).kid == before.key.kid
    assert credential.verify(after.token).kid == after.key.kid == keys.current().credential_kid
    assert after.key.valid_from > before.key.valid_from, "the new key vouches for nothing that was before it"


def test_a_retired_key_is_accepted_only_for_its_time(citizen, result):
    old = keys.current()
    rotation.rotate()
    statement = credential.verify(service.issue(owner=citizen, reference="B", result=result).credential.token).statement
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        from dataclasses import replace

        late = replace(statement, issued_at=timezone.now())
    forged = _signed_by(old, late)
    with pytest.raises(credential.CredentialError, match="key_time"):
        credential.verify(forged)
    known = verifier.load_signed_keys(key_sets.latest().jws, key_sets.latest().root_jwk)
    with pytest.raises(verifier.Refused, match="key_time"):
        verifier.verify(forged, known)
    in_time = _signed_by(old, replace(late, issued_at=timezone.now()))
    assert verifier.verify(in_time, known)["number"] == "123/2026", "work begun before the rotation may end"


def _signed_by(generation, statement):
    real = keys.current
    keys.current = lambda: generation
    try:
        return credential.sign(statement)
    finally:
        keys.current = real


def test_a_stolen_key_is_distrusted_from_a_moment_in_the_past(citizen, result):
    with time_machine.travel(timezone.now() - timedelta(minutes=4)):
        early = service.issue(owner=citizen, reference="A", result=result).credential
    late = service.issue(owner=citizen, reference="B", result=result).credential
    rotated("--distrust-since", (timezone.now() - timedelta(minutes=1)).isoformat())
    assert credential.verify(early.token)
    with pytest.raises(credential.CredentialError, match="key_time"):
        credential.verify(late.token)
    with pytest.raises(CommandError, match="2026-11-28T"):
        rotated("--distrust-since", "yesterday")


def test_the_certificate_of_documents_is_carried_over_unless_asked(settings):
    first = keys.register() and keys.current()
    rotated()
    second = keys.current()
    rotated("--documents")
    third = keys.current()
    assert first.chain == second.chain != third.chain
    assert len({generation.credential_kid for generation in (first, second, third)}) == 3
    folder = settings.SIGNING_KEYS_DIR / "2"
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in folder.iterdir())


def test_production_signs_the_list_with_a_key_from_elsewhere_and_serves_it_without(settings, tmp_path, client):
    settings.IS_DEVELOPMENT = False
    keys.make(settings.SIGNING_KEYS_DIR)
    keys.register()
    assert client.get("/xm/khoa.jws").status_code == client.get("/xm/goc.json").status_code == 404
    elsewhere = key_sets.make_root(tmp_path / "usb" / "root.pem")
    assert "list of keys signed by root" in rotated("--only-sign", "--root", str(elsewhere))
    assert SigningKey.objects.filter(use="credential").count() == 1
    assert not key_sets.root_path().exists()
    answer = client.get("/xm/khoa.jws")
    assert answer["Access-Control-Allow-Origin"] == "*"
    root = client.get("/xm/goc.json").json()
    assert root["kid"] == keys.kid_of(root)
    assert keys.current().credential_kid in {
        kid.hex() for kid in verifier.load_signed_keys(answer.content.decode(), root)
    }
    with pytest.raises(CommandError, match="no such file"):
        rotated("--root", str(tmp_path / "none.pem"))
    assert KeySetRelease.objects.count() == 1
    assert keys.current().credential_kid in rotated("--history")


def test_the_same_list_as_a_cose_key_set(client):
    keys.register()
    rotated()
    root = client.get("/xm/goc.json").json()
    message = cbor2.loads(client.get("/xm/khoa.cose").content)
    protected, unprotected, payload, signature = message.value
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(root["x"] + "="))
    public.verify(signature, cbor2.dumps(["Signature1", protected, b"", payload]))
    assert (message.tag, unprotected, cbor2.loads(protected)[3]) == (18, {}, "application/cose-key-set")
    told = cbor2.loads(payload)
    expected = [(jwk["kid"], jwk["nbf"], jwk.get("exp")) for jwk in key_sets.public_keys()]
    assert [(key[2].hex(), key[-65537], key.get(-65538)) for key in told] == expected
    assert len(told) == 2


def test_a_new_certificate_retires_the_one_before():
    keys.register()
    before = keys.certificate_kid_of(keys.current().chain[0])
    rotation.rotate()
    assert SigningKey.objects.get(kid=before).retired_at is None, "it was carried over"
    done = rotation.rotate(with_documents=True)
    assert SigningKey.objects.get(kid=before).retired_at == done.old.retired_at
    now = keys.certificate_kid_of(keys.current().chain[0])
    assert (SigningKey.objects.get(kid=now).retired_at, SigningKey.objects.get(kid=now).agencies) == (None, ["*"])


def test_a_root_key_is_made_once(tmp_path):
    path = key_sets.make_root(tmp_path / "root.pem")
    first = path.read_bytes()
    assert key_sets.make_root(path).read_bytes() == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["root.pem"]
