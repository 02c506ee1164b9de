"""The stand-alone verifier on PDFs: the published vectors, results as issued, and what somebody made of them."""

import base64
import json
import shutil
import ssl
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.utils import timezone

from datastore import digitising, file_verifier, verifier
from datastore.models import SigningKey
from datastore.results import agency_keys, key_sets, keys, service, signing
from tests.datastore.conftest import make_pdf
from tests.datastore.papers import bytes_of

ROOT = Path(__file__).resolve().parents[2]
VECTORS = json.loads((ROOT / "docs" / "verifier-file-vectors.json").read_text(encoding="utf-8"))
LISTS = (("--root", "goc.json"), ("--keys", "khoa.jws"), ("--withdrawn", "thu-hoi.cose"))


def content_of(file: dict[str, Any]) -> bytes:
    """The bytes of a vector."""
    if "pdf" in file:
        return base64.b64decode(file["pdf"])
    [base] = [other for other in VECTORS["files"] if other["name"] == file["of"]]
    content = bytearray(content_of(base))
    if "append" in file:
        return bytes(content) + base64.b64decode(file["append"])
    put = bytes.fromhex(file["put"])
    assert content[file["at"] : file["at"] + len(put)] != put
    content[file["at"] : file["at"] + len(put)] = put
    return bytes(content)


@pytest.mark.parametrize("file", VECTORS["files"], ids=lambda file: file["name"])
def test_vectors(file: dict[str, Any]) -> None:
    keys = verifier.load_signed_keys(VECTORS["key_set_jws"], VECTORS["root"])
    signers = verifier.load_signers(VECTORS["key_set_jws"], VECTORS["root"])
    withdrawn = verifier.load_withdrawn(bytes.fromhex(VECTORS["withdrawn_cose"]), keys)
    if "refused" in file:
        with pytest.raises(verifier.Refused, match=f"^{file['refused']}$"):
            verifier.verify_file(content_of(file), keys, signers)
        return
    said = verifier.verify_file(content_of(file), keys, signers)
    assert (said["signer"], said["public_id"]) == (file["signer"], file["public_id"])
    assert said["signed_at"].startswith(VECTORS["made_on"])
    assert verifier.standing(said, withdrawn, now=VECTORS["now"]) == file["status"]


@pytest.mark.parametrize("file", VECTORS["files"], ids=lambda file: file["name"])
@pytest.mark.django_db
def test_the_portal_judges_the_signatures_alike(file: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """It shows whose the signature is, and knows the very bytes that it issued: the rest is the reader's."""
    monkeypatch.setattr(keys, "is_own_make", lambda authority: True)  # as the list of the vectors says of its own
    signers = verifier.load_signers(VECTORS["key_set_jws"], VECTORS["root"])
    register(signers.authorities)
    is_good = file.get("refused") in {None, "no_credential", "other_document", "other_signer", "key_time"}
    if file["name"] == "by-a-listed-certificate":
        return  # by an authority that stands in no list
    assert signing.check_pdf(content_of(file)).is_valid is is_good


def register(authorities: list[bytes]) -> None:
    """Let the portal know them as what vouches for a signer."""
    pem = "".join(map(ssl.DER_cert_to_PEM_cert, authorities))
    SigningKey.objects.create(kid="x", use="document", algorithm="ES256", certificate_pem=pem * 2)


def fetch(client: Client, folder: Path) -> list[str]:
    """Keep the portal's lists as another system does, and name them."""
    for _option, name in LISTS:
        (folder / name).write_bytes(client.get(f"/xm/{name}").content)
    return [part for option, name in LISTS for part in (option, str(folder / name))]


@pytest.mark.django_db
def test_an_issued_file_says_whose_it_is_and_what_it_is_worth_today(
    citizen: Any, result: Any, client: Client, tmp_path: Path
) -> None:
    """With the two files alone in a folder, as another system has them."""
    issued = service.issue(owner=citizen, reference="R", result=result)
    other = service.issue(owner=citizen, reference="S", result=result)
    for module in (verifier, file_verifier):
        shutil.copy(str(module.__file__), tmp_path)
    (tmp_path / "ket-qua.pdf").write_bytes(bytes_of(issued))

    def outcome(*more: str) -> tuple[int, dict[str, Any]]:
        command = [sys.executable, "verifier.py", *fetch(client, tmp_path), "--file", "ket-qua.pdf", *more]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    code, said = outcome()
    assert (code, said["status"], said["holder_name"], said["number"]) == (0, "valid", result.holder_name, "123/2026")
    assert said["signer"] == "Ủy ban nhân dân phường Tân Định" and said["public_id"] == issued.credential.public_id
    assert said["signed_at"]
    assert outcome(service.address(issued.credential.public_id, issued.credential.token))[1]["status"] == "valid"
    foreign = outcome(service.address(other.credential.public_id, other.credential.token))
    assert foreign == (1, {"status": "refused", "reason": "other_document"})
    service.revoke(issued.pk, reason="")
    assert outcome()[0:1] == (1,) and outcome()[1]["status"] == "revoked"


@pytest.mark.django_db
def test_what_results_are_signed_for_is_what_the_verifier_asks(citizen: Any, result: Any, client: Client) -> None:
    """The stand-alone file cannot import the portal's word for it."""
    assert verifier.RESULT_REASON == signing.REASON
    issued = service.issue(owner=citizen, reference="R", result=result)
    root, jws = client.get("/xm/goc.json").json(), client.get("/xm/khoa.jws").content.decode()
    known, signers = verifier.load_signed_keys(jws, root), verifier.load_signers(jws, root)
    proof = service.address(issued.credential.public_id, issued.credential.token)
    content = make_pdf(1, lambda writer: writer.add_metadata({"/Keywords": proof}))
    names = {"agency_name": result.issuer.name, "location": "", "agency": result.issuer}
    scan = signing.sign_pdf(content, reason=digitising.SIGNED_BECAUSE, **names)
    assert file_verifier.check(scan, signers.authorities).credential == proof
    with pytest.raises(verifier.Refused, match="^other_document$"):
        verifier.verify_file(scan, known, signers)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
        late = signing.sign_pdf(content, **names)
    with pytest.raises(verifier.Refused, match="^other_document$"):
        verifier.verify_file(late, known, signers)
    soon = signing.sign_pdf(content, **names)
    assert verifier.verify_file(soon, known, signers)["public_id"] == issued.credential.public_id


@pytest.mark.django_db
def test_every_byte_of_an_issued_file_counts(citizen: Any, result: Any, client: Client) -> None:
    pdf = bytes_of(service.issue(owner=citizen, reference="R", result=result))
    root, jws = client.get("/xm/goc.json").json(), client.get("/xm/khoa.jws").content.decode()
    authorities = verifier.load_signers(jws, root).authorities
    good = file_verifier.check(pdf, authorities)
    assert good.credential
    hole = pdf.index(b"/Contents <")
    for position in [*range(100, hole, hole // 20), len(pdf) - 200, len(pdf) - 3]:
        changed = bytearray(pdf)
        changed[position] ^= 0x01
        with pytest.raises(file_verifier.FileRefused):
            file_verifier.check(bytes(changed), authorities)
    for position in range(hole + 11, pdf.index(b">", hole), 41):  # what a signature brings besides counts for nothing
        changed = bytearray(pdf)
        changed[position] ^= 0x01
        with suppress(file_verifier.FileRefused):
            assert file_verifier.check(bytes(changed), authorities) == good
    for more in (b"\n", b"% more\n", pdf[-3000:]):
        with pytest.raises(file_verifier.FileRefused):
            file_verifier.check(pdf + more, authorities)


@pytest.mark.django_db
def test_a_file_is_taken_only_with_an_authority_under_the_root_key(
    citizen: Any, result: Any, client: Client, settings: Any, tmp_path: Path
) -> None:
    pdf = bytes_of(service.issue(owner=citizen, reference="R", result=result))
    with pytest.raises(file_verifier.FileRefused, match="unknown_signer"):
        file_verifier.check(pdf, [])
    root, jws = client.get("/xm/goc.json").json(), client.get("/xm/khoa.jws").content.decode()
    head, payload, signature = jws.split(".")
    said = json.loads(base64.urlsafe_b64decode(payload + "=="))
    assert len(said["document_authorities"]) == 1
    forged = base64.urlsafe_b64encode(json.dumps(said | {"document_authorities": []}).encode()).decode().rstrip("=")
    with pytest.raises(verifier.Refused, match="bad_keys"):
        verifier.load_signers(f"{head}.{forged}.{signature}", root)


@pytest.mark.django_db
def test_the_list_is_signed_anew_when_another_authority_vouches(citizen: Any, result: Any) -> None:
    service.issue(owner=citizen, reference="R", result=result)
    first = key_sets.latest()
    assert first is not None and key_sets.latest() == first
    register(verifier.load_signers(VECTORS["key_set_jws"], VECTORS["root"]).authorities)
    second = key_sets.latest()
    assert second is not None and second != first
    signers = verifier.load_signers(second.jws, second.root_jwk)
    assert (len(signers.authorities), len(signers.certificates)) == (1, 2), "only its own authority counts whole"


@pytest.mark.django_db
def test_of_a_brought_key_its_certificate_counts_not_its_authority(
    citizen: Any, result: Any, client: Client, settings: Any
) -> None:
    """Whoever else is a customer of that authority signs nothing that counts; nor does the key for another agency."""
    from datastore.results import pades

    root_key, agency_key, other_key = (ec.generate_private_key(ec.SECP256R1()) for _each in range(3))
    above = keys.certificate(subject="CA", key=root_key.public_key(), days=900, signed_by=root_key)

    def leaf(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
        return keys.certificate(
            subject="x",
            organisation=result.issuer.name,
            key=key.public_key(),
            days=90,
            signed_by=root_key,
            issuer=above,
        )

    folder, pem = settings.SIGNING_KEYS_DIR / "agencies" / result.issuer.code / "1", serialization.Encoding.PEM
    folder.mkdir(parents=True)
    text = agency_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    keys.write_private(folder / keys.DOCUMENT_KEY, text)
    keys.write_private(folder / keys.DOCUMENT_CHAIN, leaf(agency_key).public_bytes(pem) + above.public_bytes(pem))
    issued = service.issue(owner=citizen, reference="R", result=result)

    def lists() -> tuple[Any, verifier.Signers]:
        root, jws = client.get("/xm/goc.json").json(), client.get("/xm/khoa.jws").content.decode()
        return verifier.load_signed_keys(jws, root), verifier.load_signers(jws, root)

    known, signers = lists()
    assert verifier.verify_file(bytes_of(issued), known, signers)["signer"] == result.issuer.name
    proof = service.address(issued.credential.public_id, issued.credential.token)
    content = make_pdf(1, lambda writer: writer.add_metadata({"/Keywords": proof}))
    pair = agency_keys.Pair(other_key, (leaf(other_key), above))
    forged = pades.sign(content, pair, name=result.issuer.name, location="", reason=signing.REASON)
    with pytest.raises(verifier.Refused, match="^unknown_signer$"):
        verifier.verify_file(forged, known, signers)
    row = SigningKey.objects.get(kid=keys.certificate_kid_of(agency_keys.of(result.issuer).chain[0]))
    assert row.agencies == [agency_keys.brief(result.issuer)]
    row.agencies = ["UBND phường Khác"]
    row.save()
    with pytest.raises(verifier.Refused, match="^other_signer$"):
        verifier.verify_file(bytes_of(issued), *lists())
    row.agencies, row.retired_at = ["*"], timezone.now() - timedelta(hours=1)
    row.save()
    with pytest.raises(verifier.Refused, match="^key_time$"):
        verifier.verify_file(bytes_of(issued), *lists())


@pytest.mark.django_db
def test_an_agency_of_another_name_is_named_by_its_next_certificate(citizen: Any, result: Any, client: Client) -> None:
    before = agency_keys.of(result.issuer)
    result.issuer.short_name = "Phường TĐ"
    result.issuer.save()
    pdf = bytes_of(service.issue(owner=citizen, reference="R", result=result))
    assert agency_keys.of(result.issuer) != before
    root, jws = client.get("/xm/goc.json").json(), client.get("/xm/khoa.jws").content.decode()
    said = verifier.verify_file(pdf, verifier.load_signed_keys(jws, root), verifier.load_signers(jws, root))
    assert said["agency_name"] == "Phường TĐ"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"rubbish",
        b"/ByteRange [0 9 9 9]",
        b"/ByteRange [0 31 39 0]" + b" " * 9 + b"<303030>",
        b"/ByteRange [0 31 43 0]" + b" " * 9 + b"<30080601ff>",
        b"/ByteRange [0 1 2 3]" * 100_000,
    ],
    ids=["empty", "rubbish", "no hole", "no container", "odd container", "a hundred thousand"],
)
def test_no_bytes_make_it_stumble(content: bytes) -> None:
    with pytest.raises(file_verifier.FileRefused, match="no_signature"):
        file_verifier.check(content, [])


def test_it_needs_no_django_and_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = "import sys, datastore.file_verifier; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False, timeout=60).returncode == 0
    for arguments in ([], ["--file", "a.pdf"]):
        with pytest.raises(SystemExit):
            verifier.main(["--keys", "khoa.jws", *arguments])
        assert "--file with --root" in capsys.readouterr().err
