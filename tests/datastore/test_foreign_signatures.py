"""A signature that brings certificates of its own costs little to judge; what a key of ours signed is recognised."""

import asyncio
import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from django.core.files.uploadedfile import SimpleUploadedFile
from pyhanko.sign import SimpleSigner
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from datastore.models import Blob, KeyUse, SigningKey, TrustLevel
from datastore.results import agency_keys, keys, rotation, signing
from tests.datastore.conftest import make_pdf

pytestmark = pytest.mark.django_db

MANY = 50
DER = serialization.Encoding.DER
START = b"%PDF-1.7 /ByteRange [0 "


def certificate(subject, issuer, key, signed_by, *, is_authority=True):
    now = datetime.now(UTC)
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in (subject, issuer)]
    return (
        x509.CertificateBuilder(names[1], names[0], key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=9))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .sign(signed_by, hashes.SHA256())
    )


def asn1(item):
    return asn1_x509.Certificate.load(item.public_bytes(DER))


def private(key):
    text = key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return asn1_keys.PrivateKeyInfo.load(text)


def many_of_one_name(key):
    """Authorities that may each have issued every other one: the paths through them are beyond counting."""
    return [asn1(certificate("A", "A", key, key)) for _each in range(MANY)]


def file_by(chain, key, *, brings=(), timestamper=None):
    """What begins as a PDF and is signed from end to end, with these certificates inside."""
    from datastore.results.pades import CONTAINER_MOST

    store = SimpleCertificateStore.from_certs([*map(asn1, chain), *brings])
    signer = SimpleSigner(asn1(chain[0]), private(key), store)
    room = 2 * CONTAINER_MOST - 2
    end = b"%%EOF"
    width = len(START) + 3 * 8 + 2 + len(b"] ")
    before = b"%s%08d %08d %08d] " % (START, width, width + room + 2, len(end))
    signing_it = signer.async_sign_general_data(before + end, "sha256", detached=True, timestamper=timestamper)
    with ThreadPoolExecutor(1) as thread:  # a browser of another test keeps a loop running in this one
        container = thread.submit(asyncio.run, signing_it).result().dump().hex().encode()
    assert len(container) <= room
    return before + b"<" + container.ljust(room, b"0") + b">" + end


def judged(content):
    """What is said of it; fails when that takes a second of the processor."""
    began = time.process_time()
    check = signing.check_pdf(content)
    assert time.process_time() - began < 1
    return check


def test_certificates_of_one_name_lead_nobody_through_all_their_orders():
    keys.register()
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = certificate("who", "A", key, key, is_authority=False)
    check = judged(file_by([leaf], key, brings=many_of_one_name(key)))
    assert (check.is_present, check.is_intact, check.is_trusted, check.is_valid) == (True, True, False, False)


def test_nor_do_those_of_a_time_stamp():
    """Nothing that is said of a file rests on a time stamp; a paper of ours that somebody had stamped stays ours."""
    keys.register()
    ours = keys.current()
    key = rsa.generate_private_key(65537, 2048)
    stamp = asn1(certificate("when", "A", key, key, is_authority=False))
    stamper = DummyTimeStamper(stamp, private(key), SimpleCertificateStore.from_certs(many_of_one_name(key)))
    assert judged(file_by(ours.chain, ours.document, timestamper=stamper)).is_valid


def test_what_calls_itself_issued_by_ours_is_not():
    keys.register()
    root = keys.current().chain[-1]
    key = ec.generate_private_key(ec.SECP256R1())
    name = root.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    leaf = certificate("who", name, key, key, is_authority=False)
    forged = [certificate(name, name, key, key)]
    assert not judged(file_by([leaf], key, brings=map(asn1, forged))).is_trusted


def signed_by_another(names):
    """A PDF from end to end of a certificate that its owner made."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(kind, text) for kind, text in names])
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, now - timedelta(days=1), now + timedelta(days=9))
    return file_by([made.sign(key, hashes.SHA256())], key)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (
            [(NameOID.COMMON_NAME, "Lê Thị Ký"), (NameOID.ORGANIZATION_NAME, "Công an tỉnh Mẫu")],
            "Chứng thư trong tệp ghi người ký: Lê Thị Ký, Công an tỉnh Mẫu.",
        ),
        ([(NameOID.ORGANIZATION_NAME, "A\u202e\u200bB")] * 2, "Chứng thư trong tệp ghi người ký: AB."),
        ([], "Chứng thư trong tệp không ghi tên người ký."),
    ],
)
def test_who_signed_is_said_and_that_nobody_stands_behind_the_name(client, deposit, ward, names, told):
    keys.register()
    content = signed_by_another(names)

    def page():
        file = SimpleUploadedFile("a.pdf", content)
        return " ".join(unescape(client.post("/xm/tep/", {"file": file}).content.decode()).split())

    page_of_a_strangers = page()
    assert "Chữ ký không do Cổng cấp" in page_of_a_strangers
    sent = make_pdf()
    kept = deposit(content=SimpleUploadedFile("b.pdf", sent), trust=TrustLevel.FETCHED, issuer=ward)
    digest = hashlib.sha256(content).hexdigest()
    Blob.objects.filter(uses__document=kept).update(content_sha256=digest)
    page_of_an_agencys = page()
    assert "Tệp do cơ quan gửi, giống từng byte" in page_of_an_agencys
    for text in (page_of_a_strangers, page_of_an_agencys):
        assert told in text and "Cổng không xác minh được chứng thư này" in text
        assert "Chữ ký số: không phải của Cổng; tệp chưa bị sửa sau khi ký" in text
        assert "không có chữ ký số của Cổng" not in text and "Ký bằng khóa của" not in text


def test_a_changed_file_of_another_is_said_to_be_changed():
    keys.register()
    content = signed_by_another([(NameOID.COMMON_NAME, "Lê Thị Ký")])
    assert judged(content).is_of_another
    assert not judged(content.replace(b"%%EOF", b"%%EOG")).is_of_another


def test_an_authority_between_counts_when_it_stands_in_our_list_and_not_when_the_file_brings_it():
    now = datetime.now(UTC)
    root, between, key = (ec.generate_private_key(ec.SECP256R1()) for _each in range(3))
    top = certificate("CA", "CA", root, root)
    middle = certificate("CA 2", "CA", between, root)
    leaf = keys.certificate(subject="who", key=key.public_key(), days=9, signed_by=between, issuer=middle)
    content = file_by([leaf, middle, top], key)
    row = SigningKey(use=KeyUse.DOCUMENT, algorithm="ES256", kid=keys.certificate_kid_of(leaf), valid_from=now)
    pem = [item.public_bytes(serialization.Encoding.PEM).decode() for item in (leaf, middle, top)]
    row.certificate_pem = "".join(pem)
    row.save()
    assert judged(content).is_valid
    row.certificate_pem = pem[0]
    row.save()
    assert not judged(content).is_trusted


def test_another_customer_of_the_authority_that_an_agency_has_its_certificate_from_is_not_the_portal(client):
    """A public authority gives certificates to everybody: what counts is the certificate that stands in the list."""
    root, agencys, anybodys = (ec.generate_private_key(ec.SECP256R1()) for _each in range(3))
    authority = certificate("CA", "CA", root, root)
    leaf, other = (
        keys.certificate(subject="who", key=key.public_key(), days=9, signed_by=root, issuer=authority)
        for key in (agencys, anybodys)
    )
    keys.register_certificate((leaf, authority), "UBND phường Mẫu")
    papers = [file_by([who, authority], key) for who, key in ((leaf, agencys), (other, anybodys))]
    assert [judged(paper).is_valid for paper in papers] == [True, False]
    pages = [client.post("/xm/tep/", {"file": SimpleUploadedFile("a.pdf", paper)}).content.decode() for paper in papers]
    assert ["Giấy do Cổng ký" in page for page in pages] == [True, False]
    assert "Chữ ký không do Cổng cấp" in pages[1]


def test_what_stands_between_an_agencys_key_and_our_own_root_is_kept_with_its_first_paper(ward, settings):
    keys.register()
    ours, between, key = keys.current(), *(ec.generate_private_key(ec.SECP256R1()) for _each in range(2))
    middle = certificate("CA 2", "CA", between, between)
    leaf = keys.certificate(subject="who", key=key.public_key(), days=900, signed_by=between, issuer=middle)
    folder = settings.SIGNING_KEYS_DIR / agency_keys.FOLDER / ward.code / "1"
    folder.mkdir(parents=True)
    pem = serialization.Encoding.PEM
    text = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    keys.write_private(folder / keys.DOCUMENT_KEY, text)
    chain = [leaf, middle, ours.chain[-1]]
    keys.write_private(folder / keys.DOCUMENT_CHAIN, b"".join(item.public_bytes(pem) for item in chain))
    (settings.SIGNING_KEYS_DIR / "1" / keys.AUTHORITY_KEY).unlink()
    assert judged(signing.sign_pdf(make_pdf(), agency_name="x", location="", agency=ward)).is_valid


def test_every_generation_of_our_keys_is_recognised(ward):
    """The portal's and an agency's key, before and after both a new credential key and a new authority."""
    papers = []

    def paper(agency):
        papers.append(signing.sign_pdf(make_pdf(), agency_name="x", location="", agency=agency))

    for with_documents in (False, True, True):
        keys.register()
        paper(None)
        paper(ward)
        rotation.rotate(with_documents=with_documents)
    agency_keys.of(ward)
    paper(None)
    paper(ward)
    checks = [judged(item) for item in papers]
    assert [check.is_valid and check.signed_at is not None for check in checks] == [True] * 8
    assert {check.signer for check in checks[1::2]} == {ward.name}
