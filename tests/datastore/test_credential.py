"""The credential in the QR: what it says, what it weighs, and that nothing else than what was signed passes."""

import base64
from dataclasses import replace
from datetime import timedelta

import cbor2
import pytest
from django.utils import timezone
from qrcode import QRCode, constants
from qrcode.util import MODE_8BIT_BYTE, MODE_ALPHA_NUM, QRData

from datastore.models import SigningKey
from datastore.results import credential, keys, service
from datastore.results.contents import WHOLE_COUNTRY
from datastore.results.credential import CredentialError, Statement, sign, verify
from portal.core import qr

pytestmark = pytest.mark.django_db


@pytest.fixture
def statement(db):
    keys.register()
    return Statement(
        public_id="ABCDEFGH234567ZY",
        title="Giấy xác nhận tình trạng hôn nhân",
        number="123/GXN-UBND",
        agency_name="UBND phường Tân Định",
        holder_name="Nguyễn Thị Ánh Dương",
        holder_id="079326000123",
        dossier_code="000.00.00.H29-261120-00001",
        procedure_code="1.004873",
        issued_at=timezone.now().replace(microsecond=0),
        expires_at=timezone.now().replace(microsecond=0) + timedelta(days=180),
        content_digest="ab" * 16,
        scope=WHOLE_COUNTRY,
    )


def test_what_was_said_is_what_is_read(statement):
    verified = verify(sign(statement))
    assert verified.statement == statement
    assert verified.kid == keys.current().credential_kid


def test_the_same_statement_gives_the_same_text(statement):
    assert sign(statement) == sign(statement)


def test_a_whole_address_is_read_too(statement):
    token = sign(statement)
    assert verify(service.address(statement.public_id, token)).statement == statement
    assert verify(token.lower() + "\n").statement == statement


def test_it_fits_a_qr_that_survives_a_worn_print(statement):
    """Stated in docs/adr/0010: version 15 or less at level M, with a long title and an end of validity."""
    address = service.address(statement.public_id, sign(statement))
    drawing = qr.draw(address, label="")
    assert drawing.version <= 15, (drawing.version, len(address))
    assert address.startswith("HTTPS://DICHVUCONG.GOV.VN/XM/ABCDEFGH234567ZY#")
    assert set(address.partition("#")[2]) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def test_a_long_text_is_drawn_as_if_every_version_had_been_tried():
    """Where the search for a version begins changes nothing of the drawing."""
    most = qr.LETTERS_OF_VERSION_9
    for length in (most - 1, most, most + 1, most + 60):
        for letters in ("A", "é"):  # the densest and the widest way to write a letter that an address may have
            text = letters * length
            whole = QRCode(error_correction=constants.ERROR_CORRECT_M)
            mode = MODE_ALPHA_NUM if letters == "A" else MODE_8BIT_BYTE
            whole.add_data(QRData(text.encode(), mode=mode))
            assert qr.draw(text, label="").version == whole.best_fit()


def test_both_spouses_fit_one_too(statement):
    """TT 01/2023/TT-VPCP art. 26: the identifier of the person; a marriage has two. Together 33 letters of names."""
    married = replace(
        statement,
        title="Giấy chứng nhận kết hôn",
        number="123/2026",
        dossier_code="H26.165.11-261120-0001",
        holder_name="Nguyễn Thị Ánh Dương, Trần Văn Minh",
        holder_id="079326000123, 079326000456",
        expires_at=None,
    )
    token = sign(married)
    assert verify(token).statement == married
    assert qr.draw(service.address(married.public_id, token), label="").version <= 15
    longer = replace(married, holder_name="Nguyễn Thị Ánh Dương, Trần Nguyễn Hoàng Minh")
    assert qr.draw(service.address(married.public_id, sign(longer)), label="").version == 16


def test_every_flipped_bit_is_refused(statement):
    token = credential.from_text(sign(statement))
    for position in range(len(token) * 8):
        changed = bytearray(token)
        changed[position // 8] ^= 1 << (position % 8)
        with pytest.raises(CredentialError):
            verify(credential.to_text(bytes(changed)))


def test_every_changed_letter_is_refused(statement):
    text = sign(statement)
    for position, letter in enumerate(text):
        other = "A" if letter != "A" else "B"
        with pytest.raises(CredentialError):
            verify(text[:position] + other + text[position + 1 :])


@pytest.mark.parametrize(
    "text", ["", "#", "0189", "đường", "A" * 5000, "AAAA", "HTTPS://X/XM/ABC#", "18TTTTTT", "\x00"]
)
def test_what_is_no_credential_is_unreadable(text, statement):
    with pytest.raises(CredentialError) as caught:
        verify(text)
    assert caught.value.code == "unreadable"


def test_an_idle_bit_makes_no_second_spelling(statement):
    text = sign(statement)
    spellings = set()
    for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567":
        try:
            verify(text[:-1] + last)
            spellings.add(last)
        except CredentialError:
            pass
    assert spellings == {text[-1]}


def test_another_algorithm_or_a_header_outside_the_signature_is_refused(statement):
    message = cbor2.loads(credential.from_text(sign(statement)))
    protected, unprotected, payload, signature = message.value
    kid = cbor2.loads(protected)[4]
    for forged in (
        [cbor2.dumps({1: 5, 4: kid}), unprotected, payload, signature],
        [protected, {4: b"other"}, payload, signature],
        [protected, unprotected, payload, signature + b"\0"],
        [protected, unprotected, payload, b"\0" * 64],
        [cbor2.dumps({4: kid}), unprotected, payload, signature],
    ):
        with pytest.raises(CredentialError):
            verify(credential.to_text(cbor2.dumps(cbor2.CBORTag(18, forged))))


def test_something_after_the_end_is_refused(statement):
    with pytest.raises(CredentialError):
        verify(credential.to_text(credential.from_text(sign(statement)) + b"\0"))


def test_a_strangers_key_is_unknown(statement, tmp_path, settings):
    settings.SIGNING_KEYS_DIR = tmp_path / "stranger"
    forged = sign(statement)
    with pytest.raises(CredentialError) as caught:
        verify(forged)
    assert caught.value.code == "unknown_key"


def test_a_strangers_key_under_our_name_is_a_bad_signature(statement, tmp_path, settings):
    mine = sign(statement)
    ours = keys.current().credential_kid
    settings.SIGNING_KEYS_DIR = tmp_path / "stranger"
    message = cbor2.loads(credential.from_text(sign(statement)))
    message.value[0] = cbor2.dumps({1: -8, 4: bytes.fromhex(ours)})
    assert credential.to_text(cbor2.dumps(message)) != mine
    with pytest.raises(CredentialError) as caught:
        verify(credential.to_text(cbor2.dumps(message)))
    assert caught.value.code == "bad_signature"


def test_a_retired_key_counts_for_its_time_only(statement):
    old = sign(replace(statement, issued_at=timezone.now() - timedelta(minutes=3)))
    late = sign(replace(statement, issued_at=timezone.now() + timedelta(minutes=3)))
    before = sign(replace(statement, issued_at=timezone.now() - timedelta(days=400)))
    SigningKey.objects.update(retired_at=timezone.now())
    assert verify(old)
    for token in (late, before):
        with pytest.raises(CredentialError) as caught:
            verify(token)
        assert caught.value.code == "key_time"


def test_a_certificate_key_does_not_vouch_for_credentials(statement):
    token = sign(statement)
    SigningKey.objects.filter(use="credential").update(use="document")
    with pytest.raises(CredentialError):
        verify(token)


def test_the_content_digest_can_be_rebuilt_by_anybody(citizen, result):
    document = service.issue(owner=citizen, reference="R", result=result)
    rebuilt = credential.content_sha256(service.canonical(result))
    assert document.credential.content_sha256 == rebuilt
    assert verify(document.credential.token).statement.content_digest == rebuilt[:32]
    changed = replace(result, fields=[*result.fields[:-1], ("Dân tộc", "Tày")])
    assert credential.content_sha256(service.canonical(changed)) != rebuilt


def test_the_qr_on_the_paper_is_the_credential_that_was_stored(citizen, result):
    issued = service.issue(owner=citizen, reference="R", result=result)
    said = verify(issued.credential.token).statement
    assert said.public_id == issued.credential.public_id
    assert (said.holder_name, said.holder_id, said.number) == ("Nguyễn Thị Ánh Dương", "079326000123", "123/2026")
    assert base64.b32decode(said.public_id)
