"""The signed statement in a result's QR (docs/adr/0010): a CWT in a COSE_Sign1 by Ed25519, written in base32.

It holds the fields of TT 01/2023/TT-VPCP art. 26: dossier code, procedure code, identifier of the person or
organisation, title of the paper, name of the system that gives the data, time of publication, validity; and what a
reader compares with the paper: number, agency, holder.
"""

import base64
import binascii
import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import cbor2
from cryptography.hazmat.primitives import serialization
from cwt import COSE, COSEKey
from cwt.enums import COSEAlgs, COSEHeaders

from datastore.models import KeyUse, SigningKey
from datastore.results import keys

ISSUER = "Cổng DVC quốc gia"  # every letter widens the QR
ISS, EXP, IAT, CTI = 1, 4, 6, 7
KTY, KID, ALG, CURVE, X = 1, 2, 3, -1, -2  # labels of a COSE key (RFC 9053)
OKP, EDDSA, ED25519 = 1, -8, 6
SIGN1, KEY_NAME, SIGNATURE_BYTES = 18, 4, 64
RESULT = -65537
"""Private-use claim (RFC 8392 §9.1.1) with the result's fields by number; numbers are never given a new meaning."""
FIELDS = {
    1: "title",
    2: "number",
    3: "agency_name",
    4: "holder_name",
    5: "holder_id",
    6: "dossier_code",
    7: "procedure_code",
    8: "content_digest",
    9: "scope",
}
DIGEST_BYTES = 16
MAX_TOKEN_BYTES = 2000


@dataclass(frozen=True, slots=True)
class Statement:
    """What a credential says."""

    public_id: str
    title: str
    agency_name: str
    holder_name: str
    holder_id: str
    dossier_code: str
    procedure_code: str
    issued_at: datetime
    content_digest: str
    """First 16 bytes, in hexadecimal, of the SHA-256 of the result's canonical content."""
    number: str = ""
    scope: str = ""
    expires_at: datetime | None = None
    system: str = ISSUER


@dataclass(frozen=True, slots=True)
class Verified:
    """A credential whose signature holds: what it says, and by which key."""

    statement: Statement
    kid: str


class CredentialError(ValueError):
    """The text is not an untouched credential of ours; `code` is unreadable, unknown_key, bad_signature or key_time."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def canonical_json(content: dict[str, Any]) -> str:
    """A result's content as it is digested: JSON, sorted keys, no blanks (RFC 8785 for texts and lists)."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def content_sha256(content: dict[str, Any]) -> str:
    """Digest of a result's content: SHA-256 of its canonical JSON in UTF-8."""
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def sign(statement: Statement) -> str:
    """Sign a statement with the current key; the same statement gives the same text."""
    current = keys.current()
    key = COSEKey.from_pem(_private_pem(current), kid=bytes.fromhex(current.credential_kid))
    facts = asdict(statement)
    fields = {number: facts[name] for number, name in FIELDS.items() if facts[name] and name != "content_digest"}
    fields[8] = bytes.fromhex(statement.content_digest)
    claims: dict[int, Any] = {
        ISS: statement.system,
        IAT: int(statement.issued_at.timestamp()),
        CTI: base64.b32decode(statement.public_id),
        RESULT: fields,
    }
    if statement.expires_at:
        claims[EXP] = int(statement.expires_at.timestamp())
    token = COSE.new().encode(
        cbor2.dumps(claims),
        key,
        protected={COSEHeaders.ALG: COSEAlgs.EDDSA, COSEHeaders.KID: bytes.fromhex(current.credential_kid)},
    )
    return to_text(token)


def verify(text: str) -> Verified:
    """Check a token, or a scanned address that carries one, against the registered keys; raises CredentialError.

    A retired key's signatures count for the time in which it was in force, judged by the time of publication.
    """
    token = from_text(text)
    kid = _kid_of(token)
    row = SigningKey.objects.filter(kid=kid, use=KeyUse.CREDENTIAL).first()
    if row is None:
        raise CredentialError("unknown_key")
    public = base64.urlsafe_b64decode(row.public_jwk["x"] + "=")
    key = COSEKey.new({KTY: OKP, KID: bytes.fromhex(kid), ALG: EDDSA, CURVE: ED25519, X: public})
    try:
        payload = COSE.new().decode(token, key)
    except Exception as error:  # the library raises many kinds; every one of them means "do not trust"
        raise CredentialError("bad_signature") from error
    statement = _statement(payload)
    if statement.issued_at < row.valid_from or (row.retired_at and statement.issued_at > row.retired_at):
        raise CredentialError("key_time")
    return Verified(statement, kid)


def to_text(token: bytes) -> str:
    """Base32 without padding: capitals and figures, whole in a fragment and in a QR's alphanumeric mode."""
    return base64.b32encode(token).decode().rstrip("=")


def from_text(text: str) -> bytes:
    """Bytes of a token, given alone or behind the # of an address; raises CredentialError("unreadable")."""
    bare = text.rpartition("#")[2].strip().upper()
    try:
        token = base64.b32decode(bare + "=" * (-len(bare) % 8))
    except (binascii.Error, ValueError) as error:
        raise CredentialError("unreadable") from error
    # The last letter may hold idle bits: only one spelling of a token is a token.
    if not 0 < len(token) <= MAX_TOKEN_BYTES or to_text(token) != bare:
        raise CredentialError("unreadable")
    return token


def _kid_of(token: bytes) -> str:
    """Read the key's name from a token in its one allowed spelling.

    That is the tagged form, with nothing outside the signature and nothing after the end.
    """
    try:
        message = cbor2.loads(token)
        protected, unprotected, _payload, signature = message.value
        kid = cbor2.loads(protected)[KEY_NAME]
        strict = message.tag == SIGN1 and protected == cbor2.dumps({1: EDDSA, KEY_NAME: kid}) and unprotected == {}
        if (
            strict
            and len(signature) == SIGNATURE_BYTES
            and len(kid) == keys.KID_BYTES
            and cbor2.dumps(message) == token
        ):
            return bytes(kid).hex()
    except Exception as error:  # arbitrary bytes can fail in arbitrary ways
        raise CredentialError("unreadable") from error
    raise CredentialError("unreadable")


def _statement(payload: bytes) -> Statement:
    try:
        claims = cbor2.loads(payload)
        fields = claims[RESULT]
        facts = {name: fields.get(number, "") for number, name in FIELDS.items() if name != "content_digest"}
        return Statement(
            public_id=base64.b32encode(claims[CTI]).decode(),
            issued_at=datetime.fromtimestamp(claims[IAT], UTC),
            expires_at=datetime.fromtimestamp(claims[EXP], UTC) if EXP in claims else None,
            content_digest=fields[8].hex(),
            system=claims[ISS],
            **facts,
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise CredentialError("unreadable") from error


def _private_pem(current: keys.Keys) -> bytes:
    return current.credential.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
