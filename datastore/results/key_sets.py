"""The portal's public keys under one root key (bộ khóa công khai có chữ ký gốc), for checkers without a network.

The root key signs the list of credential keys with their times and, in the JWS, the certificates by which documents
are signed, for whom, and the authorities that a portal made for itself; nothing else. It belongs on a machine without a
network. What it signed is a row, so that the portal serves the list without having the key. Two forms of the same list:
a JWS (RFC 7515) whose payload is a JSON Web Key Set, and a COSE_Sign1 (RFC 9052) whose payload is a COSE_KeySet.
"""

import base64
import hashlib
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone

from datastore.models import KeySetRelease, KeyUse, SigningKey
from datastore.results import keys

ROOT_KEY = "root.pem"
JWS_TYPE = "jwk-set+jwt"
"""As signed key sets are named in OpenID Federation 1.0 §5.2.1."""
COSE_TYPE = "application/cose-key-set"
ALG, CONTENT_TYPE, KID, CWT_CLAIMS, IAT = 1, 3, 4, 15, 6
EDDSA, SIGN1 = -8, 18
NOT_BEFORE, RETIRED_AT = -65537, -65538
"""Private-use parameters of a COSE key (RFC 9052 §11.2): its first and last second."""


def root_path() -> Path:
    """Where the root key lies on a machine that has it."""
    return Path(settings.SIGNING_KEYS_DIR) / ROOT_KEY


def load_root(path: Path) -> ed25519.Ed25519PrivateKey:
    """Read a root key; raises ImproperlyConfigured for a file that is none."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"{path}: not a root key: {error}") from error
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise ImproperlyConfigured(f"{path}: the root key must be Ed25519")
    return key


def make_root(path: Path) -> Path:
    """Make a root key readable by nobody else, unless there is one; of several processes at once one wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    draft = path.with_name(f".{path.name}-{os.getpid()}-{os.urandom(4).hex()}")
    keys.write_private(draft, text)
    try:
        os.link(draft, path)  # a name that is taken stays what it is
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path


def public_keys() -> list[dict[str, Any]]:
    """The credential keys as JSON Web Keys, retired ones with their time (`nbf`, `exp` in seconds)."""
    return [_jwk(row) for row in SigningKey.objects.filter(use=KeyUse.CREDENTIAL).order_by("valid_from", "pk")]


def document_authorities() -> list[x509.Certificate]:
    """What stands behind the certificates of who signs documents: signatures count by these, each of them once."""
    found: dict[x509.Certificate, None] = {}
    rows = SigningKey.objects.filter(use=KeyUse.DOCUMENT).order_by("pk")
    for pem in rows.values_list("certificate_pem", flat=True):
        found |= dict.fromkeys(x509.load_pem_x509_certificates(pem.encode())[1:])
    return list(found)  # many agencies have one authority


def authorities_behind(signer: bytes) -> list[x509.Certificate]:
    """Which of them may stand behind this certificate (DER): any for one in our list, else those of our own make.

    Whoever has a certificate of a public authority is not thereby an agency.
    """
    found, listed = document_authorities(), SigningKey.objects.filter(use=KeyUse.DOCUMENT, kid=keys.kid_of_der(signer))
    is_listed = listed.exists()
    return found if is_listed else [item for item in found if keys.is_own_make(item)]


def _told_authorities() -> list[str]:
    return [_der(item) for item in document_authorities() if keys.is_own_make(item)]


def _told_certificates() -> list[dict[str, Any]]:
    """The signers' own certificates, for whom they sign, and until when those count that were retired (`exp`)."""
    told = []
    for row in SigningKey.objects.filter(use=KeyUse.DOCUMENT).order_by("pk"):
        leaf, *_others = x509.load_pem_x509_certificates(row.certificate_pem.encode())
        entry: dict[str, Any] = {"x5c": [_der(leaf)]}
        if row.agencies:
            entry["agencies"] = row.agencies
        if row.retired_at:
            entry["exp"] = int(row.retired_at.timestamp())
        told.append(entry)
    return told


def _der(certificate: x509.Certificate) -> str:
    """The base64 of its DER, as `x5c` has certificates (RFC 7517 §4.7)."""
    return base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()


def _who_signs() -> dict[str, Any]:
    return {"document_authorities": _told_authorities(), "document_certificates": _told_certificates()}


def _jwk(row: SigningKey) -> dict[str, Any]:
    jwk = {**row.public_jwk, "kid": row.kid, "alg": "EdDSA", "use": "sig", "nbf": int(row.valid_from.timestamp())}
    return {**jwk, "exp": int(row.retired_at.timestamp())} if row.retired_at else jwk


@transaction.atomic
def release(root: ed25519.Ed25519PrivateKey, now: datetime | None = None) -> KeySetRelease:
    """Sign the keys as they are and keep the two forms; what was signed before stays as history."""
    told, signers = public_keys(), _who_signs()
    public = keys.public_jwk(root.public_key())
    kid = keys.kid_of(public)
    moment = int((now or timezone.now()).timestamp())
    return KeySetRelease.objects.create(
        root_kid=kid,
        root_jwk={**public, "kid": kid, "alg": "EdDSA", "use": "sig"},
        keys_sha256=_digest(told, signers),
        jws=_jws(
            root,
            kid,
            {"iss": settings.BASE_URL, "iat": moment, "keys": told, **signers},
        ),
        cose=_cose(root, kid, told, moment),
    )


def latest() -> KeySetRelease | None:
    """The newest signed list; made anew where the keys have changed and the root key is at hand (development)."""
    newest = KeySetRelease.objects.order_by("-pk").first()
    path = root_path()
    if settings.IS_DEVELOPMENT:
        keys.register()
        make_root(path)
    if path.exists() and (newest is None or newest.keys_sha256 != _digest(public_keys(), _who_signs())):
        newest = release(load_root(path))
    return newest


def _digest(told: list[dict[str, Any]], signers: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps([told, signers], sort_keys=True).encode()).hexdigest()


def _jws(root: ed25519.Ed25519PrivateKey, kid: str, payload: dict[str, Any]) -> str:
    head = {"alg": "EdDSA", "kid": kid, "typ": JWS_TYPE}
    signed = f"{_part(head)}.{_part(payload)}"
    return f"{signed}.{_base64url(root.sign(signed.encode()))}"


def _part(value: dict[str, Any]) -> str:
    return _base64url(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _cose(root: ed25519.Ed25519PrivateKey, kid: str, told: list[dict[str, Any]], moment: int) -> bytes:
    payload = cbor2.dumps([_cose_key(jwk) for jwk in told])
    return sign1({CONTENT_TYPE: COSE_TYPE, KID: bytes.fromhex(kid), CWT_CLAIMS: {IAT: moment}}, payload, root)


def _cose_key(jwk: dict[str, Any]) -> dict[int, Any]:
    raw = base64.urlsafe_b64decode(jwk["x"] + "=")
    key = {1: 1, 2: bytes.fromhex(jwk["kid"]), 3: EDDSA, -1: 6, -2: raw, NOT_BEFORE: jwk["nbf"]}
    return {**key, RETIRED_AT: jwk["exp"]} if "exp" in jwk else key


def sign1(header: dict[int, Any], payload: bytes, key: ed25519.Ed25519PrivateKey) -> bytes:
    """A tagged COSE_Sign1 by Ed25519 with this protected header beside the algorithm, and an empty unprotected one."""
    protected = cbor2.dumps({ALG: EDDSA, **header})
    signature = key.sign(cbor2.dumps(["Signature1", protected, b"", payload]))
    return cbor2.dumps(cbor2.CBORTag(SIGN1, [protected, {}, payload, signature]))
