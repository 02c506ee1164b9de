"""The portal's signing keys (khóa ký): private halves as files nobody else can read, public halves as rows.

A generation is a folder under SIGNING_KEYS_DIR: an Ed25519 key for credentials, a P-256 key with its certificate chain
for documents. In development the first process that needs them makes generation 1 with a certificate authority of its
own; elsewhere `manage.py make_signing_keys` does, or an operator puts the files there.
"""

import base64
import hashlib
import json
import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from datastore.models import KeyUse, SigningKey

CREDENTIAL_KEY = "credential.pem"
DOCUMENT_KEY = "document.pem"
DOCUMENT_CHAIN = "document-chain.pem"
AUTHORITY_KEY = "authority.pem"
AUTHORITY_DAYS = 3650
OWN_AUTHORITY = "Gốc chứng thực tự cấp của Cổng Dịch vụ công"
CERTIFICATE_DAYS = 1095
KID_BYTES = 6
ANY_AGENCY = "*"
"""For whom the portal's own certificate signs."""
MISSING = "no signing keys in SIGNING_KEYS_DIR (%s): run `manage.py make_signing_keys` once, or mount them"


@dataclass(frozen=True, slots=True)
class Keys:
    """One generation of private keys, loaded."""

    credential: ed25519.Ed25519PrivateKey
    document: ec.EllipticCurvePrivateKey
    chain: tuple[x509.Certificate, ...]
    """The signing certificate first, then what vouches for it."""

    @property
    def credential_kid(self) -> str:
        """Short name of the credential key."""
        return kid_of(public_jwk(self.credential.public_key()))


def current() -> Keys:
    """Load the newest generation, made first where this is a development machine; raises ImproperlyConfigured."""
    directory = Path(settings.SIGNING_KEYS_DIR)
    folder = newest(directory)
    if folder is None:
        if not settings.IS_DEVELOPMENT:
            raise ImproperlyConfigured(MISSING % directory)
        folder = make(directory)
    return _load(folder)  # by generation: a process that runs on sees a rotation at its next paper


def are_own_make() -> bool:
    """Whether papers are signed under an authority that a portal made for itself: for trials, recognised by nobody.

    False where there are no keys yet.
    """
    folder = newest(Path(settings.SIGNING_KEYS_DIR))
    if folder is None:
        return bool(settings.IS_DEVELOPMENT)
    return is_own_make(_load(folder).chain[-1])


def is_own_make(authority: x509.Certificate) -> bool:
    """Whether a portal made this authority for itself: nobody else gets a certificate of it."""
    names = authority.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    return any(name.value == OWN_AUTHORITY for name in names)


@lru_cache(maxsize=4)
def _load(folder: Path) -> Keys:
    credential = serialization.load_pem_private_key((folder / CREDENTIAL_KEY).read_bytes(), password=None)
    document = serialization.load_pem_private_key((folder / DOCUMENT_KEY).read_bytes(), password=None)
    chain = x509.load_pem_x509_certificates((folder / DOCUMENT_CHAIN).read_bytes())
    if not isinstance(credential, ed25519.Ed25519PrivateKey) or not isinstance(document, ec.EllipticCurvePrivateKey):
        raise ImproperlyConfigured(f"{folder}: {CREDENTIAL_KEY} must be Ed25519 and {DOCUMENT_KEY} must be P-256")
    return Keys(credential, document, tuple(chain))


def newest(directory: Path) -> Path | None:
    """The folder of the newest generation, or None where there is none."""
    return next(iter(generations(directory)), None)


def generations(directory: Path) -> list[Path]:
    """The folders of all generations, newest first."""
    numbers = [int(path.name) for path in directory.glob("[0-9]*") if path.name.isdigit()]
    return [directory / str(number) for number in sorted(numbers, reverse=True)]


def make(directory: Path) -> Path:
    """Make the first generation and return its folder; of several processes at once one wins and all use its keys."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = directory / f".draft-{os.getpid()}-{secrets.token_hex(4)}"
    draft.mkdir(mode=0o700)
    folder = directory / "1"
    try:
        write_generation(draft)
        draft.rename(folder)  # renaming onto a folder that is not empty fails: the first process wins
    except OSError:
        if newest(directory) is None:
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return newest(directory) or folder


def write_generation(folder: Path) -> None:
    """Write the four files of a generation with a self-made authority."""
    authority_key, document_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = certificate(
        subject=OWN_AUTHORITY,
        key=authority_key.public_key(),
        days=AUTHORITY_DAYS,
        signed_by=authority_key,
    )
    leaf = certificate(
        subject="Cổng Dịch vụ công quốc gia (tự cấp)",
        key=document_key.public_key(),
        days=CERTIFICATE_DAYS,
        signed_by=authority_key,
        issuer=authority,
    )
    pem = serialization.Encoding.PEM
    for name, key in (
        (CREDENTIAL_KEY, ed25519.Ed25519PrivateKey.generate()),
        (DOCUMENT_KEY, document_key),
        (AUTHORITY_KEY, authority_key),
    ):
        text = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        write_private(folder / name, text)
    write_private(folder / DOCUMENT_CHAIN, leaf.public_bytes(pem) + authority.public_bytes(pem))


def write_private(path: Path, content: bytes) -> None:
    """Write a new file that nobody else may read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)


def certificate(
    *,
    subject: str,
    key: ec.EllipticCurvePublicKey,
    days: int,
    signed_by: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate | None = None,
    organisation: str = "",
    unit: str = "",
) -> x509.Certificate:
    """A certificate of an authority, or by `issuer` of who signs papers; it ends with its issuer's at the latest."""
    is_authority = issuer is None
    parts = [
        (NameOID.COUNTRY_NAME, "VN"),
        (NameOID.ORGANIZATION_NAME, organisation),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
        (NameOID.COMMON_NAME, subject),
    ]
    name = x509.Name([x509.NameAttribute(oid, text) for oid, text in parts if text])
    now = datetime.now(UTC)
    until = now + timedelta(days=days)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.subject if issuer else name)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(min(until, issuer.not_valid_after_utc) if issuer else until)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None), critical=True)
        .add_extension(_key_usage(is_authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signed_by.public_key()), critical=False)
    )
    if not is_authority:
        purposes = x509.ExtendedKeyUsage(
            [ExtendedKeyUsageOID.EMAIL_PROTECTION, x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")]
        )
        builder = builder.add_extension(purposes, critical=False)
    return builder.sign(signed_by, hashes.SHA256())


def _key_usage(is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def public_jwk(key: ed25519.Ed25519PublicKey) -> dict[str, str]:
    """The public half of a credential key as a JSON Web Key (RFC 8037)."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return {"kty": "OKP", "crv": "Ed25519", "x": base64.urlsafe_b64encode(raw).decode().rstrip("=")}


def kid_of(jwk: dict[str, str]) -> str:
    """The first 6 bytes of the key's RFC 7638 thumbprint, in hexadecimal."""
    canonical = json.dumps({name: jwk[name] for name in ("crv", "kty", "x")}, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(canonical.encode()).digest()[:KID_BYTES].hex()


def certificate_kid_of(certificate: x509.Certificate) -> str:
    """The name of a certificate's row: the first half of its SHA-256, in hexadecimal."""
    return kid_of_der(certificate.public_bytes(serialization.Encoding.DER))


def kid_of_der(certificate: bytes) -> str:
    """The same of a certificate's bytes, whatever they are."""
    return hashlib.sha256(certificate).hexdigest()[:32]


def register_certificate(chain: tuple[x509.Certificate, ...], agency_name: str) -> None:
    """Make sure that a signer's certificate is in our list, and that it signs for an agency of this name."""
    pem = "".join(item.public_bytes(serialization.Encoding.PEM).decode() for item in chain)
    row, _created = SigningKey.objects.get_or_create(
        kid=certificate_kid_of(chain[0]),
        defaults={"use": KeyUse.DOCUMENT, "algorithm": "ES256", "certificate_pem": pem, "agencies": [agency_name]},
    )
    if agency_name not in row.agencies:
        with transaction.atomic():
            row = SigningKey.objects.select_for_update().get(pk=row.pk)
            row.agencies = sorted({*row.agencies, agency_name})
            row.save(update_fields=["agencies"])


def register() -> SigningKey:
    """Make sure that the public halves of the current keys are rows; return the credential key's row."""
    keys = current()
    kid, certificate_kid = keys.credential_kid, certificate_kid_of(keys.chain[0])
    known = {row.kid: row for row in SigningKey.objects.filter(kid__in=[kid, certificate_kid])}
    if certificate_kid not in known or ANY_AGENCY not in known[certificate_kid].agencies:
        register_certificate(keys.chain, ANY_AGENCY)
    if kid in known:
        return known[kid]
    row, _created = SigningKey.objects.get_or_create(
        kid=kid,
        defaults={
            "use": KeyUse.CREDENTIAL,
            "algorithm": "EdDSA",
            "public_jwk": public_jwk(keys.credential.public_key()),
            # decisions of the last days may be issued with a key made today
            "valid_from": keys.chain[0].not_valid_before_utc,
        },
    )
    return row
