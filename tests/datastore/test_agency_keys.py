"""An agency signs its papers with a key of its own, made or brought; where it has none, the portal signs for it."""

import io
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.management import CommandError, call_command
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import extract_certificate_info
from structlog.testing import capture_logs

from datastore.models import SigningKey
from datastore.results import agency_keys, keys, rotation, signing
from tests.datastore.conftest import make_pdf

pytestmark = pytest.mark.django_db


def signed_by(agency):
    keys.register()
    check = signing.check_pdf(signing.sign_pdf(make_pdf(), agency_name="x", location="", agency=agency))
    assert check.is_valid
    return check.signer


def test_each_agency_signs_with_its_own_key(ward, other_ward, settings):
    assert (signed_by(ward), signed_by(other_ward), signed_by(None)) == (ward.name, other_ward.name, "")
    assert agency_keys.of(ward).key is agency_keys.of(ward).key is not agency_keys.of(other_ward).key
    folder = settings.SIGNING_KEYS_DIR / "agencies" / ward.code / "1"
    assert [path.stat().st_mode & 0o777 for path in folder.iterdir()] == [0o600, 0o600]
    before = agency_keys.of(ward)
    rotation.rotate()
    assert agency_keys.of(ward) == before, "a new credential key changes no certificate"


def test_without_an_authority_at_hand_the_portal_signs_until_a_key_is_brought(ward, other_ward, settings, tmp_path):
    keys.current()
    (settings.SIGNING_KEYS_DIR / "1" / keys.AUTHORITY_KEY).unlink()
    assert signed_by(ward) == ""
    settings.SIGNING_KEYS_DIR, here = tmp_path / "elsewhere", settings.SIGNING_KEYS_DIR
    said = StringIO()
    call_command("make_signing_keys", agency=[ward.code], stdout=said)
    assert f"{ward.code} signs as" in said.getvalue() and ward.name in said.getvalue()
    with pytest.raises(CommandError):
        call_command("make_signing_keys", agency=["X99"], stdout=said)
    SigningKey.objects.all().delete()
    brought = settings.SIGNING_KEYS_DIR / "agencies"
    settings.SIGNING_KEYS_DIR = here
    brought.rename(here / "agencies")
    assert (signed_by(ward), signed_by(other_ward)) == (ward.name, ""), "another authority, known by what it signed"


def test_a_certificate_near_its_end_is_made_anew_and_old_papers_stay_good(ward, settings, monkeypatch):
    old = agency_keys.of(ward)
    paper = signing.sign_pdf(make_pdf(), agency_name="x", location="", agency=ward)
    monkeypatch.setattr(agency_keys, "RENEWED_BEFORE", agency_keys.RENEWED_BEFORE * 37)
    assert agency_keys.of(ward).key != old.key
    keys.register()
    assert signing.check_pdf(paper).is_valid


def test_a_key_that_cannot_be_made_anew_is_listed_for_the_name_it_signs_for(ward, settings):
    """The agency has another name since, and the authority is not at hand to write it into a certificate."""
    leaf = agency_keys.of(ward).chain[0]
    assert not SigningKey.objects.filter(kid=keys.certificate_kid_of(leaf)).exists(), "its certificate tells it"
    (settings.SIGNING_KEYS_DIR / "1" / keys.AUTHORITY_KEY).unlink()
    ward.short_name = "Phường TĐ"
    assert agency_keys.of(ward).chain[0] == leaf
    assert SigningKey.objects.get(kid=keys.certificate_kid_of(leaf)).agencies == ["Phường TĐ"]


@pytest.fixture
def bring(ward, settings):
    """Put a pair into a numbered folder as an operator does; with its root, or the signer's certificate alone."""

    def put(number, *, begins=-1, ends=90, with_root=True):
        now, root, key = datetime.now(UTC), *(ec.generate_private_key(ec.SECP256R1()) for _each in range(2))
        authority = keys.certificate(subject="CA", key=root.public_key(), days=900, signed_by=root)
        name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, ward.name)])
        builder = x509.CertificateBuilder(authority.subject, name, key.public_key(), number)
        begin, end = now + timedelta(days=begins), now + timedelta(days=ends)
        leaf = builder.not_valid_before(begin).not_valid_after(end).sign(root, hashes.SHA256())
        folder = settings.SIGNING_KEYS_DIR / "agencies" / ward.code / str(number)
        folder.mkdir(parents=True)
        pem = serialization.Encoding.PEM
        text = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        keys.write_private(folder / keys.DOCUMENT_KEY, text)
        chain = [leaf, authority] if with_root else [leaf]
        keys.write_private(folder / keys.DOCUMENT_CHAIN, b"".join(item.public_bytes(pem) for item in chain))
        return leaf

    return put


@pytest.mark.parametrize(
    "facts", [{"begins": -9, "ends": -1}, {"begins": 30}, {"with_root": False}], ids=["over", "to come", "rootless"]
)
@pytest.mark.parametrize("is_own_root", [True, False])
def test_what_cannot_sign_today_signs_nothing(ward, bring, settings, facts, is_own_root):
    """The portal signs in its place and says so in the log: a paper with such a signature would look forged."""
    own = keys.current().chain[0]
    if not is_own_root:
        (settings.SIGNING_KEYS_DIR / "1" / keys.AUTHORITY_KEY).unlink()
    bring(1, **facts)
    with capture_logs() as lines:
        assert agency_keys.of(ward).chain[0] == own
    assert [(line["event"], line["agency"]) for line in lines] == [("agency_key.not_valid", ward.code)]


def test_a_brought_key_is_not_replaced_and_next_years_waits_for_its_day(ward, bring):
    keys.current()
    brought = bring(1, ends=5)
    assert agency_keys.of(ward).chain[0] == brought, "near its end no self-made one takes its place"
    bring(2, begins=4)
    assert agency_keys.of(ward).chain[0] == brought


def test_a_long_name_stands_whole(ward):
    ward.name = "Ủy ban nhân dân" + " xã Tân Định Thượng" * 5
    assert signed_by(ward) == ward.name
    common = agency_keys.of(ward).chain[0].subject.rfc4514_string()
    assert "UBND xã Tân Định" in common


def test_what_a_signature_covers_is_the_file_and_its_certificate(ward):
    """ETSI EN 319 142-1 §6.3: digest and signing certificate, no time of the signer's own; each key names its own."""
    for agency in (ward, None, ward):
        signed = signing.sign_pdf(make_pdf(), agency_name="UBND xã Thử", location="Thử", agency=agency)
        envelope = cms.ContentInfo.load(PdfFileReader(io.BytesIO(signed)).embedded_signatures[0].pkcs7_content)
        [signer] = envelope["content"]["signer_infos"]
        covered = {attribute["type"].native: attribute["values"][0] for attribute in signer["signed_attrs"]}
        assert set(covered) == {"content_type", "message_digest", "signing_certificate_v2"}
        [reference] = covered["signing_certificate_v2"]["certs"]
        certificate = extract_certificate_info(envelope["content"]).signer_cert
        assert reference["cert_hash"].native == certificate.sha256
        assert reference["issuer_serial"]["serial_number"].native == certificate.serial_number
